"""The workspace: the jobs, schedules, sensors and assets that a webserver serves."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from sheet_assets.errors import OperationsError
from sheet_assets.operations.webserver import one_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.operations.webserver import Webserver

    Defined = TypeVar("Defined", bound="Job | Schedule | Sensor | Asset")

RUNNING, STOPPED = "RUNNING", "STOPPED"


@dataclass(frozen=True)
class Repository:
    """What Dagster finds a definition by, beside its name."""

    name: str
    location: str

    def selector(self, **more: str) -> dict[str, Any]:
        """The selector of something in it, as GraphQL has it."""
        return {
            "repositoryName": self.name,
            "repositoryLocationName": self.location,
            **more,
        }


@dataclass(frozen=True)
class Job:
    """A job; `description` is its author's."""

    name: str
    repository: Repository
    description: str = ""


@dataclass(frozen=True)
class Schedule:
    """A schedule; `next_tick` is in seconds since 1970, None while it is stopped."""

    name: str
    repository: Repository
    state_id: str
    status: str
    job: str
    cron: str
    time_zone: str
    next_tick: float | None

    @property
    def jobs(self) -> tuple[str, ...]:
        """What it starts."""
        return (self.job,)


@dataclass(frozen=True)
class Sensor:
    """A sensor; `last_tick` is SUCCESS, SKIPPED or FAILURE, `said` the reason or error of it."""

    name: str
    repository: Repository
    state_id: str
    status: str
    jobs: tuple[str, ...]
    interval_seconds: int
    next_tick: float | None
    last_tick: str = ""
    said: str = ""


@dataclass(frozen=True)
class Asset:
    """An asset; `jobs` are the named jobs that hold it, `metadata` its definition's texts."""

    path: tuple[str, ...]
    repository: Repository
    group: str
    materializable: bool
    partitioned: bool
    jobs: tuple[str, ...]
    metadata: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        """Its key, raw_data/nps."""
        return "/".join(self.path)


@dataclass(frozen=True)
class Workspace:
    """All that is defined, each kind by name."""

    jobs: Sequence[Job]
    schedules: Sequence[Schedule]
    sensors: Sequence[Sensor]
    assets: Sequence[Asset]

    @cached_property
    def locations(self) -> list[str]:
        """The code locations that have anything."""
        every: list[Job | Schedule | Sensor | Asset] = [*self.jobs, *self.starters, *self.assets]
        return sorted({each.repository.location for each in every})

    @cached_property
    def starters(self) -> list[Schedule | Sensor]:
        """What starts runs by itself: the schedules, then the sensors."""
        return [*self.schedules, *self.sensors]

    def active(self) -> Workspace:
        """What starts by itself: what is RUNNING, the jobs it starts, and their assets."""
        started = {
            (each.repository, job)
            for each in self.starters
            if each.status == RUNNING
            for job in each.jobs
        }
        return Workspace(
            [job for job in self.jobs if (job.repository, job.name) in started],
            [each for each in self.schedules if each.status == RUNNING],
            [each for each in self.sensors if each.status == RUNNING],
            [
                asset
                for asset in self.assets
                if any((asset.repository, job) in started for job in asset.jobs)
            ],
        )

    def within(self, location: str | None) -> Workspace:
        """What one code location defines; all, where none is named.

        Raises:
            OperationsError: there is no such location.
        """
        if location is None:
            return self
        if location not in self.locations:
            raise OperationsError(
                f"There is no code location {location!r} that loads. There is: "
                f"{', '.join(self.locations) or 'none'}."
            )
        return Workspace(
            _of(self.jobs, location),
            _of(self.schedules, location),
            _of(self.sensors, location),
            _of(self.assets, location),
        )

    def starters_of(self, job: Job) -> list[Schedule | Sensor]:
        """The schedules and sensors that start a job."""
        return [
            each
            for each in self.starters
            if each.repository == job.repository and job.name in each.jobs
        ]

    def assets_of(self, job: Job) -> list[Asset]:
        """The assets that a job materializes."""
        return [
            each
            for each in self.assets
            if each.repository == job.repository and job.name in each.jobs
        ]


def workspace(webserver: Webserver) -> Workspace:
    """Everything that the code locations define.

    Raises:
        OperationsError: the webserver does not tell.
    """
    answer = webserver.ask("definitions")["repositoriesOrError"]
    jobs: list[Job] = []
    schedules: list[Schedule] = []
    sensors: list[Sensor] = []
    assets: list[Asset] = []
    for node in one_of(answer, "RepositoryConnection")["nodes"]:
        repository = Repository(node["name"], node["location"]["name"])
        jobs += _jobs(node, repository)
        schedules += (_schedule(each, repository) for each in node["schedules"])
        sensors += (_sensor(each, repository) for each in node["sensors"])
        assets += (_asset(each, repository) for each in node["assetNodes"])
    return Workspace(_sorted(jobs), _sorted(schedules), _sorted(sensors), _sorted(assets))


def hidden(job: str) -> bool:
    """Whether a job is Dagster's own, such as __ASSET_JOB."""
    return job.startswith("__")


def _jobs(node: dict[str, Any], repository: Repository) -> Iterator[Job]:
    for each in node["jobs"]:
        if not hidden(each["name"]):
            yield Job(each["name"], repository, each["description"] or "")


def _schedule(node: dict[str, Any], repository: Repository) -> Schedule:
    state = node["scheduleState"]
    ticks = [tick["timestamp"] for tick in node["futureTicks"]["results"]]
    return Schedule(
        node["name"],
        repository,
        state["id"],
        state["status"],
        node["pipelineName"],
        node["cronSchedule"],
        node["executionTimezone"] or "UTC",
        ticks[0] if ticks and state["status"] == RUNNING else None,
    )


def _sensor(node: dict[str, Any], repository: Repository) -> Sensor:
    state = node["sensorState"]
    tick = next(iter(state["ticks"]), None)
    said = (tick["error"] or {}).get("message") or tick["skipReason"] if tick else ""
    following = node["nextTick"] or {}
    return Sensor(
        node["name"],
        repository,
        state["id"],
        state["status"],
        tuple(target["pipelineName"] for target in node["targets"] or []),
        node["minIntervalSeconds"],
        following.get("timestamp") if state["status"] == RUNNING else None,
        tick["status"] if tick else "",
        " ".join((said or "").split()),
    )


def _asset(node: dict[str, Any], repository: Repository) -> Asset:
    return Asset(
        tuple(node["assetKey"]["path"]),
        repository,
        node["groupName"],
        node["isMaterializable"],
        node["isPartitioned"],
        tuple(job for job in node["jobNames"] if not hidden(job)),
        {
            each["label"]: each["text"]
            for each in node["metadataEntries"]
            if each.get("text") is not None
        },
    )


def _sorted(found: list[Defined]) -> list[Defined]:
    return sorted(found, key=lambda each: (each.name, each.repository.location))


def _of(found: Sequence[Defined], location: str) -> list[Defined]:
    return [each for each in found if each.repository.location == location]
