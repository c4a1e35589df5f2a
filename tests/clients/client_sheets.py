"""An export of one test, and the worksheet it goes to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from sheet_assets.clients.sheet_export.export import export_result
from sheet_assets.clients.sheet_export.result import Result
from sheet_assets.clients.sheet_export.target import ExportTarget
from sheet_assets.errors import SheetError
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.sheets.a1 import parse_cell

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.sheet_export.export import Exported
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


@dataclass
class Export:
    """Exports rows into the workbook's first worksheet, or another one."""

    client: GoogleClient
    workbook: Workbook
    owner: GoogleClient

    @property
    def sheet(self) -> Worksheet:
        """The first worksheet, for looking and editing as a person would."""
        return self.workbook.worksheet("Sheet1")

    def __call__(
        self,
        names: Sequence[str],
        rows: Sequence[Sequence[Any]],
        queried_at: dt.datetime,
        *,
        worksheet: str | int = "Sheet1",
        anchor: str = "A1",
        run_id: str | None = None,
        force: bool = False,
        **options: Any,
    ) -> Exported:
        """Export as a result queried at that moment; the options are those of ExportTarget."""
        target = ExportTarget(
            "nps_summary",
            self.workbook.spreadsheet_id,
            worksheet,
            parse_cell(anchor),
            **{"allow_empty": True, **options},
        )
        with Result(target, names, rows) as result:
            return export_result(
                self.client, target, result, queried_at=queried_at, run_id=run_id, force=force
            )

    def failed(self, *args: Any, kind: type[SheetError] = SheetError, **more: Any) -> str:
        """What an export that must fail says."""
        with pytest.raises(SheetError) as refused:
            self(*args, **more)
        assert type(refused.value) is kind
        assert not refused.value.transient
        return str(refused.value)

    def refused(self, *args: Any, **more: Any) -> str:
        """What an export that must fail says; the whole spreadsheet is as before."""
        before = self.everything()
        said = self.failed(*args, **more)
        assert self.everything() == before
        return said

    def everything(self) -> Any:
        """All that the API says of the spreadsheet: values, formats, grids, metadata."""
        return self.client.get(self.workbook.spreadsheet_id, fields="*")

    def formats(self, cells: str) -> list[str | None]:
        """The number format patterns of a column's cells; None where there is none."""
        answer = self.client.get(
            self.workbook.spreadsheet_id,
            fields="sheets.data.rowData.values.userEnteredFormat.numberFormat",
            ranges=[f"Sheet1!{cells}"],
        )
        rows = answer["sheets"][0]["data"][0].get("rowData", [{}])
        found = [
            (row.get("values") or [{}])[0].get("userEnteredFormat", {}).get("numberFormat")
            for row in rows
        ]
        return [each and each.get("pattern", "") for each in found]

    def as_owner(self, requests: Sequence[dict[str, Any]]) -> None:
        """What somebody does who owns the spreadsheet."""
        self.owner.batch_update(self.workbook.spreadsheet_id, requests)

    def delete(self, dimension: str, start: int, end: int) -> None:
        """Delete rows or columns as a person would."""
        cells = {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}
        request = {"deleteDimension": {"range": cells}}
        self.client.batch_update(self.workbook.spreadsheet_id, [request])

    def another_client(self) -> AbstractContextManager[GoogleClient]:
        """A client with connections of its own, for another thread."""
        return GoogleSheets(credentials=GoogleCredentials()).client()


def metadata(workbook: Workbook) -> list[dict[str, Any]]:
    """The developer metadata of a workbook, with the values' JSON read."""
    return [
        {
            "key": entry.key,
            "sheet_id": entry.as_json()["location"]["sheetId"],
            **json.loads(entry.value or "{}"),
        }
        for _, entry in sorted(workbook.developer_metadata.items())
    ]
