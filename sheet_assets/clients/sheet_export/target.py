"""Where an export goes and how it is written there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sheet_assets.sheets.a1 import TOP_LEFT, Cell

if TYPE_CHECKING:
    from sheet_assets.clients.sheet_export.chart import Chart
    from sheet_assets.sheets.encode import NotANumber
    from sheet_assets.sheets.export_column import ExportColumn

Mode = Literal["replace", "append", "upsert"]
MissingRows = Literal["keep", "clear", "delete"]
OnManualEdit = Literal["overwrite", "reject"]


@dataclass(frozen=True)
class ExportTarget:
    """A worksheet, and what its export may do there.

    Args:
        name: The export's, which marks the rectangle it owns.
        spreadsheet_id: The spreadsheet.
        worksheet: The tab's title, or its gid.
        anchor: The cell of the first header.
        columns: Which columns of the query, in which order, and how; None: all, as they are.
        mode: `replace`: the rectangle is the result. `append`: a result's rows are added below
            the ones before. `upsert`: rows are replaced by `key`, and new ones added below.
        key: The query's columns that tell rows apart.
        missing_rows: What an upsert does with rows that left the query: `keep` them, `clear`
            their cells of the export, or `delete` the whole rows of the worksheet.
        create_worksheet: Whether a tab that is not there is added.
        on_manual_edit: Whether cells that somebody typed over are written again, or refused.
        allow_empty: Whether a query without rows may be written.
        not_a_number: What becomes of NaN and infinity.
        stamp: Whether the first header has a note that says when, how many rows, and which run.
        chart: Made once, when the tab has none.
    """

    name: str
    spreadsheet_id: str
    worksheet: str | int
    anchor: Cell = TOP_LEFT
    columns: tuple[ExportColumn, ...] | None = None
    mode: Mode = "replace"
    key: tuple[str, ...] = ()
    missing_rows: MissingRows = "keep"
    create_worksheet: bool = False
    on_manual_edit: OnManualEdit = "overwrite"
    allow_empty: bool = False
    not_a_number: NotANumber = "reject"
    stamp: bool = False
    chart: Chart | None = None

    def __post_init__(self) -> None:
        """Refuse options that do not go together.

        Raises:
            ValueError: the text begins with the option.
        """
        if self.mode == "upsert" and not self.key:
            raise ValueError("key: mode upsert needs the columns that tell rows apart")
        if self.missing_rows != "keep" and self.mode != "upsert":
            raise ValueError(
                f"missing_rows: only an upsert has it; the mode is {self.mode}, which "
                f"{'replaces all rows' if self.mode == 'replace' else 'keeps all rows'}"
            )
        if self.create_worksheet and isinstance(self.worksheet, int):
            raise ValueError(
                "create_worksheet: a tab that is not there is named by its title, not by a gid"
            )
        names = None if self.columns is None else [column.name for column in self.columns]
        wanted = {"key": self.key, "chart": self.chart.columns if self.chart else ()}
        for option, columns in wanted.items():
            for name in columns:
                if names is not None and name not in names:
                    raise ValueError(
                        f"{option}: {name!r} is none of the `columns`: {', '.join(names)}"
                    )

    @property
    def metadata_key(self) -> str:
        """The key of its record in the tab's developer metadata."""
        return f"sheet_assets/export/{self.name}"

    @property
    def staging_key(self) -> str:
        """The key that marks a staging tab as this export's."""
        return f"sheet_assets/staging/{self.name}"
