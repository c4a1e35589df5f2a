"""A Dagster instance behind the webserver with users, and something of every kind to change."""

from __future__ import annotations

import json
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
import requests
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from running_instance import DAGSTER_YAML, served_app, written

from sheet_assets.webserver import credentials
from sheet_assets.webserver.dagster_private import UserWebserver
from sheet_assets.webserver.logins import Logins
from sheet_assets.webserver.server import application
from sheet_assets.webserver.users import User, UsersFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCATION = "guarded"
DEFINITIONS = """
import dagster as dg

@dg.asset(key=["raw_data", "nps"])
def raw_data(): ...

@dg.asset_check(asset=raw_data)
def has_rows():
    return dg.AssetCheckResult(passed=True)

@dg.asset(partitions_def=dg.DailyPartitionsDefinition("2026-01-01"))
def daily(): ...

@dg.asset(partitions_def=dg.DynamicPartitionsDefinition(name="regions"))
def region(): ...

@dg.op
def fine(): ...

@dg.job
def nightly_job():
    fine()

@dg.sensor(job=nightly_job)
def nightly_sensor():
    return dg.SkipReason("nothing new")

@dg.sensor(job=nightly_job, default_status=dg.DefaultSensorStatus.RUNNING)
def running_sensor():
    return dg.SkipReason("nothing new")

defs = dg.Definitions(
    assets=[raw_data, daily, region],
    asset_checks=[has_rows],
    jobs=[nightly_job],
    schedules=[
        dg.ScheduleDefinition(name="nightly_schedule", job=nightly_job, cron_schedule="0 9 * * *"),
        dg.ScheduleDefinition(
            name="running_schedule",
            job=nightly_job,
            cron_schedule="0 9 * * *",
            default_status=dg.DefaultScheduleStatus.RUNNING,
        ),
    ],
    sensors=[nightly_sensor, running_sensor],
)
"""
PASSWORD = "made for this test"


@dataclass
class Guarded:
    """The webserver at `url`, its users, and logins as requests takes them."""

    home: Path
    url: str
    users: UsersFile
    operator: tuple[str, str]
    viewer: tuple[str, str]
    token: str
    webserver: UserWebserver

    def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, login: tuple[str, str]
    ) -> requests.Response:
        """GraphQL as anybody asks it."""
        body = {"query": query, "variables": variables or {}}
        return requests.post(f"{self.url}/graphql", json=body, auth=login, timeout=30)

    def data(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """What an operator is answered, where nothing is wrong with it."""
        said = self.ask(query, variables, login=self.operator).json()
        assert "errors" not in said, said
        data: dict[str, Any] = said["data"]
        return data

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The instance itself, to look into."""
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            yield instance

    def state(self) -> str:
        """All that a request could change, as one text."""
        with self.instance() as instance:
            return json.dumps(
                {
                    "runs": sorted((run.run_id, run.status.value, sorted(run.tags.items())) for run in instance.get_runs()),
                    "events": [len(instance.all_logs(run.run_id)) for run in instance.get_runs()],
                    "assets": sorted(map(str, instance.get_asset_keys())),
                    "materialized": str(instance.get_latest_materialization_event(dg.AssetKey(["raw_data", "nps"]))),
                    "instigators": sorted(map(str, instance.all_instigator_state())),
                    "backfills": sorted((each.backfill_id, each.status.value) for each in instance.get_backfills()),
                    "partitions": instance.get_dynamic_partitions("regions"),
                    "limits": sorted(instance.event_log_storage.get_concurrency_keys()),
                    "paused": sorted(instance.run_storage.get_cursor_values({"ASSET_DAEMON_PAUSED"}).items()),
                    "files": sorted(str(path) for path in self.home.rglob("*") if path.suffix in {".yaml", ".log"}),
                }
            )  # fmt: skip


@contextmanager
def guarded_app(
    home: Path, *, shows_config: bool = False
) -> Iterator[tuple[UserWebserver, UsersFile]]:
    """Dagster's webserver for users on an instance of its own, with a module of definitions."""
    (home / "dagster.yaml").write_text(DAGSTER_YAML)
    origin = InProcessCodeLocationOrigin(
        written(home, LOCATION, DEFINITIONS), location_name=LOCATION
    )
    with (
        warnings.catch_warnings(),
        dg.DagsterInstance.from_config(str(home)) as instance,
    ):
        warnings.simplefilter("ignore")
        with WorkspaceProcessContext(
            instance, InProcessWorkspaceLoadTarget([origin]), "1.13"
        ) as context:
            yield (
                UserWebserver(context, shows_config=shows_config),
                UsersFile(home / "users.json"),
            )


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The webserver for all tests of a session; a test that breaks the users file mends it."""
    home = tmp_path_factory.mktemp("guarded_instance")
    with pytest.MonkeyPatch.context() as patch, guarded_app(home) as (webserver, users):
        # Where Dagster writes what belongs to no instance.
        patch.setenv("DAGSTER_HOME", str(home))
        hash_ = credentials.hashed(PASSWORD)
        users.add(User("ann", "operator", hash_))
        users.add(User("monitor", "viewer", hash_))
        token, made = credentials.new_token()
        users.add(User("script", "viewer", credentials.hashed(made.secret), made.who))
        logins = Logins(users, open_without_users=True)
        with served_app(application(webserver, logins)) as url:
            yield Guarded(
                home, url, users, ("ann", PASSWORD), ("monitor", PASSWORD), token, webserver
            )
