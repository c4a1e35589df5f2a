"""The faults of a step: which requests and statements go wrong, and how, as a draw has it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sheet_assets.sandbox.http_faults import Fault
from sheet_assets.sandbox.redshift.statement_faults import StatementFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from sheet_assets.sandbox import Sandbox

Service = Literal["google", "s3", "redshift"]
SERVICES: tuple[Service, ...] = ("google", "s3", "redshift")

FOR_GOOD = 1_000_000


class Place(NamedTuple):
    """Where something goes wrong: requests with this method and path, or statements."""

    pattern: str
    method: str | None = None


# What a step does, and where that can go wrong.
Doing = Literal[
    "read", "store", "load", "query", "show", "changes", "processed", "fetch back", "prune"
]

# The statements of those who only look meet no fault.
READER = "/* a reader */"
_STATEMENT = r"\A(?!/\* a reader \*/)\s*"
_ANY: dict[Service, Place] = {"google": Place(""), "s3": Place(""), "redshift": Place(_STATEMENT)}


def _statements(*beginnings: str) -> tuple[Place, ...]:
    return tuple(Place(_STATEMENT + each) for each in beginnings)


_PLACES: dict[Doing, tuple[Service, tuple[Place, ...]]] = {
    "read": (
        "google",
        (
            Place("^/token", "POST"),
            Place("^/drive/v3/files/", "GET"),
            Place("^/v4/spreadsheets/[^/:]+$", "GET"),
            Place("values:batchGet", "GET"),
            Place("values:batchGet", "GET"),
        ),
    ),
    "store": (
        "s3",
        (
            Place("/parts/", "PUT"),
            Place("/parts/", "HEAD"),
            Place("snapshot.json", "PUT"),
            Place("manifest.json", "PUT"),
            Place("manifest.json", "HEAD"),
        ),
    ),
    "load": (
        "redshift",
        _statements(
            *("LOCK", "COPY", "COPY", "BEGIN", "COMMIT", "COMMIT", "COMMIT", "COMMIT"),
            *("CREATE TEMP", "CREATE TABLE", "DELETE FROM", 'INSERT INTO "chaos"', "SET"),
            *(
                'INSERT INTO "sheet_assets"',
                'UPDATE "sheet_assets"',
                "SELECT count",
                "ROLLBACK",
                "ALTER",
            ),
            *(r"SELECT version[\s\S]*is_current", r"SELECT column_name"),
        ),
    ),
    "query": ("redshift", _statements("BEGIN", "DECLARE", "FETCH", "COMMIT", "CLOSE")),
    "show": (
        "google",
        (
            Place("^/v4/spreadsheets/[^/:]+$", "GET"),
            Place("values:batchGet", "GET"),
            Place("/values/", "PUT"),
            Place("/values/", "PUT"),
            Place(":batchUpdate$", "POST"),
            Place(":batchUpdate$", "POST"),
            Place(":batchUpdate$", "POST"),
        ),
    ),
    "changes": ("google", (Place("^/token", "POST"), Place("^/drive/v3/", "GET"))),
    "processed": ("redshift", _statements("SELECT table_schema", "SELECT column_name")),
    "fetch back": (
        "s3",
        (Place("snapshot.json", "GET"), Place("", "HEAD"), Place("list-type=2", "GET")),
    ),
    "prune": (
        "s3",
        (
            Place("list-type=2", "GET"),
            Place(r"[?&]versions", "GET"),
            Place("(manifest|snapshot).json", "GET"),
            Place("[?&]delete", "POST"),
        ),
    ),
}
_KINDS: dict[Service, tuple[str, ...]] = {
    "google": (
        *("429", "500", "503", "502 html", "drop", "expired token", "answer"),
        # What was applied and looks as if it was not is the worst.
        *("503 after applying", "drop after applying", "truncate") * 2,
    ),
    "s3": (
        *("500", "503", "503 after applying", "drop", "drop after applying", "truncate", "answer"),
    ),
    "redshift": (
        *("refuse", "reset", "reset after applying", "reset after applying", "error", "1023"),
        *("reset during copy", "error during copy"),
    ),
}
_PASSING = {
    *("429", "500", "503", "503 after applying", "502 html", "drop", "drop after applying"),
    *("expired token", "refuse", "reset", "reset after applying", "1023", "reset during copy"),
}
# What a server says that will not have it, and what PostgreSQL's codes of it are.
_REFUSALS = (400, 403, 404)
_SQLSTATES = (
    ("53300", 'FATAL: connection limit "500" exceeded for non-bootstrap users'),
    ("57014", "Query (1) cancelled on user's request"),
    ("42501", "permission denied for relation loads"),
    ("XX000", "could not open relation with OID 100200"),
    ("40P01", "deadlock detected"),
    ("53100", "Disk Full"),
)


@dataclass(frozen=True)
class PlannedFault:
    """One thing that goes wrong: the requests after `skip` others at a place, `times` of them."""

    service: Service
    kind: str
    place: Place
    skip: int
    times: int
    which: int

    def __str__(self) -> str:
        """As a violation tells it."""
        pattern = self.place.pattern.removeprefix(_STATEMENT)
        at = f" at {' '.join(filter(None, (self.place.method, pattern)))}" if pattern else ""
        times = "from then on" if self.times == FOR_GOOD else f"{self.times} times"
        return f"{self.service}: {self.kind}{at}, after {self.skip}, {times}"

    def add(self, sandbox: Sandbox, number: int) -> None:
        """Arm it. What is skipped meets a delay of no time."""
        mark = f"(?#{number})"
        if self.skip:
            _queue(sandbox, self.service).add(self._fault("delay", self.place.pattern, self.skip))
        _queue(sandbox, self.service).add(
            self._fault(self.kind, self.place.pattern + mark, self.times)
        )

    def _fault(self, kind: str, pattern: str, times: int) -> Any:
        if self.service == "redshift":
            sqlstate, message = _SQLSTATES[self.which % len(_SQLSTATES)]
            told = {"sqlstate": sqlstate, "message": message} if kind.startswith("error") else {}
            return StatementFault(kind, pattern, times=times, **told)
        status = _REFUSALS[self.which % len(_REFUSALS)] if kind == "answer" else 200
        return Fault(kind, pattern, self.place.method, times=times, status=status, body=_BODY)  # type: ignore[arg-type]  # all of them are kinds


_BODY = '{"error": {"message": "The sandbox was told to refuse this."}}'


def drawn_faults(draw: Random, doings: Sequence[Doing]) -> list[PlannedFault]:
    """What goes wrong in one step: often one thing, sometimes nothing, several, or all from now."""
    if draw.random() < 0.08:
        return _outage(draw, sorted({_PLACES[each][0] for each in doings}))
    if "load" in doings and draw.random() < 0.1:
        return _lost_commit(draw)
    if "show" in doings and draw.random() < 0.1:
        return _lost_update(draw)
    count = draw.choices((0, 1, 2, 3, 5), (12, 45, 23, 13, 7))[0]
    return [_drawn(draw, draw.choice(doings)) for _ in range(count)]


def _drawn(draw: Random, doing: Doing) -> PlannedFault:
    service, places = _PLACES[doing]
    kind = draw.choice(_KINDS[service])
    place = _ANY[service] if draw.random() < 0.15 else draw.choice(places)
    if "copy" in kind:
        place = Place(_STATEMENT + "COPY")
    elif kind == "refuse":
        place = _ANY[service]
    return PlannedFault(
        service,
        kind,
        place,
        skip=draw.choices((0, 1, 2, draw.randint(3, 8)), (68, 16, 8, 8))[0],
        times=draw.choices((1, 2, 3, 99), (52, 12, 6, 30))[0],
        which=draw.randrange(100),
    )


def passing_faults(draw: Random, doings: Sequence[Doing]) -> list[PlannedFault]:
    """What goes wrong once, so that a later try succeeds."""
    if "show" in doings and draw.random() < 0.5:
        return _lost_update(draw)
    faults = [_drawn(draw, draw.choice(doings)) for _ in range(draw.randint(1, 2))]
    once = [replace(fault, times=1) for fault in faults]
    return [
        fault
        if fault.kind in _PASSING
        else replace(fault, kind="1023" if fault.service == "redshift" else "503")
        for fault in once
    ]


def _outage(draw: Random, services: Sequence[Service]) -> list[PlannedFault]:
    """As the servers see it when a process is killed: nothing comes any more.

    What it asked for last was carried out, or was not.
    """
    gone = services if draw.random() < 0.5 else [draw.choice(services)]
    skip, applied = draw.randint(0, 25), draw.random() < 0.5
    faults = []
    for each in gone:
        how = "reset" if each == "redshift" else "drop"
        if applied:
            faults.append(PlannedFault(each, f"{how} after applying", _ANY[each], skip, 1, 0))
        faults.append(PlannedFault(each, how, _ANY[each], 0 if applied else skip, FOR_GOOD, 0))
    return faults


def _lost_commit(draw: Random) -> list[PlannedFault]:
    """The answer to a COMMIT is lost, and a later try does not come so far."""
    commit, again = _statements("COMMIT", draw.choice(("LOCK", "SELECT version", "COPY")))
    return [
        PlannedFault("redshift", "reset after applying", commit, draw.randint(0, 3), 1, 0),
        PlannedFault("redshift", "reset", again, draw.randint(1, 3), FOR_GOOD, 0),
    ]


def _lost_update(draw: Random) -> list[PlannedFault]:
    """A spreadsheet is changed, and whoever asked for it does not hear so."""
    kind = draw.choice(("503 after applying", "drop after applying"))
    place = Place(":batchUpdate$", "POST")
    skip = draw.choices((0, 1, 2), (70, 20, 10))[0]
    return [PlannedFault("google", kind, place, skip, 1, 0)]


def arm(sandbox: Sandbox, faults: Sequence[PlannedFault]) -> None:
    """From now on these go wrong."""
    for number, fault in enumerate(faults):
        fault.add(sandbox, number)


def disarm(sandbox: Sandbox, faults: Sequence[PlannedFault]) -> Counter[tuple[str, str]]:
    """Nothing goes wrong any more; how often what did, by service and kind."""
    left = {}
    for service in SERVICES:
        queue = _queue(sandbox, service)
        for entry in queue.entries():
            pattern = entry.statement if service == "redshift" else entry.path
            left[service, pattern] = entry.times
        queue.clear()
    met: Counter[tuple[str, str]] = Counter()
    for number, fault in enumerate(faults):
        still = left.get((fault.service, f"{fault.place.pattern}(?#{number})"), 0)
        if fault.times > still:
            met[fault.service, fault.kind] += fault.times - still
    return met


def _queue(sandbox: Sandbox, service: Service) -> Any:
    return {"google": sandbox.google, "s3": sandbox.s3, "redshift": sandbox.redshift}[
        service
    ].faults
