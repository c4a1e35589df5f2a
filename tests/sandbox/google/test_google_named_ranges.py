"""Named ranges: defined, read by their name, and moved with their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

CELLS = {"startRowIndex": 2, "endRowIndex": 6, "startColumnIndex": 1, "endColumnIndex": 4}


def named(name: str = "answers", **grid_range: Any) -> dict[str, Any]:
    """An addNamedRange."""
    return {"addNamedRange": {"namedRange": {"name": name, "range": grid_range or CELLS}}}


def dimension(kind: str, dimension_: str, start: int, end: int) -> dict[str, Any]:
    """An insertDimension or deleteDimension."""
    cells = {"sheetId": 0, "dimension": dimension_, "startIndex": start, "endIndex": end}
    return {kind: {"range": cells}}


@pytest.fixture
def ranges(client: Client, address: str) -> Callable[[], dict[str, Any]]:
    """The range of each named range by its name, as spreadsheets.get tells it."""

    def told() -> dict[str, Any]:
        body = client.get(address, fields="namedRanges(name,range)").json()
        return {each["name"]: each["range"] for each in body.get("namedRanges", [])}

    return told


def test_a_named_range_is_told_and_read(
    client: Client, address: str, change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """Its name stands for its cells wherever a range may stand, in any case."""
    sheet.set_values([["x"], [], [None, "id", "score"], [None, 1, 9]])
    (reply,) = change(named())
    added = reply["addNamedRange"]["namedRange"]
    assert added["range"] == CELLS
    body = client.get(address).json()
    assert body["namedRanges"] == [added]
    for text in ("answers", "ANSWERS"):
        answer = client.get(f"{address}/values/{text}").json()
        assert answer["range"] == "Sheet1!B3:D6"
        assert answer["values"] == [["id", "score"], ["1", "9"]]
    answer = client.get(f"{address}/values:batchGet", ranges=["answers", "A1"]).json()
    assert [each["range"] for each in answer["valueRanges"]] == ["Sheet1!B3:D6", "Sheet1!A1"]


def test_a_named_range_goes_before_a_title_without_quotes(
    client: Client, address: str, change: Callable[..., list[Any]], sheet: Worksheet
) -> None:
    """https://developers.google.com/workspace/sheets/api/guides/concepts says so."""
    change(named("Sheet1", startRowIndex=0, endRowIndex=1, startColumnIndex=0, endColumnIndex=2))
    told = [
        client.get(f"{address}/values/{text}").json()["range"]
        for text in ("Sheet1", "%27Sheet1%27", "Sheet1!A1:A2")
    ]
    assert told == ["Sheet1!A1:B1", "Sheet1!A1:Z1000", "Sheet1!A1:A2"]


@pytest.mark.parametrize(
    ("request_", "rows", "columns"),
    [
        (dimension("insertDimension", "ROWS", 0, 2), (4, 8), (1, 4)),
        (dimension("insertDimension", "ROWS", 2, 3), (3, 7), (1, 4)),
        (dimension("insertDimension", "ROWS", 3, 5), (2, 8), (1, 4)),
        (dimension("insertDimension", "ROWS", 6, 7), (2, 6), (1, 4)),
        (dimension("insertDimension", "COLUMNS", 0, 1), (2, 6), (2, 5)),
        (dimension("deleteDimension", "ROWS", 0, 1), (1, 5), (1, 4)),
        (dimension("deleteDimension", "ROWS", 1, 4), (1, 3), (1, 4)),
        (dimension("deleteDimension", "ROWS", 5, 9), (2, 5), (1, 4)),
        (dimension("deleteDimension", "COLUMNS", 2, 3), (2, 6), (1, 3)),
    ],
)
def test_it_moves_with_its_cells(
    change: Callable[..., list[Any]],
    ranges: Callable[[], dict[str, Any]],
    request_: dict[str, Any],
    rows: tuple[int, int],
    columns: tuple[int, int],
) -> None:
    """Rows and columns inserted within it make it grow, deleted ones shrink it."""
    change(named(), request_)
    told = ranges()["answers"]
    assert (told["startRowIndex"], told["endRowIndex"]) == rows
    assert (told["startColumnIndex"], told["endColumnIndex"]) == columns


def test_open_ends_stay_at_the_edge(
    change: Callable[..., list[Any]], ranges: Callable[[], dict[str, Any]]
) -> None:
    """Whole columns are whole columns, whatever happens to the rows."""
    columns = {"startColumnIndex": 1, "endColumnIndex": 3}
    change(
        named("whole", **columns),
        named("below", startRowIndex=2),
        dimension("insertDimension", "ROWS", 0, 1),
        dimension("deleteDimension", "ROWS", 5, 9),
    )
    assert ranges() == {"whole": columns, "below": {"startRowIndex": 3}}


def test_it_goes_with_its_last_cell_and_its_sheet(
    change: Callable[..., list[Any]], ranges: Callable[[], dict[str, Any]]
) -> None:
    """Nothing is left of a named range whose rows or sheet were deleted."""
    change(
        {"addSheet": {"properties": {"sheetId": 7}}},
        named("one"),
        named("two", sheetId=7),
        dimension("deleteDimension", "ROWS", 2, 6),
        {"deleteSheet": {"sheetId": 7}},
    )
    assert ranges() == {}


def test_it_is_changed_and_deleted(
    change: Callable[..., list[Any]],
    ranges: Callable[[], dict[str, Any]],
    refused: Callable[..., str],
) -> None:
    """Fields not in the mask stay; the id is the caller's if given."""
    new = {"namedRangeId": "mine", "name": "one", "range": {"startRowIndex": 1}}
    (reply,) = change({"addNamedRange": {"namedRange": new}})
    assert reply == {"addNamedRange": {"namedRange": new}}
    renamed = {"namedRangeId": "mine", "name": "two"}
    change({"updateNamedRange": {"namedRange": renamed, "fields": "name"}})
    assert ranges() == {"two": {"startRowIndex": 1}}
    moved = {"namedRangeId": "mine", "range": CELLS}
    change({"updateNamedRange": {"namedRange": moved, "fields": "range"}})
    assert ranges() == {"two": CELLS}
    assert "already exists" in refused({"addNamedRange": {"namedRange": {**new, "name": "x"}}})
    change({"deleteNamedRange": {"namedRangeId": "mine"}})
    assert ranges() == {}
    assert "No named range with id: mine" in refused({"deleteNamedRange": {"namedRangeId": "mine"}})


@pytest.mark.parametrize("name", ["", "1st", "a b", "A1", "r1c1", "TRUE", "a" * 251])
def test_names_that_are_none(refused: Callable[..., str], name: str) -> None:
    """https://support.google.com/docs/answer/63175 says what a name is."""
    assert "is not valid for a named range" in refused(named(name))


@pytest.mark.parametrize(
    ("requests", "sentence"),
    [
        ([named(), named("ANSWERS")], "already exists"),
        ([named(startRowIndex=3, endRowIndex=3)], "must be greater than startRowIndex"),
        ([named(startRowIndex=1, endRowIndex=2000)], "exceeds grid limits"),
        ([named(sheetId=404)], "No grid with id: 404"),
        ([{"addNamedRange": {"namedRange": {"name": "x"}}}], "A range must be specified"),
    ],
)
def test_named_ranges_that_are_refused(
    refused: Callable[..., str], requests: list[dict[str, Any]], sentence: str
) -> None:
    """A name twice, and cells that are none."""
    assert sentence in refused(*requests)
