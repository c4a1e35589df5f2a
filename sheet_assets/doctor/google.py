"""Google: the key, the token, and each sheet that the deployment reads or writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.clients import google_http
from sheet_assets.doctor import clock
from sheet_assets.doctor.finding import Finding
from sheet_assets.errors import SettingError, SheetAssetsError, SheetError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.clients.google import DriveFile, GoogleClient
    from sheet_assets.clients.google_errors import Right
    from sheet_assets.clients.spreadsheet import Spreadsheet
    from sheet_assets.doctor.wanted import WantedSheet
    from sheet_assets.resources.google import GoogleSheets

_KEY, _TOKEN = "Google key", "Google token"
# Somebody waits: what does not answer by then is told as it is.
RETRY_SECONDS = 15


def findings(google: GoogleSheets, sheets: Sequence[WantedSheet]) -> Iterator[Finding]:
    """The key, the token, the clock, and each sheet: two calls a spreadsheet, nothing written."""
    try:
        google_http.credentials(google.credentials.account())
        with google.client(most_retry_seconds=RETRY_SECONDS) as client:
            yield from _asked(client, sheets)
    except SettingError as error:
        yield Finding.failed(_KEY, error)
        yield Finding.skipped(_TOKEN, f"the {_KEY}")
        for sheet in sheets:
            yield Finding.skipped(f"sheet {sheet.name}", f"the {_KEY}")


def _asked(client: GoogleClient, sheets: Sequence[WantedSheet]) -> Iterator[Finding]:
    yield Finding.ok(_KEY, client.email)
    refused: SheetAssetsError | None = None
    try:
        # The cheapest call there is; it counts for no quota of Sheets.
        client.start_page_token()
    except SheetAssetsError as error:
        refused = error
    yield Finding.failed(_TOKEN, refused) if refused else Finding.ok(_TOKEN, "granted")
    yield clock.compared("Google", client.server_time)
    written = {sheet.spreadsheet_id for sheet in sheets if sheet.writes}
    known: dict[str, tuple[DriveFile, Spreadsheet] | SheetAssetsError] = {}
    for sheet in sheets:
        if refused:
            yield Finding.skipped(f"sheet {sheet.name}", f"the {_TOKEN}")
            continue
        if sheet.spreadsheet_id not in known:
            known[sheet.spreadsheet_id] = _spreadsheet(
                client,
                sheet.spreadsheet_id,
                "editor" if sheet.spreadsheet_id in written else "viewer",
            )
        yield _sheet(client.email, sheet, known[sheet.spreadsheet_id])


def _spreadsheet(
    client: GoogleClient, spreadsheet_id: str, right: Right
) -> tuple[DriveFile, Spreadsheet] | SheetAssetsError:
    try:
        # First Sheets: Drive says of one that is not shared that it does not exist.
        spreadsheet = client.spreadsheet(
            spreadsheet_id, named_ranges=True, tables=True, right=right
        )
        return client.drive_file(spreadsheet_id), spreadsheet
    except SheetAssetsError as error:
        return error


def _sheet(
    email: str, sheet: WantedSheet, found: tuple[DriveFile, Spreadsheet] | SheetAssetsError
) -> Finding:
    what = f"sheet {sheet.name}"
    if isinstance(found, SheetAssetsError):
        return Finding.failed(what, found)
    file, spreadsheet = found
    try:
        place = sheet.place(spreadsheet)
    except SheetError as error:
        return Finding.failed(what, error)
    if sheet.writes and not file.can_edit:
        return Finding.failed(
            what,
            f'{email} may only view the spreadsheet "{file.name}", and {sheet.writes}. Open '
            f"https://docs.google.com/spreadsheets/d/{sheet.spreadsheet_id}, choose Share, and "
            "make that address an editor.",
        )
    return Finding.ok(what, f"{place}{', may edit' if file.can_edit else ''}")
