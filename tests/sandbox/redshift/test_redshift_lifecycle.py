from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.redshift import RedshiftServer
from sheet_assets.sandbox.redshift.postgres import Postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg2 import extensions

STARTING_SCRIPT = """
import sys, time
from pathlib import Path
from sheet_assets.sandbox.redshift import RedshiftServer
server = RedshiftServer(
    Path(sys.argv[1]), s3_endpoint_url="http://127.0.0.1:9", s3_access_key_id="x",
    s3_secret_access_key="x", region_name="us-east-1",
)
server.start()
import psycopg2
connection = psycopg2.connect(
    host=server.host, port=server.port, user=server.user, password=server.password,
    dbname=server.database, sslmode="verify-full", sslrootcert=str(server.certificate_authority),
)
with connection.cursor() as cursor:
    cursor.execute("SHOW data_directory")
    print(cursor.fetchone()[0], flush=True)
connection.close()
{end}
"""


@pytest.fixture
def new_server(tmp_path: Path) -> RedshiftServer:
    """A server that is not started, with no S3 behind it."""
    return RedshiftServer(
        tmp_path,
        s3_endpoint_url="http://127.0.0.1:9",
        s3_access_key_id="x",
        s3_secret_access_key="x",
        region_name="us-east-1",
    )


def wait_until(condition: Callable[[], Any], seconds: float = 60) -> None:
    """Wait for something that comes true soon."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process runs; one that ended but is not collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def connect(server: RedshiftServer) -> Iterator[Callable[..., extensions.connection]]:
    """Open a connection."""
    return psycopg2.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        dbname=server.database,
        sslmode="require",
    )


def test_start_and_stop_twice(new_server: RedshiftServer) -> None:
    """A server can be started again, empty, in the same process; nothing stays behind."""
    threads = set(threading.enumerate())
    for _ in range(2):
        new_server.start()
        new_server.start()
        connection = connect(new_server)
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            directory = Path(cursor.fetchone()[0]).parent
            cursor.execute("CREATE TABLE kept (a int)")
        connection.commit()
        assert new_server.certificate_authority.exists()
        new_server.stop()
        new_server.stop()
        with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.close()
        assert not directory.exists()
        assert not new_server.certificate_authority.exists()
        assert set(threading.enumerate()) <= threads


def test_start_is_quick(new_server: RedshiftServer) -> None:
    """It takes seconds to start, and not a minute, also on a busy machine."""
    begun = time.monotonic()
    new_server.start()
    took = time.monotonic() - begun
    new_server.stop()
    assert took <= 15


def test_failing_start_leaves_nothing(
    new_server: RedshiftServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the port cannot be opened, PostgreSQL is stopped again and its directory removed."""
    started = []
    monkeypatch.setattr(
        "sheet_assets.sandbox.redshift.server.Proxy.start",
        lambda proxy: started.append(proxy._socket) or (_ for _ in ()).throw(OSError("no port")),
    )
    with pytest.raises(SandboxError, match="no port"):
        new_server.start()
    assert not started[0].parent.parent.exists()
    monkeypatch.undo()
    new_server.start()
    connect(new_server).close()
    new_server.stop()


def test_postgresql_says_why_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own last words stand in the error, and its directory is removed."""
    monkeypatch.setattr("sheet_assets.sandbox.redshift.postgres._SETTINGS", {"no_such": "1"})
    postgres = Postgres(user="awsuser", password="x")
    directories = []
    make = postgres._make_directory
    monkeypatch.setattr(
        postgres, "_make_directory", lambda: (make(), directories.append(postgres._directory))
    )
    with pytest.raises(SandboxError, match="unrecognized configuration parameter"):
        postgres.start()
    assert postgres.pid is None
    assert not directories[0].exists()


def test_binaries_out_of_reach_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the user that PostgreSQL runs as cannot enter the virtualenv, it gets a copy."""
    if os.geteuid() != 0:
        pytest.skip("only root hands PostgreSQL to another user")
    can_run = Postgres._can_run
    monkeypatch.setattr(
        Postgres,
        "_can_run",
        lambda postgres, program: (
            postgres._directory in program.parents and can_run(postgres, program)
        ),
    )
    postgres = Postgres(user="awsuser", password="secret")
    postgres.start()
    try:
        program = Path(f"/proc/{postgres.pid}/exe").resolve()
        assert postgres._directory in program.parents
        assert Path(f"/proc/{postgres.pid}").stat().st_uid != 0
    finally:
        postgres.stop()


def test_socket_asks_for_a_password(redshift: RedshiftServer, cursor: extensions.cursor) -> None:
    """PostgreSQL's own socket lets nobody in without the password, and is in a private place."""
    cursor.execute("SHOW unix_socket_directories")
    directory = Path(cursor.fetchone()[0])
    assert directory.stat().st_mode & 0o777 == 0o700
    assert directory.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(
            host=str(directory), user=redshift.user, password="wrong", dbname=redshift.database
        )
    cursor.execute("SHOW listen_addresses")
    assert cursor.fetchone() == ("",)


def test_postgresql_does_not_survive_a_killed_process(tmp_path: Path) -> None:
    """When our process is killed, PostgreSQL ends and its directory is removed."""
    script = STARTING_SCRIPT.replace("{end}", "time.sleep(60)")
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, text=True
    ) as process:
        data = Path(process.stdout.readline().strip())
        pid = int((data / "postmaster.pid").read_text().split()[0])
        assert is_running(pid)
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: not is_running(pid))
    wait_until(lambda: not data.parent.exists())


def test_ordinary_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It starts and stops the same way for a user without privileges."""
    if os.geteuid() != 0:
        pytest.skip("the other tests run as an ordinary user already")
    with tempfile.TemporaryDirectory(prefix="sheet-assets-user-") as home:
        os.chown(home, 65534, 65534)
        if not _can_run_python(home):
            pytest.skip("the virtualenv is out of an ordinary user's reach")
        done = subprocess.run(
            [sys.executable, "-c", STARTING_SCRIPT.replace("{end}", "server.stop()"), home],
            cwd=home,
            env={"HOME": home, "PYTHONPATH": str(Path(__file__).parents[3])},
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert not Path(done.stdout.strip()).parent.exists()


def _can_run_python(home: str) -> bool:
    try:
        subprocess.run(
            [sys.executable, "-c", "import psycopg2"],
            cwd=home,
            env={"HOME": home},
            user=65534,
            group=65534,
            extra_groups=[],
            check=True,
        )
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True
