"""The sandbox that is loaded into: S3 and Redshift, and Google for what is written into a sheet."""

from __future__ import annotations

import logging
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks import data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sandbox import Sandbox

SCHEMA = "bench"
EXPORT = "export"
OWNER = "owner@sandbox.invalid"
SERVICE_ACCOUNT = "sheet-assets@sandbox.iam.gserviceaccount.com"
_REQUEST = re.compile(r'"(?P<method>[A-Z]+) (?P<path>\S+) HTTP')


class Backend:
    """A sandbox without Google's quota, and what S3 was asked since `clear`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.s3_requests: list[str] = []
        self.copies_before = 0

    def clear(self) -> None:
        """Begin to count anew."""
        self.s3_requests.clear()
        self.sandbox.google.requests.clear()
        self.copies_before = self.copies()

    def copies(self) -> int:
        """How many COPY statements there were."""
        ((count,),) = _execute(self.sandbox, "SELECT count(*) FROM sys_load_history")
        return int(count)


@contextmanager
def running() -> Iterator[Backend]:
    """The servers; S3's own log of requests is what is counted."""
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google import Limits

    with Sandbox(limits=Limits.without_quota()) as sandbox:
        backend = Backend(sandbox)
        log = logging.getLogger("werkzeug")
        log.setLevel(logging.INFO)
        log.propagate = False
        log.handlers = [_Counting(backend.s3_requests)]
        _execute(sandbox, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        yield backend


class _Counting(logging.Handler):
    def __init__(self, requests: list[str]) -> None:
        super().__init__()
        self._requests = requests

    def emit(self, record: logging.LogRecord) -> None:
        if match := _REQUEST.search(record.getMessage()):
            self._requests.append(f"{match['method']} {match['path']}")


def settings(backend: Backend) -> dict[str, str]:
    """The sandbox's settings by name."""
    return dict(backend.sandbox.settings)


def clear(backend: Backend) -> None:
    """Begin to count anew."""
    backend.clear()


def counted(backend: Backend) -> dict[str, int]:
    """What was asked of S3, Redshift and the sandbox's Google since `clear`."""
    puts = [each for each in backend.s3_requests if each.startswith(("PUT ", "POST "))]
    return {
        "s3_requests": len(backend.s3_requests),
        "s3_puts": len(puts),
        "copies": backend.copies() - backend.copies_before,
        "google_requests": len(backend.sandbox.google.requests),
    }


def create_table(backend: Backend, name: str) -> None:
    """An empty table for who loads into one that is there."""
    _execute(backend.sandbox, data.create_table(f"{SCHEMA}.{name}"))


def drop(backend: Backend, name: str) -> None:
    """Drop a table, whoever made it, and leave the disk to the next."""
    _execute(backend.sandbox, f"DROP TABLE IF EXISTS {SCHEMA}.{name}")


def summary(backend: Backend, name: str) -> list[Any]:
    """What tells whether a table holds the sheet: counts and sums of its columns."""
    (row,) = _execute(
        backend.sandbox,
        "SELECT count(*), count(score), sum(score), cast(sum(amount) AS decimal(18, 2)), "
        "count(nullif(comment, '')), min(answered), cast(max(recorded_at) AS date), "
        f"sum(CASE WHEN promoter THEN 1 ELSE 0 END) FROM {SCHEMA}.{name}",
    )
    return [str(value) for value in row]


def _execute(sandbox: Sandbox, sql: str) -> list[tuple[Any, ...]]:
    import psycopg2

    said = sandbox.settings
    connection = psycopg2.connect(
        host=said["REDSHIFT_HOST"],
        port=said["REDSHIFT_PORT"],
        dbname=said["REDSHIFT_DATABASE"],
        user=said["REDSHIFT_USER"],
        password=said["REDSHIFT_PASSWORD"],
        sslmode="require",
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def create_answers(backend: Backend, rows: int) -> list[int]:
    """A table that is exported; how many rows, with the header, and filled cells that makes."""
    table = f"{SCHEMA}.answers_{rows}"
    _execute(
        backend.sandbox,
        f"CREATE TABLE {table} AS SELECT n AS id, 'answer ' || n AS text, "
        "CAST('2020-01-01' AS date) + CAST(n % 2000 AS integer) AS day, CASE WHEN n % 20 > 0 THEN "
        "CAST(CAST(n % 1000 AS decimal(9, 2)) / 7 AS decimal(9, 4)) END AS share, n % 3 = 0 AS yes "
        f"FROM generate_series(1, {rows}) AS n",
    )
    if EXPORT not in backend.sandbox.google.drive.files:
        drive = backend.sandbox.google.drive
        drive.create_spreadsheet(EXPORT, spreadsheet_id=EXPORT, owner=OWNER)
        drive.share(EXPORT, SERVICE_ACCOUNT)
    return [rows + 1, 5 * (rows + 1) - rows // 20]


def add_worksheet(backend: Backend, title: str) -> None:
    """A tab to export into, in the place of the one before: a spreadsheet holds 10 million cells."""
    workbook = backend.sandbox.google.drive.workbook(EXPORT)
    before = list(workbook.worksheets)
    workbook.add_worksheet(title, by=OWNER)
    workbook.remove_all(before)


def written(backend: Backend, title: str) -> list[int]:
    """How many rows and filled cells a tab has."""
    values = backend.sandbox.google.drive.workbook(EXPORT).worksheet(title).values()
    return [len(values), sum(cell not in {None, ""} for row in values for cell in row)]


def create_spreadsheets(backend: Backend, count: int) -> None:
    """Spreadsheets that are shared with the service account."""
    drive = backend.sandbox.google.drive
    for number in range(count):
        drive.create_spreadsheet(f"{number}", spreadsheet_id=f"tick-{number}", owner=OWNER)
        drive.share(f"tick-{number}", SERVICE_ACCOUNT)


def edit(backend: Backend, count: int) -> None:
    """Type something new into the first of them."""
    for number in range(count):
        worksheet = backend.sandbox.google.drive.workbook(f"tick-{number}").worksheet("Sheet1")
        worksheet.set_values([[time.time()]], 0, 0, by=OWNER)


def drive_calls(backend: Backend) -> int:
    """How often Drive was asked since `clear`."""
    return sum("/drive/" in each.path for each in backend.sandbox.google.requests)
