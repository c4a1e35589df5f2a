from __future__ import annotations

import os
import stat

import pytest
from click.testing import CliRunner

from sheet_assets import settings
from sheet_assets.cli import main

CANARY = "canary-4b1d"
MINE = """\
# Mine, and to stay.
OTHER_PROGRAM=kept   # as it is

export REDSHIFT_HOST=old.example
REDSHIFT_USER='first'
REDSHIFT_USER='second'
"""


@pytest.fixture
def directory(tmp_path, monkeypatch):
    """An empty directory to work in; what commands load from .env is gone afterwards."""
    before = dict(os.environ)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder
    os.environ.clear()
    os.environ.update(before)


def run(*args, answer=None):
    """`sheet-assets settings ARG…`."""
    return CliRunner().invoke(main, ["settings", *args], input=answer)


def mode(path):
    """The permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_an_export_is_private_and_says_what_it_left_out(directory, monkeypatch):
    """Only its owner can read it; each value has its source, secrets and defaults are left out and told."""
    monkeypatch.setenv("REDSHIFT_HOST", "cluster.example")
    monkeypatch.setenv("REDSHIFT_PASSWORD", CANARY)
    result = run("export", "out.env")
    assert result.exit_code == 0, result.output
    text = (directory / "out.env").read_text()
    assert '# From the environment:\nREDSHIFT_HOST="cluster.example"\n' in text
    assert "# REDSHIFT_PASSWORD: a secret, from the environment; left out." in text
    assert "REDSHIFT_PORT" not in text
    assert CANARY not in text + result.output
    assert "Left out REDSHIFT_PASSWORD: secrets." in result.output
    assert "that have their default" in result.output
    assert mode(directory / "out.env") == 0o600


def test_an_export_takes_no_files_place(directory, monkeypatch):
    """A file that is there stays as it is, unless --force; with secrets it is private all the same."""
    monkeypatch.setenv("REDSHIFT_PASSWORD", CANARY)
    out = directory / "out.env"
    out.write_text("mine")
    out.chmod(0o644)
    result = run("export", "out.env", "--with-secrets")
    assert result.exit_code == 1
    assert "out.env is there already, and nothing was written." in result.output
    assert out.read_text() == "mine"
    assert run("export", "out.env", "--with-secrets", "--force").exit_code == 0
    assert f'REDSHIFT_PASSWORD="{CANARY}"' in out.read_text()
    assert mode(out) == 0o600
    assert [path.name for path in directory.iterdir()] == ["out.env"]
    nowhere = run("export", "no/such/out.env")
    assert (nowhere.exit_code, "cannot be written" in nowhere.output) == (1, True)


def test_what_is_exported_is_imported(directory, monkeypatch):
    """An export with secrets gives the same settings elsewhere, whatever the characters; a second time nothing changes."""
    awkward = "p#ss'w\"o\\rd $HOME\n한"
    monkeypatch.setenv("REDSHIFT_PASSWORD", awkward)
    monkeypatch.setenv("SHEET_ASSETS_TIME_ZONE", "Asia/Seoul")
    assert run("export", "out.env", "--with-secrets").exit_code == 0
    monkeypatch.delenv("REDSHIFT_PASSWORD")
    monkeypatch.delenv("SHEET_ASSETS_TIME_ZONE")
    result = run("import", "out.env", "--yes")
    assert result.exit_code == 0, result.output
    assert awkward not in result.output
    assert "********" in result.output
    assert mode(directory / ".env") == 0o600
    assert "nothing was changed" in run("import", "out.env").output
    settings.load_dotenv(directory)
    assert settings.get("REDSHIFT_PASSWORD") == awkward
    assert settings.get("SHEET_ASSETS_TIME_ZONE") == "Asia/Seoul"


def test_an_import_keeps_what_it_does_not_name(directory):
    """Comments, other programs' lines and `export` stay; of a name that stands twice, the one that counts changes."""
    (directory / ".env").write_text(MINE)
    (directory / "in.env").write_text(
        f"REDSHIFT_HOST=new.example\nREDSHIFT_USER=third\nREDSHIFT_PASSWORD={CANARY}\nAWS_PROFILE=\n"
    )
    result = run("import", "in.env", answer="y\n")
    assert result.exit_code == 0, result.output
    assert "old.example" in result.output
    assert CANARY not in result.output
    assert (directory / ".env").read_text() == (
        "# Mine, and to stay.\nOTHER_PROGRAM=kept   # as it is\n\n"
        'export REDSHIFT_HOST="new.example"\n'
        "REDSHIFT_USER='first'\n"
        'REDSHIFT_USER="third"\n'
        f'REDSHIFT_PASSWORD="{CANARY}"\n'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("REDSHIFT_PASWORD=x", "There is no setting REDSHIFT_PASWORD; the nearest is REDSHIFT_PASSWORD."),
        ("SHEET_ASSETS_SETTINGS_FILE=x", "SHEET_ASSETS_SETTINGS_FILE may not stand in a .env."),
        ("REDSHIFT_PORT=many", "REDSHIFT_PORT is 'many'; it must be a whole number above zero."),
        ("SHEET_ASSETS_TIME_ZONE=Mars/Base", "it must be a time zone such as Asia/Seoul"),
        ("SHEET_ASSETS_SHOW_INSTANCE_CONFIG=yes", "it must be true or false"),
        ("SHEET_ASSETS_WEBSERVER_URL=dagster", "it must be an address such as http"),
        (f"SHEET_ASSETS_HEARTBEAT_URL={CANARY}", "is set to what it cannot be; it must be an address"),
        ("REDSHIFT_PASSWORD='${HOME}'", "what reads a .env would change it"),
        ("no setting at all", "line 1 is not NAME=value"),
    ],
)  # fmt: skip
def test_a_wrong_import_changes_nothing(directory, text, said):
    """Unknown names have the nearest one named, values are checked, a secret is not shown; .env stays."""
    (directory / ".env").write_text(MINE)
    (directory / "in.env").write_text(
        f"REDSHIFT_HOST=new.example\n{text}\n".replace("REDSHIFT_HOST=new.example\nno", "no")
    )
    result = run("import", "in.env", "--yes")
    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
    assert CANARY not in result.output
    assert "Traceback" not in result.output
    assert (directory / ".env").read_text() == MINE
    assert {path.name for path in directory.iterdir()} == {".env", "in.env"}


def test_an_import_asks(directory):
    """Without a yes, nothing is written."""
    (directory / "in.env").write_text("REDSHIFT_HOST=new.example\n")
    for answer in ("n\n", ""):
        result = run("import", "in.env", answer=answer)
        assert result.exit_code == 1
        assert "Nothing was changed. Answer y, or say --yes." in result.output
        assert not (directory / ".env").exists()
    missing = run("import", "nowhere.env")
    assert "nowhere.env cannot be read (No such file or directory)" in missing.output
