"""`sheet-assets code-server`: it answers its health check, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._cli.api import grpc_health_check_command
from dagster._cli.job import job_cli

from sheet_assets.cli import main

BIN = Path(sys.executable).parent
STARTED = dg.DagsterEventType.STEP_START
DEFINITIONS = """
import time
import dagster as dg
from sheet_assets.clients.redshift import RedshiftClient
from sheet_assets.resources.redshift import Redshift
from sheet_assets.signs_of_life import in_process_executor

@dg.op
def silent():
    time.sleep(3600)

@dg.op
def asking():
    RedshiftClient(Redshift().connection()).query("SELECT pg_sleep(3600)")

@dg.job(executor_def=in_process_executor)
def silent_job():
    silent()

@dg.job(executor_def=in_process_executor)
def asking_job():
    asking()

defs = dg.Definitions(jobs=[silent_job, asking_job])
"""
INSTANCE = """
telemetry: {enabled: false}
run_coordinator: {module: dagster.core.run_coordinator, class: DefaultRunCoordinator}
run_retries: {enabled: true, max_retries: 2, retry_on_asset_or_op_failure: false}
"""


def waited_for(what, seconds=90):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_port_that_is_taken_is_refused():
    """Dagster's own servers would share it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        result = CliRunner().invoke(main, ["code-server", "--port", port])
    assert result.exit_code == 1
    assert f"127.0.0.1:{port} cannot be listened on (Address already in use)." in result.stderr


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An instance on disk, in the environment."""
    (tmp_path / "dagster.yaml").write_text(INSTANCE)
    (tmp_path / "their_definitions.py").write_text(DEFINITIONS)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("job", ["silent_job", "asking_job"])
def test_sigterm_ends_a_code_server_and_its_run(home, job):
    """Dagster's own waits for the run; this one interrupts it, so that it is started again.

    Regression: a run that waited for Redshift did not hear of it, and was killed.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    (home / "workspace.yaml").write_text(f"load_from: [{{grpc_server: {{port: {port}}}}}]\n")
    command = [BIN / "sheet-assets", "code-server", "--port", str(port), "-m", "their_definitions"]
    with (
        (home / "log").open("wb") as log,
        subprocess.Popen(command, cwd=home, env=os.environ, stdout=log, stderr=log) as server,
        dg.DagsterInstance.get() as instance,
    ):
        try:
            waited_for(lambda: ran(grpc_health_check_command, "--port", port) == 0)
            assert ran(job_cli, "launch", "-w", home / "workspace.yaml", "-j", job) == 0
            waited_for(lambda: instance.all_logs(only(instance).run_id, of_type=STARTED))
            time.sleep(2)  # Its statement is under way.
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(60) == 128 + signal.SIGTERM
        run = only(instance)
    assert run.status == dg.DagsterRunStatus.FAILURE
    assert run.tags["dagster/failure_reason"] == "UNEXPECTED_TERMINATION"
    assert run.tags["dagster/will_retry"] == "true"
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))


def only(instance):
    """The run that there is."""
    (run,) = instance.get_runs()
    return run


def ran(command, *args):
    """The exit code of a command of Dagster's, in this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CliRunner().invoke(command, [*map(str, args)]).exit_code
