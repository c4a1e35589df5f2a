"""What holds rows or secrets can be read by its owner alone, under the least careful umask."""

from __future__ import annotations

import os
import stat
import tempfile

import pytest
from small_deployment import QUIET

from sheet_assets import private_file, settings, settings_file
from sheet_assets.webserver.users import User, UsersFile

pytestmark = QUIET

EXPORT = """\
type: sheet_assets.SheetExport
attributes:
  name: report
  query: SELECT id FROM {schema}.orders ORDER BY id
  spreadsheet: "{sheet}"
  worksheet: Report
"""


@pytest.fixture(autouse=True)
def _careless():
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder):
    """The files below a folder that somebody else can reach and read or write, by their names."""
    found = set()
    for path in folder.iterdir():
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) and mode & stat.S_IXOTH:
            found |= {f"{path.name}/{name}" for name in open_to_others(path)}
        readable = stat.S_ISREG(mode) and mode & stat.S_IROTH
        if readable or (not stat.S_ISLNK(mode) and mode & stat.S_IWOTH):
            found.add(path.name)
    return found


@pytest.mark.parametrize("there", [False, True], ids=["made by us", "open before"])
def test_what_runs_leave_is_private(small, instance, tmp_path, monkeypatch, there):
    """Parts, versions, locks: also where the state directory is DAGSTER_HOME, open to others.

    The quota log alone lies in it directly: times, and the account's e-mail address.
    """
    state, temporary = tmp_path / "state", tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    if there:
        state.mkdir(mode=0o755)
    small.write_table()
    small.write("report", EXPORT)
    small.put(["id", "amount"], [1, 5])
    small.put([], worksheet="Report")
    # What a run that is killed would leave is there while it runs.
    seen = set()
    replace = private_file.Path.replace

    def replaced(path, target):
        seen.update(open_to_others(temporary))
        return replace(path, target)

    monkeypatch.setattr(private_file.Path, "replace", replaced)
    assert small.run(instance).success
    assert {path.name for path in state.iterdir()} >= {
        "snapshots",
        "exports",
        "google_quota.sqlite",
    }
    assert seen == set()
    if there:
        assert open_to_others(state) == {"google_quota.sqlite"}
    else:
        assert state.stat().st_mode & 0o777 == 0o700


def test_what_commands_write_is_private(tmp_path, monkeypatch):
    """The users file and a settings file, in folders that were not there."""
    monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", str(tmp_path / "new" / "state"))
    UsersFile(settings.users_file()).add(User("ann", "viewer", "a hash"))
    settings_file.write(tmp_path / "settings.env", {"REDSHIFT_PASSWORD": "x"})
    for path, mode in {
        tmp_path / "new": 0o700,
        settings.state_dir(): 0o700,
        settings.users_file(): 0o600,
        tmp_path / "settings.env": 0o600,
    }.items():
        assert path.stat().st_mode & 0o777 == mode, path
    assert open_to_others(tmp_path) == set()
