"""`sheet-assets settings list`, and the .env that every command reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from sheet_assets.cli import main
from sheet_assets.settings import DECLARED

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {name: f"hidden-{name}" for name, setting in DECLARED.items() if setting.secret}


@pytest.fixture(autouse=True)
def directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["table", "json"])
def test_secrets_are_masked(monkeypatch: pytest.MonkeyPatch, options: list[str]) -> None:
    """No form of the list shows a secret; each one that is set is shown as stars."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, ["settings", "list", *options])
    assert result.exit_code == 0
    assert "hidden" not in result.output
    assert result.output.count("********") == len(SECRETS) > 3


def test_every_setting_with_its_source(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    """The list has every declared setting, and says where each value comes from."""
    file = directory / "settings.env"
    file.write_text('REDSHIFT_HOST="from-file"\n')
    (directory / ".env").write_text("REDSHIFT_USER=from-dotenv\n")
    monkeypatch.setenv("SHEET_ASSETS_SETTINGS_FILE", str(file))
    monkeypatch.setenv("REDSHIFT_HOST", "from-environment")
    # Restored afterwards, since a command loads .env into the environment.
    monkeypatch.setenv("REDSHIFT_USER", "from-environment")
    found = json.loads(CliRunner().invoke(main, ["settings", "list", "--json"]).output)
    assert [entry["name"] for entry in found] == list(DECLARED)
    by_name = {entry["name"]: (entry["value"], entry["source"]) for entry in found}
    assert by_name["REDSHIFT_HOST"] == ("from-file", "settings file")
    assert by_name["REDSHIFT_USER"] == ("from-dotenv", "environment")
    assert by_name["REDSHIFT_PORT"] == ("5439", "default")
    assert by_name["REDSHIFT_PASSWORD"] == (None, None)


def test_the_table_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Piped, each setting is one line; a required one without a value says so."""
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = CliRunner().invoke(main, ["settings", "list"]).output.splitlines()
    assert len(lines) == len(DECLARED) + 1
    (line,) = [line for line in lines if line.startswith("REDSHIFT_HOST ")]
    assert line.split()[1] == "required"
    assert DECLARED["REDSHIFT_HOST"].meaning in line


def test_names_are_whole_at_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow terminal the meanings are folded, never the names."""
    monkeypatch.setenv("COLUMNS", "80")
    output = CliRunner().invoke(main, ["settings", "list"]).output
    assert max(map(len, output.splitlines())) <= 80
    assert all(name in output for name in DECLARED)


@pytest.mark.parametrize(
    "args", [["settings", "list"], ["run", "nps"], ["sandbox", "run", "--", "true"]]
)
def test_a_dotenv_that_names_the_settings_file_is_refused(directory: Path, args: list[str]) -> None:
    """A .env with SHEET_ASSETS_SETTINGS_FILE is refused with the remedy, before anything starts."""
    (directory / ".env").write_text("SHEET_ASSETS_SETTINGS_FILE=/production.env\n")
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 1
    assert f"{directory / '.env'} names SHEET_ASSETS_SETTINGS_FILE" in result.output
    assert "Remove that line" in result.output


def test_a_missing_settings_file_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings file that is not there is named, with the remedy."""
    monkeypatch.setenv("SHEET_ASSETS_SETTINGS_FILE", "/nowhere/settings.env")
    result = CliRunner().invoke(main, ["settings", "list"])
    assert result.exit_code == 1
    assert "/nowhere/settings.env is not there" in result.output
    assert "Traceback" not in result.output
