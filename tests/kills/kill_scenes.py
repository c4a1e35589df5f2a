"""What processes are killed at: ingests, restores, summaries and exports, each over and over."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from forked_work import WORK, Place
from kill_world import SCHEMA, BrokenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kill_world import Rows, World

_ROWS = 45


class Scene(ABC):
    """One kind of work at one place; `before` and `after` are what its readers may see.

    Each `step` gives the work something new to do.
    """

    work: str

    def __init__(
        self, world: World, name: str, *, mode: str = "replace", staged: bool = False
    ) -> None:
        self.name = name
        self.before: Any = None
        self.after: Any = None
        self._world = world
        self._mode, self._staged = mode, staged
        self._number = 0
        self._move()

    def step(self) -> None:
        """The next thing to do."""
        self._number += 1
        self.before = self.now()
        self._change()

    @property
    def told(self) -> dict[str, Any]:
        """What the work is told."""
        return {"place": self.place}

    def do(self) -> str:
        """Do it in this process; how it ended."""
        return WORK[self.work](**self.told)

    @abstractmethod
    def now(self) -> Any:
        """What a reader sees."""

    @abstractmethod
    def _change(self) -> None:
        """Change what is read, and say in `after` what must come of it."""

    def count(self) -> int:
        """How often something was recorded; every record fits what it is of."""
        return 0

    def check(self) -> None:
        """What must hold at any time.

        Raises:
            BrokenError: it does not.
        """
        now = self.now()
        if now not in (self.before, self.after):
            raise BrokenError(f"a reader sees {now}, neither {self.before} nor {self.after}")
        self.count()
        self._world.check_versions(self.place.name)

    def check_done(self) -> None:
        """What must hold when the work was done again, and its connections are gone.

        Raises:
            BrokenError: it does not.
        """
        self._world.settle()
        self.check()
        if self.now() != self.after:
            raise BrokenError(f"it ended as {self.now()}, not as {self.after}")
        if left := list(self._world.staging_tables()):
            raise BrokenError(f"staging tables are left: {left}")
        titles = [sheet.title for sheet in self._world.workbook(self.place).worksheets]
        if titles != [self.place.name]:
            raise BrokenError(f"tabs are left: {titles}")

    def _move(self) -> None:
        """To a new place."""
        name = f"t_{uuid.uuid4().hex[:12]}"
        self.place = Place(name, SCHEMA, name, mode=self._mode, staged=self._staged)
        self._world.make_sheet(self.place)

    def _next_rows(self) -> Rows:
        """Rows that were never there; half of the keys were."""
        first = self._number * (_ROWS // 2)
        return [(first + row, self._number) for row in range(_ROWS)]


class Ingest(Scene):
    """A changed sheet into its table."""

    work = "ingest"

    def now(self) -> Any:
        """The table."""
        return self._world.rows(self.place.name)

    def count(self) -> int:
        """The loads."""
        return self._world.loads(self.place.name)

    def _change(self) -> None:
        rows = self._next_rows()
        self._world.type(self.place, rows)
        if self._mode == "append":
            rows = [*(self.before or ()), *rows]
        if self._mode == "merge":
            rows = list({**dict(self.before or ()), **dict(rows)}.items())
        self.after = sorted(rows)


class Run(Ingest):
    """The same as a run in Dagster."""

    work = "run"


class FirstIngest(Ingest):
    """A sheet into a table that is not there yet."""

    def step(self) -> None:
        """Another sheet; before its first load the table may be there, empty."""
        self._move()
        super().step()

    def check(self) -> None:
        """What must hold at any time; no table and an empty one are the same to a reader."""
        if self.now() == []:
            self.before = []
        super().check()


class Restore(Scene):
    """One version, and then the other, from S3 into the table."""

    work = "restore"

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        ingest = Ingest(world, name)
        self.place = ingest.place
        self._versions: list[tuple[str, Rows]] = []
        for _ in range(2):
            ingest.step()
            ingest.do()
            self._versions.append((world.current(self.place.name), ingest.after))

    @property
    def told(self) -> dict[str, Any]:
        """The place and the version."""
        return {"place": self.place, "version": self._versions[self._number % 2 - 1][0]}

    def now(self) -> Any:
        """The table."""
        return self._world.rows(self.place.name)

    def count(self) -> int:
        """The loads."""
        return self._world.loads(self.place.name)

    def _change(self) -> None:
        self.after = self._versions[self._number % 2 - 1][1]


class Summary(Scene):
    """A changed table's rows into another table."""

    work = "summarize"

    def now(self) -> Any:
        """The table that a query fills."""
        return self._world.rows(f"{self.place.name}_summary")

    def count(self) -> int:
        """Its loads."""
        return self._world.loads(f"{self.place.name}_summary")

    def _change(self) -> None:
        self.after = self._next_rows()
        self._world.put(self.place.name, self.after)


class Export(Scene):
    """A changed table's rows into a worksheet."""

    work = "export"

    def now(self) -> Any:
        """The worksheet."""
        values = self._world.workbook(self.place).worksheet(self.place.name).values()
        return [tuple(row) for row in values[1:]]

    def count(self) -> int:
        """How many records the export has left: one."""
        entries = self._world.workbook(self.place).developer_metadata.values()
        return sum(entry.key.startswith("sheet_assets/export/") for entry in entries)

    def _change(self) -> None:
        rows = self._next_rows()
        self._world.put(self.place.name, rows)
        if self._mode == "append":
            rows = [*self.before, *rows]
        if self._mode == "upsert":
            rows = list({**dict(self.before), **dict(rows)}.items())
        self.after = rows


SCENES: dict[str, Callable[[World], Scene]] = {
    "ingest, first": lambda world: FirstIngest(world, "ingest, first"),
    "ingest, replace": lambda world: Ingest(world, "ingest, replace"),
    "ingest, append": lambda world: Ingest(world, "ingest, append", mode="append"),
    "ingest, merge": lambda world: Ingest(world, "ingest, merge", mode="merge"),
    "run": lambda world: Run(world, "run"),
    "restore": lambda world: Restore(world, "restore"),
    "summary": lambda world: Summary(world, "summary"),
    "export, replace": lambda world: Export(world, "export, replace"),
    "export, staged": lambda world: Export(world, "export, staged", staged=True),
    "export, append": lambda world: Export(world, "export, append", mode="append"),
    "export, upsert": lambda world: Export(world, "export, upsert", mode="upsert"),
}
