"""The last run of everything that is defined: when it was, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheet_assets.operations.webserver import one_of
from sheet_assets.operations.workspace import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.operations.webserver import Webserver
    from sheet_assets.operations.workspace import Asset, Job, Schedule, Sensor, Workspace


@dataclass(frozen=True)
class LastRun:
    """A run; `at` is when it started, else when it was asked for, in seconds since 1970."""

    run_id: str
    status: str
    at: float


@dataclass(frozen=True)
class AssetState:
    """An asset's `state`: running, queued, failed, materialized, or never materialized.

    It failed when the last run that was to make it did not; `materialized` is when one last did,
    in seconds since 1970.
    """

    state: str
    materialized: float | None
    last_run: LastRun | None


NEVER = AssetState("never materialized", None, None)


@dataclass(frozen=True)
class LastRuns:
    """The last runs by what they are of."""

    _jobs: Mapping[tuple[Repository, str], LastRun]
    _starters: Mapping[tuple[Repository, str], LastRun]
    _assets: Mapping[tuple[str, ...], AssetState]

    def of_job(self, job: Job) -> LastRun | None:
        """A job's, whatever started it."""
        return self._jobs.get((job.repository, job.name))

    def of_starter(self, starter: Schedule | Sensor) -> LastRun | None:
        """The last that a schedule or a sensor has started."""
        return self._starters.get((starter.repository, starter.name))

    def of_asset(self, asset: Asset) -> AssetState:
        """An asset's state."""
        return self._assets.get(asset.path, NEVER)


def last_runs(webserver: Webserver, defined: Workspace) -> LastRuns:
    """The last runs of what is defined.

    Raises:
        OperationsError: the webserver does not tell.
    """
    keys = [{"path": list(asset.path)} for asset in defined.assets]
    answer = webserver.ask("last_runs", assetKeys=keys)
    jobs: dict[tuple[Repository, str], LastRun] = {}
    starters: dict[tuple[Repository, str], LastRun] = {}
    for node in one_of(answer["repositoriesOrError"], "RepositoryConnection")["nodes"]:
        repository = Repository(node["name"], node["location"]["name"])
        for each in node["jobs"]:
            for run in each["runs"]:
                jobs[repository, each["name"]] = _last(run)
        for kind in ("schedule", "sensor"):
            for each in node[f"{kind}s"]:
                for run in each[f"{kind}State"]["runs"]:
                    starters[repository, each["name"]] = _last(run)
    assets = {tuple(each["assetKey"]["path"]): _state(each) for each in answer["assetsLatestInfo"]}
    return LastRuns(jobs, starters, assets)


def _last(run: dict[str, Any]) -> LastRun:
    return LastRun(run["runId"], run["status"], run["startTime"] or run["creationTime"])


def _state(info: dict[str, Any]) -> AssetState:
    made = info["latestMaterialization"]
    run = info["latestRun"]
    if info["inProgressRunIds"]:
        state = "running"
    elif info["unstartedRunIds"]:
        state = "queued"
    elif run and run["status"] == "FAILURE" and (not made or made["runId"] != run["runId"]):
        state = "failed"
    else:
        state = "materialized" if made else NEVER.state
    # Dagster gives this one time in milliseconds, as text.
    at = float(made["timestamp"]) / 1000 if made else None
    return AssetState(state, at, _last(run) if run else None)
