"""Somebody reads the exported tab all the time, while exports of both sizes go well and badly."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from client_tables import minutes

from sheet_assets.clients.sheet_export import plan, staging
from sheet_assets.errors import SheetError
from sheet_assets.sandbox.http_faults import Fault

if TYPE_CHECKING:
    import pytest
    from client_sheets import Export

    from sheet_assets.sandbox import Sandbox

NAMES = ["version", "row", "text"]
EXPORTS = 300
# What goes wrong with one of the requests of an export that succeeds in the end.
PASSING = (
    "429",
    "500",
    "503",
    "503 after applying",
    "502 html",
    "drop",
    "drop after applying",
    "truncate",
)


def version(number: int) -> list[tuple[Any, ...]]:
    """A result of few rows, or of some that go by a staging tab; each has its number in it."""
    return [(number, row, "한글" * 5) for row in range(40 if number % 2 else 7)]


def test_readers_of_300_exports_only_see_whole_versions(
    export: Export, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With faults in one of seven exports, and some that fail for good, no half state is ever seen."""
    monkeypatch.setattr(plan, "_MOST_REQUEST_BYTES", 2000)
    monkeypatch.setattr(staging, "_CHUNK_BYTES", 900)
    monkeypatch.setattr(export.client._http._retrying.wait, "multiplier", 0.01)
    faults, path = sandbox.google.faults, f"{export.workbook.spreadsheet_id}(:batchUpdate|/values/)"
    draw = random.Random(20261126)
    export(NAMES, version(0), minutes(0))
    seen: Counter[tuple[Any, ...]] = Counter()
    ended = threading.Event()

    def poll() -> None:
        with export.another_client() as client:
            while not ended.is_set():
                values = client.batch_values(export.workbook.spreadsheet_id, ["Sheet1"])[0]
                seen[tuple(map(tuple, values))] += 1

    written, failed, staged = {0}, 0, 0
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(poll)
        try:
            for number in range(1, EXPORTS + 1):
                if number % 50 == 0:
                    # The same refusal to every try, so that this export fails.
                    faults.add(Fault("answer", path, "POST", times=99, status=400, body="{}"))
                elif number % 7 == 0:
                    method = draw.choice(["POST", "PUT"]) if number % 2 else "POST"
                    faults.add(Fault(draw.choice(PASSING), path, method))  # type: ignore[arg-type]  # all of them are kinds
                try:
                    made = export(NAMES, version(number), minutes(number))
                except SheetError:
                    failed += 1
                else:
                    written.add(number)
                    staged += made.staged
                finally:
                    faults.clear()
        finally:
            ended.set()
            faults.clear()
        reader.result()
    whole = {tuple(map(tuple, [NAMES, *version(number)])) for number in written}
    assert set(seen) <= whole
    # Those that failed have left nothing, and the reader was there while most others were written.
    assert failed == EXPORTS // 50
    assert staged > EXPORTS // 3
    assert len(seen) > EXPORTS // 10
    assert export.sheet.values() == [NAMES, *map(list, version(max(written)))]
    assert len(export.workbook.worksheets) == 1
