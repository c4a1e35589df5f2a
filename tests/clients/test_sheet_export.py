from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from client_sheets import Export, metadata
from client_tables import minutes

from sheet_assets.errors import SheetError
from sheet_assets.sandbox.google import Fault

if TYPE_CHECKING:
    from sheet_assets.sandbox import Sandbox

NAMES = ["day", "answers"]
DAY = dt.date(2026, 11, 20)
SERIAL = 46346
ROWS = [(DAY, 3), (DAY + dt.timedelta(days=1), 4)]
SHOWN = [["day", "answers"], [SERIAL, 3], [SERIAL + 1, 4]]


def test_first_export_writes_header_rows_and_record(export: Export) -> None:
    """Header and rows from the anchor on, dates as date cells, and the rectangle recorded."""
    exported = export(NAMES, ROWS, minutes(0))
    assert (exported.outcome, exported.rectangle, exported.rows) == ("written", "Sheet1!A1:B3", 2)
    assert exported.cells_changed == 6
    assert export.sheet.values() == SHOWN
    assert export.formats("A2:A3") == ["yyyy-mm-dd"] * 2
    (recorded,) = metadata(export.workbook)
    assert recorded.pop("fingerprint") == recorded.pop("result")
    assert recorded == {
        "key": "sheet_assets/export/nps_summary",
        "sheet_id": 0,
        "rectangle": "A1:B3",
        "queried_at": "2026-11-20T12:00:00+00:00",
        "headers": NAMES,
    }


def test_equal_content_writes_nothing(export: Export, sandbox: Sandbox) -> None:
    """The same rows again: two reads, no write, and the spreadsheet's version stays."""
    export(NAMES, ROWS, minutes(0))
    version = sandbox.google.drive.file(export.workbook.spreadsheet_id).version
    again = export(NAMES, ROWS, minutes(1))
    assert (again.outcome, again.cells_changed, again.api_calls) == ("unchanged", 0, 2)
    assert sandbox.google.drive.file(export.workbook.spreadsheet_id).version == version


def test_requests_are_few_whatever_the_size(export: Export, sandbox: Sandbox) -> None:
    """Three reads, one batchUpdate and one look, for 3,000 rows as for two; a skip is two reads."""
    export(NAMES, ROWS, minutes(0))
    many = [(DAY, number) for number in range(3000)]
    for rows, expected in (
        (many, "GET GET GET POST GET"),
        (many, "GET GET"),
        ([], "GET GET POST GET"),
    ):
        sandbox.google.requests.clear()
        exported = export(NAMES, rows, minutes(1))
        asked = [each.method for each in sandbox.google.requests if "/v4/" in each.path]
        assert " ".join(asked) == expected
        assert exported.api_calls == len(asked)


def test_shrinking_result_clears_what_is_left_of_the_old(export: Export) -> None:
    """Fewer rows and fewer columns: nothing of the old result remains, and its cells are free."""
    export(["a", "b", "c"], [(1, 2, 3), (4, 5, 6)], minutes(0))
    exported = export(["a", "b"], [(1, 2)], minutes(1))
    assert export.sheet.values() == [["a", "b"], [1, 2]]
    assert exported.rectangle == "Sheet1!A1:B2"
    # The freed cells are no longer the export's.
    export.sheet.set_values([["mine"]], row=2)
    export.refused(["a", "b"], [(1, 2), (3, 4)], minutes(2))


def test_empty_result_leaves_the_header(export: Export) -> None:
    """A query without rows shows its header and no old row."""
    export(NAMES, ROWS, minutes(0))
    export(NAMES, [], minutes(1))
    assert export.sheet.values() == [["day", "answers"]]


def test_null_clears_the_cell(export: Export) -> None:
    """A value that became NULL is not left standing."""
    export(NAMES, ROWS, minutes(0))
    changed = export(NAMES, [(DAY, None), (None, 4)], minutes(1))
    assert export.sheet.values() == [["day", "answers"], [SERIAL], [None, 4]]
    assert changed.cells_changed == 2
    assert export(NAMES, [(DAY, None), (None, 4)], minutes(2)).outcome == "unchanged"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 30",
        "-1-2",
        "@cell",
        '=IMPORTXML("x")',
        "'quoted",
        "00123",
        "1e5",
        "TRUE",
        "2026-11-20",
    ],
)
def test_text_is_never_parsed(export: Export, text: str) -> None:
    """Text that looks like a formula, a number or a date is stored as the text that it is."""
    export(["text"], [(text,)], minutes(0))
    assert export.sheet.values() == [["text"], [text]]
    assert export(["text"], [(text,)], minutes(1)).outcome == "unchanged"


def test_values_keep_their_types(export: Export) -> None:
    """Numbers, booleans and big integers: what a number cell would round becomes text."""
    row = (1, True, 0.5, Decimal("29.41"), 2**60, Decimal("1.5e20"), "x", dt.time(6), False)
    export([f"c{number}" for number in range(9)], [row], minutes(0))
    (_, values) = export.sheet.values()
    assert values[:4] == [1, True, 0.5, 29.41]
    assert values[4] == str(2**60)
    assert values[6:] == ["x", 0.25, False]
    assert export([f"c{number}" for number in range(9)], [row], minutes(1)).outcome == "unchanged"


