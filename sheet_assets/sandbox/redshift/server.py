"""The Redshift server of the sandbox, as its users start it."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psycopg2

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.crossing import Crossings
from sheet_assets.sandbox.redshift.backing import Backing
from sheet_assets.sandbox.redshift.catalog import Catalog
from sheet_assets.sandbox.redshift.certificate import issue_certificate
from sheet_assets.sandbox.redshift.objects import Objects
from sheet_assets.sandbox.redshift.postgres import Postgres
from sheet_assets.sandbox.redshift.proxy import Proxy
from sheet_assets.sandbox.redshift.statement_faults import StatementFaults

if TYPE_CHECKING:
    from pathlib import Path

    from sheet_assets.sandbox.crossing import Observer
    from sheet_assets.sandbox.saved_state import SavedState

_CLUSTER = "data"
_PASSWORD = "password"  # noqa: S105 - the name of a file


class RedshiftServer:
    """Redshift on 127.0.0.1: PostgreSQL behind a proxy that answers COPY from S3.

    Clients must use TLS and the password. `certificate_authority` is what they need for
    sslmode=verify-full; it is written to `state_dir` when the server starts. A COPY may name
    `iam_role` or `default`. `faults` are those still to happen.
    """

    host = "127.0.0.1"
    database = "dev"
    user = "awsuser"
    iam_role = "arn:aws:iam::000000000000:role/sandbox-redshift"

    def __init__(
        self,
        state_dir: Path,
        *,
        s3_endpoint_url: str,
        s3_access_key_id: str,
        s3_secret_access_key: str,
        region_name: str,
        saved: SavedState | None = None,
    ) -> None:
        self._saved = saved
        self.certificate_authority = state_dir / "redshift-ca.pem"
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.faults = StatementFaults()
        self._crossings = Crossings("redshift")
        self._s3_endpoint_url = s3_endpoint_url
        self._s3_access_key_id = s3_access_key_id
        self._s3_secret_access_key = s3_secret_access_key
        self._region_name = region_name
        self._running: ExitStack | None = None

    def start(self) -> None:
        """Start an empty database and listen on a port that the system chooses.

        Raises:
            SandboxError: it could not start; nothing of it is left running.
        """
        if self._running is not None:
            return
        with ExitStack() as starting:
            try:
                self.port = self._start(starting)
            except (OSError, psycopg2.Error) as error:
                raise SandboxError(f"The Redshift server did not start: {error}") from error
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Close every connection, stop PostgreSQL and forget its data."""
        if self._running is None:
            return
        running, self._running = self._running, None
        self.port = 0
        running.close()

    @property
    def observer(self) -> Observer | None:
        """Is told before and after each text that a client runs, and each part of a COPY."""
        return self._crossings.observer

    @observer.setter
    def observer(self, observer: Observer | None) -> None:
        self._crossings.observer = observer

    def _start(self, starting: ExitStack) -> int:
        restored = self._restored()
        postgres = Postgres(
            user=self.user,
            password=self.password,
            restored=restored,
            saved=self._saved.after / "redshift" / _CLUSTER if self._saved is not None else None,
        )
        starting.callback(postgres.stop)
        postgres.start()
        catalog = Catalog(
            postgres.socket_directory,
            port=postgres.port,
            user=self.user,
            password=self.password,
        )
        starting.callback(catalog.close)
        if restored is None:
            catalog.create(self.database)
        else:
            catalog.open(self.database)
        objects = Objects(
            endpoint_url=self._s3_endpoint_url,
            access_key_id=self._s3_access_key_id,
            secret_access_key=self._s3_secret_access_key,
            region_name=self._region_name,
        )
        starting.callback(objects.close)
        executor = starting.enter_context(ThreadPoolExecutor(16, "redshift-copy"))
        self.certificate_authority.parent.mkdir(parents=True, exist_ok=True)
        starting.callback(self.certificate_authority.unlink, missing_ok=True)
        proxy = Proxy(
            socket=postgres.socket_directory / f".s.PGSQL.{postgres.port}",
            tls=issue_certificate(self.certificate_authority),
            backing=Backing(
                objects=objects,
                catalog=catalog,
                executor=executor,
                iam_role=self.iam_role,
                faults=self.faults,
                crossings=self._crossings,
            ),
        )
        starting.callback(proxy.stop)
        return proxy.start()

    def save(self, folder: Path) -> None:
        """Write what the next server needs to open the cluster, which follows when this stops."""
        (folder / _PASSWORD).touch(mode=0o600)
        (folder / _PASSWORD).write_text(self.password)

    def _restored(self) -> Path | None:
        """The cluster that was saved, if one was; its password becomes this server's."""
        if self._saved is None:
            return None
        folder = self._saved.before / "redshift"
        if not (folder / _CLUSTER).is_dir() or not (folder / _PASSWORD).is_file():
            return None
        self.password = (folder / _PASSWORD).read_text()
        return folder / _CLUSTER
