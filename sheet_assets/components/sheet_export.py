"""`type: sheet_assets.SheetExport`: a query's rows in a Google Sheet."""

import dagster as dg
from pydantic import Field, PrivateAttr

from sheet_assets.assets.exported_sheet import build_exported_sheet
from sheet_assets.clients.sheet_export.target import (
    ExportTarget,
    MissingRows,
    Mode,
    OnManualEdit,
)
from sheet_assets.components.fields import (
    ChartField,
    ExportColumns,
    OptionalText,
    Text,
    TextByName,
    Texts,
    WithSettings,
    WorksheetName,
    folder,
    labels,
    of_field,
    query_deps,
    query_text,
    spreadsheet,
    target,
)
from sheet_assets.components.loads_table import known_tables
from sheet_assets.components.scaffold import YamlTemplate
from sheet_assets.components.scheduled import scheduled
from sheet_assets.sheets.a1 import parse_cell
from sheet_assets.sheets.encode import NotANumber
from sheet_assets.warehouse.statements import select_table


@dg.scaffold_with(YamlTemplate)
class SheetExport(WithSettings, dg.Model, dg.Resolvable):
    """The rows of a query in a worksheet that people read, written atomically.

    Builds one asset, `exported_sheet/<name>`, downstream of the tables its query reads.
    """

    name: Text = Field(
        pattern=r"^[A-Za-z0-9_]+$",
        description="The export's name: letters, digits, underscores.",
    )
    query: str | None = Field(
        default=None,
        description="The SELECT, or the name of a .sql file beside the defs.yaml. Its ORDER BY is "
        "the order of the rows.",
    )
    table: OptionalText = Field(
        default=None,
        description="Instead of a query, a whole table, as `schema.table`, ordered by `columns`.",
    )
    spreadsheet: Text = Field(description="The spreadsheet's id, or its address in the browser.")
    worksheet: WorksheetName = Field(
        description="The tab's title, or its gid. It must exist, unless `create_worksheet` is set."
    )
    create_worksheet: bool = Field(
        default=False, description="Whether a tab that is not there is added to the spreadsheet."
    )
    anchor: Text = Field(default="A1", description="The cell of the first header.")
    columns: ExportColumns = Field(
        default=None,
        description="Which columns of the query, in which order, with header and number format; by "
        "default all of them, under their names.",
    )
    mode: Mode = Field(
        default="replace",
        description="Whether the rows are the query's (replace), are added below the ones before "
        "(append), or replace those with the same key, new ones coming below (upsert).",
    )
    key: Texts = Field(
        default_factory=list,
        description="The query's columns that tell rows apart, for an upsert and for `diff`.",
    )
    missing_rows: MissingRows = Field(
        default="keep",
        description="What an upsert does with rows that left the query: keep them, clear their "
        "cells, or delete the whole rows of the worksheet, other people's cells included.",
    )
    on_manual_edit: OnManualEdit = Field(
        default="overwrite",
        description="What to do when somebody typed over exported cells: overwrite them, or reject "
        "the export until they are as they were.",
    )
    allow_empty: bool = Field(
        default=False, description="Whether a query without rows clears the rows of the worksheet."
    )
    not_a_number: NotANumber = Field(
        default="reject",
        description="NaN and infinity, which no cell holds: reject the export, or leave them "
        "blank.",
    )
    stamp: bool = Field(
        default=False,
        description="Whether a note on the first header says when, how many rows, and which run.",
    )
    chart: ChartField = Field(
        default=None,
        description="A chart beside the rows, made once if the tab has none; the UI shows the same "
        "picture of every export.",
    )
    description: str | None = Field(default=None, description="What one row is.")
    deps: list[str] | None = Field(
        default=None,
        description="The tables it reads, as `schema.table`; by default found in the SQL.",
    )
    schedule: OptionalText = Field(
        default=None, description="A cron expression: export then, beside the daily refresh."
    )
    owners: Texts = Field(
        default_factory=list, description="E-mail addresses, or team:data, shown in the UI."
    )
    freshness_hours: float | None = Field(
        default=None,
        gt=0,
        description="How old its last refresh may become before it counts as stale.",
    )
    tags: TextByName = Field(default_factory=dict, description="Tags of its asset in the UI.")
    group_name: str = Field(default="exports", description="The group of its asset in the UI.")

    # Known once the definitions are built: its .sql file and templates are read with them.
    _sql: str = PrivateAttr(default="")
    _shown: frozenset[str] | None = PrivateAttr(default=frozenset())

    @property
    def sql(self) -> str:
        """The SELECT that is run, once the definitions are built."""
        return self._sql

    @property
    def shown(self) -> frozenset[str] | None:
        """The columns without anything sensitive, once the definitions are built; None: all."""
        return self._shown

    def target(self) -> ExportTarget:
        """Where the rows go.

        Raises:
            ValueError: the fields do not go together; the text begins with one of them.
        """
        anchor = of_field("anchor", parse_cell, self.anchor)
        return ExportTarget(
            self.name,
            spreadsheet(self.spreadsheet),
            self.worksheet,
            anchor,
            columns=self.columns,
            mode=self.mode,
            key=tuple(self.key),
            missing_rows=self.missing_rows,
            create_worksheet=self.create_worksheet,
            on_manual_edit=self.on_manual_edit,
            allow_empty=self.allow_empty,
            not_a_number=self.not_a_number,
            stamp=self.stamp,
            chart=self.chart,
        )

    def _select(self, context: dg.ComponentLoadContext) -> str:
        """The SELECT that is run.

        Raises:
            ValueError: there is none, or a table beside it, or its file does not exist.
        """
        if (self.query is None) == (self.table is None):
            raise ValueError("query: give either `query` or `table`, not both and not none")
        if self.query is not None:
            return query_text(context, self.query)
        whole = target(str(self.table), ())
        names = [column.name for column in self.columns or ()]
        return select_table(whole.schema, whole.table, names)

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The one asset, and its schedule where it has one."""
        query = self._sql = self._select(context)
        deps, known = query_deps(query, self.deps), known_tables(context)
        self._shown = known.shown(query)
        asset = build_exported_sheet(
            self.target(),
            query,
            deps=deps,
            known=known,
            folder=folder(context),
            description=self.description,
            labels=labels(self),
        )
        return scheduled(
            asset,
            name=f"{self.name}_export",
            what=f"exported sheet {self.name}",
            cron=self.schedule,
        )
