from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests
from client_sheets import metadata
from client_tables import minutes

from sheet_assets.clients.sheet_export import plan, staging
from sheet_assets.errors import SheetChangedError, SheetTooLargeError

if TYPE_CHECKING:
    from client_sheets import Export

NAMES = ["id", "text", "day", "yes", "none"]
DAY = dt.date(2026, 11, 20)
TEXTS = ["=1+1", "+49 30", "007", "1-2", "한글", "'quoted", "plain"]


def rows(count: int, add: int = 0) -> list[tuple[Any, ...]]:
    return [
        (number + add, TEXTS[number % 7], DAY + dt.timedelta(days=number), number % 2 == 0, None)
        for number in range(count)
    ]


def shown(count: int, add: int = 0) -> list[list[Any]]:
    return [
        NAMES,
        *[[n + add, TEXTS[n % 7], 46346 + n, n % 2 == 0] for n in range(count)],
    ]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a staging tab is for begins at a few rows here, and a chunk is a few rows."""
    monkeypatch.setattr(plan, "_MOST_REQUEST_BYTES", 1500)
    monkeypatch.setattr(staging, "_CHUNK_BYTES", 400)


def titles(export: Export) -> list[str]:
    answer = export.client.get(export.workbook.spreadsheet_id, fields="sheets.properties.title")
    return [sheet["properties"]["title"] for sheet in answer["sheets"]]


def test_large_result_goes_by_a_staging_tab(export: Export) -> None:
    """Typed values arrive as in a small export, in one pasting update; the tab is gone then."""
    made = export(NAMES, rows(60), minutes(0))
    assert (made.outcome, made.staged, made.rows) == ("written", True, 60)
    assert export.sheet.values() == shown(60)
    assert export.formats("C2:C61") == ["yyyy-mm-dd"] * 60
    assert titles(export) == ["Sheet1"]
    assert [entry["rectangle"] for entry in metadata(export.workbook)] == ["A1:E61"]
    again = export(NAMES, rows(60), minutes(1))
    assert (again.outcome, again.api_calls) == ("unchanged", 2)


def test_null_clears_and_the_tail_goes(export: Export) -> None:
    """A shorter result leaves nothing of the longer one, and a NULL nothing of a value."""
    export(NAMES, rows(60), minutes(0))
    fewer = [(number, None, None, None, "x") for number in range(40)]
    export(NAMES, fewer, minutes(1))
    assert export.sheet.values() == [NAMES, *[[n, None, None, None, "x"] for n in range(40)]]


def test_upsert_pastes_its_blocks(export: Export) -> None:
    """Changed rows far apart are pasted each into its place; the others are not touched."""
    upsert: dict[str, Any] = {"mode": "upsert", "key": ("id",)}
    export(NAMES, rows(80), minutes(0), **upsert)
    export.sheet.set_values([["beside"]], row=40, column=6)
    changed = [(n, "new", DAY, False, None) for n in (*range(0, 60, 2), *range(90, 95))]
    made = export(NAMES, changed, minutes(1), **upsert)
    assert made.staged
    values = export.sheet.values()
    assert [row[1] for row in values[1:61:2]] == ["new"] * 30
    assert [row[1] for row in values[2:61:2]] == [TEXTS[n % 7] for n in range(1, 60, 2)]
    assert [row[0] for row in values[81:]] == list(range(90, 95))
    assert values[40][6] == "beside"


def test_crashed_run_leaves_a_tab_that_the_next_removes(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill the hidden tab stands there; the next export removes it, also a small one."""
    send = export.client._http.session.send

    def killed(request: requests.PreparedRequest, **more: Any) -> Any:
        if ":batchUpdate" in str(request.url) and b"copyPaste" in (request.body or b""):
            raise KeyboardInterrupt
        return send(request, **more)

    for number, (count, staged) in enumerate(((60, True), (3, False))):
        with monkeypatch.context() as patched:
            patched.setattr(export.client._http.session, "send", killed)
            # A killed process cleans nothing up.
            patched.setattr(staging, "remove", lambda *args: None)
            with pytest.raises(KeyboardInterrupt):
                export(NAMES, rows(50, add=count), minutes(2 * number))
        assert len(titles(export)) == 2
        made = export(NAMES, rows(count), minutes(2 * number + 1))
        assert (made.outcome, made.staged) == ("written", staged)
        assert export.sheet.values() == shown(count)
        assert titles(export) == ["Sheet1"]


