"""`type: sheet_assets.SqlTable`: a table in Redshift that a query builds."""

import dagster as dg
from pydantic import Field

from sheet_assets.assets.sql_table import build_sql_table
from sheet_assets.components.fields import (
    TableColumns,
    Text,
    TextByName,
    Texts,
    WithSettings,
    labels,
    query_deps,
    query_text,
    target,
)
from sheet_assets.components.scaffold import YamlTemplate


@dg.scaffold_with(YamlTemplate)
class SqlTable(WithSettings, dg.Model, dg.Resolvable):
    """A Redshift table that a query builds, replaced as a whole.

    Builds one asset, `<schema>/<table>`, downstream of the tables its query reads.
    """

    table: Text = Field(description="The table, as `schema.table`.")
    query: str = Field(description="The SELECT, or the name of a .sql file beside the defs.yaml.")
    columns: TableColumns = Field(description="The table's columns, by the query's names.")
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
    group_name: str = Field(default="summaries", description="The group of its asset in the UI.")

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The one asset."""
        query = query_text(context, self.query)
        return dg.Definitions(
            assets=[
                build_sql_table(
                    target(self.table, self.columns),
                    query,
                    deps=query_deps(query, self.deps),
                    description=self.description,
                    labels=labels(
                        group_name=self.group_name,
                        owners=self.owners,
                        tags=self.tags,
                        freshness_hours=self.freshness_hours,
                    ),
                )
            ]
        )
