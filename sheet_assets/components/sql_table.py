"""`type: sheet_assets.SqlTable`: a table in Redshift that a query builds."""

from collections.abc import Sequence
from typing import ClassVar

import dagster as dg
from pydantic import Field

from sheet_assets.assets import redshift_table
from sheet_assets.assets.sql_table import build_sql_table
from sheet_assets.components.fields import (
    OptionalText,
    ResultColumns,
    RowsByTable,
    Text,
    TextByName,
    Texts,
    TextsByName,
    labels,
    query_deps,
    query_text,
    target,
)
from sheet_assets.components.loads_table import LoadsTable, known_tables
from sheet_assets.components.scaffold import YamlTemplate
from sheet_assets.components.scheduled import scheduled
from sheet_assets.components.sql_check import (
    SqlCheck,
    check_deps,
    check_names,
    input_checks,
    output_checks,
)
from sheet_assets.warehouse.row_checks import RowChecks
from sheet_assets.warehouse.target import DistStyle, Target
from sheet_assets.warehouse.types import ResultColumn


@dg.scaffold_with(YamlTemplate)
class SqlTable(LoadsTable, dg.Model, dg.Resolvable):
    """A Redshift table that a query builds, replaced as a whole.

    Builds one asset, `<schema>/<table>`, downstream of the tables its query reads.
    """

    table: Text = Field(description="The table, as `schema.table`.")
    query: str = Field(description="The SELECT, or the name of a .sql file beside the defs.yaml.")
    columns: ResultColumns = Field(description="The table's columns, by the query's names.")
    min_rows: int = Field(
        default=0, ge=0, description="Refuse a result with fewer rows; the table stays as it was."
    )
    input_min_rows: RowsByTable = Field(
        default_factory=dict,
        description="Do not run the query while a table that it reads has fewer rows: "
        "{raw_data.nps: 100}.",
    )
    input_checks: list[SqlCheck] = Field(
        default_factory=list,
        description="Queries that must find no row before this one is run, over what it reads.",
    )
    output_checks: list[SqlCheck] = Field(
        default_factory=list,
        description="Queries that must find no row in the result, which they call {rows}, before "
        "anybody sees it.",
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
    schedule: OptionalText = Field(
        default=None,
        description="A cron expression: refresh this table, and what follows it, then, too.",
    )
    tags: TextByName = Field(default_factory=dict, description="Tags of its asset in the UI.")
    group_name: str = Field(default="summaries", description="The group of its asset in the UI.")

    is_derived: ClassVar[bool] = True

    def declared(self) -> tuple[str, Sequence[ResultColumn]]:
        """Its table and columns."""
        return self.table, self.columns

    def target(self) -> Target:
        """The table.

        Raises:
            ValueError: the fields do not go together; the text begins with one of them.
        """
        return target(
            self.table,
            self.columns,
            key=tuple(column.name for column in self.columns if column.key),
            diststyle=self.diststyle,
            distkey=self.distkey,
            sortkey=tuple(self.sortkey),
            grants={right: tuple(to) for right, to in self.grants.items()},
            create_schema=self.create_schema,
        )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The one asset, and its schedule where it has one."""
        into, query = self.target(), query_text(context, self.query)
        key = redshift_table.asset_key(into)
        deps = query_deps(query, self.deps)
        if key in deps:
            if self.deps:
                raise ValueError(f"deps: {into} is the table itself; leave it out")
            raise ValueError(
                f"query: it reads {into}, the table that it fills; name the others that it reads "
                "in `deps`"
            )
        known = known_tables(context)
        checks = RowChecks(
            input_checks(
                context, self.input_checks, min_rows=self.input_min_rows, read=deps, known=known
            ),
            output_checks(
                context,
                self.output_checks,
                min_rows=self.min_rows,
                columns=self.columns,
                query=query,
                known=known,
            ),
        )
        check_names(checks.all)
        if self.deps is None:
            deps = list(dict.fromkeys([*deps, *check_deps(checks.all, key)]))
        asset = build_sql_table(
            into,
            query,
            deps=deps,
            checks=checks,
            known=known,
            description=self.description,
            labels=labels(self),
        )
        return scheduled(
            asset,
            name=f"{into.schema}_{into.table}",
            what=f"table {into}",
            cron=self.schedule,
        )
