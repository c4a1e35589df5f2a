from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from client_tables import minutes

from sheet_assets.errors import QueryError, SheetError
from sheet_assets.sandbox.google import Fault
from sheet_assets.sheets.export_column import ExportColumn

if TYPE_CHECKING:
    from client_sheets import Export

    from sheet_assets.sandbox import Sandbox

NAMES = ["id", "name", "score"]
ROWS = [(1, "a", 10), (2, "b", 20), (3, "c", 30)]
UPSERT: dict[str, Any] = {"mode": "upsert", "key": ("id",)}
APPEND: dict[str, Any] = {"mode": "append"}


def values(export: Export) -> list[list[Any]]:
    return export.sheet.values()


def test_append_adds_below(export: Export) -> None:
    """Each result's rows come below the ones before, under one header."""
    export(NAMES, ROWS, minutes(0), **APPEND)
    added = export(NAMES, [(4, "d", 40)], minutes(1), **APPEND)
    assert values(export) == [NAMES, *map(list, ROWS), [4, "d", 40]]
    assert (added.outcome, added.rectangle, added.rows, added.cells_changed) == (
        "written",
        "Sheet1!A1:C5",
        4,
        3,
    )
    assert added.difference is not None
    assert (added.difference.added, added.difference.changed) == (1, 0)


def test_append_of_the_same_result_is_done_once(export: Export) -> None:
    """The same rows again add nothing, and say so; by force they are added again."""
    export(NAMES, ROWS, minutes(0), **APPEND)
    assert export(NAMES, ROWS, minutes(1), **APPEND).outcome == "unchanged"
    assert values(export) == [NAMES, *map(list, ROWS)]
    assert export(NAMES, ROWS, minutes(2), force=True, **APPEND).outcome == "written"
    assert len(values(export)) == 7


def test_append_is_done_once_a_run(export: Export) -> None:
    """The second try of a run appends nothing, although its query gives other rows by now."""
    export(NAMES, ROWS, minutes(0), run_id="one", **APPEND)
    assert export(NAMES, ROWS[:1], minutes(1), run_id="one", **APPEND).outcome == "unchanged"
    assert export(NAMES, ROWS[:1], minutes(2), run_id="two", **APPEND).outcome == "written"


def test_append_goes_on_under_a_block_with_its_headers(export: Export) -> None:
    """What an earlier program appended stays, and the result is added to it."""
    export.sheet.set_values([NAMES, [0, "old", 0], [], ["footnote"]])
    export(NAMES, ROWS[:1], minutes(0), **APPEND)
    assert values(export) == [NAMES, [0, "old", 0], [1, "a", 10], ["footnote"]]
    said = export.refused(NAMES, ROWS[1:], minutes(1), **APPEND)
    assert "Sheet1!A4" in said


def test_upsert_replaces_by_key_and_keeps_the_order(export: Export) -> None:
    """Rows stay where people sorted them; changed ones are replaced there, new ones come below."""
    export(NAMES, ROWS, minutes(0), **UPSERT)
    export.sheet.set_values([[3, "c", 30], [1, "a", 10], [2, "b", 20]], row=1)
    export.sheet.set_values([["note"], ["of c"], ["of a"], ["of b"]], column=3)
    made = export(NAMES, [(0, "z", 0), (2, "b", 21), (3, "c", 30)], minutes(1), **UPSERT)
    assert values(export) == [
        [*NAMES, "note"],
        [3, "c", 30, "of c"],
        [1, "a", 10, "of a"],
        [2, "b", 21, "of b"],
        [0, "z", 0],
    ]
    assert (made.cells_changed, made.rows, made.rectangle) == (4, 4, "Sheet1!A1:C5")
    assert made.difference is not None
    assert (made.difference.added, made.difference.changed, made.difference.removed) == (1, 1, 0)
    (changed, added) = made.difference.rows
    assert (changed.columns, changed.before, changed.after) == (
        ("score",),
        {"id": "2", "name": "b", "score": "20"},
        {"id": "2", "name": "b", "score": "21"},
    )
    assert added.after == {"id": "0", "name": "z", "score": "0"}
    assert export(NAMES, [(2, "b", 21)], minutes(2), **UPSERT).outcome == "unchanged"


def test_upsert_leaves_formulas_of_rows_it_does_not_change(export: Export) -> None:
    """A row that is the same, or not in the query, is not written: what it holds stays."""
    export(NAMES, ROWS, minutes(0), **UPSERT)
    export.sheet.set_values([["=C2"]], row=3, column=2)
    before = values(export)[3]
    export(NAMES, [(1, "a", 11)], minutes(1), **UPSERT)
    assert values(export)[1] == [1, "a", 11]
    assert values(export)[3] == before


