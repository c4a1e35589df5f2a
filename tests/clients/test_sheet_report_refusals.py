from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from client_reports import TEN, Report, wrong
from google_faults import error, going_wrong

from sheet_assets.errors import (
    SheetError,
    SheetNotFoundError,
    SheetPermissionError,
    SheetUnavailableError,
)
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.sandbox import SERVICE_ACCOUNT
from sheet_assets.sandbox.google import Fault
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.protected_ranges import ProtectedRange

if TYPE_CHECKING:
    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

FORMS = ["notes", "tab"]


@pytest.fixture
def report(google: GoogleClient, workbook: Workbook, sandbox: Sandbox) -> Report:
    """A spreadsheet with a wrong cell."""
    made = Report(google, workbook, sandbox)
    made.sheet.set_values([["score"], ["ten"]])
    return made


@pytest.mark.parametrize("how", FORMS)
def test_reader_is_told_to_become_an_editor(report: Report, how: str) -> None:
    """Shared for reading only: the sentence names the e-mail and the right; nothing is written."""
    report.sandbox.google.drive.share(
        report.workbook.spreadsheet_id, SERVICE_ACCOUNT, role="reader"
    )
    before = report.everything()
    refused = report.failed([wrong("A2")], how)
    assert type(refused) is SheetPermissionError
    assert f"not shared with {SERVICE_ACCOUNT} as editor" in str(refused)
    assert report.everything() == before
    # Where nothing is wrong, reading is enough.
    assert report.asked([], how) == "GET"


@pytest.mark.parametrize("how", FORMS)
def test_right_that_was_taken_away_in_between(report: Report, how: str) -> None:
    """A report that cannot be taken away any more is told, too."""
    report([wrong("A2")], how)
    report.sandbox.google.drive.share(
        report.workbook.spreadsheet_id, SERVICE_ACCOUNT, role="reader"
    )
    refused = report.failed([], how)
    assert f"not shared with {SERVICE_ACCOUNT} as editor" in str(refused)


@pytest.mark.parametrize("how", FORMS)
def test_worksheet_that_went_in_between(report: Report, how: str) -> None:
    """A worksheet that was renamed since it was read: the sentence lists what there is."""
    refused = report.failed([wrong("A2", worksheet="Responses")], how)
    assert type(refused) is SheetNotFoundError
    assert 'it has "Sheet1"' in str(refused)


@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("how", FORMS)
def test_lost_answer_writes_the_same_again(report: Report, how: str, lost: int) -> None:
    """A write that was applied and not answered is sent again, and the report stands once."""
    google = report.sandbox.google
    write = f"{report.workbook.spreadsheet_id}:batchUpdate"
    losing = {f".*{write}": [Fault("drop after applying")] * lost}
    before = report.everything()
    cells = [wrong("A2"), wrong("A9")]
    with going_wrong(google, losing):
        assert report(cells, how).added == 2
        assert not google.faults.entries()
    if how == "notes":
        assert report.notes == {"A2": TEN, "A9": TEN}
    else:
        assert report.titles == ["Sheet1", "Errors in Sheet1"]
    version = report.version
    assert report(cells, how).added == 0
    assert report.version == version
    with going_wrong(google, losing):
        assert report([], how).removed == 2
        assert not google.faults.entries()
    assert report.everything() == before


def _refused(report: Report, fault: Fault) -> tuple[SheetError, int]:
    """What a report ends with whose every write meets this fault, and how many it sent."""
    write = f"/v4/spreadsheets/{report.workbook.spreadsheet_id}:batchUpdate"
    with (
        going_wrong(report.sandbox.google, {write: [fault]}, lasting=True) as asked,
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
        with GoogleSheets(credentials=GoogleCredentials()).client() as client:
            refused = Report(client, report.workbook, report.sandbox).failed([wrong("A2")])
        return refused, asked(write)


def test_protected_cell_is_told(report: Report) -> None:
    """A protected cell: who may edit it, and that nothing is written."""
    report.workbook.protected_ranges[1] = ProtectedRange(1, 0, GridRange())
    report.sandbox.google.requests.clear()
    refused = report.failed([wrong("A2")])
    assert type(refused) is SheetPermissionError
    assert f"{SERVICE_ACCOUNT} may not write the report" in str(refused)
    assert "none of it was written" in str(refused)
    assert "Protect sheets and ranges" in str(refused)
    writes = [entry for entry in report.sandbox.google.requests if entry.method == "POST"]
    assert len([entry for entry in writes if entry.path.endswith(":batchUpdate")]) == 1
    assert report.sheet.notes == {}


def test_other_refusal_is_told_in_googles_words(report: Report) -> None:
    """A refusal that a second look does not help is Google's own sentence, after two tries."""
    refused, writes = _refused(report, error(400, "This sheet is too complex."))
    assert type(refused) is SheetError
    assert str(refused) == "Google refused the request (400): This sheet is too complex."
    assert writes == 2


def test_silence_is_told_as_it_is(report: Report) -> None:
    """Where Google does not answer the next run tries again: an error that may pass."""
    refused, writes = _refused(report, Fault("503"))
    assert isinstance(refused, SheetUnavailableError)
    assert "the next run makes it right" in str(refused)
    assert writes > 1
