"""The kills: each process in turn, in the middle of runs, and how long until all is well again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.topology.processes import kill_worker

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.topology.launches import Launches
    from tests.topology.site import Site

# A daemon is dead after 75 s of silence at the latest, a code server after some ten tries.
NOTICED_SECONDS = 180
WELL_SECONDS = 300


@dataclass(frozen=True)
class Kill:
    """What was killed, and what followed; `violation` is what should not have.

    Args:
        noticed: The seconds until somebody told of it.
        said: What was told.
        well: The seconds until all was well again, once it was started.
    """

    who: str
    noticed: float | None
    said: str
    well: float | None

    @property
    def violation(self) -> str:
        """What should not have been, if anything."""
        if self.noticed is None:
            return f"nobody told within {NOTICED_SECONDS} s that this was killed: {self.who}"
        if self.well is None:
            return f"all was not well {WELL_SECONDS} s after this came back: {self.who}"
        return ""

    def __str__(self) -> str:
        seconds = ("-" if each is None else f"{each:.1f} s" for each in (self.noticed, self.well))
        return "{:28} {:>9} {:>9}  {}".format(self.who, *seconds, self.said[:100])


@dataclass(frozen=True)
class Victim:
    """Something of `host` that is killed, how it comes back, and who tells of it."""

    who: str
    host: str
    kill: Callable[[], object]
    start: Callable[[], object]
    told: Callable[[], str]
    is_well: Callable[[], bool]


def victims(site: Site, launches: Launches) -> list[Victim]:
    """Each process, once."""
    a, b = site.code_servers["a"], site.code_servers["b"]

    def process(
        who: str, host: str, kill: Callable[[], object], start: Callable[[], object], word: str
    ) -> Victim:
        def told() -> str:
            return next((each for each in site.problems() if word in each), "")

        return Victim(who, host, kill, start, told, lambda: not site.problems())

    daemon, webserver, state = site.daemon, site.webserver, site.state
    return [
        _worker(launches, "a"),
        _worker(launches, "b"),
        process("code server a and its runs", "a", a.kill, a.start, "host_a"),
        process("code server b, told to end", "b", b.stop, b.start, "host_b"),
        process("code server b alone", "b", lambda: b.kill(with_workers=False), b.start, "host_b"),
        process("webserver", "a", webserver.kill, webserver.start, "webserver"),
        process("daemon", "b", daemon.kill, daemon.start, "daemons"),
        process("PostgreSQL", "a", state.kill, state.start, "database"),
    ]


def killed(launches: Launches, victim: Victim, chance: random.Random) -> Kill:
    """Kill it while a run is at work, wait until it is told, start it, wait until all is well."""
    _until(lambda: bool(launches.in_progress(victim.host)), WELL_SECONDS)
    time.sleep(chance.uniform(0, 1))
    victim.kill()
    noticed = _until(lambda: bool(victim.told()), NOTICED_SECONDS)
    said = "" if noticed is None else victim.told()
    victim.start()
    return Kill(victim.who, noticed, said, _until(victim.is_well, WELL_SECONDS))


def _worker(launches: Launches, host: str) -> Victim:
    """Not a process of the deployment's: Dagster fails its run at once, and starts it again."""
    runs: list[str] = []

    def kill() -> None:
        # Between two looks it may have ended.
        while not runs:
            runs.extend(run for run, pid in launches.in_progress(host)[:1] if kill_worker(pid))
            time.sleep(0.05)

    return Victim(
        f"run worker of {host}",
        host,
        kill,
        lambda: None,
        lambda: launches.failure(runs[0]),
        lambda: launches.is_started_again(runs[0]),
    )


def _until(what: Callable[[], bool], seconds: float) -> float | None:
    """Ask again and again; after how many seconds it was so, None when it never was."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            return None
        time.sleep(0.3)
    return round(time.monotonic() - began, 1)
