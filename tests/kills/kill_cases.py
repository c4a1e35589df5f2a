"""Kills at crossings: a run that counts them, then one run for each at which its process dies."""

from __future__ import annotations

import os
import queue
import re
import threading
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest.mock import patch

from forks import Forks
from kill_scenes import SCENES
from kill_world import BrokenError, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from forks import Fork
    from kill_scenes import Scene

    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.crossing import Crossing

_KILLED = -9
# A request that was under way when its sender died is carried out all the same.
_PATIENCE_SECONDS = 2
_NAMES = (
    (r"\?.*", ""),
    (r"/sheet-assets-sandbox/\S+/(parts/)\S+", r"\1…"),
    (r"/sheet-assets-sandbox/\S+/versions/\w+/", ""),
    (r"/values/\S+", "/values/…"),
    (r"/(files|spreadsheets)/[\w-]+", r"/\1/…"),
    (r"\b(t_[0-9a-f]{12})(_summary)?", "…"),
    (r"\"", ""),
    (r"(VALUES|WHERE|\().*", ""),
    (r"\s+", " "),
)


def name_of(crossing: Crossing) -> str:
    """A boundary as a report names it, without what differs from run to run."""
    what = crossing.what
    for pattern, instead in _NAMES:
        what = re.sub(pattern, instead, what, flags=re.DOTALL)
    return f"{crossing.phase} {what.strip()[:70]}"


class Killer:
    """Observes the servers, and kills a fork at one of its crossings."""

    def __init__(self, at: int | None = None) -> None:
        self.seen: list[str] = []
        self._at = at
        self._fork: queue.Queue[Fork] = queue.Queue()
        self._lock = threading.Lock()
        self._killed_at: Crossing | None = None
        self._applied = threading.Event()

    def take(self, fork: Fork) -> None:
        """This is the one."""
        self._fork.put(fork)

    def __call__(self, crossing: Crossing) -> None:
        """Called by the servers, in their threads."""
        with self._lock:
            place = len(self.seen)
            self.seen.append(name_of(crossing))
            killed = self._killed_at
            if place == self._at:
                self._killed_at = crossing
        if place == self._at:
            self._fork.get(timeout=_PATIENCE_SECONDS).kill()
        elif killed and (killed.what, crossing.phase) == (crossing.what, "after"):
            self._applied.set()

    def settle(self) -> None:
        """Wait for the request that was under way."""
        killed = self._killed_at
        if killed and killed.phase == "before" and killed.what.startswith(("PUT", "POST")):
            self._applied.wait(_PATIENCE_SECONDS)


@dataclass
class Report:
    """Kills by boundary, and what did not hold after them."""

    kills: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """As people read it."""
        return [
            f"kills: {self.kills.total():,} at {len(self.kills):,} boundaries",
            *(f"  {count:>4}  {boundary}" for boundary, count in sorted(self.kills.items())),
            f"violations after kills: {len(self.broken)}",
            *(f"  {said}" for said in self.broken),
        ]


class Kills:
    """Kills of the processes of one sandbox."""

    def __init__(self, world: World, forks: Forks, report: Report | None = None) -> None:
        self.report = report or Report()
        self._world = world
        self._forks = forks

    def crossings(self, scene: Scene) -> list[str]:
        """Do a scene's work without a kill; the names of the boundaries it crosses, in order."""
        # The very first time creates what is there afterwards.
        scene.step()
        scene.do()
        scene.step()
        killer = Killer()
        with self._observed(killer):
            self._forks.do(scene.work, **scene.told)
        scene.check_done()
        return killer.seen

    def kill(self, scene: Scene, at: int) -> str:
        """Kill at one crossing, look, do the work again, and look again; the boundary's name.

        Raises:
            BrokenError: something does not hold; names the boundary.
        """
        scene.step()
        loads, killer = scene.count(), Killer(at)
        with self._observed(killer):
            fork = self._forks.begin(scene.work, **scene.told)
            killer.take(fork)
            status = fork.wait()
            killer.settle()
        if status != _KILLED:
            raise BrokenError(f"{scene.name}: it ended before crossing {at}: {fork.answer}")
        boundary = f"{scene.name}: {killer.seen[at]}"
        self.report.kills[boundary] += 1
        try:
            self._look(scene, loads)
        except Exception as error:
            self.report.broken.append(f"{boundary}: {error!r}")
            raise BrokenError(self.report.broken[-1]) from error
        return boundary

    def _look(self, scene: Scene, loads: int) -> None:
        self._world.settle()
        scene.check()
        scene.do()
        scene.check_done()
        if scene.do() != "unchanged":
            raise BrokenError("what was done was done once more")
        if scene.work != "export" and scene.count() != loads + 1:
            raise BrokenError(f"{scene.count() - loads} loads are recorded, not one")

    def kill_everywhere(self, scene: Scene, said: Callable[[str], None]) -> None:
        """Kill at every crossing of a scene, and go on after what does not hold."""
        for at in range(len(self.crossings(scene))):
            try:
                self.kill(scene, at)
            except BrokenError as error:
                said(str(error))

    @contextmanager
    def _observed(self, killer: Killer) -> Iterator[None]:
        sandbox = self._world.sandbox
        servers = (sandbox.google, sandbox.s3, sandbox.redshift)
        for server in servers:
            server.observer = killer
        try:
            yield
        finally:
            for server in servers:
                server.observer = None


def killed_everywhere(
    sandbox: Sandbox, names: Iterable[str] = SCENES, said: Callable[[str], None] = print
) -> Report:
    """Kill at every crossing of some scenes, by default of all."""
    report = Report()
    unlimited = {f"SHEET_ASSETS_{kind}S_PER_MINUTE": "1000000" for kind in ("READ", "WRITE")}
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, {**sandbox.settings, **unlimited}))
        forks = stack.enter_context(Forks())
        world = World(sandbox, stack)
        for name in names:
            Kills(world, forks, report).kill_everywhere(SCENES[name](world), said)
            said(f"{report.kills.total():,} kills, {len(report.broken)} violations: {name}")
    return report
