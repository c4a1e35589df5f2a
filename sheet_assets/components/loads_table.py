"""What the components that load a table tell the others of their project about it."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import dagster as dg

from sheet_assets.components.fields import WithSettings, target
from sheet_assets.sheets.contract import Column
from sheet_assets.warehouse.column_sources import Source
from sheet_assets.warehouse.known_tables import KnownTables
from sheet_assets.warehouse.types import ResultColumn


class LoadsTable(WithSettings):
    """A component with one table and its contract; `is_derived` if a query fills it."""

    is_derived: ClassVar[bool] = False

    @abstractmethod
    def declared(self) -> tuple[str, Sequence[Column] | Sequence[ResultColumn]]:
        """Its table, as `schema.table`, and the table's columns."""


def known_tables(context: dg.ComponentLoadContext) -> KnownTables:
    """What the SheetTables and SqlTables of the project declare of their tables."""
    columns: dict[tuple[str, str], tuple[str, ...]] = {}
    sensitive: set[Source] = set()
    derived: set[tuple[str, str]] = set()
    of_kind = context.component_tree.get_all_components
    for component in of_kind(LoadsTable):  # type: ignore[type-abstract]  # none is made of it
        name, contract = component.declared()
        try:
            into = target(name, ())
        except ValueError:
            # Its own folder is told with this mistake.
            continue
        table = (into.schema, into.table)
        columns[table] = tuple(column.name for column in contract)
        sensitive |= {Source(*table, column.name) for column in contract if column.sensitive}
        derived |= {table} if component.is_derived else set()
    return KnownTables(columns, frozenset(sensitive), frozenset(derived))
