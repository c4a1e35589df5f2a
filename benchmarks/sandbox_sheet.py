"""What a sheet of a million rows costs the sandbox's Google server: memory, and time a page.

`.venv/bin/python -m benchmarks.sandbox_sheet [--rows 1000000] [--page 50000]`

The server runs in a process of its own, seeded from a Parquet file and again from a CSV; it is
read whole through values.get with the package's own session, in pages, as values and as text.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

READER = "reader@sandbox.invalid"
WORDS = ("north", "south", "east", "west", "promoter", "passive", "detractor")


def make_files(folder: Path, rows: int) -> dict[str, Path]:
    """Ten columns of all types, as Parquet and as CSV; the header is one of the rows."""
    import datetime as dt

    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    count = rows - 1
    day = dt.date(2020, 1, 1)
    table = pa.table(
        {
            "id": range(count),
            "date": [day + dt.timedelta(days=n % 2000) for n in range(count)],
            "score": [n % 11 for n in range(count)],
            "amount": [n * 0.37 for n in range(count)],
            "ratio": [(n % 997) / 997 for n in range(count)],
            "region": [WORDS[n % 4] for n in range(count)],
            "kind": [WORDS[4 + n % 3] for n in range(count)],
            "code": [f"C-{n:07d}" for n in range(count)],
            "comment": [f"answer {n} of {count}" if n % 3 else None for n in range(count)],
            "open": [n % 2 == 0 for n in range(count)],
        }
    )
    files = {"Parquet": folder / "big_parquet.parquet", "CSV": folder / "big_csv.csv"}
    pa.parquet.write_table(table, files["Parquet"])
    pa.csv.write_csv(table, files["CSV"])
    return files


def serve(files: dict[str, Path], pipe: Connection) -> None:
    """Seed one file after the other; tell the time each took, and memory and processor time."""
    from sheet_assets.sandbox.google import GoogleServer, Limits
    from sheet_assets.sandbox.seed_files import seed_file

    server = GoogleServer(Limits.without_quota())
    server.start()
    pipe.send((server.url, server.add_service_account(READER)))
    while (name := pipe.recv()) is not None:
        if name == "memory":
            status = Path("/proc/self/status").read_text().splitlines()
            sizes = dict(line.split(":") for line in status)
            pipe.send({key: int(sizes[key].split()[0]) / 2**20 for key in ("VmRSS", "VmHWM")})
            continue
        if name == "processor":
            pipe.send(time.process_time())
            continue
        for file_id in list(server.drive.files):
            server.drive.delete(file_id)
        started = time.perf_counter()
        seed_file(server, files[name], share_with=[READER], by="owner@sandbox.invalid")
        pipe.send(time.perf_counter() - started)
    server.stop()


def asked(pipe: Connection, what: str) -> Any:
    """What the server tells."""
    pipe.send(what)
    return pipe.recv()


def read(session: Any, address: str, rows: int, page: int, option: str) -> str:
    """Read the whole sheet in pages; what a page takes, in words."""
    times, count, size = [], 0, 0
    for first in range(1, rows + 1, page):
        last = min(first + page - 1, rows)
        started = time.perf_counter()
        response = session.get(f"{address}!A{first}:J{last}", params={"valueRenderOption": option})
        times.append(time.perf_counter() - started)
        response.raise_for_status()
        size += len(response.content)
        count += len(json.loads(response.content)["values"])
    if count != rows:
        raise SystemExit(f"{count} rows were read, not {rows}")
    return (
        f"{option:17} {count:,} rows in {len(times)} pages, {size / 2**20:,.0f} MB: a page takes "
        f"{statistics.median(times):.2f} s, at most {max(times):.2f} s"
    )


def connect(url: str, account: dict[str, Any]) -> Any:
    """google-auth's session of the account."""
    import requests
    from google.auth.transport.requests import AuthorizedSession, Request
    from google.oauth2.service_account import Credentials

    credentials = Credentials.from_service_account_info(
        {**account, "token_uri": f"{url}/token"},
        scopes=["https://www.googleapis.com/auth/spreadsheets"],
    )
    return AuthorizedSession(credentials, auth_request=Request(requests.Session()))


def main() -> None:
    """Print a figure a line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--page", type=int, default=50_000)
    arguments = parser.parse_args()
    rows, page = arguments.rows, arguments.page
    with tempfile.TemporaryDirectory() as folder:
        files = make_files(Path(folder), rows)
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        server = multiprocessing.get_context("spawn").Process(target=serve, args=(files, theirs))
        server.start()
        url, account = ours.recv()
        session = connect(url, account)
        for name, path in files.items():
            seconds = asked(ours, name)
            print(f"{name}: {rows:,} rows of 10 columns, seeded in {seconds:.1f} s")
            address = f"{url}/v4/spreadsheets/{path.stem}/values/Sheet1"
            for option in ("UNFORMATTED_VALUE", "FORMATTED_VALUE"):
                before = asked(ours, "processor")
                told = read(session, address, rows, page, option)
                worked = (asked(ours, "processor") - before) / -(-rows // page)
                print(f"  {told}, of which the server works {worked:.2f} s")
            memory = asked(ours, "memory")
            print(f"  the server has {memory['VmRSS']:.2f} GB, at most {memory['VmHWM']:.2f} GB")
        ours.send(None)
        server.join()


if __name__ == "__main__":
    main()
