"""What the sandbox's COPY costs beside PostgreSQL's own, in pairs: wall, CPU and memory.

`.venv/bin/python -m benchmarks.sandbox_copy [--rows 1000000] [--pairs 3]`

The same rows go into the same PostgreSQL: straight, by psycopg2's copy_expert from a plain file,
and through the Redshift server from four compressed parts in S3. The Redshift server and S3 run in
a process each, so that the proxy's memory can be told. CPU is that of all processes together.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import tempfile
import time
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import psycopg2

from benchmarks.process import cpu_of_tree, peak_mb
from benchmarks.served import Served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.redshift import RedshiftServer
    from sheet_assets.sandbox.s3 import S3Server

PARTS = 4
BUCKET = "benchmark"
TABLE = """
CREATE TABLE {name} (
  id bigint NOT NULL, respondent varchar(40), score smallint, comment varchar(400),
  amount decimal(12, 2), share double precision, answered date, recorded_at timestamp,
  promoter boolean, channel char(8))
"""
WORDS = [
    "빠르다",
    "친절해요",
    "배송이 늦었어요",
    "good",
    "so, so",
    'he said "fine"',
    "가격이 좋다",
    "",
]


def rows(count: int) -> Iterator[str]:
    """CSV lines of ten columns, a fifth of the texts in quotes, some fields empty."""
    random.seed(7)
    for number in range(count):
        comment = " ".join(random.choices(WORDS, k=4))  # noqa: S311 - no secret
        if '"' in comment or "," in comment:
            comment = '"' + comment.replace('"', '""') + '"'
        score = "" if number % 11 == 0 else number % 11
        yield (
            f"{number},응답자 {number},{score},{comment},{number / 7:.2f},{number / 13:.6f},"
            f"2026-{number % 12 + 1:02}-{number % 28 + 1:02},"
            f"2026-01-{number % 28 + 1:02} {number % 24:02}:{number % 60:02}:00,"
            f"{'tf'[number % 2]},ch{number % 9}\n"
        )


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """S3, with an empty bucket."""
    from sheet_assets.sandbox.s3 import S3Server

    server = S3Server()
    server.start()
    server.create_bucket(BUCKET)
    yield server
    server.stop()


def s3_settings(server: S3Server) -> dict[str, str]:
    """As the Redshift server takes them."""
    return {
        "s3_endpoint_url": server.endpoint_url,
        "s3_access_key_id": server.access_key_id,
        "s3_secret_access_key": server.secret_access_key,
        "region_name": server.region_name,
    }


@contextmanager
def redshift_server(folder: Path, s3: dict[str, str]) -> Iterator[RedshiftServer]:
    """Redshift, empty."""
    from sheet_assets.sandbox.redshift import RedshiftServer

    server = RedshiftServer(folder, **s3)
    server.start()
    yield server
    server.stop()


def connection(server: RedshiftServer) -> dict[str, Any]:
    """As psycopg2 takes it."""
    return {
        "host": server.host,
        "port": server.port,
        "dbname": server.database,
        "user": server.user,
        "password": server.password,
        "sslmode": "require",
    }


def main() -> None:
    """Run it, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    here = "benchmarks.sandbox_copy"
    with (
        tempfile.TemporaryDirectory(prefix="sandbox_copy_") as name,
        Served(f"{here}:s3_server") as s3,
    ):
        folder, settings = Path(name), s3.ask(f"{here}:s3_settings")
        with Served(f"{here}:redshift_server", folder, settings) as redshift:
            size = _upload(given.rows, folder, settings)
            print(f"{given.rows:,} rows x 10 columns, {size / 1e6:.0f} MB of CSV\n")
            arguments = redshift.ask(f"{here}:connection")
            _measure(given.pairs, given.rows, folder, arguments, redshift.process_id)


def _upload(count: int, folder: Path, s3: dict[str, str]) -> int:
    """The plain file that is copied straight, and the parts that COPY loads."""
    client = boto3.client(
        "s3",
        endpoint_url=s3["s3_endpoint_url"],
        region_name=s3["region_name"],
        aws_access_key_id=s3["s3_access_key_id"],
        aws_secret_access_key=s3["s3_secret_access_key"],
    )
    lines = rows(count)
    with (folder / "rows.csv").open("w", encoding="utf-8") as plain:
        for part in range(PARTS):
            text = "".join(islice(lines, count // PARTS))
            plain.write(text)
            client.put_object(
                Bucket=BUCKET, Key=f"part-{part}.csv.gz", Body=gzip.compress(text.encode(), 6)
            )
    return (folder / "rows.csv").stat().st_size


def _measure(
    pairs: int, count: int, folder: Path, arguments: dict[str, Any], proxy_id: int
) -> None:
    proxied = psycopg2.connect(**arguments)
    proxied.autocommit = True
    with proxied.cursor() as cursor:
        cursor.execute("SELECT current_setting('unix_socket_directories')")
        (socket,) = cursor.fetchone() or ("",)
    straight = psycopg2.connect(**{**arguments, "host": socket, "port": 5432, "sslmode": "disable"})
    straight.autocommit = True
    copies: dict[str, Callable[[], None]] = {
        "copy_expert": lambda: _copy_straight(straight, folder),
        "COPY from S3": lambda: _copy_from_s3(proxied),
    }
    print(f"{'pair':<6}{'':<16}{'wall s':>8}{'CPU s':>8}{'rows/s':>10}")
    walls: dict[str, list[float]] = {name: [] for name in copies}
    cpus: dict[str, list[float]] = {name: [] for name in copies}
    for pair in range(1, pairs + 1):
        for name, copy in copies.items():
            with proxied.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS target;" + TABLE.format(name="target"))
            began, cpu = time.perf_counter(), cpu_of_tree(os.getpid())
            copy()
            walls[name].append(time.perf_counter() - began)
            cpus[name].append(cpu_of_tree(os.getpid()) - cpu)
            with proxied.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM target")
                if cursor.fetchone() != (count,):
                    raise SystemExit("rows are missing")
            wall = walls[name][-1]
            print(f"{pair:<6}{name:<16}{wall:>8.2f}{cpus[name][-1]:>8.2f}{count / wall:>10,.0f}")
    for what, figures in (("wall", walls), ("CPU", cpus)):
        straight_seconds, ours = figures.values()
        ratios = sorted(b / a for a, b in zip(straight_seconds, ours, strict=True))
        print(f"\n{what}: {ratios[len(ratios) // 2]:.2f} times copy_expert (median)", end="")
    print(f"\nthe proxy's process at its most: {peak_mb(proxy_id):.0f} MB of memory")


def _copy_straight(connection: psycopg2.extensions.connection, folder: Path) -> None:
    with connection.cursor() as cursor, (folder / "rows.csv").open(encoding="utf-8") as file:
        cursor.copy_expert("COPY target FROM STDIN (FORMAT csv)", file)


def _copy_from_s3(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"COPY target FROM 's3://{BUCKET}/part-' IAM_ROLE default CSV GZIP")


if __name__ == "__main__":
    main()
