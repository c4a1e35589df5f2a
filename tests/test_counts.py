"""What an import costs, in counts that do not depend on the machine: requests, COPY, processes."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from small_deployment import SmallDeployment, instance, small

from benchmarks import backend, rendering
from benchmarks.backend import Backend
from benchmarks.ours import import_engine
from sheet_assets.sandbox import SERVICE_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dagster as dg

    from sheet_assets.sandbox import Sandbox

__all__ = ["instance", "small"]
ROOT = Path(__file__).parents[1]
ROWS = 500
_STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn"}
_watches: list[list[str]] = []


def _tell(event: str, _: Any) -> None:
    if event in _STARTS:
        for seen in _watches:
            seen.append(event)


sys.addaudithook(_tell)


@contextmanager
def processes() -> Iterator[list[str]]:
    """What starts a process of its own meanwhile."""
    seen: list[str] = []
    _watches.append(seen)
    try:
        yield seen
    finally:
        _watches.remove(seen)


@pytest.fixture
def counting(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The sandbox, with a sheet of 500 rows and ten columns, and its own counts."""
    monkeypatch.setenv("SHEET_ASSETS_S3_PREFIX", "counts")
    rendering.create_sheet(sandbox.google.drive, ROWS, wrong=False)
    sandbox.google.drive.share(f"benchmark-{ROWS}", SERVICE_ACCOUNT)
    counted = Backend(sandbox)
    with counted.counting():
        counted.clear()
        yield counted
    backend.execute(sandbox, "DROP SCHEMA IF EXISTS counts CASCADE")
    sandbox.google.drive.delete(f"benchmark-{ROWS}")


def test_an_import_and_a_refresh_cost_what_they_must(counting: Backend) -> None:
    """One page: a Drive call, two Sheets reads, three PUTs, one COPY; again: no PUT and no COPY."""
    asked = {"spreadsheet_id": f"benchmark-{ROWS}", "schema": "counts", "table": "import"}
    assert import_engine.main(asked) == {"outcome": "loaded", "rows": ROWS}
    reads = {"reads": 2, "google_requests": 4}  # and the token, and Drive's version
    found = backend.counted(counting)
    assert {name: found[name] for name in reads} == reads
    # A part, snapshot.json and the manifest; each, and the part once more, was looked for before.
    assert found["s3_puts"] == 3
    assert found["copies"] == 1
    backend.clear(counting)
    assert import_engine.main(asked) == {"outcome": "unchanged", "rows": ROWS}
    again = backend.counted(counting)
    assert {name: again[name] for name in reads} == reads
    assert again["s3_puts"] == 0
    assert again["copies"] == 0


@pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20")
@pytest.mark.filterwarnings("ignore:InitResourceContext.dagster_run:DeprecationWarning")
def test_a_run_starts_no_process(small: SmallDeployment, instance: dg.DagsterInstance) -> None:
    """All steps of a run share its process: none pays for the start of another Python."""
    small.write_table()
    small.put(["id", "amount"], [1, 2])
    with processes() as seen:
        assert small.run(instance, "orders").success
    assert seen == []
    with processes() as seen:
        subprocess.run([sys.executable, "-c", ""], check=True)
    assert seen


def test_the_engine_alone_imports_only_what_it_uses():
    """A script that calls the engine pays for no Dagster, no pandas and no charts."""
    script = (
        "import json, sys, benchmarks.ours.import_engine, benchmarks.ours.export_engine;"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    heavy = {
        "dagster",
        "dagster_aws",
        "pandas",
        "pyarrow",
        "matplotlib",
        "moto",
        "sqlglot",
        "click",
    }
    assert heavy & set(json.loads(said)) == set()
