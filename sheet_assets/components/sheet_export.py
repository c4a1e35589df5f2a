"""`type: sheet_assets.SheetExport`: a query's rows in a Google Sheet."""

from collections.abc import Sequence

import dagster as dg
from pydantic import Field

from sheet_assets.assets import redshift_table
from sheet_assets.assets.exported_sheet import build_exported_sheet
from sheet_assets.clients.sheet_export import ExportTarget
from sheet_assets.components.fields import (
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
from sheet_assets.components.scaffold import YamlTemplate
from sheet_assets.components.sheet_table import SheetTable
from sheet_assets.sheets.a1 import parse_cell


@dg.scaffold_with(YamlTemplate)
class SheetExport(WithSettings, dg.Model, dg.Resolvable):
    """The rows of a query in a worksheet that people read, written atomically.

    Builds one asset, `exported_sheet/<name>`, downstream of the tables its query reads.
    """

    name: Text = Field(
        pattern=r"^[A-Za-z0-9_]+$",
        description="The export's name: letters, digits, underscores.",
    )
    query: str = Field(description="The SELECT, or the name of a .sql file beside the defs.yaml.")
    spreadsheet: Text = Field(description="The spreadsheet's id, or its address in the browser.")
    worksheet: WorksheetName = Field(description="The tab's title, or its gid. It must exist.")
    anchor: Text = Field(default="A1", description="The cell of the first header.")
    description: str | None = Field(default=None, description="What one row is.")
    deps: list[str] | None = Field(
        default=None,
        description="The tables it reads, as `schema.table`; by default found in the SQL.",
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

    def target(self) -> ExportTarget:
        """Where the rows go.

        Raises:
            ValueError: the anchor is no cell, or `spreadsheet` an address without an id.
        """
        anchor = of_field("anchor", parse_cell, self.anchor)
        return ExportTarget(self.name, spreadsheet(self.spreadsheet), self.worksheet, anchor)

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The one asset."""
        query = query_text(context, self.query)
        deps = query_deps(query, self.deps)
        return dg.Definitions(
            assets=[
                build_exported_sheet(
                    self.target(),
                    query,
                    deps=deps,
                    folder=folder(context),
                    description=self.description,
                    labels=labels(
                        group_name=self.group_name,
                        owners=self.owners,
                        tags=self.tags,
                        freshness_hours=self.freshness_hours,
                    ),
                    show_preview=_is_harmless(context, deps),
                )
            ]
        )


def _is_harmless(context: dg.ComponentLoadContext, deps: Sequence[dg.AssetKey]) -> bool:
    """Whether nothing `sensitive` can be in what these tables hold.

    Which column of a query shows which column of a sheet is not known: where the project has a
    sensitive column, only sheets without any are harmless.
    """
    tables = context.component_tree.get_all_components(SheetTable)
    harmless = {
        redshift_table.asset_key(target(table.table, ()))
        for table in tables
        if not any(column.sensitive for column in table.columns)
    }
    return len(harmless) == len(tables) or harmless.issuperset(deps)
