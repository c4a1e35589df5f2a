from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google import GoogleServer

RECORDINGS = Path(__file__).parents[3].parent / "shared/recordings/google"
NAMES = sorted(path.stem for path in RECORDINGS.glob("*.json"))
ACCOUNT = re.compile(r"[\w-]+@[\w-]+\.iam\.gserviceaccount\.com")
VOLATILE = {"spreadsheetId", "sheetId", "namedRangeId", "protectedRangeId", "id"}
NOT_COMPARED = {"createdTime", "modifiedTime", "kind", "defaultFormat", "spreadsheetTheme"}
LEAST_SHARE = 0.97

# The pairs whose answer is not Google's: why, in which recording, and where in it.
REASONS = {
    "the width of a text depends on the font's measures": {
        "WorksheetTest.test_auto_resize_columns": (8, 17),
    },
    "of Drive v2's file only what v3 has is told": {
        "ClientTest.test_import_csv": (3, 11),
    },
}
EXCEPTIONS = {
    (name, place): reason
    for reason, recordings in REASONS.items()
    for name, places in recordings.items()
    for place in places
}


class Replay:
    """Sends a recording's requests to the sandbox and compares the answers."""

    def __init__(self, server: GoogleServer, client: Client) -> None:
        self.drive = server.drive
        self.client = client
        self.ids = {}

    def run(self, name: str) -> dict[int, str]:
        """Where the sandbox answers otherwise than Google did, and how."""
        text = (RECORDINGS / f"{name}.json").read_text(encoding="utf-8")
        self.ids |= dict.fromkeys(ACCOUNT.findall(text), self.client.email)
        differing = {}
        for place, pair in enumerate(json.loads(text)):
            if pair["status"] == 403:
                # What was asked for belonged to somebody else.
                made = self.drive.create_spreadsheet("Private")
                file_id = urlsplit(pair["uri"]).path.rpartition("/")[2]
                self.ids[file_id] = made.spreadsheet_id
            difference = self.difference(pair)
            if difference:
                told = f"{pair['method']} {pair['uri']} {pair['body']}"
                differing[place] = f"{name}[{place}] {told[:500]}\n{difference}"
        return differing

    def difference(self, pair: dict[str, Any]) -> str | None:
        """How the sandbox's answer to a recorded request is not the recorded answer."""
        response = self.client.session.request(
            pair["method"],
            self.translated(pair["uri"]),
            data=self.translated(pair["body"] or "").encode(),
            headers={"content-type": "application/json"},
        )
        recorded, answer = parsed(pair["response"]), parsed(response.text)
        self.learn(recorded, answer)
        expected = comparable(parsed(self.translated(json.dumps(recorded))))
        if (response.status_code, comparable(answer)) == (pair["status"], expected):
            return None
        return f"{response.status_code} {response.text[:2000]}\nis not {pair['status']} {expected}"

    def learn(self, recorded: Any, answer: Any) -> None:
        """Pair the volatile ids of a recorded answer with ours."""
        if isinstance(recorded, dict) and isinstance(answer, dict):
            for name, value in recorded.items():
                if name in VOLATILE and value != 0 and name in answer:
                    self.ids[str(value)] = str(answer[name])
                self.learn(value, answer.get(name))
        elif isinstance(recorded, list) and isinstance(answer, list):
            for one, other in zip(recorded, answer, strict=False):
                self.learn(one, other)

    def translated(self, text: str) -> str:
        """The text with recorded ids replaced by ours."""
        for recorded, ours in self.ids.items():
            text = text.replace(recorded, ours)
        return text


def parsed(text: str) -> Any:
    """A body as JSON, or as it is when it is none (an export, or nothing)."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def comparable(value: Any) -> Any:
    """The answer without what is left out of the comparison."""
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items() if name not in NOT_COMPARED}
    return [comparable(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", NAMES or [None])
def test_the_sandbox_answers_as_google_did(
    server: GoogleServer, connect: Callable[..., Client], name: str | None
) -> None:
    """Every answer of a recording of the real API is the sandbox's, but for the exceptions."""
    if name is None:
        pytest.skip(f"the recordings of Google's answers are not at {RECORDINGS}")
    # An account of its own: each recording starts with an empty Drive.
    differing = Replay(server, connect(f"{name.lower()}@sandbox.invalid")).run(name)
    exceptions = {place for recording, place in EXCEPTIONS if recording == name}
    unexpected = [told for place, told in differing.items() if place not in exceptions]
    assert not unexpected, "\n\n".join(unexpected)
    assert exceptions == set(differing), "an exception that is none any more"


def test_nearly_all_recorded_answers_are_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """The exceptions are real pairs, each with a reason, and at most three of a hundred."""
    if not NAMES:
        pytest.skip(f"the recordings of Google's answers are not at {RECORDINGS}")
    pairs = Counter(
        {name: len(json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))) for name in NAMES}
    )
    assert all(place < pairs[name] for name, place in EXCEPTIONS)
    total = pairs.total()
    same = total - len(EXCEPTIONS)
    with capsys.disabled():
        print(f"\n{same} of {total} recorded answers are the sandbox's, too")
        for reason, count in Counter(EXCEPTIONS.values()).items():
            print(f"  {count} are not: {reason}")
    assert same >= LEAST_SHARE * total
