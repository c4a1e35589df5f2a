"""The runs of a case that export: what the asset of an export does, by the same functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chaos_loads import NOTHING
from chaos_tab import Showing, shown

from sheet_assets.clients.sheet_export.export import export_result
from sheet_assets.clients.sheet_export.query import queried

if TYPE_CHECKING:
    import datetime as dt

    from chaos_tab import ChaosTab, Lines
    from chaos_table import ChaosTable
    from chaos_world import World

    from sheet_assets.clients.sheet_export.result import Result


class Exports:
    """Runs that show the table in the tab.

    Args:
        world: Where.
        table: What is queried.
        tab: What is written.
        writes: Gets what is sent that changes a spreadsheet.
    """

    def __init__(self, world: World, table: ChaosTable, tab: ChaosTab, writes: list[str]) -> None:
        self.held: list[tuple[str, Result, dt.datetime, Lines]] = []
        self._world = world
        self._table, self._tab, self._writes = table, tab, writes
        self._query = f"SELECT id, revision, text FROM {table.target.quoted} ORDER BY id, revision"
        self._redshift = world.redshift(lambda *_: None)
        self._numbers = 0

    def close(self) -> None:
        """Give back what is held."""
        for _, result, *_ in self.held:
            result.__exit__()

    def export(self, *, hold: bool = False, again: bool = False) -> str:
        """Query and write.

        Args:
            hold: Write it some time later.
            again: It is a second try of the run before.
        """
        rows = self.table_rows()
        result, queried_at = queried(self._redshift, self._tab.target, self._query)
        self._numbers += not again
        self.held.append((f"export {self._numbers}", result, queried_at, rows))
        return "held" if hold else self.show_held(-1)

    def show_held(self, place: int = 0) -> str:
        """Write a result that was queried some time ago."""
        if not self.held:
            return NOTHING
        run_id, result, queried_at, rows = self.held.pop(place)
        self._tab.begin(Showing(rows, queried_at, run_id))
        with result, self._world.google(self._look) as client:
            exported = export_result(
                client, self._tab.target, result, queried_at=queried_at, run_id=run_id
            )
        self._tab.exported = exported
        return exported.outcome + (", staged" if exported.staged else "")

    def table_rows(self) -> Lines:
        """What the query gives."""
        return shown(tuple(sorted(self._table.state.rows.elements(), key=lambda row: row[:2])))

    def _look(self, what: str, sent: bool) -> None:
        if what.startswith("GET"):
            return
        self._tab.look()
        if not sent:
            self._writes.append(what)
