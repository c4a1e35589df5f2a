"""The tables whose contracts a project has, and what follows from them for a query's columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sheet_assets.warehouse.column_sources import Source, column_sources

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True)
class KnownTables:
    """What is declared of tables.

    Args:
        columns: Of each table, by schema and table.
        sensitive: Those of them that are declared so.
        derived: The tables that queries build: a column of theirs may be sensitive without being
            declared so.
    """

    columns: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    sensitive: frozenset[Source] = frozenset()
    derived: frozenset[tuple[str, str]] = frozenset()

    def sources(self, query: str) -> dict[str, tuple[Source, ...]]:
        """The columns that each column of a query comes from; what cannot be told is left out."""
        return column_sources(query, self.columns)

    def shown(self, query: str) -> frozenset[str] | None:
        """The columns of a query in which nothing sensitive can be; None: all, whatever it has.

        Where the project has something sensitive, a column is shown only if all of what it
        comes from is known to be harmless.
        """
        if not self.sensitive:
            return None
        return frozenset(
            name
            for name, sources in self.sources(query).items()
            if all(self._is_harmless(source) for source in sources)
        )

    def with_rows(
        self, name: tuple[str, str], columns: Collection[str], hidden: Collection[str]
    ) -> KnownTables:
        """These, and a table of which is known which columns are sensitive."""
        return KnownTables(
            {**self.columns, name: tuple(columns)},
            self.sensitive | {Source(*name, column) for column in hidden},
            self.derived - {name},
        )

    def _is_harmless(self, source: Source) -> bool:
        table = (source.schema, source.table)
        return table in self.columns and table not in self.derived and source not in self.sensitive
