"""One case: a seed draws a sheet, a table, an exported tab, what is done and what goes wrong."""

from __future__ import annotations

import random
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from chaos_broken import BrokenError
from chaos_exports import Exports
from chaos_faults import arm, disarm, drawn_faults, passing_faults
from chaos_loads import Loads
from chaos_said import check_failure
from chaos_sheet import ChaosSheet, columns
from chaos_store import check_versions
from chaos_summary import ChaosSummary
from chaos_tab import TAB, ChaosTab
from chaos_table import ChaosTable
from chaos_ticks import Ticks
from chaos_world import SCHEMA

from sheet_assets.clients import sheet_reading, sheet_snapshot
from sheet_assets.clients.sheet_export import plan, staging
from sheet_assets.clients.sheet_export.target import ExportTarget
from sheet_assets.sandbox import BUCKET
from sheet_assets.warehouse.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chaos_faults import Doing, PlannedFault
    from chaos_report import Tally
    from chaos_world import World


_INGEST: tuple[Doing, ...] = ("read", "read", "store", "load", "load")
_SUMMARIZE: tuple[Doing, ...] = ("query", "load", "load")
_EXPORT: tuple[Doing, ...] = ("query", "show", "show")
# What is only said of a sheet that has wrong cells, or none.
_ABOUT_ROWS = ("CellError", "TooFewRowsError", "SheetHeaderError")


