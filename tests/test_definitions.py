"""What the packaged sample deployment consists of, and what Dagster's own commands say of it."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest
from small_deployment import QUIET

import sheet_assets.sample_defs
from sheet_assets import settings
from sheet_assets.cli.deployment import Deployment
from sheet_assets.signs_of_life import in_process_executor

pytestmark = QUIET
SAMPLE = Path(sheet_assets.sample_defs.__file__).parent
COMMANDS = {
    "check defs": ["check", "defs"],
    "check yaml": ["check", "yaml"],
    "list defs": ["list", "defs", "--json"],
    "list components": ["list", "components", "--json"],
}
# All of them in one process: Dagster's seconds are spent once.
DG = """
import json, sys
from click.testing import CliRunner
from dagster_dg_cli.cli import cli

said = {}
for name, arguments in json.loads(sys.argv[1]).items():
    result = CliRunner().invoke(cli, arguments)
    said[name] = (result.exit_code, result.stdout, result.stderr)
json.dump(said, sys.stdout)
"""
SENSORS = {
    "sheet_changes_sensor",
    "sheet_alert_sensor",
    "run_failure_alert_sensor",
    "check_failure_alert_sensor",
    "freshness_alert_sensor",
    "health_sensor",
    "lost_runs_sensor",
}
ASSETS = {
    "sheet_csv/nps": ("sheets", {"googlesheets", "csv"}),
    "s3_object/nps": ("sheets", {"s3", "csv"}),
    "raw_data/nps": ("sheets", {"redshift"}),
    "sheet_csv/spreadsheet_copy_testing": ("sheets", {"googlesheets", "csv"}),
    "s3_object/spreadsheet_copy_testing": ("sheets", {"s3", "csv"}),
    "raw_data/spreadsheet_copy_testing": ("sheets", {"redshift"}),
    "analytics/nps_summary": ("summaries", {"redshift", "sql"}),
    "exported_sheet/nps_summary": ("exports", {"googlesheets"}),
}


class Said(NamedTuple):
    """How a command ended."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    """Of the packaged sample, without any setting."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (*settings.DECLARED, settings.SETTINGS_FILE):
            patch.delenv(name, raising=False)
        return Deployment(sheet_assets.sample_defs).definitions.get_repository_def()


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str, Said]:
    """What `dg` says in a project of somebody else's that holds the sample's folders."""
    project = tmp_path_factory.mktemp("project")
    package = project / "their_project"
    shutil.copytree(SAMPLE, package / "defs", ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    (package / "definitions.py").write_text(
        "from pathlib import Path\n"
        "import dagster as dg\n"
        "@dg.definitions\n"
        "def defs():\n"
        "    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)\n"
    )
    (project / "pyproject.toml").write_text(
        '[tool.dg]\ndirectory_type = "project"\n[tool.dg.project]\nroot_module = "their_project"\n'
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DAGSTER", "SHEET_ASSETS"))
    }

    told = subprocess.run(
        [sys.executable, "-c", DG, json.dumps(COMMANDS)],
        cwd=project,
        env={**environment, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert told.returncode == 0, told.stderr
    return {name: Said(*each) for name, each in json.loads(told.stdout).items()}


def test_sample_assets_have_their_keys_groups_and_kinds(repository):
    """Keys, groups and kinds are what the README names: a change of one breaks its users."""
    graph = repository.asset_graph
    found = {
        key.to_user_string(): (graph.get(key).group_name, graph.get(key).kinds)
        for key in graph.materializable_asset_keys
    }
    assert found == ASSETS


def test_sample_assets_follow_one_another(repository):
    """The path goes from the sheet through S3 and both tables into the exported sheet."""
    graph = repository.asset_graph
    parents = {
        key.to_user_string(): {parent.to_user_string() for parent in graph.get(key).parent_keys}
        for key in graph.materializable_asset_keys
    }
    assert parents["sheet_csv/nps"] == {"google_sheet/nps"}
    assert parents["s3_object/nps"] == {"sheet_csv/nps"}
    assert parents["raw_data/nps"] == {"s3_object/nps"}
    assert parents["analytics/nps_summary"] == {"raw_data/nps"}
    assert parents["exported_sheet/nps_summary"] == {"analytics/nps_summary"}


def test_sample_assets_are_described_to_their_readers(repository):
    """Every asset tells the reader of the UI what it holds."""
    graph = repository.asset_graph
    for key in graph.materializable_asset_keys:
        assert len(graph.get(key).description or "") > 80, key


def test_a_table_is_one_pool_so_that_two_runs_take_turns(repository):
    """The steps that write a table or a spreadsheet each have a pool of their own."""
    graph = repository.asset_graph
    pools = {key.to_user_string(): graph.get(key).pools for key in graph.materializable_asset_keys}
    assert pools["raw_data/nps"] == {"redshift/raw_data/nps"}
    assert pools["analytics/nps_summary"] == {"redshift/analytics/nps_summary"}
    assert pools["exported_sheet/nps_summary"] == {"google/spreadsheet-copy-testing"}


@pytest.mark.parametrize(
    ("job", "assets"),
    [
        ("ingest_job", {name for name in ASSETS if "summary" not in name}),
        ("export_job", {name for name in ASSETS if "summary" in name}),
        ("refresh_job", set(ASSETS)),
        ("sheet_changes_job", set(ASSETS)),
    ],
)
def test_jobs_hold_their_part_of_the_assets(repository, job, assets):
    """Each job holds the assets its name says, and runs them in one process."""
    definition = repository.get_job(job)
    executable = definition.asset_layer.executable_asset_keys
    assert {key.to_user_string() for key in executable} == assets
    assert definition.executor_def is in_process_executor


def test_everything_is_refreshed_daily_at_nine(repository):
    """The schedule runs refresh_job at 09:00 UTC, without anybody turning it on."""
    schedule = repository.get_schedule_def("daily_refresh_schedule")
    assert schedule.cron_schedule == "0 9 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.job_name == "refresh_job"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


def test_the_schedules_time_zone_is_a_setting(monkeypatch):
    """Nine o'clock is the clock's of SHEET_ASSETS_TIME_ZONE."""
    monkeypatch.setenv("SHEET_ASSETS_TIME_ZONE", "Asia/Seoul")
    repository = Deployment(sheet_assets.sample_defs).definitions.get_repository_def()
    schedule = repository.get_schedule_def("daily_refresh_schedule")
    assert schedule.execution_timezone == "Asia/Seoul"


def test_old_runs_are_removed_daily(repository):
    """`keep_runs_days` is what builds the job and its schedule; without it nothing is removed."""
    schedule = repository.get_schedule_def("retention_schedule")
    assert (schedule.cron_schedule, schedule.job_name) == ("30 3 * * *", "retention_job")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert "older than 90 days" in repository.get_job("retention_job").description


def test_the_sensors_watch_from_the_start(repository):
    """They need nobody to turn them on, and say what they watch, keep and do when it fails."""
    assert {sensor.name for sensor in repository.sensor_defs} == SENSORS
    for sensor in repository.sensor_defs:
        assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
        assert sensor.description.startswith("Watches ")
        assert "The cursor holds" in sensor.description
        assert "the tick fails" in sensor.description
        assert "Starts one run" in sensor.description or "Starts no run" in sensor.description
    sensor = repository.get_sensor_def("sheet_changes_sensor")
    assert sensor.minimum_interval_seconds == 30
    assert sensor.job_name == "sheet_changes_job"


def test_a_change_waits_a_minute_by_default(monkeypatch, repository):
    """People may finish typing; the setting says how long, and nonsense is refused."""
    sensor = repository.get_sensor_def("sheet_changes_sensor")
    assert "were quiet for 60 s" in sensor.description
    monkeypatch.setenv("SHEET_ASSETS_QUIET_SECONDS", "0")
    quick = Deployment(sheet_assets.sample_defs).definitions.get_repository_def()
    assert "for 0 s" in quick.get_sensor_def("sheet_changes_sensor").description
    monkeypatch.setenv("SHEET_ASSETS_QUIET_SECONDS", "a minute")
    with pytest.raises(Exception, match="SHEET_ASSETS_QUIET_SECONDS is 'a minute'"):
        Deployment(sheet_assets.sample_defs).definitions.get_repository_def()


def test_names_of_schemas_and_spreadsheets_come_from_settings(monkeypatch):
    """One set of defs serves several environments: their names are settings."""
    monkeypatch.setenv("RAW_DATA_SCHEMA", "raw_staging")
    monkeypatch.setenv("ANALYTICS_SCHEMA", "analytics_staging")
    monkeypatch.setenv("COPY_TESTING_SPREADSHEET", "another-spreadsheet")
    deployment = Deployment(sheet_assets.sample_defs)
    keys = deployment.definitions.get_repository_def().asset_graph.materializable_asset_keys
    names = {key.to_user_string() for key in keys}
    assert {"raw_staging/nps", "analytics_staging/nps_summary"} <= names
    assert {export.target().spreadsheet_id for export, _ in deployment.exports} == {
        "another-spreadsheet"
    }


def test_the_code_location_loads_whatever_stands_in_defs():
    """What workspace.yaml names loads, and its runs stay in one process."""
    from sheet_assets.definitions import defs

    definitions = defs()
    assert definitions.executor is in_process_executor
    assert definitions.get_repository_def().has_job("refresh_job")


def test_the_code_location_loads_without_a_look_for_garbage():
    """Every run's process loads it: going through all modules anew takes half a second of that."""
    from sheet_assets.definitions import defs

    collections = []

    def tell(phase, _):
        collections.append(phase)

    gc.collect()
    gc.callbacks.append(tell)
    try:
        defs()
    finally:
        gc.callbacks.remove(tell)
    # One is due as soon as the collector is on again.
    assert collections.count("start") <= 1


@pytest.mark.parametrize("command", COMMANDS)
def test_dg_commands_succeed_in_another_project(said, command):
    """`dg check` and `dg list` work where these components are used as a library."""
    assert said[command].code == 0, said[command].stderr + said[command].stdout


def test_dg_list_defs_shows_every_asset(said):
    """`dg list defs` has the sample's assets, its schedules and its sensors."""
    listed = json.loads(said["list defs"].stdout)
    sheets = {"google_sheet/nps", "google_sheet/spreadsheet_copy_testing"}
    assert {asset["asset_key"] for asset in listed["assets"]} == set(ASSETS) | sheets
    assert {schedule["name"] for schedule in listed["schedules"]} == {
        "daily_refresh_schedule",
        "retention_schedule",
    }
    assert {sensor["name"] for sensor in listed["sensors"]} == SENSORS


def test_dg_list_components_describes_ours(said):
    """`dg list components` shows the four components with what they are for."""
    listed = json.loads(said["list components"].stdout)
    summaries = {each["key"]: each["summary"] for each in listed["items"]}
    ours = {
        name: summary for name, summary in summaries.items() if name.startswith("sheet_assets.")
    }
    assert {name.rpartition(".")[2] for name in ours} == {
        "SheetAssets",
        "SheetExport",
        "SheetTable",
        "SqlTable",
    }
    assert all(ours.values())
