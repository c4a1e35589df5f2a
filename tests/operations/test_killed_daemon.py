"""A daemon that is killed and started again: what tells of it, and an edit made meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from inbox import SECRET
from running_instance import served
from small_deployment import QUIET

from sheet_assets.cli import main
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Dagster gives a heartbeat every 30 s, and 45 s of silence are dead: this one has to wait.
pytestmark = [*QUIET, pytest.mark.timeout(400)]

BIN = Path(sys.executable).parent
DAGSTER_YAML = Path(__file__).parents[2] / "dagster.yaml"
LOCATION = """
import {package}
from sheet_assets.cli.deployment import Deployment

defs = Deployment({package}).definitions
"""
WORKSPACE = "load_from: [{{grpc_server: {{socket: {socket}, location_name: sheet_assets}}}}]\n"


def waited_for(what: Callable[[], object], seconds: float) -> None:
    """Ask again and again, but not for longer."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, what
        # Each question costs some CPU, and what is waited for needs it, too.
        time.sleep(2 if seconds > 30 else 0.1)


@contextmanager
def process(log: Path, *args: object) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dagster's, with the settings of this process, ended when the block is left."""
    with (
        log.open("ab") as written,
        subprocess.Popen(
            [BIN / str(args[0]), *map(str, args[1:])],
            env=os.environ,
            stdout=written,
            stderr=written,
        ) as started,
    ):
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(20)
            except subprocess.TimeoutExpired:
                started.kill()


@pytest.fixture
def site(small, inbox, tmp_path, monkeypatch):
    """A loaded sheet, a code server and a webserver over one instance; a test starts the daemon."""
    monkeypatch.setenv("SHEET_ASSETS_HEARTBEAT_URL", f"http://{inbox.address}/{SECRET}")
    home = Path(os.environ["DAGSTER_HOME"])
    shutil.copy(DAGSTER_YAML, home)
    project = small.folder.parent
    (project / "location.py").write_text(LOCATION.format(package=small.package))
    small.write_table()
    small.put(["id", "amount"], [1, 10], [2, 20])
    with ExitStack() as stack:
        # The path of a socket must be short.
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workspace = directory / "workspace.yaml"
        workspace.write_text(WORKSPACE.format(socket=directory / "code"))
        code = ("-s", directory / "code", "-f", project / "location.py", "-d", project)
        stack.enter_context(process(tmp_path / "code.log", "dagster", "api", "grpc", *code))
        waited_for((directory / "code").exists, 90)
        instance = stack.enter_context(dg.DagsterInstance.from_config(str(home)))
        assert small.run(instance).success
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            target = WorkspaceFileTarget([str(workspace)])
            context = stack.enter_context(WorkspaceProcessContext(instance, target, "1.13"))
        monkeypatch.setenv("SHEET_ASSETS_WEBSERVER_URL", stack.enter_context(served(context)))
        yield lambda: process(tmp_path / "daemon.log", "dagster-daemon", "run", "-w", workspace)


def problems() -> list[str]:
    """What `sheet-assets health` says is wrong; its exit code says whether anything is."""
    result = CliRunner().invoke(main, ["health", "--json"])
    said = json.loads(result.stdout)["problems"]
    assert result.exit_code == bool(said)
    return said


def test_a_daemon_that_is_killed_is_told_and_what_it_missed_is_caught_up(site, small, inbox):
    """Unhealthy within a minute, and no heartbeat more; started again, all is as it was."""

    def well():
        return inbox.heartbeats > before and not problems()

    before = 0
    with site() as daemon:
        waited_for(well, 120)
        daemon.kill()
        daemon.wait()
        before = inbox.heartbeats
        sheet = small.sandbox.google.drive.workbook(small.sheet).worksheet("orders")
        sheet.set_values([[11]], 1, 1, by=PERSON)
        waited_for(problems, 60)
        (said,) = problems()
        assert said.startswith("No sign of life of these daemons: ")
        assert inbox.heartbeats == before
        assert small.rows()[0] == (1, 10)
    with site():
        waited_for(lambda: small.rows() == [(1, 11), (2, 20)] and well(), 120)
    versions = (
        Redshift()
        .client()
        .query(
            "SELECT version FROM sheet_assets.loads WHERE table_schema = %(schema)s",
            {"schema": small.schema},
        )
    )
    assert len(set(versions)) == len(versions) == 2
    assert inbox.messages == []
