"""Health: whether everything that Dagster needs is up, as of now, and since when not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sheet_assets.errors import OperationsError, WebserverUnavailableError
from sheet_assets.operations.webserver import one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

# A daemon gives a sign of life every 30 s, the scheduler every 60 s: it sleeps to the end of the
# minute (dagster._daemon.controller, dagster._scheduler.scheduler; measured: 31 s and 60 s).
# Each gets 15 s more; Dagster's own flag stays green for another 1,800 s.
HEARTBEAT_SECONDS = 45
SCHEDULER, SCHEDULER_HEARTBEAT_SECONDS = "SCHEDULER", 75
# Whoever polls wants an answer, also from an instance whose database hangs.
_ANSWER_SECONDS = 10

# Of Dagster's errors: the class of the one that says so.
_UNREACHABLE = "DagsterUserCodeUnreachableError"

HEALTHY, UNHEALTHY, UNKNOWN = "healthy", "unhealthy", "unknown"


class Asked(Protocol):
    """A webserver that answers the queries of `operations/queries`; `now` is by its clock."""

    now: float

    def ask(self, query: str, *, answer_seconds: float) -> dict[str, Any]:
        """The data that a query asks for."""


@dataclass(frozen=True)
class Daemon:
    """One required daemon; its heartbeat is in seconds since 1970, None where there was none."""

    name: str
    heartbeat: float | None
    errors: tuple[str, ...] = ()

    def age(self, now: float) -> float | None:
        """Seconds since the last heartbeat."""
        return None if self.heartbeat is None else max(now - self.heartbeat, 0.0)

    def alive(self, now: float) -> bool:
        """Whether the last heartbeat is recent enough."""
        age = self.age(now)
        limit = SCHEDULER_HEARTBEAT_SECONDS if self.name == SCHEDULER else HEARTBEAT_SECONDS
        return age is not None and age <= limit


@dataclass(frozen=True)
class CodeLocation:
    """A code location; `status` is LOADED, LOADING or FAILED, `error` why it does not load."""

    name: str
    status: str
    error: str = ""


@dataclass(frozen=True)
class Health:
    """What was found at `now`, in seconds since 1970.

    `unavailable` is why the webserver told nothing; `storage_error` why the database did not.
    """

    now: float
    version: str = ""
    locations: Sequence[CodeLocation] = field(default=())
    daemons: Sequence[Daemon] = field(default=())
    storage_error: str = ""
    unavailable: str = ""

    def alive(self, daemon: Daemon) -> bool:
        """Whether a daemon is: all live in one process, so none outlives the rest."""
        others = [each for each in self.daemons if each != daemon]
        return daemon.alive(self.now) and (
            not others or any(each.alive(self.now) for each in others)
        )

    @property
    def problems(self) -> list[str]:
        """What is wrong, a sentence each; nothing, when all is well."""
        if self.unavailable:
            return [self.unavailable]
        found = [f"The metadata database does not answer: {self.storage_error}"] * bool(
            self.storage_error
        )
        silent = [
            f"{each.name} ({_silence(each.age(self.now))})"
            for each in self.daemons
            if not self.alive(each)
        ]
        if silent:
            found.append(
                f"No sign of life of these daemons: {', '.join(silent)}. Start `dagster-daemon "
                "run`, or see its log."
            )
        return found + [
            f"The code location {each.name} does not load: {each.error}"
            for each in self.locations
            if each.status == "FAILED"
        ]

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """For `--json`: `metadatabase` and `scheduler` are what Airflow's /health answers."""
        scheduler = next((each for each in self.daemons if each.name == SCHEDULER), None)
        unknown = UNKNOWN if self.unavailable or self.storage_error else UNHEALTHY
        return {
            "metadatabase": {
                "status": UNKNOWN
                if self.unavailable
                else UNHEALTHY
                if self.storage_error
                else HEALTHY
            },
            "scheduler": {
                "latest_scheduler_heartbeat": _iso(scheduler.heartbeat if scheduler else None),
                "status": self._status(scheduler) if scheduler else unknown,
            },
            "status": HEALTHY if self.healthy else UNHEALTHY,
            "problems": self.problems,
            "dagster_version": self.version or None,
            "daemons": [
                {
                    "name": each.name,
                    "status": self._status(each),
                    "latest_heartbeat": _iso(each.heartbeat),
                    "errors": list(each.errors),
                }
                for each in self.daemons
            ],
            "code_locations": [
                {"name": each.name, "status": each.status, "error": each.error or None}
                for each in self.locations
            ],
        }

    def _status(self, daemon: Daemon) -> str:
        return HEALTHY if self.alive(daemon) else UNHEALTHY


def health(webserver: Asked) -> Health:
    """Ask a webserver how everything is; that it does not answer is an answer, too."""
    try:
        told = webserver.ask("code_locations", answer_seconds=_ANSWER_SECONDS)
        locations = code_locations(told)
    except OperationsError as error:
        return Health(webserver.now, unavailable=str(error))
    storage_error = ""
    daemons: list[Daemon] = []
    try:
        stored = webserver.ask("daemons", answer_seconds=_ANSWER_SECONDS)
        one_of(stored["runsOrError"], "Runs")
        daemons = required_daemons(stored)
    except WebserverUnavailableError:
        storage_error = f"no answer within {_ANSWER_SECONDS} s."
    except OperationsError as error:
        storage_error = str(error)
    return Health(webserver.now, told["version"], locations, daemons, storage_error)


def required_daemons(answer: dict[str, Any]) -> list[Daemon]:
    """The daemons that the instance needs, of the answer to `daemons.graphql`."""
    return [
        Daemon(
            each["daemonType"],
            each["lastHeartbeatTime"],
            tuple(" ".join(error["message"].split()) for error in each["lastHeartbeatErrors"]),
        )
        for each in answer["instance"]["daemonHealth"]["allDaemonStatuses"]
        if each["required"]
    ]


def code_locations(answer: dict[str, Any]) -> list[CodeLocation]:
    """The code locations, of the answer to `code_locations.graphql`.

    Raises:
        OperationsError: the webserver has no workspace.
    """
    entries = one_of(answer["workspaceOrError"], "Workspace")["locationEntries"]
    return [_code_location(entry) for entry in entries]


def _code_location(entry: dict[str, Any]) -> CodeLocation:
    loaded = entry["locationOrLoadError"] or {}
    if loaded.get("__typename") == "PythonError":
        return CodeLocation(entry["name"], "FAILED", _load_error(loaded))
    return CodeLocation(entry["name"], entry["loadStatus"])


def _load_error(error: dict[str, Any]) -> str:
    # What gRPC says of it is twenty lines about a socket.
    if _UNREACHABLE in {each.get("className") for each in (error, *error.get("causes", ()))}:
        return "its code server cannot be reached. Start it, or see its log."
    return innermost(error)


def innermost(error: dict[str, Any]) -> str:
    """The message of the first cause of a PythonError, in one line; its own where it has none."""
    causes = error.get("causes") or [error]
    return " ".join((causes[-1]["message"] or error["message"]).split())


def _silence(age: float | None) -> str:
    if age is None:
        return "never any"
    minutes, seconds = divmod(round(age), 60)
    return f"since {minutes} min {seconds} s" if minutes else f"since {seconds} s"


def _iso(seconds: float | None) -> str | None:
    """As Airflow writes it: 2024-01-06T04:21:36.677781+00:00."""
    if seconds is None:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="microseconds")
