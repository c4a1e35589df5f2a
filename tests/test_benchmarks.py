"""The benchmarks: the lean Google answers as the sandbox's does, and a case runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from benchmarks import data, rendering
from benchmarks.google import READER, LeanGoogle
from benchmarks.rendering import Layout
from sheet_assets.sandbox.google import GoogleServer, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ROWS = 120
SHEET = f"/v4/spreadsheets/benchmark-{ROWS}-wrong"
LAYOUTS = [
    Layout("UNFORMATTED_VALUE", "ROWS", None),
    Layout("UNFORMATTED_VALUE", "COLUMNS", None),
    Layout("UNFORMATTED_VALUE", "ROWS", 8),
    Layout("FORMATTED_VALUE", "ROWS", 4),
]
UNFORMATTED = "valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=SERIAL_NUMBER"
COMPACT = f"{UNFORMATTED}&prettyPrint=false"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LeanGoogle, GoogleServer]]:
    """Both, with the same sheet, some cells of it wrong."""
    folder = tmp_path_factory.mktemp("rendered")
    rendering.render(folder, ROWS, wrong=True, layouts=LAYOUTS)
    full = GoogleServer(Limits.without_quota())
    full.start()
    rendering.create_sheet(full.drive, ROWS, wrong=True)
    full.add_service_account(READER)
    full.drive.share(f"benchmark-{ROWS}-wrong", READER)
    with LeanGoogle(folder, [(ROWS, True)], LAYOUTS) as lean:
        yield lean, full
    full.stop()


@pytest.mark.parametrize(
    "asked",
    [
        f"{SHEET}/values/Sheet1",
        f"{SHEET}/values/'Sheet1'?majorDimension=ROWS",
        f"{SHEET}/values/Sheet1!A2:J50",
        f"{SHEET}/values/Sheet1!A2:J50?{COMPACT}",
        f"{SHEET}/values/Sheet1?{COMPACT}&majorDimension=COLUMNS",
        f"{SHEET}/values/Sheet1!B30:D60?{COMPACT}&majorDimension=COLUMNS",
        f"{SHEET}/values/Sheet1!G31:G31?{COMPACT}&majorDimension=COLUMNS",
        f"{SHEET}/values:batchGet?ranges=Sheet1!1:40&ranges=Sheet1!A41:J&{COMPACT}",
        f"{SHEET}/values:batchGet?ranges=Sheet1!A1:J7&{COMPACT}&majorDimension=COLUMNS",
        f"{SHEET}/values:batchGet?ranges=Sheet1&{UNFORMATTED}",
        f"{SHEET}/values:batchGet?ranges=Sheet1!A9:J9&ranges=Sheet1!A11:J12&{UNFORMATTED}",
        f"{SHEET}?fields=properties(title,timeZone),sheets(properties(sheetId,title,gridProperties))",
        f"{SHEET}?includeGridData=true&ranges=Sheet1!A1:J2",
        f"{SHEET}?includeGridData=false",
        f"{SHEET}/values/Nowhere",
        f"{SHEET}/values/Sheet1!A500:J600",
        f"/drive/v3/files/benchmark-{ROWS}-wrong?fields=name,capabilities/canEdit",
    ],
)
def test_the_lean_server_answers_as_the_sandbox_does(
    servers: tuple[LeanGoogle, GoogleServer], asked: str
) -> None:
    """The same JSON, numbers written alike; only the lean one is indented as Google's is."""
    lean, full = servers
    token = full.accounts.issue_token(READER, frozenset({"https://www.googleapis.com/auth/drive"}))
    with requests.Session() as session:
        session.trust_env = False
        session.headers["authorization"] = f"Bearer {token}"
        theirs, ours = session.get(full.url + asked), session.get(lean.url + asked)
    assert ours.status_code == theirs.status_code
    assert said(ours.text) == said(theirs.text)
    told = json.loads(ours.text)
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    indented = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    is_compact = "prettyPrint=false" in asked
    assert ours.text == (json.dumps(told, **compact) if is_compact else indented)


def said(text: str) -> Any:
    """JSON with numbers as they are written."""
    return json.loads(text, parse_float=str, parse_int=str)


def test_wrong_cells_are_as_many_as_they_are_said_to_be() -> None:
    """One in a thousand cells differs from the sheet without any."""
    wrong, right = (list(data.rows(1000, wrong=each)) for each in (True, False))
    pairs = [pair for rows in zip(wrong, right, strict=True) for pair in zip(*rows, strict=True)]
    assert sum(here != there for here, there in pairs) == data.wrong_cells(1000) == 10


def test_a_case_runs_and_counts() -> None:
    """An import of 50 rows, in processes of their own: ours, and a peer of the same packages."""
    command = [sys.executable, "-m", "benchmarks", "import", "--size", "50", "--only", "ours,csv"]
    ran = subprocess.run(
        [*command, "-n", "1"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=200
    )
    assert ran.returncode == 0, ran.stderr
    ours, csv = ran.stdout.splitlines()
    assert ours.endswith("reads 2, requests 4, s3_puts 3, copies 1")
    # google-auth asks where the account may be used in a thread of its own, which may come too late.
    assert re.search(r"reads 3, requests [45], s3_puts 1, copies 1$", csv)
