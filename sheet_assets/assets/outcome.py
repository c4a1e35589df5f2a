"""What an asset says in the UI: its failure as a sentence, its rows as a bounded preview."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import dagster as dg
from tabulate import tabulate

from sheet_assets.errors import CellError, RowCheckError, SheetAssetsError
from sheet_assets.sheets.diff import Difference, told
from sheet_assets.warehouse.types import TableColumn

PREVIEW_ROWS = 10
PREVIEW_COLUMNS = 30
_PREVIEW_CHARACTERS = 60
_REPORTED_CELLS = 200
_SIGNS = {"changed": "~", "removed": "-", "added": "+"}


@contextmanager
def sentences() -> Iterator[None]:
    """Turn this package's errors into a failure that shows their sentence.

    What cannot be helped by trying again is marked so; wrong cells become a table. The vendor's
    exception behind it stays out of the event log: PostgreSQL's, for one, quotes whole rows.

    Raises:
        dagster.Failure: instead of a SheetAssetsError.
    """
    try:
        yield
    except SheetAssetsError as error:
        metadata: dict[str, Any] = {"error": type(error).__name__}
        if isinstance(error, CellError):
            metadata["wrong_cells"] = len(error.cells)
            metadata["cells"] = dg.MetadataValue.table(
                [
                    dg.TableRecord(
                        {
                            "cell": f"{cell.worksheet}!{cell.address}",
                            "header": cell.header,
                            "value": cell.value,
                            "reason": cell.reason,
                        }
                    )
                    for cell in error.cells[:_REPORTED_CELLS]
                ]
            )
        if isinstance(error, RowCheckError):
            metadata["broken_checks"] = dg.MetadataValue.table(
                [
                    dg.TableRecord({"check": each.check, "found": each.count, "said": each.said})
                    for each in error.broken
                ]
            )
        raise dg.Failure(
            description=str(error), metadata=metadata, allow_retries=error.transient
        ) from None


def preview(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> dg.MetadataValue:
    """The first rows and columns as a Markdown table."""
    table = [_bounded(row) for row in islice(rows, PREVIEW_ROWS)]
    return dg.MetadataValue.md(
        str(tabulate(table, headers=_bounded(names), tablefmt="github", disable_numparse=True))
    )


def changed_rows(difference: Difference) -> dg.MetadataValue:
    """The first rows that an export changes, as a Markdown table."""
    table = [
        _bounded(
            [
                _SIGNS[row.kind],
                *(name and (row.after or row.before or {}).get(name) for name in difference.key),
                told(row, difference.key, lambda _, value: _shown(value)),
            ]
        )
        for row in difference.rows[:PREVIEW_ROWS]
    ]
    headers = ["", *difference.key, "what changed" if difference.key else "row"]
    return dg.MetadataValue.md(
        str(tabulate(table, headers=headers, tablefmt="github", disable_numparse=True))
    )


def table_schema(columns: Sequence[TableColumn]) -> dg.TableSchema:
    """The columns as Dagster shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=str(column.type),
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=not column.required),
            )
            for column in columns
        ]
    )


def _bounded(row: Sequence[Any]) -> list[str]:
    shown = [_shown(value) for value in row[:PREVIEW_COLUMNS]]
    return [*shown, "…"] if len(row) > PREVIEW_COLUMNS else shown


def _shown(value: Any) -> str:
    text = "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= _PREVIEW_CHARACTERS else text[: _PREVIEW_CHARACTERS - 1] + "…"
