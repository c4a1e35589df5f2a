"""`sheet-assets run` on the sample sheets, in this process."""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from checkout import CONTROL
from click.testing import CliRunner
from versioned_sheet import MARKS

import sheet_assets
from sheet_assets import sample_defs
from sheet_assets.cli import execution, main
from sheet_assets.cli.deployment import Deployment
from sheet_assets.cli.sandboxed import seed_from

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from sheet_assets.sandbox import Sandbox

pytestmark = MARKS

NPS = ["sheet_csv/nps", "s3_object/nps", "raw_run/nps"]
# Names that no other test has.
NAMES = {
    "NPS_SPREADSHEET": "run-nps",
    "COPY_TESTING_SPREADSHEET": "run-copy-testing",
    "RAW_DATA_SCHEMA": "raw_run",
    "ANALYTICS_SCHEMA": "analytics_run",
    "SHEET_ASSETS_S3_PREFIX": "run",
}


@pytest.fixture(scope="module")
def home(running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sheets of the sample, seeded, and a DAGSTER_HOME for all tests."""
    home = tmp_path_factory.mktemp("home")
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in NAMES.items():
            patch.setenv(name, value)
        seed_from(running_sandbox, Deployment(sample_defs))
    return home


@pytest.fixture(autouse=True)
def directory(
    sandbox: Sandbox, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """The sample is the deployment of this process, and the directory is empty."""
    for name, value in {**NAMES, "DAGSTER_HOME": str(home), "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "sheet_assets.defs", sample_defs)
    monkeypatch.setattr(sheet_assets, "defs", sample_defs, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    """`sheet-assets run ARG…`."""
    result = CliRunner().invoke(main, ["run", *args])
    assert not CONTROL.search(result.output)
    assert "Traceback" not in result.output
    return result


def test_a_job_then_a_part_of_it_and_with_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job runs everything in it, and each asset is a line with its outcome, rows and place.

    `nps` means that sheet's assets and no other; --json has them with what was done. --force loads
    what has not changed; without DAGSTER_HOME it works, and is in no history.
    """
    refreshed = run("refresh_job")
    assert refreshed.exit_code == 0, refreshed.stderr
    lines = [line.split() for line in refreshed.stdout.splitlines()]
    assert lines[0] == ["asset", "outcome", "rows", "where", "seconds"]
    shown = {line[0]: line[1:] for line in lines[1:]}
    assert len(shown) == 8
    assert shown["raw_run/nps"][:3] == ["loaded", "4,862", "raw_run.nps"]
    assert shown["exported_sheet/nps_summary"][:2] == ["written", "361"]

    result = run("nps", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert set(found) == {"run_id", "status", "seconds", "assets", "errors"}
    assert (found["status"], found["errors"]) == ("SUCCESS", {})
    assert [asset["asset"] for asset in found["assets"]] == NPS
    assert [asset["outcome"] for asset in found["assets"]][1:] == ["unchanged", "unchanged"]
    assert [asset["rows"] for asset in found["assets"]] == [4862] * 3
    assert all(asset["where"] and asset["seconds"] > 0 for asset in found["assets"])

    monkeypatch.delenv("DAGSTER_HOME")
    forced = run(*NPS, "--force", "--json")
    assert forced.exit_code == 0, forced.stderr
    assert json.loads(forced.stdout)["assets"][-1]["outcome"] == "loaded"
    assert "DAGSTER_HOME is not set: this run will stand in no history." in forced.stderr


def test_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed asset makes the exit code 1, with its sentence; what follows it is not run."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    result = run("nps", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["status"] == "FAILURE"
    assert [asset["outcome"] for asset in found["assets"]] == ["failed", "not run", "not run"]
    assert list(found["errors"]) == ["sheet_csv/nps"]
    assert found["errors"]["sheet_csv/nps"].startswith("No Google service account is set.")


def test_an_unknown_name() -> None:
    """A name that is neither job nor asset is answered with what there is."""
    result = run("nope")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no job and no asset 'nope'" in result.stderr
    assert "refresh_job" in result.stderr
    assert "raw_run/nps" in result.stderr


def test_ctrl_c_in_the_middle_of_an_asset() -> None:
    """Regression: it was "failed: dagster._core.errors.DagsterExecutionInterruptedError"."""

    @dg.asset
    def slow() -> None:
        signal.raise_signal(signal.SIGINT)

    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.raises(KeyboardInterrupt):
            execution.execute(dg.Definitions([slow]), instance, assets=[slow.key])
        (recorded,) = instance.get_runs()
        assert recorded.status is dg.DagsterRunStatus.FAILURE


def test_a_job_beside_an_asset() -> None:
    """Regression: it was "no job 'refresh_job'", in a sentence that listed refresh_job."""
    result = run("nps", "refresh_job")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "refresh_job is a job. A job is run alone" in result.stderr


def test_an_empty_date() -> None:
    """Regression: `--as-of "$DAY"` without a DAY loaded the sheet of today."""
    result = run("nps", "--as-of", "")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "'' is no date" in result.stderr


def test_a_dagster_home_that_is_not_there(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """A DAGSTER_HOME that does not exist is a sentence with the remedy, not a traceback."""
    monkeypatch.setenv("DAGSTER_HOME", str(directory / "nowhere"))
    result = run("sheet_csv/nps")
    assert result.exit_code == 1
    assert "nowhere'; it must be the absolute path of a folder that exists" in result.stderr


def test_a_dotenv_that_names_dagster_home(
    monkeypatch: pytest.MonkeyPatch, home: Path, directory: Path
) -> None:
    """A .env with another DAGSTER_HOME would mix a sandbox with old cursors: it is explained."""
    (directory / "settings.env").write_text(f'DAGSTER_HOME="{home}"\n')
    monkeypatch.setenv("SHEET_ASSETS_SETTINGS_FILE", str(directory / "settings.env"))
    (directory / ".env").write_text("DAGSTER_HOME=/srv/dagster\n")
    result = run("sheet_csv/nps")
    assert result.exit_code == 1
    assert "A .env that names DAGSTER_HOME overrides the sandbox's own" in result.stderr


def test_a_shell_that_names_dagster_home(
    monkeypatch: pytest.MonkeyPatch, home: Path, directory: Path
) -> None:
    """Regression: a DAGSTER_HOME exported in the shell was said to stand in a .env."""
    (directory / "settings.env").write_text(f'DAGSTER_HOME="{home}"\n')
    monkeypatch.setenv("SHEET_ASSETS_SETTINGS_FILE", str(directory / "settings.env"))
    monkeypatch.setenv("DAGSTER_HOME", str(directory))
    result = run("sheet_csv/nps")
    assert result.exit_code == 1
    assert "Unset DAGSTER_HOME in this shell, or SHEET_ASSETS_SETTINGS_FILE" in result.stderr
    assert ".env that" not in result.stderr
