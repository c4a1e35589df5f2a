"""`sheet-assets run`, on a sandbox that `sandbox start` keeps up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from checkout import CONTROL

if TYPE_CHECKING:
    from pathlib import Path

    from checkout import Checkout

NPS = ["sheet_csv/nps", "s3_object/nps", "raw_data/nps"]


@pytest.fixture(scope="module")
def refreshed(on_sandbox: Checkout) -> str:
    """What `run refresh_job` prints, everything materialized."""
    result = on_sandbox.run("run", "refresh_job")
    assert result.returncode == 0, result.stderr
    assert not CONTROL.search(result.stdout + result.stderr)
    return result.stdout


def test_a_job(refreshed: str) -> None:
    """A job runs everything in it, and each asset is a line with its outcome, rows and place."""
    lines = [line.split() for line in refreshed.splitlines()]
    assert lines[0] == ["asset", "outcome", "rows", "where", "seconds"]
    found = {line[0]: line[1:] for line in lines[1:]}
    assert len(found) == 8
    assert found["raw_data/nps"][:3] == ["loaded", "4,862", "raw_data.nps"]
    assert found["exported_sheet/nps_summary"][:2] == ["written", "361"]


def test_the_last_part_of_keys(on_sandbox: Checkout, refreshed: str) -> None:
    """`nps` means that sheet's assets and no other; --json has them with what was done."""
    result = on_sandbox.run("run", "nps", "--json")
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert set(found) == {"run_id", "status", "seconds", "assets", "errors"}
    assert (found["status"], found["errors"]) == ("SUCCESS", {})
    assert [asset["asset"] for asset in found["assets"]] == NPS
    assert [asset["outcome"] for asset in found["assets"]][1:] == ["unchanged", "unchanged"]
    assert [asset["rows"] for asset in found["assets"]] == [4862] * 3
    assert all(asset["where"] and asset["seconds"] > 0 for asset in found["assets"])


def test_a_failure(on_sandbox: Checkout) -> None:
    """A failed asset makes the exit code 1, with its sentence; what follows it is not run."""
    without_settings = {"SHEET_ASSETS_SETTINGS_FILE": "", "GOOGLE_APPLICATION_CREDENTIALS": ""}
    result = on_sandbox.run("run", "nps", "--json", env=without_settings)
    assert result.returncode == 1
    found = json.loads(result.stdout)
    assert found["status"] == "FAILURE"
    assert [asset["outcome"] for asset in found["assets"]] == ["failed", "not run", "not run"]
    assert list(found["errors"]) == ["sheet_csv/nps"]
    assert found["errors"]["sheet_csv/nps"].startswith("No Google service account is set.")
    assert "Traceback" not in result.stderr


def test_an_unknown_name(on_sandbox: Checkout) -> None:
    """A name that is neither job nor asset is answered with what there is."""
    result = on_sandbox.run("run", "nope")
    assert (result.returncode, result.stdout) == (1, "")
    assert "no job and no asset 'nope'" in result.stderr
    assert "refresh_job" in result.stderr
    assert "raw_data/nps" in result.stderr


def test_force_without_dagster_home(on_sandbox: Checkout, refreshed: str, tmp_path: Path) -> None:
    """--force loads what has not changed; without DAGSTER_HOME it works, and is in no history."""
    env = {
        "DAGSTER_HOME": "",
        "SHEET_ASSETS_SETTINGS_FILE": "",
        "SHEET_ASSETS_STATE_DIR": str(tmp_path),
    }
    result = on_sandbox.run("run", *NPS, "--force", "--json", env=env)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["assets"][-1]["outcome"] == "loaded"
    assert "DAGSTER_HOME is not set: this run will stand in no history." in result.stderr


def test_a_dagster_home_that_is_not_there(on_sandbox: Checkout, tmp_path: Path) -> None:
    """A DAGSTER_HOME that does not exist is a sentence with the remedy, not a traceback."""
    env = {"SHEET_ASSETS_SETTINGS_FILE": "", "DAGSTER_HOME": str(tmp_path / "nowhere")}
    result = on_sandbox.run("run", "sheet_csv/nps", env=env)
    assert result.returncode == 1
    assert "nowhere'; it must be the absolute path of a folder that exists" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_dotenv_that_names_dagster_home(
    on_sandbox: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A .env with another DAGSTER_HOME would mix a sandbox with old cursors: it is explained."""
    monkeypatch.setattr(on_sandbox, "cwd", tmp_path)
    (tmp_path / ".env").write_text("DAGSTER_HOME=/srv/dagster\n")
    result = on_sandbox.run("run", "sheet_csv/nps")
    assert result.returncode == 1
    assert "A .env that names DAGSTER_HOME overrides the sandbox's own" in result.stderr
