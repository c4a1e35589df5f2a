from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google import GoogleServer

RECORDINGS = Path(__file__).parents[3].parent / "shared/recordings/google"
ACCOUNT = re.compile(r"[\w-]+@[\w-]+\.iam\.gserviceaccount\.com")
VOLATILE = {"spreadsheetId", "sheetId", "namedRangeId", "protectedRangeId", "id"}
NOT_COMPARED = {"createdTime", "modifiedTime", "kind", "defaultFormat", "spreadsheetTheme"}

# What each of these recordings needs that the sandbox says it lacks; all others replay whole.
LACKING = {
    "CellTest.test_numeric_value": "USER_ENTERED",
    "ClientTest.test_import_csv": "PUT /upload/drive/v2/files/",
    "SpreadsheetTest.test_export_spreadsheet": "GET /drive/v3/files/",
    "WorksheetTest.test_append_row": "POST /v4/spreadsheets/",
    "WorksheetTest.test_append_row_with_empty_value": "POST /v4/spreadsheets/",
    "WorksheetTest.test_auto_resize_columns": "autoResizeDimensions",
    "WorksheetTest.test_delete_row": "POST /v4/spreadsheets/",
    "WorksheetTest.test_get_all_records_value_render_options": "USER_ENTERED",
    "WorksheetTest.test_get_all_values_date_time_render_options": "USER_ENTERED",
    "WorksheetTest.test_insert_cols": "POST /v4/spreadsheets/",
    "WorksheetTest.test_insert_row": "POST /v4/spreadsheets/",
    "WorksheetTest.test_sort": "sortRange",
}


class Replay:
    """Sends a recording's requests to the sandbox and compares the answers.

    Files are created and deleted from Python meanwhile: the sandbox does not serve that yet.
    """

    def __init__(self, server: GoogleServer, client: Client) -> None:
        self.drive = server.drive
        self.client = client
        self.ids = {}

    def run(self, name: str) -> str | None:
        """Return the message of the first 501, or None when the whole recording was compared."""
        text = (RECORDINGS / f"{name}.json").read_text(encoding="utf-8")
        self.ids |= dict.fromkeys(ACCOUNT.findall(text), self.client.email)
        pairs = json.loads(text)
        for place, pair in enumerate(pairs):
            if self.done_from_python(pair):
                continue
            response = self.client.session.request(
                pair["method"],
                self.translated(pair["uri"]),
                data=self.translated(pair["body"] or "").encode(),
                headers={"content-type": "application/json"},
            )
            told = f"{name}[{place}] {pair['method']} {pair['uri']} {response.text}"
            if response.status_code == 501:
                return response.json()["error"]["message"]
            assert response.status_code == pair["status"], told
            recorded = json.loads(pair["response"])
            answer = response.json()
            self.learn(recorded, answer)
            assert comparable(json.loads(self.translated(json.dumps(recorded)))) == comparable(
                answer
            ), told
        return None

    def done_from_python(self, pair: dict[str, Any]) -> bool:
        """Create or delete a file as the request would; False for other requests."""
        path = urlsplit(pair["uri"]).path
        if pair["method"] == "POST" and path == "/drive/v3/files":
            made = self.drive.create_spreadsheet(
                json.loads(pair["body"])["name"], owner=self.client.email
            )
            self.ids[json.loads(pair["response"])["id"]] = made.spreadsheet_id
            return True
        if pair["status"] == 403:
            made = self.drive.create_spreadsheet("Private")
            self.ids[path.rpartition("/")[2]] = made.spreadsheet_id
        if pair["method"] == "DELETE" and path.startswith("/drive/v3/files/"):
            self.drive.delete(self.translated(path.rpartition("/")[2]))
            return True
        return False

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


def comparable(value: Any) -> Any:
    """The answer without what is left out of the comparison."""
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items() if name not in NOT_COMPARED}
    return [comparable(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", sorted(path.stem for path in RECORDINGS.glob("*.json")) or [None])
def test_the_sandbox_answers_as_google_did(
    server: GoogleServer, connect: Callable[..., Client], name: str | None
) -> None:
    """Every answer in a recording of the real API is the sandbox's, up to what it says it lacks."""
    if name is None:
        pytest.skip(f"the recordings of Google's answers are not at {RECORDINGS}")
    # An account of its own: each recording starts with an empty Drive.
    stopped = Replay(server, connect(f"{name.lower()}@sandbox.invalid")).run(name)
    if name in LACKING:
        assert stopped is not None
        assert stopped.startswith(f"the sandbox does not implement {LACKING[name]}")
    else:
        assert stopped is None
