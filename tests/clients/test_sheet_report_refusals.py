from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from client_reports import TEN, Report, wrong
from google_faults import FaultyGoogle, error

from sheet_assets.errors import (
    SheetError,
    SheetNotFoundError,
    SheetPermissionError,
    SheetUnavailableError,
)
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.sandbox import SERVICE_ACCOUNT

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
def test_lost_answer_writes_the_same_again(
    report: Report, monkeypatch: pytest.MonkeyPatch, how: str, lost: int
) -> None:
    """A write that was applied and not answered is sent again, and the report stands once."""
    send = report.client._http.session.send
    answers: list[Any] = []

    def losing(request: requests.PreparedRequest, **more: Any) -> requests.Response:
        response = send(request, **more)
        if str(request.url).endswith(":batchUpdate") and len(answers) < lost:
            answers.append(response)
            raise requests.exceptions.ReadTimeout
        return response

    before = report.everything()
    monkeypatch.setattr(report.client._http.session, "send", losing)
    cells = [wrong("A2"), wrong("A9")]
    assert report(cells, how).added == 2
    assert len(answers) == lost
    if how == "notes":
        assert report.notes == {"A2": TEN, "A9": TEN}
    else:
        assert report.titles == ["Sheet1", "Errors in Sheet1"]
    version = report.version
    assert report(cells, how).added == 0
    assert report.version == version
    answers.clear()
    assert report([], how).removed == 2
    assert len(answers) == lost
    assert report.everything() == before


def _refused(report: Report, answer: tuple[int, bytes]) -> tuple[SheetError, int]:
    """What a report ends with whose every write gets this answer, and how many it sent."""
    tabs = b"""{"properties": {"title": "NPS"}, "sheets": [{"properties": {"sheetId": 0,
        "title": "Sheet1", "gridProperties": {"rowCount": 9, "columnCount": 2}}}]}"""
    path = f"/v4/spreadsheets/{report.workbook.spreadsheet_id}"
    write = f"{path}:batchUpdate"
    with (
        FaultyGoogle({write: [answer], path: [(200, tabs)]}) as google,
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setenv("GOOGLE_API_ENDPOINT", google.url)
        patched.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
        with GoogleSheets(credentials=GoogleCredentials()).client() as client:
            refused = Report(client, report.workbook, report.sandbox).failed([wrong("A2")])
        return refused, google.asked[write]


def test_protected_cell_is_told(report: Report) -> None:
    """A protected cell, which the sandbox has none of: who may edit, and that nothing is written."""
    said = (
        "Invalid requests[0].updateCells: You are trying to edit a protected cell or object. "
        "Please contact the spreadsheet owner to remove protection if you need to edit."
    )
    refused, writes = _refused(report, error(400, said))
    assert type(refused) is SheetPermissionError
    assert f"{SERVICE_ACCOUNT} may not write the report" in str(refused)
    assert "none of it was written" in str(refused)
    assert "Protect sheets and ranges" in str(refused)
    assert writes == 1


def test_other_refusal_is_told_in_googles_words(report: Report) -> None:
    """A refusal that a second look does not help is Google's own sentence, after two tries."""
    refused, writes = _refused(report, error(400, "This sheet is too complex."))
    assert type(refused) is SheetError
    assert str(refused) == "Google refused the request (400): This sheet is too complex."
    assert writes == 2


def test_silence_is_told_as_it_is(report: Report) -> None:
    """Where Google does not answer the next run tries again: an error that may pass."""
    refused, writes = _refused(report, error(503, "The service is currently unavailable."))
    assert isinstance(refused, SheetUnavailableError)
    assert "the next run makes it right" in str(refused)
    assert writes > 1
