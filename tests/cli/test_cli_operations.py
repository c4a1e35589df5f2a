"""The commands that ask a webserver: what they print, refuse and end with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from checkout import BIN
from click.testing import CliRunner
from running_instance import Running, running

from sheet_assets.cli import health as cli_health
from sheet_assets.cli import main
from sheet_assets.cli import runs as cli_runs
from sheet_assets.operations import runs as operations_runs
from sheet_assets.operations.health import CodeLocation, Health

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["running"]

NOBODY = ("--url", "http://127.0.0.1:1")
# Of each command what it needs besides --url.
COMMANDS = {
    "list": [],
    "runs": [],
    "trigger": ["refresh_job"],
    "start": ["refresh_schedule"],
    "stop": ["refresh_schedule"],
}


@pytest.fixture(autouse=True)
def directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


@pytest.fixture
def sheet_assets(running: Running, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`sheet-assets ARG…`, asking the running instance."""
    monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_URL", running.url)
    return lambda *args: CliRunner().invoke(main, args)


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_there(command: str) -> None:
    """Without a webserver each command is one sentence with the remedy, and exit code 1."""
    result = CliRunner().invoke(main, [command, *COMMANDS[command], *NOBODY])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: No Dagster webserver can be reached at http://127.0.0")
    assert result.stderr.count("\n") == 1


def test_health_without_a_webserver_is_unhealthy() -> None:
    """`health` answers also then: exit code 1, and JSON with the keys that scripts read."""
    result = CliRunner().invoke(main, ["health", "--json", *NOBODY])
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["metadatabase"]["status"] == told["scheduler"]["status"] == "unknown"
    assert told["problems"][0].startswith("No Dagster webserver can be reached")
    result = CliRunner().invoke(main, ["health", *NOBODY])
    assert result.exit_code == 1
    assert "✗ webserver" in result.stdout
    assert "No Dagster webserver can be reached" in result.stderr


def test_a_long_name_of_a_code_location() -> None:
    """Regression: `serve -m sheet_assets.definitions` was "sheet_assets.definitionsloaded"."""
    location = CodeLocation("sheet_assets.definitions", "LOADED")
    lines = [line.plain for line in cli_health._lines(Health(0, locations=[location]))]
    assert lines[-1] == "✓ code location sheet_assets.definitions loaded"


def test_health_of_an_instance_without_daemons(sheet_assets: Any) -> None:
    """Each daemon and location is a line with its state; problems are told; exit code 1."""
    result = sheet_assets("health")
    assert result.exit_code == 1
    assert "✓ metadata database" in result.stdout
    assert "✗ daemon SCHEDULER" in result.stdout
    assert "✓ code location first" in result.stdout
    assert "✗ code location broken" in result.stdout
    assert "does not load: RuntimeError: REDSHIFT_HOST is not set" in result.stderr


def test_list_is_all_of_it(sheet_assets: Any, running: Running) -> None:
    """Every definition is a line with its state; what cannot be listed is told."""
    result = sheet_assets("list")
    assert result.exit_code == 0, result.stderr
    for name in [
        each.name
        for kind in ("jobs", "schedules", "sensors", "assets")
        for each in getattr(running.defined, kind)
    ]:
        assert any(line.startswith(name) for line in result.stdout.splitlines()), name
    (line,) = [each for each in result.stdout.splitlines() if each.startswith("stopped_schedule")]
    assert line.split()[1:3] == ["STOPPED", "nightly_job"]
    assert "google_sheet/nps" in result.stdout
    assert "The code location broken is missing below; it is failed" in result.stderr


def test_list_active_as_json(sheet_assets: Any) -> None:
    """The JSON of --active holds what starts by itself, when next, and what that runs."""
    told = json.loads(sheet_assets("list", "--active", "--json").stdout)
    assert {kind: [each["name"] for each in told[kind]] for kind in told} == {
        "jobs": ["refresh_job"],
        "schedules": ["refresh_schedule"],
        "sensors": [],
        "assets": ["raw_data/nps", "sheet_csv/nps"],
    }
    assert told["schedules"][0]["next_tick"].endswith("T00:00:00+00:00")
    assert told["jobs"][0]["started_by"] == ["refresh_schedule"]


def test_the_states_are_those_of_runs() -> None:
    """What --status takes is what a run can be, although that is not imported for --help."""
    assert cli_runs._STATUSES == operations_runs.STATUSES


