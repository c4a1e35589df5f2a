"""The servers and the clients of all cases, with retries that do not wait."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, Self
from unittest import mock

import psycopg2
import tenacity
from botocore.retries.quota import RetryQuota
from botocore.retries.standard import ExponentialBackoff
from chaos_faults import READER
from chaos_watch import Look, WatchedRedirect, watched
from google.auth import _exponential_backoff
from moto.backends import get_backend

from sheet_assets.clients.google import GoogleClient
from sheet_assets.clients.redshift import RedshiftClient
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.google import GoogleCredentials
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import BUCKET, SERVICE_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

SCHEMA = "chaos"
# How often a client tries in all. By count, not by time: a seed must end alike on any machine.
TRIES = 4


class World:
    """One sandbox for all cases, whose settings are those of this process.

    `reader` is a connection of somebody who looks at the tables.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.iam_role = Redshift().iam_role()
        self._account = GoogleCredentials().account()
        self._parameters = Redshift().connection()
        self._secrets = [
            value
            for name, value in sandbox.settings.items()
            if value and name in {"AWS_SECRET_ACCESS_KEY", "REDSHIFT_PASSWORD"}
        ]
        key = str(self._account["private_key"])  # type: ignore[index]  # the sandbox has a key
        self._secrets += [line for line in key.splitlines() if len(line) == 64]  # type: ignore[misc]
        self._note_put: Callable[[str], None] = str
        self._open = ExitStack()

    def __enter__(self) -> Self:
        # botocore has no setting for how long it waits between tries, and tries less when much has
        # failed before; google-auth has none for a sign-in.
        for what, name, instead in (
            (ExponentialBackoff, "delay_amount", lambda *_: 0),
            (RetryQuota, "acquire", lambda *_: True),
            (_exponential_backoff, "time", SimpleNamespace(sleep=lambda _: None)),
        ):
            self._open.enter_context(mock.patch.object(what, name, instead))
        self._store = S3Versions(credentials=AwsCredentials(), max_attempts=TRIES).store()
        self._open.callback(self._store._client.close)
        self._store._client.meta.events.register(
            "before-send.s3.PutObject", lambda request, **_: self._note_put(request.url)
        )
        self.reader = psycopg2.connect(**self._parameters)
        self._open.callback(self.reader.close)
        self.reader.autocommit = True
        self.ask(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def secrets(self) -> list[str]:
        """What no text may hold."""
        return self._secrets

    @contextmanager
    def google(self, look: Look) -> Iterator[GoogleClient]:
        """The client as a step of a run gets it; `look` is called around its requests."""
        client = GoogleClient(self._account, quota=_Unlimited(), endpoint=self.sandbox.google.url)
        _hurry(client._http._retrying)
        client._http.session.mount("https://", WatchedRedirect(self.sandbox.google.url, look))
        try:
            yield client
        finally:
            client.close()

    def redshift(self, look: Look) -> RedshiftClient:
        """The client; `look` is called around its statements."""
        client = RedshiftClient(watched(self._parameters, look))
        _hurry(client._retrying)
        return client

    def store(self, prefix: str, note_put: Callable[[str], None]) -> VersionStore:
        """The versions below a prefix; one client for all cases, since it takes long to make.

        `note_put` is called with the address of what is put there.
        """
        self._store.prefix = prefix
        self._note_put = note_put
        return self._store

    def workbook(self, title: str) -> Workbook:
        """A spreadsheet that is shared with the service account."""
        made = self.sandbox.google.drive.create_spreadsheet(title)
        self.sandbox.google.drive.share(made.spreadsheet_id, SERVICE_ACCOUNT)
        return made

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """What somebody sees who asks Redshift."""
        with self.reader.cursor() as cursor:
            cursor.execute(f"{READER} {sql}")
            return cursor.fetchall() if cursor.description else []

    def objects(self, prefix: str) -> dict[str, bytes]:
        """All objects below a prefix, past the server that has the faults."""
        keys = _bucket().keys
        return {key: keys[key].value for key in list(keys) if key.startswith(prefix)}

    def forget(self, table: str, prefix: str, workbooks: list[Workbook]) -> None:
        """Remove what a case has left, so that thousands fit into memory."""
        for each in (table, f"{table}_summary"):
            self.ask(f'DROP TABLE IF EXISTS {SCHEMA}."{each}"')
            if self.ask("SELECT 1 FROM pg_tables WHERE schemaname = 'sheet_assets'"):
                self.ask(f"DELETE FROM sheet_assets.loads WHERE table_name = '{each}'")
        keys = _bucket().keys
        for key in self.objects(prefix):
            keys[key].dispose()
            keys.pop(key)
        for workbook in workbooks:
            self.sandbox.google.drive.forget(workbook.spreadsheet_id)
        self.sandbox.google.requests.clear()


class _Unlimited:
    """A quota that never lets anybody wait: it has tests of its own, in which time passes."""

    def acquire(self, kind: Literal["read", "write"]) -> float:
        """Do not wait."""
        return 0.0


def _hurry(retrying: tenacity.Retrying) -> None:
    retrying.wait = tenacity.wait_none()
    retrying.stop = tenacity.stop_after_attempt(TRIES)


def _bucket() -> Any:
    (backend,) = [
        regions["aws"]
        for regions in get_backend("s3").values()
        if "aws" in regions and BUCKET in regions["aws"].buckets
    ]
    return backend.buckets[BUCKET]
