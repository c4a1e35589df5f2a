"""The summary table of a case: the rows that a query makes of the table, whole and recorded."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

import psycopg2.errors
from chaos_broken import BrokenError

from sheet_assets.clients.table_load import load_query
from sheet_assets.errors import RowCheckError
from sheet_assets.warehouse.manifest import Reading
from sheet_assets.warehouse.row_checks import RowCheck, RowChecks
from sheet_assets.warehouse.target import Target
from sheet_assets.warehouse.types import ResultColumn

if TYPE_CHECKING:
    from chaos_table import ChaosTable
    from chaos_world import World

    from sheet_assets.clients.table_load import Loaded

Lines = tuple[tuple[int, int, int], ...]

_COLUMNS = tuple(
    ResultColumn(name=name, type="bigint", required=True) for name in ("revision", "answers", "ids")
)
_RECORDS = """
SELECT run_id, rows_in_table, is_current FROM sheet_assets.loads
WHERE table_schema = '{}' AND table_name = '{}'
"""


class ChaosSummary:
    """What the summary holds, by what was done.

    Args:
        world: Where.
        table: What the query reads.
        writes: Gets what is sent that changes the summary.
        most_answers: More of one revision than that break a check.
    """

    def __init__(
        self, world: World, table: ChaosTable, writes: list[str], most_answers: int | None
    ) -> None:
        self.target = Target(table.target.schema, f"{table.target.table}_summary", _COLUMNS)
        self._world = world
        self._table = table
        self._writes = writes
        self._most_answers = most_answers
        self._redshift = world.redshift(self._look)
        self._query = (
            f"SELECT revision, count(*) AS answers, sum(id) AS ids FROM {table.target.quoted} "
            "GROUP BY revision"
        )
        self._lines: Lines = ()
        self._run_ids: tuple[str, ...] = ()
        self._asked: tuple[str, Lines] | None = None
        self._loaded: Loaded | None = None
        self._runs = 0

    def summarize(self) -> str:
        """Run the query and load its rows, as the asset does."""
        self._runs += 1
        self._asked = f"summary {self._runs}", self._wanted()
        self._loaded = load_query(
            self._redshift,
            self.target,
            self._query,
            Reading(read_at=dt.datetime.now(dt.UTC)),
            checks=RowChecks(output=tuple(self._checks())),
            run_id=self._asked[0],
        )
        return self._loaded.outcome

    def settle(self, error: BaseException | None) -> str:
        """Compare everything after a step, and with what it said; what became of it.

        Raises:
            BrokenError: something is not as it must be.
        """
        before, asked, loaded = self._lines, self._asked, self._loaded
        now, run_ids = self._read(), self._recorded()
        became = asked is not None and now == asked[1] and now != before
        if now != before and not became:
            raise BrokenError(
                f"the summary went from {len(before)} lines to {len(now)}, which is neither what "
                "it was nor what the query gives"
            )
        new = Counter(run_ids) - Counter(self._run_ids)
        if new.total() > 1 or set(new) - {asked[0] if asked else None}:
            raise BrokenError(f"runs are recorded that loaded nothing into the summary: {new}")
        if became and not new:
            raise BrokenError("the summary's rows are not recorded")
        if asked:
            self._check_said(loaded, error, now, asked[1])
        self._lines, self._run_ids, self._asked, self._loaded = now, run_ids, None, None
        return "became" if became else "stayed"

    @property
    def is_wanted(self) -> bool:
        """Whether it is what the query gives now."""
        return self._lines == self._wanted()

    @property
    def is_refused(self) -> bool:
        """Whether what the query gives now breaks a check."""
        return self._breaks(self._wanted())

    def _wanted(self) -> Lines:
        answers: Counter[int] = Counter()
        ids: Counter[int] = Counter()
        for id_, revision, _ in self._table.state.rows.elements():
            answers[revision] += 1
            ids[revision] += id_
        return tuple((revision, answers[revision], ids[revision]) for revision in sorted(answers))

    def _breaks(self, lines: Lines) -> bool:
        most = self._most_answers
        return most is not None and any(answers > most for _, answers, _ in lines)

    def _checks(self) -> list[RowCheck]:
        if self._most_answers is None:
            return []
        broken = f"SELECT revision, answers FROM {{rows}} WHERE answers > {self._most_answers}"
        return [RowCheck("revisions_have_few_answers", "Few answers.", broken, "checks")]

    def _check_said(
        self, loaded: Loaded | None, error: BaseException | None, now: Lines, wanted: Lines
    ) -> None:
        if isinstance(error, RowCheckError) and not self._breaks(wanted):
            raise BrokenError(f"the summary's rows are as they must be, and a run said: {error}")
        if loaded is None:
            return
        if self._breaks(wanted):
            raise BrokenError("rows that break a check were taken into the summary")
        if loaded.outcome not in {"loaded", "unchanged"} or now != wanted:
            raise BrokenError(f"a summary said {loaded.outcome}, and that is not so")
        if loaded.rows != len(now):
            raise BrokenError(f"a summary said {loaded.rows} rows of {len(now)}")

    def _look(self, sql: str, sent: bool) -> None:
        """What a reader sees in the middle of things."""
        text = sql.lstrip()
        if not sent and text.startswith((f"INSERT INTO {self.target.quoted}", "DELETE")):
            self._writes.append(sql)
        if sent and text.startswith(("INSERT", "DELETE", "UPDATE", "COMMIT")):
            seen = self._read()
            if seen not in (self._lines, self._asked[1] if self._asked else ()):
                raise BrokenError(f"a reader saw {len(seen)} lines of a summary that is not whole")

    def _read(self) -> Lines:
        columns = "revision, answers, ids"
        try:
            found = self._world.ask(f"SELECT {columns} FROM {self.target.quoted} ORDER BY revision")
        except psycopg2.errors.UndefinedTable:
            return ()
        return tuple((int(line[0]), int(line[1]), int(line[2])) for line in found)

    def _recorded(self) -> tuple[str, ...]:
        """The runs that are recorded as loads, which must agree with what is there.

        Raises:
            BrokenError: they do not.
        """
        try:
            records = self._world.ask(_RECORDS.format(self.target.schema, self.target.table))
        except psycopg2.errors.UndefinedTable:
            return ()
        current = [rows for _, rows, is_current in records if is_current]
        if len(current) != bool(records):
            raise BrokenError(f"{len(current)} loads of the summary are current")
        if current and current[0] != len(self._read()):
            raise BrokenError(f"{current[0]} lines of the summary are recorded")
        return tuple(str(run_id) for run_id, *_ in records)
