"""A run in this process: started, watched while it works, and summed up as a table."""

from __future__ import annotations

import re
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg
from rich.table import Table
from rich.text import Text

from sheet_assets.assets import sheet_csv
from sheet_assets.errors import SheetAssetsError
from sheet_assets.signs_of_life import signs_of_life

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

_POLL_SECONDS = 0.2
# The metadata that says where an asset lies, the most exact first.
_WHERE = ("dagster/uri", "rectangle", "dagster/table_name", "worksheet")
FAILED = "failed"
NOT_RUN = "not run"
_STYLES = {
    FAILED: "red",
    NOT_RUN: "dim",
    "read": "dim",
    "unchanged": "dim",
    "superseded": "yellow",
    "pinned": "yellow",
}
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class UnknownNameError(SheetAssetsError):
    """No job and no asset has that name; the text lists what there is."""


@dataclass(frozen=True)
class AssetResult:
    """What a run did to one asset; `where` is a table, an S3 URL or a range.

    The outcome is the asset's own word, or `failed`, or `not run` after a failure before it.
    """

    asset: str
    outcome: str
    rows: int | None
    where: str
    seconds: float | None


@dataclass(frozen=True)
class RunResult:
    """How a run ended; `errors` are the sentences of the assets that failed, by asset."""

    run_id: str
    success: bool
    assets: list[AssetResult]
    errors: dict[str, str]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "run_id": self.run_id,
            "status": "SUCCESS" if self.success else "FAILURE",
            "seconds": round(self.seconds, 3),
            "assets": [vars(asset) for asset in self.assets],
            "errors": self.errors,
        }

    def table(self) -> Table:
        """For people."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("asset", no_wrap=True)
        table.add_column("outcome", no_wrap=True)
        table.add_column("rows", justify="right", no_wrap=True)
        table.add_column("where", overflow="ellipsis")
        table.add_column("seconds", justify="right", no_wrap=True)
        for asset in self.assets:
            table.add_row(
                asset.asset,
                Text(asset.outcome, _STYLES.get(asset.outcome, "")),
                "" if asset.rows is None else f"{asset.rows:,}",
                Text(_short(asset.where)),
                "" if asset.seconds is None else f"{asset.seconds:.1f}",
            )
        return table


def _short(where: str) -> str:
    """An S3 URL without its middle, so that a row of the table stays a row."""
    return re.sub(r"^s3://.*/([0-9a-f]{8})[0-9a-f]{56}/.*$", r"s3://…/\1…", where)


def select(
    definitions: dg.Definitions, names: Sequence[str]
) -> tuple[str | None, list[dg.AssetKey]]:
    """The job, or the assets, that the names mean.

    A name is a job's, an asset's key (`raw_data/nps`), or the last part of keys (`nps`: all of
    that sheet's assets).

    Raises:
        UnknownNameError: nothing has that name, or a job is named beside something else.
    """
    repository = definitions.get_repository_def()
    jobs = sorted(job.name for job in repository.get_all_jobs() if not job.name.startswith("__"))
    if len(names) == 1 and names[0] in jobs:
        return names[0], []
    keys = sorted(repository.asset_graph.materializable_asset_keys)
    chosen: dict[dg.AssetKey, None] = {}
    for name in names:
        matches = [key for key in keys if name in {key.to_user_string(), key.path[-1]}]
        if not matches and name in jobs:
            raise UnknownNameError(f"{name} is a job. A job is run alone: one run, one job.")
        if not matches:
            assets = ", ".join(key.to_user_string() for key in keys) or "none"
            raise UnknownNameError(
                f"There is no job and no asset {name!r} to run here. Jobs (one at a time): "
                f"{', '.join(jobs) or 'none'}. Assets: {assets}."
            )
        chosen.update(dict.fromkeys(matches))
    return None, list(chosen)


def sheet_and_downstream(definitions: dg.Definitions, name: str) -> list[dg.AssetKey]:
    """A sheet's assets and everything that follows them, but for partitioned assets.

    Raises:
        UnknownNameError: there is no such sheet; lists what there is.
    """
    graph = definitions.get_repository_def().asset_graph
    sheets = [key for key in graph.materializable_asset_keys if key.path[0] == "sheet_csv"]
    if sheet_csv.asset_key(name) not in sheets:
        there = ", ".join(sorted(key.path[-1] for key in sheets)) or "none"
        raise UnknownNameError(f"There is no sheet {name!r} in defs/; there is {there}.")
    selection = dg.AssetSelection.assets(sheet_csv.asset_key(name)).downstream().materializable()
    selected = selection.required_multi_asset_neighbors().resolve(graph)
    return sorted(key for key in selected if not graph.get(key).is_partitioned)


def execute(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    *,
    job: str | None = None,
    assets: Sequence[dg.AssetKey] = (),
    tags: Mapping[str, str] | None = None,
    console: Console | None = None,
) -> RunResult:
    """Run a job, or some assets, and say on `console` how far it is.

    Raises:
        KeyboardInterrupt: Ctrl-C ended it; Dagster has recorded that as a failure.
    """
    definition = (
        definitions.resolve_job_def(job)
        if job
        else definitions.resolve_implicit_global_asset_job_def()
    )
    run_id = str(uuid.uuid4())
    names = {
        _step_key(key): key.to_user_string()
        for key in definitions.get_repository_def().asset_graph.materializable_asset_keys
    }
    started = time.perf_counter()
    with (
        signs_of_life(instance, run_id, definition.name),
        _watched(instance, run_id, names, console),
    ):
        result = definition.execute_in_process(
            instance=instance,
            run_id=run_id,
            asset_selection=list(assets) or None,
            tags=dict(tags or {}),
            run_config=_QUIET,
            raise_on_error=False,
        )
    failures = result.get_step_failure_events()
    if any(map(_is_interrupted, failures)):
        raise KeyboardInterrupt
    errors = {
        names.get(event.step_key or "", event.step_key or ""): _sentence(event)
        for event in failures
    }
    made = list(_materialized(result))
    return RunResult(
        run_id,
        result.success,
        [*made, *_others(instance, run_id, {asset.asset for asset in made}, errors)],
        errors,
        time.perf_counter() - started,
    )


def _step_key(key: dg.AssetKey) -> str:
    """The step that makes an asset, as Dagster names it."""
    return "__".join(key.path)


def _materialized(result: dg.ExecuteInProcessResult) -> Iterator[AssetResult]:
    seconds = {
        event.step_key: event.step_success_data.duration_ms / 1000
        for event in result.get_step_success_events()
    }
    for event in result.get_asset_materialization_events():
        materialization = event.materialization
        said = {name: value.value for name, value in materialization.metadata.items()}
        where = next((said[name] for name in _WHERE if said.get(name)), "")
        yield AssetResult(
            materialization.asset_key.to_user_string(),
            str(said.get("outcome", "read")),
            said.get("dagster/row_count"),  # type: ignore[arg-type]  # our own metadata
            str(where),
            round(seconds.get(event.step_key, 0.0), 3),
        )


def _others(
    instance: dg.DagsterInstance, run_id: str, made: set[str], errors: Mapping[str, str]
) -> list[AssetResult]:
    """What was meant to be made, and failed, or was left out because of a failure before it."""
    planned = [
        entry.dagster_event.asset_key.to_user_string()
        for entry in instance.all_logs(
            run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
        )
        if entry.dagster_event and entry.dagster_event.asset_key
    ]
    failed = [asset for asset in planned if asset in errors]
    not_run = [asset for asset in planned if asset not in errors and asset not in made]
    return [
        *(AssetResult(asset, FAILED, None, "", None) for asset in failed),
        *(AssetResult(asset, NOT_RUN, None, "", None) for asset in not_run),
    ]


def _is_interrupted(failure: dg.DagsterEvent) -> bool:
    """Whether a signal ended the step: Dagster raises an error of its own in the asset's code."""
    error = failure.step_failure_data.error
    while error and error.cls_name != "DagsterExecutionInterruptedError":
        error = error.cause
    return error is not None


def _sentence(failure: dg.DagsterEvent) -> str:
    data = failure.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    # Dagster's own exception is around the one that was raised.
    error = data.error
    while error and error.cause:
        error = error.cause
    return str(error.message if error else "").strip()


@contextmanager
def _watched(
    instance: dg.DagsterInstance, run_id: str, names: Mapping[str, str], console: Console | None
) -> Iterator[None]:
    """Say which asset is being worked on; the run itself keeps the main thread, for Ctrl-C."""
    if console is None or not console.is_terminal:
        yield
        return
    done = threading.Event()
    with console.status("starting the run …") as status:

        def watch() -> None:
            while not done.wait(_POLL_SECONDS):
                steps, ended = _progress(instance, run_id)
                if steps:
                    working = ", ".join(names.get(step, step) for step in steps)
                    status.update(f"{ended} done, working on {working} …")

        watcher = threading.Thread(target=watch, name="run progress", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def _progress(instance: dg.DagsterInstance, run_id: str) -> tuple[list[str], int]:
    """The steps that are running, and how many have ended."""
    kinds = dg.DagsterEventType
    running: dict[str, None] = {}
    ended = 0
    for entry in instance.all_logs(run_id):
        event = entry.dagster_event
        if event is None or event.step_key is None:
            continue
        if event.event_type == kinds.STEP_START:
            running[event.step_key] = None
        elif event.event_type in {kinds.STEP_SUCCESS, kinds.STEP_FAILURE}:
            running.pop(event.step_key, None)
            ended += 1
    return list(running), ended
