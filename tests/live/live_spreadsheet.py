"""A spreadsheet that somebody owns, in which tests touch nothing but tabs of their own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import gspread
import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.clients.google_http import GoogleHTTPClient

SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
DRIVE = "https://www.googleapis.com/drive/v3/files"


@dataclass
class LiveSpreadsheet:
    """Google's own methods, as far as the tests need them.

    `in_sandbox` tells where the sandbox is known to differ.
    """

    spreadsheet_id: str
    http: GoogleHTTPClient
    in_sandbox: bool
    tabs: list[Tab] = field(default_factory=list)

    def add_tab(self, rows: int = 20, columns: int = 8, title: str | None = None) -> Tab:
        """A tab that `remove_tabs` removes."""
        unique = secrets.token_hex(6)
        made = Tab(self, secrets.randbelow(2**31 - 1) + 1, title or f"sheet_assets live {unique}")
        grid = {"rowCount": rows, "columnCount": columns}
        properties = {"sheetId": made.sheet_id, "title": made.title, "gridProperties": grid}
        self.batch_update({"addSheet": {"properties": properties}})
        self.tabs.append(made)
        return made

    def remove_tabs(self) -> None:
        """Remove every tab that was added and is still there."""
        there = {each["properties"]["sheetId"] for each in self.get("sheets.properties.sheetId")}
        mine = [each.sheet_id for each in self.tabs if each.sheet_id in there]
        self.tabs.clear()
        if mine:
            self.batch_update(*({"deleteSheet": {"sheetId": each}} for each in mine))

    def batch_update(self, *requests: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        """spreadsheets.batchUpdate; its replies."""
        url = f"{SHEETS}/{self.spreadsheet_id}:batchUpdate"
        answer = self.http.call("post", url, body={"requests": list(requests), **more})
        replies: list[dict[str, Any]] = answer["replies"]
        return replies

    def refusal(self, *requests: dict[str, Any]) -> str:
        """What Google says to requests that it must refuse with a 400."""
        with pytest.raises(gspread.exceptions.APIError) as refused:
            self.batch_update(*requests)
        assert refused.value.response.status_code == 400
        return str(refused.value.error["message"])

    def get(self, fields: str, *ranges: str) -> list[dict[str, Any]]:
        """spreadsheets.get; its sheets."""
        params = {"fields": fields, "ranges": list(ranges)}
        answer = self.http.call("get", f"{SHEETS}/{self.spreadsheet_id}", params=params)
        sheets: list[dict[str, Any]] = answer.get("sheets", [])
        return sheets

    def values(self, cells: str, **params: str) -> dict[str, Any]:
        """spreadsheets.values.get."""
        url = f"{SHEETS}/{self.spreadsheet_id}/values/{quote(cells, safe='')}"
        answer: dict[str, Any] = self.http.call("get", url, params=params)
        return answer

    def file(self) -> dict[str, Any]:
        """What Drive tells of it."""
        params = {"fields": "modifiedTime,version", "supportsAllDrives": "true"}
        told: dict[str, Any] = self.http.call(
            "get", f"{DRIVE}/{self.spreadsheet_id}", params=params
        )
        return told


@dataclass(frozen=True)
class Tab:
    """A tab of a test's own; ranges are those of A1 notation within it."""

    spreadsheet: LiveSpreadsheet
    sheet_id: int
    title: str

    def a1(self, cells: str) -> str:
        """The range with the tab's name."""
        return f"'{self.title}'!{cells}"

    def cells(self, a1: str) -> dict[str, int]:
        """A GridRange of columns A to Z; `A2:A` and `A:B` are open."""
        first, _, last = a1.partition(":")
        last = last or first
        edges = {"startColumnIndex": ord(first[0]) - 65, "endColumnIndex": ord(last[0]) - 64}
        if first[1:]:
            edges["startRowIndex"] = int(first[1:]) - 1
        if last[1:]:
            edges["endRowIndex"] = int(last[1:])
        return {"sheetId": self.sheet_id, **edges}

    def write(
        self, cells: str, rows: Sequence[Sequence[Any]], option: str = "RAW", **params: str
    ) -> dict[str, Any]:
        """values.update."""
        url = f"{SHEETS}/{self.spreadsheet.spreadsheet_id}/values/{quote(self.a1(cells), safe='')}"
        params = {"valueInputOption": option, **params}
        answer: dict[str, Any] = self.spreadsheet.http.call(
            "put", url, params=params, body={"values": rows}
        )
        return answer

    def values(self, cells: str, render: str = "UNFORMATTED_VALUE", **params: str) -> Any:
        """values.get; its values, [] when there are none."""
        answer = self.spreadsheet.values(self.a1(cells), valueRenderOption=render, **params)
        return answer.get("values", [])

    def cell_data(self, cells: str, fields: str) -> list[list[dict[str, Any]]]:
        """These fields of each cell, row by row."""
        wanted = f"sheets.data.rowData.values({fields})"
        (sheet,) = self.spreadsheet.get(wanted, self.a1(cells))
        return [row.get("values", []) for row in sheet["data"][0].get("rowData", [])]

    def paste_values(self, cells: str, target: Tab, to: str) -> dict[str, Any]:
        """The request that pastes values of this tab into another."""
        return {
            "copyPaste": {
                "source": self.cells(cells),
                "destination": target.cells(to),
                "pasteType": "PASTE_VALUES",
                "pasteOrientation": "NORMAL",
            }
        }