@pytest.mark.parametrize(("before", "after"), [(1, True), (0, False), (1, "1"), (True, "TRUE")])
def test_another_type_is_another_value(export: Export, before: Any, after: Any) -> None:
    """1 is not TRUE and not "1", although Python or the display takes them for equal."""
    export(["v"], [(before,)], minutes(0))
    assert export(["v"], [(after,)], minutes(1)).cells_changed == 1
    assert type(export.sheet.values()[1][0]) is type(after)


def test_edited_cell_is_restored(export: Export) -> None:
    """A cell that somebody typed over gets the result's value again."""
    export(NAMES, ROWS, minutes(0))
    export.sheet.set_values([[999]], row=1, column=1)
    exported = export(NAMES, ROWS, minutes(1))
    assert (exported.outcome, exported.cells_changed) == ("written", 1)
    assert export.sheet.values() == SHOWN


def test_older_result_is_superseded(export: Export) -> None:
    """A result that was queried before the one that stands there is not written."""
    export(NAMES, ROWS, minutes(5))
    older = export(NAMES, [(DAY, 1)], minutes(4))
    assert (older.outcome, older.rectangle, older.rows) == ("superseded", "Sheet1!A1:B3", 2)
    assert older.cells_changed == 0
    assert export.sheet.values() == SHOWN


def test_query_times_are_compared_as_moments(export: Export) -> None:
    """Times of different zones are compared by when they were, not by their digits."""
    west = dt.timezone(dt.timedelta(hours=-8))
    export(NAMES, ROWS, minutes(5).astimezone(west))
    assert export(NAMES, [], minutes(4)).outcome == "superseded"
    assert export(NAMES, [], minutes(6).astimezone(dt.timezone(dt.timedelta(hours=9)))).outcome == (
        "written"
    )


def test_neighbours_survive(export: Export) -> None:
    """Cells beside and below the rectangle, and other tabs, are as before, through all changes."""
    export.sheet.set_values([["note"], ["mine"], ["yours"]], column=3)
    export.sheet.set_values([["sum", "=A2"]], row=8)
    other = export.workbook.add_worksheet("Other")
    other.set_values([["x"]])
    for number, rows in enumerate((ROWS, ROWS * 3, ROWS[:1], [])):
        export(NAMES, rows, minutes(number))
        values = export.sheet.values()
        assert [row[3] for row in values[:3]] == ["note", "mine", "yours"]
        assert values[8] == ["sum", "=A2"]
        assert other.values() == [["x"]]


def test_rectangle_may_begin_anywhere(export: Export) -> None:
    """An anchor other than A1 leaves what stands above and to the left alone."""
    export.sheet.set_values([["Title of the report"], ["left"]])
    exported = export(NAMES, ROWS, minutes(0), anchor="C3")
    assert exported.rectangle == "Sheet1!C3:D5"
    values = export.sheet.values()
    assert values[:2] == [["Title of the report"], ["left"]]
    assert values[2] == [None, None, "day", "answers"]


def test_moved_anchor_takes_the_old_rectangle_away(export: Export) -> None:
    """With another anchor the result moves: nothing of it stays, also where both overlap."""
    export(NAMES, ROWS, minutes(0))
    for number, (anchor, corner) in enumerate(
        {"E2": (1, 4), "D2": (1, 3), "A1": (0, 0)}.items(), 1
    ):
        export(NAMES, ROWS, minutes(number), anchor=anchor)
        row, column = corner
        blanks = [None] * column
        assert export.sheet.values() == [*[[]] * row, *[[*blanks, *shown] for shown in SHOWN]]
    assert len(metadata(export.workbook)) == 1


def test_first_export_takes_over_a_block_with_its_headers(export: Export) -> None:
    """What an earlier program wrote under the same headers is replaced, however long it was."""
    export.sheet.set_values([["Day ", "answers"], *[[SERIAL - 9, 1]] * 7, [], ["below"]])
    exported = export(NAMES, ROWS, minutes(0))
    assert exported.outcome == "written"
    assert export.sheet.values() == [*SHOWN, *[[]] * 6, ["below"]]


def test_first_export_of_what_stands_there_is_recorded(export: Export) -> None:
    """A block that is the result already is written once, so that the next time it is the export's."""
    export.sheet.set_values(SHOWN)
    exported = export(NAMES, ROWS, minutes(0))
    assert (exported.outcome, exported.cells_changed) == ("written", 0)
    assert export(NAMES, ROWS, minutes(1)).outcome == "unchanged"


def test_grid_grows_when_it_must(export: Export) -> None:
    """A result beyond the grid adds rows and columns; frozen rows and the gid stay."""
    tab = export.workbook.add_worksheet("small", rows=3, columns=1, sheet_id=42)
    tab.frozen_row_count = 2
    rows = [(number, number) for number in range(10)]
    export(["a", "b"], rows, minutes(0), worksheet=42)
    assert (tab.row_count, tab.column_count, tab.frozen_row_count) == (11, 2, 2)
    export(["a", "b"], [], minutes(1), worksheet="small")
    assert (tab.row_count, tab.sheet_id, tab.values()) == (11, 42, [["a", "b"]])


