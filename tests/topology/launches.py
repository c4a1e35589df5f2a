"""Runs that are launched over GraphQL, each once, while what takes them is killed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import dagster as dg
import sqlalchemy.exc

from sheet_assets.errors import OperationsError
from sheet_assets.operations.webserver import Webserver, one_of
from sheet_assets.signs_of_life import worker_of
from tests.topology.site import HOSTS

if TYPE_CHECKING:
    from tests.topology.site import Site

TAG = "topology/launch"
AT_ONCE = 4
ENDED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
UNFINISHED = [status for status in dg.DagsterRunStatus if status not in ENDED]


class Launches:
    """A thread that edits a sheet and launches a run, again and again, up to `allowed` of them."""

    def __init__(self, site: Site, instance: dg.DagsterInstance, total: int) -> None:
        self._site = site
        self._instance = instance
        self._webserver = Webserver(site.url)
        self.total = total
        self.allowed = 0
        self.launched = 0
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def in_progress(self, host: str) -> list[tuple[str, int]]:
        """The runs of a host whose worker has given a sign, and its process."""
        started = self._instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        found = []
        for run in started:
            origin = run.remote_job_origin
            worker = worker_of(self._instance, run.run_id)
            if worker and origin and origin.location_name == f"host_{host}":
                found.append((run.run_id, worker.process))
        return found

    def failure(self, run_id: str) -> str:
        """What Dagster says of a run that has failed; nothing of another."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.status != dg.DagsterRunStatus.FAILURE:
            return ""
        events = self._instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        return events[-1].message

    def is_started_again(self, run_id: str) -> bool:
        """Whether there is a run that follows it."""
        return bool(
            self._instance.get_run_ids(dg.RunsFilter(tags={"dagster/parent_run_id": run_id}))
        )

    def groups(self) -> dict[int, list[dg.DagsterRun]]:
        """The runs of each launch: the one that was asked for, and those that followed it."""
        found: dict[int, list[dg.DagsterRun]] = {number: [] for number in range(self.launched)}
        for run in reversed(self._instance.get_runs()):
            if TAG in run.tags:
                found[int(run.tags[TAG])].append(run)
        return found

    def waiting(self) -> list[str]:
        """What is not over: runs that have not ended, and those that will be started again."""
        runs = self._instance.get_runs()
        parents = {run.parent_run_id for run in runs}
        return [
            run.run_id
            for run in runs
            if not run.is_finished
            or (run.tags.get("dagster/will_retry") == "true" and run.run_id not in parents)
        ]

    def _work(self) -> None:
        try:
            while self.launched < self.total:
                if self.launched < self.allowed and self._unfinished() < AT_ONCE:
                    host = HOSTS[self.launched % len(HOSTS)]
                    self._site.edit(host)
                    self._launch(host)
                    self.launched += 1
                else:
                    time.sleep(0.5)
        except BaseException as error:
            self.error = error
            raise

    def _unfinished(self) -> int:
        try:
            return self._instance.get_runs_count(dg.RunsFilter(statuses=UNFINISHED))
        except sqlalchemy.exc.SQLAlchemyError:
            return AT_ONCE

    def _launch(self, host: str) -> None:
        """Ask until the run is there: whether an answer that was lost had started it is looked up."""
        number = str(self.launched)
        selector = {
            "repositoryLocationName": f"host_{host}",
            "repositoryName": "__repository__",
            "jobName": "ingest_job",
        }
        params = {
            "selector": selector,
            "runConfigData": {},
            "executionMetadata": {"tags": [{"key": TAG, "value": number}]},
        }
        while True:
            try:
                answer = self._webserver.ask("launch_run", params=params)
                one_of(answer["launchRun"], "LaunchRunSuccess")
            except OperationsError:
                time.sleep(2)
            else:
                return
            try:
                if self._instance.get_run_ids(dg.RunsFilter(tags={TAG: number})):
                    return
            except sqlalchemy.exc.SQLAlchemyError:
                time.sleep(2)
