"""A person with a sheet open: the same API, another account than ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sheet_assets import settings
from sheet_assets.clients import google_http
from sheet_assets.clients.quota import QuotaLog
from sheet_assets.sandbox import PERSON

if TYPE_CHECKING:
    from sheet_assets.sandbox import Sandbox

_SPREADSHEETS = "https://sheets.googleapis.com/v4/spreadsheets"


class Person:
    """Reads and edits the sandbox's spreadsheets as whoever made them."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._http = google_http.GoogleHTTPClient(
            google_http.credentials(sandbox.google.add_service_account(PERSON)),
            endpoint=sandbox.google.url,
            quota=QuotaLog(
                settings.state_dir() / "person_quota.sqlite", PERSON, {"read": 60, "write": 60}
            ),
            retry_seconds=10,
        )

    def read(self, spreadsheet_id: str, worksheet: str | int) -> list[list[Any]]:
        """All values as stored: dates are serial numbers."""
        answer = self._http.call(
            "get",
            _values_url(spreadsheet_id, f"'{worksheet}'"),
            params={"valueRenderOption": "UNFORMATTED_VALUE"},
        )
        values: list[list[Any]] = answer.get("values", [])
        return values

    def note(self, spreadsheet_id: str, cell: str) -> str | None:
        """The note on a cell, as it pops up over it."""
        answer = self._http.call(
            "get",
            f"{_SPREADSHEETS}/{spreadsheet_id}",
            params={"ranges": cell, "fields": "sheets.data.rowData.values.note"},
        )
        for data in answer["sheets"][0].get("data", []):
            for row in data.get("rowData", []):
                for found in row.get("values", []):
                    if "note" in found:
                        return str(found["note"])
        return None

    def write(self, spreadsheet_id: str, cell: str, value: float | str) -> None:
        """Type a number or a word into a cell."""
        self._http.call(
            "put",
            _values_url(spreadsheet_id, cell),
            params={"valueInputOption": "USER_ENTERED"},
            body={"values": [[value]]},
        )


def _values_url(spreadsheet_id: str, cells: str) -> str:
    return f"{_SPREADSHEETS}/{spreadsheet_id}/values/{quote(cells, safe='')}"
