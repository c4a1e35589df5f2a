"""`type: sheet_assets.SheetTable`: a worksheet that becomes a table in Redshift."""

from collections.abc import Sequence
from typing import Literal

import dagster as dg
from pydantic import Field

from sheet_assets import settings
from sheet_assets.assets.redshift_table import build_redshift_table
from sheet_assets.assets.s3_object import build_s3_object
from sheet_assets.assets.sheet_csv import build_google_sheet, build_sheet_csv
from sheet_assets.components.fields import (
    Columns,
    OptionalText,
    OptionalWorksheetName,
    ReportField,
    Text,
    TextByName,
    Texts,
    TextsByName,
    folder,
    labels,
    of_field,
    spreadsheet,
    target,
)
from sheet_assets.components.loads_table import LoadsTable
from sheet_assets.components.scaffold import YamlTemplate
from sheet_assets.jobs import build_sheet_job
from sheet_assets.schedules import build_sheet_schedule
from sheet_assets.sheets.contract import Column, SheetSource
from sheet_assets.warehouse.target import DistStyle, Mode, Target


@dg.scaffold_with(YamlTemplate)
class SheetTable(LoadsTable, dg.Model, dg.Resolvable):
    """A worksheet of a Google spreadsheet that is loaded into a Redshift table.

    Builds three assets: `sheet_csv/<name>`, `s3_object/<name>` and `<schema>/<table>`.
    """

    name: Text = Field(
        pattern=r"^[A-Za-z0-9_]+$",
        description="The name of the sheet's assets: letters, digits, underscores.",
    )
    spreadsheet: Text = Field(description="The spreadsheet's id, or its address in the browser.")
    worksheet: OptionalWorksheetName = Field(
        default=None,
        description="The tab's title, or its gid. Instead of it: named_range or sheets_table.",
    )
    range: OptionalText = Field(
        default=None, description="The part of the worksheet that is read, such as B3:F or 3:100."
    )
    named_range: OptionalText = Field(
        default=None, description="The named range that is read, instead of a worksheet."
    )
    sheets_table: OptionalText = Field(
        default=None, description="The table inside the spreadsheet that is read, by its name."
    )
    header_row: int | None = Field(
        default=None,
        ge=1,
        description="The row of the worksheet that holds the headers; by default the first that "
        "is read.",
    )
    table: Text = Field(description="The table it is loaded into, as `schema.table`.")
    mode: Mode = Field(
        default="replace",
        description="replace: the table is what the sheet holds. append: every version of the "
        "sheet is added, each once. merge: rows are replaced by their key, and new ones added.",
    )
    delete_missing: bool = Field(
        default=False, description="Whether a merge deletes the rows that have left the sheet."
    )
    columns: Columns = Field(description="The contract: one entry a column of the table.")
    min_rows: int = Field(
        default=0, ge=0, description="Refuse a sheet with fewer rows: it was emptied by mistake."
    )
    allow_empty: bool = Field(
        default=False, description="Whether a sheet without rows empties the table."
    )
    extra_columns: Literal["ignore", "reject"] = Field(
        default="ignore", description="What to do with headers that the contract does not name."
    )
    report_to_sheet: ReportField = Field(
        default="off",
        description="Where to show wrong cells to the people who edit the sheet: notes on the "
        "cells, or a tab that lists them. Needs the right to edit; gone again once they are right.",
    )
    diststyle: DistStyle | None = Field(
        default=None, description="Redshift's DISTSTYLE, for a table that is created."
    )
    distkey: OptionalText = Field(
        default=None, description="The column that Redshift distributes the rows by."
    )
    sortkey: Texts = Field(
        default_factory=list, description="The columns that Redshift sorts the rows by."
    )
    grants: TextsByName = Field(
        default_factory=dict,
        description="Who may do what with a table that is created: "
        "{select: [reporting, group analysts, role bi]}.",
    )
    create_schema: bool = Field(
        default=True, description="Whether a schema that is not there is created."
    )
    description: str | None = Field(default=None, description="What one row is.")
    owners: Texts = Field(
        default_factory=list, description="E-mail addresses, or team:data, shown in the UI."
    )
    freshness_hours: float | None = Field(
        default=None,
        gt=0,
        description="How old the last refresh of the table may become before it counts as stale.",
    )
    schedule: OptionalText = Field(
        default=None,
        description="A cron expression: refresh this sheet, and what follows it, then, too.",
    )
    tags: TextByName = Field(default_factory=dict, description="Tags of its assets in the UI.")
    group_name: str = Field(default="sheets", description="The group of its assets in the UI.")
    enabled: bool = Field(
        default=True, description="false: none of its assets exist; the table keeps what it has."
    )

    def source(self) -> SheetSource:
        """What is taken from which worksheet.

        Raises:
            ValueError: the fields do not go together; the text begins with one of them.
        """
        return of_field(
            "",
            SheetSource.model_validate,
            {
                "name": self.name,
                "spreadsheet_id": spreadsheet(self.spreadsheet),
                "worksheet": self.worksheet,
                "range": self.range,
                "named_range": self.named_range,
                "sheets_table": self.sheets_table,
                "header_row": self.header_row,
                "columns": self.columns,
                "extra_columns": self.extra_columns,
                "min_rows": self.min_rows,
                "allow_empty": self.allow_empty,
            },
        )

    def target(self) -> Target:
        """The table its rows end up in.

        Raises:
            ValueError: the fields do not go together; the text begins with one of them.
        """
        return target(
            self.table,
            self.columns,
            mode=self.mode,
            key=tuple(column.name for column in self.columns if column.key),
            delete_missing=self.delete_missing,
            diststyle=self.diststyle,
            distkey=self.distkey,
            sortkey=tuple(self.sortkey),
            grants={right: tuple(to) for right, to in self.grants.items()},
            create_schema=self.create_schema,
        )

    def declared(self) -> tuple[str, Sequence[Column]]:
        """Its table and columns."""
        return self.table, self.columns

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The three assets, the sheet they come from, and its schedule where it has one."""
        if not self.enabled:
            return dg.Definitions()
        source, into = self.source(), self.target()
        filed = labels(self)
        job = build_sheet_job(self.name) if self.schedule else None
        return dg.Definitions(
            assets=[
                build_google_sheet(source, filed),
                build_sheet_csv(
                    source,
                    into,
                    labels=filed,
                    folder=folder(context),
                    report_to_sheet=self.report_to_sheet,
                ),
                build_s3_object(source, labels=filed),
                build_redshift_table(self.name, into, labels=filed, description=self.description),
            ],
            jobs=[job] if job else [],
            schedules=[
                build_sheet_schedule(
                    self.name, self.schedule, settings.require("SHEET_ASSETS_TIME_ZONE")
                )
            ]
            if self.schedule
            else [],
        )
