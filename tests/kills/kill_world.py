"""What stands in the sandbox's services, past the servers, and whether it is whole."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID

from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import BUCKET, PERSON, SERVICE_ACCOUNT
from sheet_assets.sandbox.seed import SeedTable, seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import ExitStack

    from forked_work import Place

    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

Rows = list[tuple[Any, ...]]
SCHEMA = "kills"
_PATIENCE_SECONDS = 10


class BrokenError(AssertionError):
    """Something that must hold after a kill does not; the text says what."""


class World:
    """The services as somebody sees them who looks at them from outside; settings are this process's."""

    def __init__(self, sandbox: Sandbox, stack: ExitStack) -> None:
        self.sandbox = sandbox
        self._reader = stack.enter_context(closing(psycopg2.connect(**Redshift().connection())))
        self._reader.autocommit = True
        self.ask(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        self._sessions = self._sessions_now()

    def ask(self, sql: str) -> Rows:
        """The rows of a query."""
        with self._reader.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def rows(self, table: str) -> Rows | None:
        """What stands in a table of the schema, in order; None where there is none."""
        if not self.ask(
            f"SELECT 1 FROM pg_tables WHERE schemaname = '{SCHEMA}' AND tablename = '{table}'"
        ):
            return None
        return self.ask(f"SELECT id, amount FROM {SCHEMA}.{table} ORDER BY id, amount")

    def put(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Make these the rows of a table that somebody else fills."""
        self.ask(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.{table} (id integer, amount integer)")
        values = ", ".join(map(str, rows))
        self.ask(
            f"BEGIN; DELETE FROM {SCHEMA}.{table}; INSERT INTO {SCHEMA}.{table} VALUES {values}; COMMIT"
        )

    def loads(self, table: str) -> int:
        """How often a table was loaded, and whether what is recorded as current is what it holds.

        Raises:
            BrokenError: it is not.
        """
        rows = self.rows(table)
        if not self.ask("SELECT 1 FROM pg_tables WHERE schemaname = 'sheet_assets'"):
            found = []
        else:
            found = self.ask(
                "SELECT is_current, rows_in_table FROM sheet_assets.loads "
                f"WHERE table_schema = '{SCHEMA}' AND table_name = '{table}'"
            )
        current = [count for is_current, count in found if is_current]
        if current != [len(rows or ())] and (found or rows):
            raise BrokenError(f"{table} has {len(rows or ())} rows, and recorded are {current}")
        return len(found)

    def check_versions(self, name: str) -> None:
        """Whether every version that has a manifest is whole in S3, and no upload was left open.

        Raises:
            BrokenError: it is not.
        """
        bucket = _bucket()
        if bucket.multiparts:
            raise BrokenError(f"multipart uploads are left: {list(bucket.multiparts)}")
        objects = {key: found.value for key, found in bucket.keys.items() if f"/{name}/" in key}
        for key, text in objects.items():
            if not key.endswith("/manifest.json"):
                continue
            for entry in json.loads(text)["entries"]:
                part = entry["url"].removeprefix(f"s3://{BUCKET}/")
                digest = hashlib.sha256(objects.get(part, b"")).hexdigest()
                if digest not in part:
                    raise BrokenError(f"{key} names {part}, which is not there or not whole")
            if key.replace("/manifest.json", "/snapshot.json") not in objects:
                raise BrokenError(f"{key} has no snapshot.json beside it")

    def age(self, name: str, *, days: int) -> None:
        """Let all objects of a sheet be so old."""
        written = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=days)
        for key, found in _bucket().keys.items():
            if f"/{name}/" in key:
                found.last_modified = written

    def current(self, table: str) -> str:
        """The version that a table holds, as it is recorded."""
        ((version,),) = self.ask(
            f"SELECT version FROM sheet_assets.loads WHERE table_name = '{table}' AND is_current"
        )
        return str(version)

    def settle(self) -> None:
        """Wait until the connections of processes that were killed are gone, with their locks.

        Raises:
            BrokenError: one is there after some seconds.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while left := self._sessions_now() - self._sessions:
            if time.monotonic() > deadline:
                locks = self.ask("SELECT pid, relation, lock_mode FROM svv_transactions")
                raise BrokenError(f"the sessions {left} of killed processes stay; locks: {locks}")
            time.sleep(0.01)

    def workbook(self, place: Place) -> Workbook:
        """A place's spreadsheet."""
        return self.sandbox.google.drive.workbook(place.spreadsheet_id)

    def type(self, place: Place, rows: Sequence[Sequence[Any]]) -> None:
        """Make these the rows of a place's worksheet, as a person would."""
        sheet = self.workbook(place).worksheet(place.name)
        sheet.clear(sheet.grid)
        sheet.set_values([["id", "amount"], *map(list, rows)])

    def make_sheet(self, place: Place) -> None:
        """Make a place's spreadsheet."""
        table = SeedTable(place.spreadsheet_id, place.name, [["id", "amount"]])
        seed(self.sandbox.google, table, share_with=[SERVICE_ACCOUNT], by=PERSON)

    def staging_tables(self) -> Iterator[str]:
        """Staging tables that are left in Redshift, temporary ones of dead sessions, too."""
        for (name,) in self.ask("SELECT relname FROM pg_class WHERE relname LIKE '%staging%'"):
            yield name

    def _sessions_now(self) -> set[int]:
        return {pid for (pid,) in self.ask("SELECT process FROM stv_sessions")}


def _bucket() -> Any:
    """What moto holds."""
    return get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET]