def test_leftover_goes_although_nothing_changed(export: Export) -> None:
    """A tab that a crashed run left is removed by an export that writes nothing else."""
    from sheet_assets.clients.sheet_export import record, standing

    export(NAMES, rows(3), minutes(0))
    tab = export.workbook.add_worksheet("sheet_assets staging nps_summary x")
    entry = record.create("sheet_assets/staging/nps_summary", tab.sheet_id, "{}")
    other = export.workbook.add_worksheet("of another export")
    others = record.create("sheet_assets/staging/other", other.sheet_id, "{}")
    export.client.batch_update(export.workbook.spreadsheet_id, [entry, others])
    assert export(NAMES, rows(3), minutes(1)).outcome == "unchanged"
    assert titles(export) == ["Sheet1", "of another export"]
    assert standing.new_gid(export.client.spreadsheet(export.workbook.spreadsheet_id)) > 0


def test_failing_paste_leaves_the_sheet_and_no_tab(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When Google refuses the update, nothing of it is applied, and the staging tab goes."""
    from sheet_assets.clients.sheet_export import requests as made_requests

    export(NAMES, rows(60), minutes(0))
    monkeypatch.setattr(made_requests, "stamp", lambda *args: {"deleteSheet": {"sheetId": 999}})
    export.refused(NAMES, rows(70), minutes(1), stamp=True)


def test_staged_rows_that_google_changed_are_found(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chunk is compared with what Google says of it before anything is pasted."""
    update = export.client.update_values

    def altered(spreadsheet_id: str, cells: str, lines: Any) -> Any:
        return [row[:1] for row in update(spreadsheet_id, cells, lines)]

    monkeypatch.setattr(export.client, "update_values", altered)
    with pytest.raises(SheetChangedError, match="Row 1 of the staging tab is not what"):
        export(NAMES, rows(60), minutes(0))
    assert export.sheet.values() == []
    assert titles(export) == ["Sheet1"]


@pytest.mark.parametrize("lost", ["addSheet", "copyPaste"])
def test_lost_answer_is_looked_into(
    export: Export, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """A tab cannot be added or deleted twice: after the refusal of the second try it is looked up."""
    send, seen = export.client._http.session.send, []

    def losing(request: requests.PreparedRequest, **more: Any) -> Any:
        response = send(request, **more)
        if (
            ":batchUpdate" in str(request.url)
            and lost.encode() in (request.body or b"")
            and not seen
        ):
            seen.append(response)
            raise requests.exceptions.ReadTimeout
        return response

    monkeypatch.setattr(export.client._http.session, "send", losing)
    assert export(NAMES, rows(60), minutes(0)).outcome == "written"
    assert seen
    assert export.sheet.values() == shown(60)
    assert titles(export) == ["Sheet1"]


def test_staging_tab_counts_as_cells(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hidden tab's cells must fit beside the others: told before anything is touched."""
    monkeypatch.setattr(plan, "MAX_CELLS", 26_000 + 200)
    said = export.failed(NAMES, rows(60), minutes(0), kind=SheetTooLargeError)
    assert "26,305 cells large, 305 of them in a hidden tab meanwhile" in said
    assert "The tab has 21 columns to the right of the result" in said
    assert titles(export) == ["Sheet1"]


def test_readers_see_whole_versions_of_staged_exports(export: Export) -> None:
    """A reader that polls all the time sees one whole result or the other, with failures between."""
    whole = {tuple(map(tuple, shown(count, add))) for count, add in ((30, 0), (45, 1000))}
    export(NAMES, rows(30), minutes(0))
    seen: list[Any] = []
    ended = threading.Event()

    def poll() -> None:
        with export.another_client() as client:
            while not ended.is_set():
                values = client.values(export.workbook.spreadsheet_id, "Sheet1")
                seen.append(tuple(map(tuple, values)))

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(poll)
        try:
            for number in range(1, 9):
                count, add = ((30, 0), (45, 1000))[number % 2]
                assert export(NAMES, rows(count, add), minutes(number)).staged
        finally:
            ended.set()
        reader.result()
    assert set(seen) == whole
