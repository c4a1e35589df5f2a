"""`type: sheet_assets.SheetTable`: a worksheet that becomes a table in Redshift."""

import dagster as dg
from pydantic import Field

from sheet_assets.assets.redshift_table import build_redshift_table
from sheet_assets.assets.s3_object import build_s3_object
from sheet_assets.assets.sheet_csv import build_sheet_csv
from sheet_assets.components.fields import (
    Columns,
    Text,
    WithSettings,
    WorksheetName,
    folder,
    spreadsheet,
    target,
)
from sheet_assets.sheets.contract import SheetSource


class SheetTable(WithSettings, dg.Model, dg.Resolvable):
    """A worksheet of a Google spreadsheet that is loaded into a Redshift table.

    Builds three assets: `sheet_csv/<name>`, `s3_object/<name>` and `<schema>/<table>`.
    """

    name: Text = Field(
        pattern=r"^[A-Za-z0-9_]+$",
        description="The name of the sheet's assets: letters, digits, underscores.",
    )
    spreadsheet: Text = Field(description="The spreadsheet's id, or its address in the browser.")
    worksheet: WorksheetName = Field(description="The tab's title, or its gid.")
    table: Text = Field(description="The table it is loaded into, as `schema.table`.")
    columns: Columns = Field(description="The contract: one entry a column of the table.")
    header_row: int = Field(default=1, ge=1, description="The row that holds the headers.")
    allow_empty: bool = Field(
        default=False, description="Whether a sheet without rows empties the table."
    )
    group_name: str = Field(default="sheets", description="The group of its assets in the UI.")

    def source(self) -> SheetSource:
        """What is taken from which worksheet.

        Raises:
            ValueError: `spreadsheet` is an address without an id.
        """
        return SheetSource(
            name=self.name,
            spreadsheet_id=spreadsheet(self.spreadsheet),
            worksheet=self.worksheet,
            header_row=self.header_row,
            columns=self.columns,
            allow_empty=self.allow_empty,
        )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The three assets."""
        into = target(self.table, self.columns)
        return dg.Definitions(
            assets=[
                build_sheet_csv(
                    self.source(), str(into), folder=folder(context), group_name=self.group_name
                ),
                build_s3_object(self.name, group_name=self.group_name),
                build_redshift_table(self.name, into, group_name=self.group_name),
            ]
        )
