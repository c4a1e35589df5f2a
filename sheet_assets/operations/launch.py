"""A launch: what is asked for, checked against what there is, and then started as one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import OperationsError
from sheet_assets.operations.webserver import one_of
from sheet_assets.operations.workspace import STOPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sheet_assets.operations.webserver import Webserver
    from sheet_assets.operations.workspace import Asset, Job, Repository, Workspace

# Dagster's own job that holds every asset.
_ASSET_JOB = "__ASSET_JOB"
# The asset that reads a sheet, or gets its earlier version: the only one that as-of tells anything.
_SHEET = "sheet_csv"


@dataclass(frozen=True)
class Launch:
    """One run to be: a job, or some assets.

    `sheets` are the names of those that it reads or restores; `notes` is what whoever asks should
    know.
    """

    repository: Repository
    job: str
    assets: tuple[Asset, ...]
    sheets: tuple[str, ...]
    tags: dict[str, str]
    notes: tuple[str, ...] = field(default=())

    def params(self) -> dict[str, Any]:
        """The ExecutionParams of GraphQL's `launchRun`."""
        selector = self.repository.selector(jobName=self.job)
        if self.job == _ASSET_JOB:
            selector["assetSelection"] = [{"path": list(each.path)} for each in self.assets]
        tags = [{"key": name, "value": value} for name, value in self.tags.items()]
        return {"selector": selector, "runConfigData": {}, "executionMetadata": {"tags": tags}}


def chosen(
    defined: Workspace, names: Sequence[str], *, as_of: str | None = None, force: bool = False
) -> Launch:
    """What the names mean: one job, or assets by their key or its last part.

    Raises:
        OperationsError: nothing that can be started has such a name, or they do not make one run.
    """
    tags = {"sheet_assets/as_of": as_of or "", "sheet_assets/force": "true" if force else ""}
    tags = {name: value for name, value in tags.items() if value}
    jobs = [job for job in defined.jobs if len(names) == 1 and job.name == names[0]]
    if jobs:
        return _of_job(defined, jobs, tags)
    assets: dict[tuple[str, ...], Asset] = {}
    for name in names:
        found = [each for each in defined.assets if name in {each.name, each.path[-1]}]
        matches = [each for each in found if each.materializable]
        if not matches:
            raise _unknown(defined, name, external=bool(found), alone=len(names) == 1)
        assets.update({each.path: each for each in matches})
    return _of_assets(tuple(assets.values()), names, tags)


def stored_versions(webserver: Webserver, sheets: Iterable[str]) -> dict[str, str]:
    """The version of each sheet that the instance has stored last, by the sheet's name.

    Raises:
        OperationsError: the webserver does not tell.
    """
    keys = [{"path": ["s3_object", sheet]} for sheet in sheets]
    found = {}
    for node in webserver.ask("stored_versions", assetKeys=keys)["assetNodes"]:
        for event in node["assetMaterializations"]:
            for entry in event["metadataEntries"]:
                if entry["label"] == "version" and entry.get("text"):
                    found[node["assetKey"]["path"][-1]] = entry["text"]
    return found


def launch(webserver: Webserver, asked: Launch) -> str:
    """Start it; the id of the run.

    Raises:
        OperationsError: it is of a partition, or Dagster refuses.
    """
    if not asked.assets:
        _check_partitions(webserver, asked)
    answer = webserver.ask("launch_run", params=asked.params())
    run_id: str = one_of(answer["launchRun"], "LaunchRunSuccess")["run"]["runId"]
    return run_id


def _of_job(defined: Workspace, jobs: Sequence[Job], tags: dict[str, str]) -> Launch:
    if len(jobs) > 1:
        where = ", ".join(job.repository.location for job in jobs)
        raise OperationsError(
            f"{jobs[0].name} is defined in several code locations ({where}). Say which: --location."
        )
    (job,) = jobs
    assets = defined.assets_of(job)
    sheets = _sheets(assets, job.name, tags)
    _refuse_partitioned(assets, job.name)
    stopped = [each.name for each in defined.starters_of(job) if each.status == STOPPED]
    notes = [
        f"{name} is stopped: this run starts, but none by itself. `sheet-assets start {name}` "
        "starts it."
        for name in stopped
    ]
    return Launch(job.repository, job.name, (), sheets, tags, tuple(notes))


def _of_assets(assets: tuple[Asset, ...], names: Sequence[str], tags: dict[str, str]) -> Launch:
    repositories = {asset.repository for asset in assets}
    said = ", ".join(names)
    if len(repositories) > 1:
        where = ", ".join(sorted(each.location for each in repositories))
        raise OperationsError(
            f"{said}: these are assets of several code locations ({where}), and a run is of one. "
            "Say which: --location."
        )
    sheets = _sheets(assets, said, tags)
    _refuse_partitioned(assets, said)
    return Launch(repositories.pop(), _ASSET_JOB, assets, sheets, tags)


def _sheets(assets: Iterable[Asset], said: str, tags: dict[str, str]) -> tuple[str, ...]:
    """The sheets among the assets; an earlier version is one of a sheet, never of anything else."""
    sheets = tuple(each.path[-1] for each in assets if each.path[0] == _SHEET)
    if "sheet_assets/as_of" in tags and not sheets:
        raise OperationsError(
            f"{said} reads no sheet, so there is nothing to restore with --as-of. Name a sheet "
            "(all its assets), or a job that has sheets."
        )
    return sheets


def _refuse_partitioned(assets: Iterable[Asset], said: str) -> None:
    partitioned = [each.name for each in assets if each.partitioned]
    if partitioned:
        raise OperationsError(
            f"{said} cannot be started so: {', '.join(partitioned)} is partitioned, and which "
            "partition is not said. Start a backfill in the UI, or `dagster asset backfill`."
        )


def _check_partitions(webserver: Webserver, asked: Launch) -> None:
    """An op job tells of its partitions only when it is asked."""
    answer = webserver.ask(
        "job_partitions", repository=asked.repository.selector(), jobName=asked.job
    )["partitionSetsOrError"]
    if one_of(answer, "PartitionSets")["results"]:
        raise OperationsError(
            f"{asked.job} is partitioned, and which partition is not said. Start it in the UI, or "
            f"with `dagster job backfill`."
        )


def _unknown(defined: Workspace, name: str, *, external: bool, alone: bool) -> OperationsError:
    if external:
        return OperationsError(
            f"{name} is not made by Dagster, so it cannot be materialized: it is something outside "
            "that assets read."
        )
    if not alone and any(job.name == name for job in defined.jobs):
        return OperationsError(f"{name} is a job. A job is started alone: one run, one job.")
    for starter in defined.starters:
        if starter.name == name:
            return OperationsError(
                f"{name} is what starts {', '.join(starter.jobs) or 'runs'}, and is "
                f"{starter.status.lower()}. Trigger the job itself; `sheet-assets start {name}` "
                f"and `stop {name}` switch it."
            )
    jobs = ", ".join(job.name for job in defined.jobs) or "none"
    assets = ", ".join(asset.name for asset in defined.assets if asset.materializable) or "none"
    return OperationsError(
        f"There is no job and no asset {name!r}. Jobs (one at a time): {jobs}. Assets: {assets}."
    )