def test_rows_that_people_deleted_do_not_matter(export: Export) -> None:
    """A grid that is smaller by now than the recorded rectangle is no obstacle."""
    export(NAMES, ROWS * 3, minutes(0))
    export.delete("ROWS", 2, 1000)
    export(NAMES, ROWS[:1], minutes(1))
    assert export.sheet.values() == SHOWN[:2]
    export.delete("COLUMNS", 1, 26)
    export(["day"], [(DAY,)], minutes(2))
    assert export.sheet.values() == [["day"], [SERIAL]]
    export(NAMES, ROWS, minutes(3))
    assert export.sheet.values() == SHOWN


def test_number_formats_of_people_are_kept_and_carried_on(export: Export) -> None:
    """A format chosen for a column stays, and new rows below get it, too."""
    export(NAMES, ROWS, minutes(0))
    export.sheet.set_number_format("A2:A3", "DATE", "dd.mm.yyyy")
    export.sheet.set_number_format("B2:B3", "NUMBER", "#,##0")
    export.sheet.set_number_format("B1", "TEXT")
    export(NAMES, ROWS * 2, minutes(1))
    assert export.formats("A2:A5") == ["dd.mm.yyyy"] * 4
    assert export.formats("B1:B5") == ["", *["#,##0"] * 4]
    assert export.formats("A1:A1") == [None]


def test_single_cell_formats_are_kept(export: Export) -> None:
    """A row that somebody marked keeps its own format when the rows are written again."""
    export(NAMES, ROWS * 2, minutes(0))
    export.sheet.set_number_format("B2:B9", "NUMBER", "0")
    export.sheet.set_number_format("B4", "PERCENT", "0%")
    export(NAMES, [(DAY, 7)] * 4, minutes(1))
    assert export.formats("B2:B5") == ["0", "0", "0%", "0"]


def test_readers_never_see_a_blank_or_half_written_sheet(export: Export, sandbox: Sandbox) -> None:
    """A reader that polls through the API sees one whole result or the other."""
    small = [(DAY, number) for number in range(5)]
    large = [(DAY + dt.timedelta(days=1), number) for number in range(400)]
    whole = {
        tuple(map(tuple, [["day", "answers"], *[[SERIAL + add, n] for n in range(count)]]))
        for add, count in ((0, 5), (1, 400))
    }
    export(NAMES, small, minutes(0))
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
                export(NAMES, large if number % 2 else small, minutes(number))
        finally:
            ended.set()
        reader.result()
    assert set(seen) == whole
    assert len(seen) > 5


def test_lost_answer_writes_the_same_again(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batchUpdate that was applied and not answered is sent again, and does no harm."""
    import requests

    send = export.client._http.session.send
    lost = []

    def losing(request: requests.PreparedRequest, **more: Any) -> requests.Response:
        response = send(request, **more)
        if request.url.endswith(":batchUpdate") and len(lost) < 2:
            lost.append(response)
            raise requests.exceptions.ReadTimeout
        return response

    monkeypatch.setattr(export.client._http.session, "send", losing)
    exported = export(NAMES, ROWS, minutes(0))
    assert (exported.outcome, len(lost)) == ("written", 2)
    assert export.sheet.values() == SHOWN
    assert {entry["rectangle"] for entry in metadata(export.workbook)} == {"A1:B3"}
    # However often it was recorded: the next write leaves one record.
    export(NAMES, ROWS[:1], minutes(1))
    assert [entry["rectangle"] for entry in metadata(export.workbook)] == ["A1:B2"]


def test_export_that_cannot_be_read_back_says_that_it_was_written(
    export: Export, sandbox: Sandbox
) -> None:
    """The write was applied: an error of the read after it must not say that nothing changed."""
    export(NAMES, ROWS, minutes(0))
    for fault in (
        Fault("delay", "values:batchGet"),
        Fault("answer", "values:batchGet", status=400),
    ):
        sandbox.google.faults.add(fault)
    with pytest.raises(
        SheetError, match="result was written, but could not be read back"
    ) as failed:
        export(NAMES, ROWS[:1], minutes(1))
    assert "changed" not in str(failed.value)
    assert export.sheet.values() == SHOWN[:2]
    assert export(NAMES, ROWS[:1], minutes(2)).outcome == "unchanged"


def test_midnight_is_what_was_written(export: Export) -> None:
    """A time of 0:00 is the number 0, as Google tells it: no edit by hand, and no other value."""
    rows = [(dt.time(0), 1e16), (dt.time(12), -0.0)]
    reject = {"on_manual_edit": "reject"}
    export(["clock", "double"], rows, minutes(0), **reject)
    assert export(["clock", "double"], rows, minutes(1), **reject).outcome == "unchanged"
    assert export(["clock", "double"], rows[:1], minutes(2), **reject).outcome == "written"