@pytest.mark.parametrize(
    ("missing", "left", "rectangle"),
    [
        ("keep", [[1, "a", 10, "x"], [2, "b", 20, "y"], [3, "c", 30, "z"]], "A1:C4"),
        ("clear", [[None, None, None, "x"], [2, "b", 20, "y"], [None, None, None, "z"]], "A1:C4"),
        ("delete", [[2, "b", 20, "y"]], "A1:C2"),
    ],
)
def test_rows_that_left_the_query(
    export: Export, missing: str, left: list[Any], rectangle: str
) -> None:
    """They stay, lose the export's cells, or go with their whole rows, as it is declared."""
    export(NAMES, ROWS, minutes(0), **UPSERT)
    export.sheet.set_values([["x"], ["y"], ["z"]], row=1, column=3)
    made = export(NAMES, [ROWS[1]], minutes(1), missing_rows=missing, **UPSERT)
    assert values(export) == [NAMES, *left]
    assert made.rectangle == f"Sheet1!{rectangle}"
    assert made.rows == len(left)
    again = export(NAMES, [ROWS[1]], minutes(2), missing_rows=missing, **UPSERT)
    assert again.outcome == "unchanged"
    # The key comes back: into its row where that stayed, else below.
    export(NAMES, [ROWS[1], ROWS[2]], minutes(3), missing_rows=missing, **UPSERT)
    assert [row[:3] for row in values(export)].count([3, "c", 30]) == 1


def test_rows_are_deleted_and_added_at_once(export: Export) -> None:
    """Deleted rows move what is below them: the added rows are read back where they are then."""
    export(NAMES, ROWS, minutes(0), **UPSERT)
    new = [(2, "b", 22), (8, "h", 80), (9, "i", 90)]
    made = export(NAMES, new, minutes(1), missing_rows="delete", **UPSERT)
    assert values(export) == [NAMES, *map(list, new)]
    assert made.rectangle == "Sheet1!A1:C4"


@pytest.mark.parametrize("new", [[(2, "b", 22), (3, "c", 30)], [(1, "a", 10)]])
@pytest.mark.parametrize("kind", ["503 after applying", "drop after applying", "truncate"])
def test_rows_are_deleted_once_when_an_answer_is_lost(
    export: Export, sandbox: Sandbox, kind: Any, new: list[tuple[Any, ...]]
) -> None:
    """An update that was applied and is sent again deletes no other rows, nor those of people."""
    export(NAMES, ROWS, minutes(0), **UPSERT)
    export.sheet.set_values([["below"]], row=6, column=0)
    for fault in (Fault("delay", ":batchUpdate", "POST"), Fault(kind, ":batchUpdate", "POST")):
        sandbox.google.faults.add(fault)
    made = export(NAMES, new, minutes(1), missing_rows="delete", **UPSERT)
    assert not sandbox.google.faults.entries()
    assert (made.outcome, made.staged) == ("written", True)
    stands = [row for row in values(export) if row]
    assert stands == [NAMES, *map(list, new), ["below"]]
    assert len(export.workbook.worksheets) == 1


def test_all_rows_may_be_deleted_below_frozen_ones(export: Export) -> None:
    """Google keeps one row that is not frozen: the grid gets one, so that all others can go."""
    tab = export.workbook.add_worksheet("tight", rows=4, columns=3)
    tab.frozen_row_count = 1
    more = {**UPSERT, "worksheet": "tight", "missing_rows": "delete"}
    export(NAMES, ROWS, minutes(0), **more)
    export(NAMES, [], minutes(1), **more)
    assert tab.values() == [NAMES]


def test_upsert_takes_new_columns_at_the_end(export: Export) -> None:
    """A column that the query gains is added on the right, in every row that the query has."""
    export(NAMES, ROWS, minutes(0), **UPSERT)
    wider = [(*row, row[2] * 2) for row in ROWS[:2]]
    export([*NAMES, "twice"], wider, minutes(1), **UPSERT)
    assert values(export) == [[*NAMES, "twice"], [1, "a", 10, 20], [2, "b", 20, 40], [3, "c", 30]]


@pytest.mark.parametrize("mode", [APPEND, UPSERT])
def test_other_headers_are_refused(export: Export, mode: dict[str, Any]) -> None:
    """Rows that stay must not come under another header."""
    export(NAMES, ROWS, minutes(0), **mode)
    said = export.refused(["id", "score", "name"], [(1, 10, "a")], minutes(1), **mode)
    assert "The headers from Sheet1!A1 on are id, name, score" in said
    assert "the export's are id, score, name" in said


def test_keys_must_be_unique(export: Export) -> None:
    """In the query and in the sheet; neither is written, and the message names rows or numbers."""
    with pytest.raises(QueryError, match=r"1 of the query's 2 rows have the key of another"):
        export(NAMES, [ROWS[0], (1, "x", 0)], minutes(0), **UPSERT)
    with pytest.raises(QueryError, match="A row of the query has no id, which is its `key`"):
        export(NAMES, [(None, "x", 0)], minutes(0), **UPSERT)
    export(NAMES, ROWS, minutes(0), **UPSERT)
    export.sheet.set_values([[1]], row=3)
    said = export.refused(NAMES, ROWS, minutes(1), **UPSERT)
    assert "The rows of Sheet1!A2 and Sheet1!A4 have the same key (id)" in said


