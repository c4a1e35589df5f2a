"""The sandbox that is loaded into: S3 and Redshift, and Google for what is written into a sheet."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks import data

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.crossing import Crossing

SCHEMA = "bench"
EXPORT = "export"
OWNER = "owner@sandbox.invalid"
SERVICE_ACCOUNT = "sheet-assets@sandbox.iam.gserviceaccount.com"


class Backend:
    """A sandbox without Google's quota, and what its servers were asked since `clear`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.s3_requests: list[str] = []
        self.statements: list[str] = []

    def clear(self) -> None:
        """Begin to count anew."""
        self.s3_requests.clear()
        self.statements.clear()
        self.sandbox.google.requests.clear()

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Observe S3 and Redshift meanwhile."""
        s3, redshift = self.sandbox.s3, self.sandbox.redshift
        before = s3.observer, redshift.observer
        s3.observer = self._observe
        redshift.observer = self._observe
        try:
            yield
        finally:
            s3.observer, redshift.observer = before

    def _observe(self, crossing: Crossing) -> None:
        if crossing.phase == "before":
            seen = self.s3_requests if crossing.service == "s3" else self.statements
            seen.append(crossing.what)


@contextmanager
def running() -> Iterator[Backend]:
    """The servers, counting."""
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google import Limits

    with Sandbox(limits=Limits.without_quota()) as sandbox:
        backend = Backend(sandbox)
        execute(sandbox, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        with backend.counting():
            yield backend


def settings(backend: Backend) -> dict[str, str]:
    """The sandbox's settings by name."""
    return dict(backend.sandbox.settings)


def clear(backend: Backend) -> None:
    """Begin to count anew."""
    backend.clear()


def counted(backend: Backend) -> dict[str, int]:
    """What was asked of S3, Redshift and the sandbox's Google since `clear`."""
    google = list(backend.sandbox.google.requests)
    reads = [each for each in google if each.method == "GET" and "/v4/spreadsheets/" in each.path]
    copies = [each for each in backend.statements if each.lstrip().upper().startswith("COPY ")]
    return {
        "s3_requests": len(backend.s3_requests),
        "s3_puts": sum(each.startswith(("PUT ", "POST ")) for each in backend.s3_requests),
        # The sandbox also tells of each part of a COPY.
        "copies": sum(not each.startswith("COPY part ") for each in copies),
        "google_requests": len(google),
        "reads": len(reads),
    }


def create_table(backend: Backend, name: str) -> None:
    """An empty table for who loads into one that is there."""
    execute(backend.sandbox, data.create_table(f"{SCHEMA}.{name}"))


def drop(backend: Backend, name: str) -> None:
    """Drop a table, whoever made it, and leave the disk to the next."""
    execute(backend.sandbox, f"DROP TABLE IF EXISTS {SCHEMA}.{name}")


def summary(backend: Backend, name: str) -> list[Any]:
    """What tells whether a table holds the sheet: counts and sums of its columns."""
    (row,) = execute(
        backend.sandbox,
        "SELECT count(*), count(score), sum(score), cast(sum(amount) AS decimal(18, 2)), "
        "count(nullif(comment, '')), min(answered), cast(max(recorded_at) AS date), "
        f"sum(CASE WHEN promoter THEN 1 ELSE 0 END) FROM {SCHEMA}.{name}",
    )
    return [str(value) for value in row]


def execute(sandbox: Sandbox, sql: str) -> list[tuple[Any, ...]]:
    """What a statement gives, in Redshift."""
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
    execute(
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
    """A tab to export into, in the place of the one before: a spreadsheet has no room for all."""
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
