"""A deployment of several processes: two code servers, a webserver, a daemon, and their state."""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import socket
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg2
from click.testing import CliRunner

from sheet_assets.cli import main
from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT, Sandbox
from sheet_assets.sandbox.google import Limits
from sheet_assets.sandbox.seed import SeedTable, seed
from tests.topology.processes import Process, StatePostgres

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
HOSTS = ("a", "b")
SHEETS = ("one", "two", "three")
ROWS = 20
DEFINITIONS = """\
from pathlib import Path

import dagster as dg

from sheet_assets.signs_of_life import in_process_executor


@dg.definitions
def defs():
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(executor=in_process_executor),
    )
"""
PYPROJECT = """\
[tool.dg]
directory_type = "project"
[tool.dg.project]
root_module = "host_{host}"
code_location_name = "host_{host}"
"""
# Its own sensor follows the edits, too, and would double the runs.
PROJECT = """\
type: sheet_assets.SheetAssets
attributes: {lost_after_minutes: 3, minimum_interval_seconds: 120}
"""
TABLE = """\
type: sheet_assets.SheetTable
attributes:
  name: {name}_{host}
  spreadsheet: topology-{host}
  worksheet: {name}
  table: topology_{host}.{name}
  columns:
    - {{name: id, type: integer, required: true}}
    - {{name: amount, type: integer}}
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Site:
    """Everything that runs; `with Site(folder) as site:` starts it, and leaves nothing behind.

    Each host has a code server with sheets of its own, and a DAGSTER_HOME of its own; what they
    share is PostgreSQL and S3, as in deploy/.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._random = random.Random(1)
        self._amounts = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.sandbox = stack.enter_context(Sandbox(limits=Limits.without_quota()))
            self.state = StatePostgres(
                user="dagster", password=secrets.token_urlsafe(12), on_loopback=True
            )
            stack.callback(self.state.stop)
            self.state.start()
            self._make_database()
            self.url = f"http://127.0.0.1:{free_port()}"
            self.ports = {host: free_port() for host in HOSTS}
            self._write()
            self.env = self._env("commands")
            # This process asks the instance, as an operator's would.
            os.environ.update({name: value for name, value in self.env.items() if value})
            self.code_servers = {host: self._code_server(host) for host in HOSTS}
            self.webserver = self._process(
                "webserver", BIN / "sheet-assets", "serve", "--port", self.url.rpartition(":")[2]
            )
            self.daemon = self._process("daemon", BIN / "dagster-daemon", "run")
            self.processes = [*self.code_servers.values(), self.webserver, self.daemon]
            for process in self.processes:
                stack.callback(process.clear)
                process.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def problems(self) -> list[str]:
        """What `sheet-assets health` says is wrong."""
        result = CliRunner().invoke(main, ["health", "--json", "--url", self.url])
        said: list[str] = json.loads(result.stdout)["problems"]
        assert result.exit_code == bool(said), result.output
        return said

    def edit(self, host: str) -> None:
        """A person types another amount into some row of some sheet."""
        self._amounts += 1
        workbook = self.sandbox.google.drive.workbook(f"topology-{host}")
        row = self._random.randrange(ROWS) + 1
        sheet = workbook.worksheet(self._random.choice(SHEETS))
        sheet.set_values([[1000 + self._amounts]], row, 1, by=PERSON)

    def _make_database(self) -> None:
        address = f"postgresql://dagster:{self.state.password}@127.0.0.1:{self.state.port}/postgres"
        with closing(psycopg2.connect(address)) as connection:
            connection.autocommit = True
            connection.cursor().execute("CREATE DATABASE dagster")

    def _write(self) -> None:
        for host in HOSTS:
            project = self.folder / f"project_{host}"
            package = project / f"host_{host}"
            (package / "defs" / "project").mkdir(parents=True)
            (project / "pyproject.toml").write_text(PYPROJECT.format(host=host))
            (package / "__init__.py").touch()
            (package / "definitions.py").write_text(DEFINITIONS)
            (package / "defs" / "project" / "defs.yaml").write_text(PROJECT)
            for name in SHEETS:
                (package / "defs" / name).mkdir()
                text = TABLE.format(name=name, host=host)
                (package / "defs" / name / "defs.yaml").write_text(text)
                rows = [["id", "amount"], *([number, number] for number in range(ROWS))]
                table = SeedTable(f"topology-{host}", name, rows)
                seed(self.sandbox.google, table, share_with=[SERVICE_ACCOUNT], by=PERSON)
        servers = "".join(
            f"  - grpc_server: {{host: 127.0.0.1, port: {port}, location_name: host_{host}}}\n"
            for host, port in self.ports.items()
        )
        (self.folder / "workspace.yaml").write_text(f"load_from:\n{servers}")

    def _code_server(self, host: str) -> Process:
        project = self.folder / f"project_{host}"
        command = (BIN / "sheet-assets", "code-server", "--port", str(self.ports[host]))
        process = self._process(f"code server {host}", *command)
        return replace(process, folder=project, env={**process.env, "PYTHONPATH": str(project)})

    def _process(self, name: str, *command: object) -> Process:
        return Process(name, [*map(str, command)], self._env(name.replace(" ", "_")), self.folder)

    def _env(self, name: str) -> Mapping[str, str]:
        """What a process is told: its own DAGSTER_HOME with deploy/dagster.yaml, and the services."""
        home = self.folder / "homes" / name
        home.mkdir(parents=True)
        shutil.copy(ROOT / "deploy" / "dagster.yaml", home)
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DAGSTER", "SHEET_ASSETS", "AWS", "GOOGLE"))
        }
        return {
            **inherited,
            **{name: value for name, value in self.sandbox.settings.items() if value},
            "DAGSTER_HOME": str(home),
            "DAGSTER_PG_HOST": "127.0.0.1",
            "DAGSTER_PG_PORT": str(self.state.port),
            "DAGSTER_PG_USERNAME": "dagster",
            "DAGSTER_PG_PASSWORD": self.state.password,
            "DAGSTER_PG_DB": "dagster",
            # The quota is the benchmark's matter.
            "SHEET_ASSETS_READS_PER_MINUTE": "10000",
        }