def test_columns_are_chosen_named_and_formatted(export: Export) -> None:
    """Only the declared columns, in their order, under their headers, in their formats."""
    shown = (
        ExportColumn(name="score", header="Score (%)", number_format="0.0%"),
        ExportColumn(name="name"),
    )
    export(NAMES, ROWS, minutes(0), columns=shown)
    assert values(export) == [["Score (%)", "name"], [10, "a"], [20, "b"], [30, "c"]]
    assert export.formats("A1:A4") == [None, *["0.0%"] * 3]
    # A declared format is written over a person's.
    export.sheet.set_number_format("A2:A4", "NUMBER", "0")
    export(NAMES, ROWS[:2], minutes(1), columns=shown)
    assert export.formats("A2:A3") == ["0.0%"] * 2


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        (["id", "id"], {}, 'gives two columns "id"'),
        (["id"], {"columns": (ExportColumn(name="no"),)}, 'no column "no", which `columns` names'),
        (["id"], {"mode": "upsert", "key": ("no",)}, 'no column "no", which `key` names'),
        (["id"], {"allow_empty": False}, "returned no rows, and the sheet is as it was"),
    ],
)
def test_results_that_cannot_be_shown(
    export: Export, names: list[str], options: dict[str, Any], said: str
) -> None:
    """A result of the wrong form is refused before the sheet is even read."""
    with pytest.raises(QueryError, match=said):
        export(names, [], minutes(0), **options)


def test_not_a_number_is_refused_or_blank(export: Export) -> None:
    """NaN and infinity fit no cell: the column is named, or they are left blank by choice."""
    row = [(float("nan"), float("inf"), 1)]
    said = export.failed(NAMES, row, minutes(0))
    assert 'The column "id" of the result cannot be written: nan' in said
    assert "not_a_number: blank" in said
    export(NAMES, row, minutes(0), not_a_number="blank")
    assert values(export) == [NAMES, [None, None, 1]]


def test_manual_edits_may_be_refused(export: Export) -> None:
    """With `reject` a cell that somebody typed over stops the export until it is put back."""
    reject: dict[str, Any] = {"on_manual_edit": "reject"}
    export(NAMES, ROWS, minutes(0), **reject)
    export(NAMES, [*ROWS, (4, "d", 40)], minutes(1), **reject)
    export.sheet.set_values([[99]], row=2, column=2)
    said = export.refused(NAMES, ROWS, minutes(2), **reject)
    assert "Somebody edited Sheet1!A1:C5 since the export of 2026-11-20 12:01 UTC" in said
    export.sheet.set_values([[20]], row=2, column=2)
    assert export(NAMES, ROWS, minutes(3), **reject).outcome == "written"
    export.sheet.set_values([[99]], row=2, column=2)
    assert export(NAMES, ROWS, minutes(4), force=True, **reject).outcome == "written"
    assert values(export) == [NAMES, *map(list, ROWS)]


def test_the_difference_is_told_row_by_row(export: Export) -> None:
    """Rows are told apart by their first column, so an inserted one is no change of all below."""
    export(NAMES, ROWS, minutes(0))
    made = export(NAMES, [(0, "z", 0), ROWS[0], (2, "B", 20)], minutes(1))
    assert made.difference is not None
    assert made.difference.key == ("id",)
    assert [(row.kind, (row.after or row.before or {})["id"]) for row in made.difference.rows] == [
        ("changed", "2"),
        ("removed", "3"),
        ("added", "0"),
    ]


def test_options_that_do_not_go_together() -> None:
    """They are refused where they are declared, by the field's name."""
    from sheet_assets.clients.sheet_export.chart import Chart
    from sheet_assets.clients.sheet_export.target import ExportTarget

    shown = (ExportColumn(name="a"),)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("key: mode upsert needs", {"mode": "upsert"}),
        ("missing_rows: only an upsert has it", {"missing_rows": "delete"}),
        ("create_worksheet: a tab that is not there", {"create_worksheet": True, "worksheet": 7}),
        ("key: 'b' is none of the `columns`", {"mode": "upsert", "key": ("b",), "columns": shown}),
        (
            "chart: 'b' is none of the `columns`",
            {"columns": shown, "chart": Chart(x="a", y=("b",))},
        ),
    ]
    for said, options in wrong:
        with pytest.raises(ValueError, match=said):
            ExportTarget("x", "id", **{"worksheet": "Sheet1", **options})


def test_anchor_of_rows_that_stay_cannot_change(export: Export) -> None:
    """Rows that an append keeps are not moved by a new anchor: that is refused with the remedy."""
    export(NAMES, ROWS, minutes(0), **APPEND)
    with pytest.raises(SheetError, match="stands at A1 of Sheet1, and its `anchor` is B3"):
        export(NAMES, ROWS[:1], minutes(1), anchor="B3", **APPEND)
