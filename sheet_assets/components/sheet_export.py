"""`type: sheet_assets.SheetExport`: a query's rows in a Google Sheet."""

import dagster as dg
from pydantic import Field

from sheet_assets.assets.exported_sheet import build_exported_sheet
from sheet_assets.clients.sheet_export import ExportTarget
from sheet_assets.components.fields import WithSettings, folder, query_deps, query_text
from sheet_assets.sheets.a1 import parse_cell
from sheet_assets.sheets.contract import spreadsheet_id


class SheetExport(WithSettings, dg.Model, dg.Resolvable):
    """The rows of a query in a worksheet that people read, written atomically.

    Builds one asset, `exported_sheet/<name>`, downstream of the tables its query reads.
    """

    name: str = Field(
        pattern=r"^[A-Za-z0-9_]+$",
        description="The export's name: letters, digits, underscores.",
    )
    query: str = Field(description="The SELECT, or the name of a .sql file beside the defs.yaml.")
    spreadsheet: str = Field(description="The spreadsheet's id, or its address in the browser.")
    worksheet: str | int = Field(description="The tab's title, or its gid. It must exist.")
    anchor: str = Field(default="A1", description="The cell of the first header.")
    description: str | None = Field(default=None, description="What one row is.")
    deps: list[str] | None = Field(
        default=None,
        description="The tables it reads, as `schema.table`; by default found in the SQL.",
    )
    group_name: str = Field(default="exports", description="The group of its asset in the UI.")

    def target(self) -> ExportTarget:
        """Where the rows go.

        Raises:
            ValueError: the anchor is no cell.
        """
        return ExportTarget(
            self.name, spreadsheet_id(self.spreadsheet), self.worksheet, parse_cell(self.anchor)
        )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The one asset."""
        query = query_text(context, self.query)
        return dg.Definitions(
            assets=[
                build_exported_sheet(
                    self.target(),
                    query,
                    deps=query_deps(query, self.deps),
                    folder=folder(context),
                    description=self.description,
                    group_name=self.group_name,
                )
            ]
        )