def test_times_are_of_the_time_zone(sheet_assets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moments are by SHEET_ASSETS_TIME_ZONE, which the header names."""
    monkeypatch.setenv("SHEET_ASSETS_TIME_ZONE", "Asia/Seoul")
    output = sheet_assets("list", "--active").stdout
    assert "next tick (Asia/Seoul)" in output
    assert " 09:00:00" in output


def test_runs_say_why(sheet_assets: Any, running: Running) -> None:
    """A failed run is a line, and below the table the sentence of what failed."""
    run_id = running.execute("refresh_job")
    result = sheet_assets("runs", "--status", "failure", "--job", "refresh_job")
    assert result.exit_code == 0, result.stderr
    assert f"\n{run_id[:8]} raw_data/nps: Responses!C5: 'x' is no whole number.\n" in result.stdout
    told = json.loads(sheet_assets("runs", "--status", "FAILURE", "--json").stdout)
    reasons = {each["run_id"]: each["reason"] for each in told}
    assert reasons[run_id] == "raw_data/nps: Responses!C5: 'x' is no whole number."


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["runs", "--job", "nope"], 1, "There is no job 'nope'. Jobs: daily_job, "),
        (["runs", "--status", "nope"], 2, "'nope' is not one of"),
        (["runs", "--limit", "0"], 2, "0 is not in the range"),
        (["trigger", "nope"], 1, "There is no job and no asset 'nope'."),
        (["trigger", "refresh_job", "--as-of", "yesterday"], 1, "'yesterday' is no date"),
        (["trigger", "refresh_job", "--as-of", ""], 1, "'' is no date"),
        (["trigger", "refresh_job", "--as-of", "2999-01-01"], 1, "has not begun yet"),
        (["trigger", "nightly_job"], 1, "in several code locations (first, second)"),
        (["trigger", "refresh_job", "--location", "x"], 1, "There is no code location 'x'"),
        (["start", "nope"], 1, "There is no schedule and no sensor 'nope'."),
        (["list", "--location", "x"], 1, "There is no code location 'x'"),
    ],
)
def test_what_is_refused(sheet_assets: Any, args: list[str], code: int, said: str) -> None:
    """What is wrong is told in a sentence before anything starts; nothing is on stdout."""
    result = sheet_assets(*args)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_trigger_tells_what_keeps_a_run_from_starting(sheet_assets: Any, running: Running) -> None:
    """The run's id is told; that no daemon takes it from the queue, and what is stopped, too."""
    result = sheet_assets("trigger", "nightly_job", "--location", "first", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["url"] == f"{running.url}/runs/{told['run_id']}"
    assert (told["job"], told["assets"], told["tags"]) == ("nightly_job", [], {})
    assert told["notes"][0].startswith("stopped_schedule is stopped")
    assert told["notes"][1].startswith("the daemon that takes runs from the queue is not alive")
    assert result.stderr.count("Note: ") == 2


def test_trigger_that_may_not_says_only_that(sheet_assets: Any, running: Running) -> None:
    """Whoever may not start a run is not told first what would keep it from starting."""
    asked = ("trigger", "nightly_job", "--location", "first", "--url", running.read_only_url)
    result = sheet_assets(*asked)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "read-only for this user" in result.stderr
    assert "Note:" not in result.stderr


def test_start_and_stop(sheet_assets: Any) -> None:
    """A switch is told as it is now, and when it was so already."""
    assert sheet_assets("start", "stopped_schedule").stdout == "stopped_schedule is RUNNING.\n"
    again = sheet_assets("start", "stopped_schedule")
    assert (again.exit_code, again.stdout) == (0, "stopped_schedule was RUNNING already.\n")
    told = json.loads(sheet_assets("stop", "stopped_schedule", "--json").stdout)
    assert told == {"name": "stopped_schedule", "status": "STOPPED", "changed": True}


@pytest.fixture
def waiting(running: Running, directory: Path) -> Any:
    """`sheet-assets trigger summary_job --wait` once it waits, and its run's id."""
    env = {**os.environ, "SHEET_ASSETS_WEBSERVER_URL": running.url}
    with subprocess.Popen(
        [BIN / "sheet-assets", "trigger", "summary_job", "--wait"],
        env=env,
        cwd=directory,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell's background job ignores Ctrl-C, and pytest may be one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - only a signal is set
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        run_id = next(line for line in lines if line.startswith("run ")).split()[1].rstrip(":")
        yield process, run_id
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_run_outlives_the_waiting(running: Running, waiting: Any, number: int) -> None:
    """Ctrl-C and SIGTERM end the waiting and say that the run goes on; it does."""
    process, run_id = waiting
    time.sleep(0.7)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert stdout == ""
    assert f"The run goes on: {running.url}/runs/{run_id}" in stderr
    assert "Traceback" not in stderr
    with running.instance() as instance:
        assert instance.get_run_by_id(run_id).status.value == "QUEUED"


def test_a_run_that_does_not_succeed_is_the_exit_code(running: Running, waiting: Any) -> None:
    """A cancelled run ends the waiting with exit code 1, and says how it ended."""
    process, run_id = waiting
    with running.instance() as instance:
        instance.report_run_canceled(instance.get_run_by_id(run_id))
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "The run ended as CANCELED: This run has been marked as canceled" in stderr
    assert "not run" in stdout


def test_no_dagster_is_imported(running: Running) -> None:
    """These commands only speak HTTP: without Dagster's seconds."""
    script = (
        "import sys\n"
        "from sheet_assets.cli import main\n"
        "for args in (['health'], ['list'], ['runs'], ['trigger', 'summary_job'],\n"
        "             ['start', 'refresh_schedule']):\n"
        f"    try: main([*args, '--url', '{running.url}'])\n"
        "    except SystemExit: pass\n"
        "heavy = {'dagster', 'pandas', 'boto3', 'gspread', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    result = subprocess.run(
        [BIN / "python", "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stderr
