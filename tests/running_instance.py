"""A Dagster instance behind a webserver, with code locations that load, partly."""

from __future__ import annotations

import socket
import sys
import threading
import warnings
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
import uvicorn
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster_webserver.app import create_app_from_workspace_process_context

from sheet_assets.operations.webserver import Webserver
from sheet_assets.operations.workspace import Workspace, workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# No daemon runs: what is launched stays in the queue.
DAGSTER_YAML = """\
telemetry: {enabled: false}
nux: {enabled: false}
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
"""
FIRST = """
import dagster as dg

days = dg.DailyPartitionsDefinition("2026-01-01")

sheet = dg.AssetSpec(["google_sheet", "nps"])

@dg.asset(key=["sheet_csv", "nps"], deps=[sheet])
def sheet_csv(): ...

@dg.asset(key=["raw_data", "nps"], deps=[sheet_csv])
def raw_data():
    raise dg.Failure("Responses!C5: 'x' is no whole number.")

@dg.asset(key=["analytics", "nps_summary"], deps=[raw_data])
def nps_summary():
    return dg.MaterializeResult(metadata={"outcome": "loaded", "dagster/row_count": 361})

@dg.asset(partitions_def=days)
def daily(): ...

@dg.op
def broken():
    try:
        {}["score"]
    except KeyError as error:
        raise ValueError("the answer has no score") from error

@dg.job
def nightly_job():
    broken()

@dg.op
def fine(): ...

@dg.job(partitions_def=days)
def daily_job():
    fine()

@dg.job
def other_job():
    fine()

@dg.sensor(job=other_job)
def other_sensor():
    return dg.SkipReason("nothing new")

refresh_job = dg.define_asset_job("refresh_job", dg.AssetSelection.assets(sheet_csv, raw_data))
summary_job = dg.define_asset_job("summary_job", dg.AssetSelection.assets(nps_summary))
defs = dg.Definitions(
    assets=[sheet, sheet_csv, raw_data, nps_summary, daily],
    jobs=[nightly_job, daily_job, other_job, refresh_job, summary_job],
    schedules=[
        dg.ScheduleDefinition(
            name="refresh_schedule",
            job=refresh_job,
            cron_schedule="0 9 * * *",
            execution_timezone="Asia/Seoul",
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
        dg.ScheduleDefinition(name="stopped_schedule", job=nightly_job, cron_schedule="0 1 * * *"),
    ],
    sensors=[other_sensor],
)
"""
SECOND = """
import dagster as dg

@dg.op
def fine(): ...

@dg.job
def nightly_job():
    fine()

@dg.asset(key=["elsewhere", "nps"])
def elsewhere(): ...

defs = dg.Definitions(assets=[elsewhere], jobs=[nightly_job])
"""
BROKEN = 'raise RuntimeError("REDSHIFT_HOST is not set")\n'


@dataclass
class Running:
    """The webserver, one that is read-only, and the instance of both."""

    home: Path
    url: str
    read_only_url: str

    @property
    def webserver(self) -> Webserver:
        """A connection of the test's own."""
        return Webserver(self.url)

    @property
    def defined(self) -> Workspace:
        """What its code locations define now."""
        return workspace(self.webserver)

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The instance itself, to look into and to run in."""
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            yield instance

    def execute(self, job: str, **kwargs: Any) -> str:
        """Run a job of `first` in this process; the run's id."""
        namespace: dict[str, Any] = {}
        exec(FIRST, namespace)
        definition = namespace["defs"].resolve_job_def(job)
        with self.instance() as instance:
            result = definition.execute_in_process(
                instance=instance, raise_on_error=False, **kwargs
            )
        return str(result.run_id)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The instance for all tests of a session: launch and switch what no other test does."""
    home = tmp_path_factory.mktemp("running_instance")
    (home / "dagster.yaml").write_text(DAGSTER_YAML)
    origins = [
        InProcessCodeLocationOrigin(written(home, name, text), location_name=name)
        for name, text in {"first": FIRST, "second": SECOND, "broken": BROKEN}.items()
    ]
    with ExitStack() as stack:
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
        urls = []
        for read_only in (False, True):
            with warnings.catch_warnings():
                # That one location does not load, and what Dagster itself calls deprecated.
                warnings.simplefilter("ignore")
                context = stack.enter_context(
                    WorkspaceProcessContext(
                        instance, InProcessWorkspaceLoadTarget(origins), "1.13", read_only
                    )
                )
            urls.append(stack.enter_context(served(context)))
        yield Running(home, *urls)


def written(home: Path, name: str, text: str) -> LoadableTargetOrigin:
    """A module of definitions, and where it is."""
    path = home / f"{name}.py"
    path.write_text(text)
    return LoadableTargetOrigin(
        executable_path=sys.executable, python_file=str(path), working_directory=str(home)
    )


def served(context: WorkspaceProcessContext) -> AbstractContextManager[str]:
    """Dagster's own webserver on loopback, in a thread."""
    return served_app(create_app_from_workspace_process_context(context))


@contextmanager
def served_app(app: Any) -> Iterator[str]:
    """An ASGI application on loopback, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        # Whoever asks at once waits for the thread.
        listener.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
