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
    """What was killed, and the seconds that followed; None where it is nothing for `health`.

    `what` is a sentence's part of its `problems` that has to tell of it.
    """

    who: str
    noticed: float | None
    said: str
    well: float
    violation: str = ""


@dataclass(frozen=True)
class Victim:
    """What is killed: how, how it comes back, and the word by which `health` tells of it."""

    who: str
    kill: Callable[[], object]
    start: Callable[[], object] | None
    told_by: str
    host: str


def victims(site: Site, launches: Launches) -> list[Victim]:
    """Each process, once."""
    a, b = site.code_servers["a"], site.code_servers["b"]

    def worker(host: str) -> Victim:
        def kill() -> None:
            # Between two looks it may have ended.
            while not any(kill_worker(pid) for _, pid in launches.in_progress(host)[:1]):
                time.sleep(0.05)

        return Victim(f"run worker of {host}", kill, None, "", host)

    return [
        worker("a"),
        worker("b"),
        Victim("code server a and its runs", a.kill, a.start, "host_a", "a"),
        Victim("code server b alone", lambda: b.kill(with_workers=False), b.start, "host_b", "b"),
        Victim("webserver", site.webserver.kill, site.webserver.start, "webserver", "a"),
        Victim("daemon", site.daemon.kill, site.daemon.start, "daemons", "b"),
        Victim("PostgreSQL", site.state.kill, site.state.start, "database", "a"),
    ]


def killed(site: Site, launches: Launches, victim: Victim, chance: random.Random) -> Kill:
    """Kill it while a run is at work, wait until `health` tells, start it, wait until all is well."""
    _until(lambda: bool(launches.in_progress(victim.host)), WELL_SECONDS)
    time.sleep(chance.uniform(0, 1))
    victim.kill()
    noticed, said, violation = None, "", ""
    if victim.start:
        told: list[str] = []

        def tells() -> bool:
            told[:] = [each for each in site.problems() if victim.told_by in each]
            return bool(told)

        noticed = _until(tells, NOTICED_SECONDS)
        said = told[0] if told else ""
        if not told:
            violation = f"health did not tell of {victim.who} within {NOTICED_SECONDS} s"
        victim.start()
    well = _until(lambda: not site.problems(), WELL_SECONDS)
    if well is None:
        violation = f"{victim.who} came back, and health says: {' '.join(site.problems())}"
    return Kill(victim.who, noticed, said, well or WELL_SECONDS, violation)


def _until(what: Callable[[], bool], seconds: float) -> float | None:
    """Ask again and again; after how many seconds it was so, None when it never was."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            return None
        time.sleep(0.3)
    return round(time.monotonic() - began, 1)