class Case:
    """One seed's.

    Args:
        world: Where it happens.
        seed: Draws everything.
        tally: Counts what came of it.
    """

    def __init__(self, world: World, seed: int, tally: Tally) -> None:
        self.seed = seed
        self.story: list[str] = []
        self._world = world
        self._tally = tally
        self._draw = random.Random(seed)

    def run(self) -> None:
        """Play it.

        Raises:
            BrokenError: a promise is broken.
        """
        name = f"case_{self.seed}"
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos_")))
            self._limits(stack)
            books = [self._world.workbook(name)]
            if self._draw.random() < 0.5:
                books.append(self._world.workbook(f"{name} summary"))
            stack.callback(self._world.forget, name, f"{name}/", books)
            self._set_up(name, books, folder)
            stack.callback(self.exports.close)
            if self._draw.random() < 0.75:
                self._quiet("ingest", self.loads.ingest)
                if self._draw.random() < 0.7:
                    self._quiet("export", self.exports.export)
            # Its first look is at everything; what it finds later, it finds by Drive's list alone.
            self._quiet("tick", self.ticks.tick)
            for _ in range(self._draw.choices((1, 2, 3, 4, 6, 8), (15, 25, 25, 15, 12, 8))[0]):
                self._step()
            self._converge()

    def _limits(self, stack: ExitStack) -> None:
        """Where rows are divided, so that a few are many."""
        draw = self._draw
        self._most_rows = draw.choices((3, 12, 60, draw.randint(300, 2500)), (30, 45, 22, 3))[0]
        limits = {
            (sheet_snapshot, "ROWS_A_PART"): max(2, self._most_rows // 4),
            (sheet_reading, "PAGE_CELLS"): max(8, self._most_rows * 2),
        }
        for (module, limit), value in limits.items():
            if draw.random() < 0.3:
                stack.enter_context(mock.patch.object(module, limit, value))
        if draw.random() < 0.3:
            size = 12 * self._most_rows
            stack.enter_context(mock.patch.object(plan, "_MOST_REQUEST_BYTES", size))
            stack.enter_context(mock.patch.object(staging, "_CHUNK_BYTES", max(60, size // 3)))

    def _set_up(self, name: str, books: list[Any], folder: Path) -> None:
        draw, world = self._draw, self._world
        mode = draw.choices(("replace", "append", "merge"), (45, 30, 25))[0]
        key = mode == "merge"
        contract = columns(key=key, displayed=draw.random() < 0.2)
        if draw.random() < 0.1:
            world.ask("DROP TABLE IF EXISTS sheet_assets.loads")
        self.sheet = ChaosSheet(
            world.sandbox.google.drive,
            books[0],
            draw,
            most_rows=self._most_rows,
            allow_empty=draw.random() < 0.3,
            whole=mode == "append",
        )
        target = Target(
            SCHEMA,
            name,
            contract,
            mode=mode,
            key=("id",) if key else (),
            delete_missing=key and draw.random() < 0.5,
        )
        self.table = ChaosTable(world, target, self.sheet)
        shows = draw.choices(("replace", "append", "upsert"), (40, 20, 40))[0]
        keyed = shows == "upsert"
        self.tab = ChaosTab(
            books[-1],
            ExportTarget(
                name,
                books[-1].spreadsheet_id,
                TAB,
                mode=shows,
                key=() if not keyed else ("id", "revision") if mode == "append" else ("id",),
                missing_rows=draw.choice(("keep", "clear", "delete", "delete"))
                if keyed
                else "keep",
                create_worksheet=draw.random() < 0.5,
                allow_empty=draw.random() < 0.5,
                stamp=draw.random() < 0.2,
            ),
        )
        self.writes: list[str] = []
        self.loads = Loads(
            world,
            name,
            folder,
            draw,
            sheet=self.sheet,
            contract=contract,
            table=self.table,
            writes=self.writes,
        )
        most_answers = draw.randint(1, self._most_rows) if draw.random() < 0.3 else None
        self.summary = ChaosSummary(world, self.table, self.writes, most_answers)
        self.exports = Exports(world, self.table, self.tab, self.writes)
        self.ticks = Ticks(world, self.loads.redshift, books[0].spreadsheet_id, target)
        self.story.append(f"{mode}, exported by {shows}, {self._most_rows} rows at most")

    def _step(self) -> None:
        """One of the things that can be done now, drawn by these weights."""
        loads, exports, records = self.loads, self.exports, self.table.records
        kinds = {
            self._ingest: 36,
            self._summarize: 14,
            self._export: 30,
            self._tick: 6,
            self._again: 8 * bool(loads.last),
            self._late: 24 * bool(loads.held),
            self._late_export: 20 * bool(exports.held),
            self._restore: 14 * (bool(records) and self.table.target.mode == "replace"),
            self._prune: 8 * (len(records) > 1),
            self._change_contract: 4 * (not loads.is_changed),
        }
        for _ in range(self._draw.choices((0, 1, 2), (30, 50, 20))[0]):
            self.story.append(f"edit: {self.sheet.edit()}")
        self._draw.choices(list(kinds), list(kinds.values()))[0]()

    def _ingest(self) -> None:
        draw = self._draw
        how = draw.choices(("", "force", "hold", "unpin"), (62, 10, 18, 10))[0]
        edit_at = draw.randint(1, 6) if draw.random() < 0.25 else 0
        at = draw.choice(("CREATE TEMP", "COPY")) if draw.random() < 0.15 else ""
        self._guarded("ingest", lambda: self.loads.ingest(how, edit_at, at), *_INGEST)

    def _summarize(self) -> None:
        self._guarded("summarize", self.summary.summarize, *_SUMMARIZE)

    def _export(self) -> None:
        hold, again = self._draw.random() < 0.2, self._draw.random() < 0.1
        self._guarded("export", lambda: self.exports.export(hold=hold, again=again), *_EXPORT)

    def _tick(self) -> None:
        self._guarded("tick", self.ticks.tick, "changes", "processed")

    def _again(self) -> None:
        self._guarded("again", self.loads.load_again, "load")

    def _late(self) -> None:
        self._guarded("late", self.loads.load_held, "load")

    def _late_export(self) -> None:
        self._guarded("late export", self.exports.show_held, "show")

    def _restore(self) -> None:
        self._guarded("restore", self.loads.restore, "fetch back", "load", "load")

    def _prune(self) -> None:
        self._guarded("prune", self.loads.prune, "prune")

    def _change_contract(self) -> None:
        self.loads.change_contract()
        self.story.append("the contract changes")

    def _guarded(self, what: str, do: Callable[[], str], *doings: Doing) -> None:
        """One step under faults, and everything looked at after it."""
        faults = drawn_faults(self._draw, doings)
        edits = len(self.sheet.history)
        with self._armed(faults):
            said, error = self._done(do)
        self._settle(what, said, error)
        name = type(error).__name__
        if name in _ABOUT_ROWS and name not in self.sheet.refusals(edits):
            raise BrokenError(f"the sheet's rows are as they must be, and a run said: {error}")

    def _done(self, do: Callable[[], str]) -> tuple[str, BaseException | None]:
        try:
            return do(), None
        except BrokenError:
            raise
        except Exception as error:  # noqa: BLE001 - a stranger's error is what is looked for
            return "", error

    def _settle(self, what: str, said: str, error: BaseException | None) -> None:
        became = {
            "table": self.table.settle(),
            "summary": self.summary.settle(error),
            "tab": self.tab.settle(),
        }
        if error is not None:
            changed = "became" in became.values()
            said = check_failure(error, self._world.secrets, changed=changed)
        self._tally.ends[what, said] += 1
        self.story.append(f"{what}: {said}; {', '.join(map(' '.join, became.items()))}")
        check_versions(
            BUCKET,
            self._world.objects(f"case_{self.seed}/"),
            {record.version for record in self.table.records} - self.loads.pruned,
        )

    @contextmanager
    def _armed(self, faults: list[PlannedFault]) -> Iterator[None]:
        self.story += [f"  {fault}" for fault in faults]
        arm(self._world.sandbox, faults)
        try:
            yield
        finally:
            self._tally.faults += disarm(self._world.sandbox, faults)

    def _quiet(self, what: str, do: Callable[[], str], wanted: set[str] | None = None) -> str:
        """One step without faults, which must succeed."""
        said, error = self._done(do)
        self._settle(f"{what} at last", said, error)
        if error is not None:
            raise BrokenError(f"without faults, {what} fails: {error}") from error
        if wanted and said not in wanted:
            raise BrokenError(f"without faults, {what} ends as {said}")
        return said

    def _passing(
        self, what: str, do: Callable[[], str], wanted: set[str], doings: tuple[Doing, ...]
    ) -> None:
        """One step under faults that pass, which must succeed as without them."""
        with self._armed(passing_faults(self._draw, doings)):
            said, error = self._done(do)
        self._settle(f"{what}, passing faults", said, error)
        if (type(error).__name__ if error else said) not in wanted:
            raise BrokenError(f"under faults that pass, {what} ends as {error or said}")

    def _converge(self) -> None:
        """Nothing goes wrong for long any more: what must come true.

        Only what the sensor asks for is run: an edit that it has missed stays missed.
        """
        self.sheet.mend()
        if self._draw.random() < 0.6:
            self.sheet.rewrite()
        current = self.table.state.current
        if current and current.pinned:
            self._quiet("unpin", lambda: self.loads.ingest("unpin"), {"loaded", "unchanged"})
        if self.loads.is_changed:
            # Which no sensor sees.
            self._quiet("ingest", self.loads.ingest, {"loaded", "unchanged"})
        for _ in range(3):
            if self._quiet("tick", self.ticks.tick) == "quiet":
                break
            self._passing("ingest", self.loads.ingest, {"loaded", "unchanged"}, _INGEST)
        else:
            raise BrokenError("the sensor asks for a run again and again")
        rows = self.sheet.rows
        assert rows is not None
        if not self.table.wanted(rows):
            raise BrokenError(f"the table does not hold the sheet's {len(rows)} rows")
        self._converge_summary()
        self._converge_tab()

    def _converge_summary(self) -> None:
        if self.summary.is_refused:
            return
        self._passing("summarize", self.summary.summarize, {"loaded", "unchanged"}, _SUMMARIZE)
        if not self.summary.is_wanted:
            raise BrokenError("the summary is not what the query gives")

    def _converge_tab(self) -> None:
        if not self.table.state.rows and not self.tab.target.allow_empty:
            return
        if self.tab.refuses(self.exports.table_rows()):
            self._passing("export", self.exports.export, {"QueryError"}, ("query",))
            return
        self._passing(
            "export", self.exports.export, {"written", "written, staged", "unchanged"}, _EXPORT
        )
        if not self.tab.wanted(self.exports.table_rows()):
            raise BrokenError("the tab does not show the table's rows")
        if left := self.tab.staging_tabs():
            raise BrokenError(f"a staging tab stays: {left}")
        self._does_nothing()

    def _does_nothing(self) -> None:
        """All of it once more: nothing is written anywhere."""
        self.writes.clear()
        self._quiet("ingest again", self.loads.ingest, {"unchanged"})
        if not self.summary.is_refused:
            self._quiet("summarize again", self.summary.summarize, {"unchanged"})
        self._quiet("export again", self.exports.export, {"unchanged"})
        if self.writes:
            raise BrokenError(f"a run that has nothing to do sent {self.writes[0]}")
