"""All spreadsheets of an account, as Drive lists them: what a list of changes may have missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import gspread

from sheet_assets.errors import SheetError, SheetNotFoundError, SheetPermissionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sheet_assets.clients.google import Changes, GoogleClient

_SPREADSHEETS = "mimeType='application/vnd.google-apps.spreadsheet' and trashed=false"
_UNKNOWN = {404, 410}


class Found(NamedTuple):
    """What became of some spreadsheets: versions of those that are there, and the others."""

    versions: dict[str, int]
    lost: frozenset[str]


def known_changes(client: GoogleClient, page_token: str) -> Changes | None:
    """What changed since a page token was given; None when Google does not know the token.

    Raises:
        SheetError: Google refused something else, or did not answer.
    """
    try:
        return client.changes(page_token)
    except SheetError as error:
        if _is_about_the_token(error):
            return None
        raise


def spreadsheet_versions(client: GoogleClient) -> dict[str, int]:
    """The Drive version of every spreadsheet the account sees: one Drive call a thousand.

    Google's index may lag behind, or be incomplete: what is missing need not be gone.

    Raises:
        SheetError: Google refused, or did not answer.
    """
    versions: dict[str, int] = {}
    token: str | None = ""
    while token is not None:
        answer = client.drive_list(
            "files",
            q=_SPREADSHEETS,
            pageSize=1000,
            spaces="drive",
            corpora="allDrives",
            includeItemsFromAllDrives="true",
            fields="nextPageToken,files(id,version)",
            **({"pageToken": token} if token else {}),
        )
        versions |= {file["id"]: int(file["version"]) for file in answer.get("files", [])}
        token = answer.get("nextPageToken")
    return versions


def look_for(client: GoogleClient, spreadsheet_ids: Iterable[str]) -> Found:
    """Ask for each of some spreadsheets, one or two calls each.

    Raises:
        SheetError: Google did not answer.
    """
    versions: dict[str, int] = {}
    lost = set()
    for spreadsheet_id in spreadsheet_ids:
        try:
            versions[spreadsheet_id] = client.drive_file(spreadsheet_id).version
        except (SheetNotFoundError, SheetPermissionError):
            lost.add(spreadsheet_id)
    return Found(versions, frozenset(lost))


def _is_about_the_token(error: SheetError) -> bool:
    """Whether Google's refusal behind it names the page token."""
    refusal = error.__cause__
    if not isinstance(refusal, gspread.exceptions.APIError):
        return False
    status = refusal.response.status_code
    named = {detail.get("location") for detail in refusal.error.get("errors", ())}
    return status in _UNKNOWN or (status == 400 and "pageToken" in named)
