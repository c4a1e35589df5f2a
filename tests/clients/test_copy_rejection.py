from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from client_tables import columns, minutes

from sheet_assets.errors import CellError, CopyRejectedError
from sheet_assets.sheets.contract import Column
from sheet_assets.warehouse.manifest import Origin, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from client_tables import Table

WIDE = columns(id="integer!", comment="varchar(400)", note="varchar(400)")
NARROW = columns(id="integer!", comment="varchar(400)", note="varchar(5)")
# Rows 3 to 5 of the worksheet, then two blank ones, then from row 8 on; in columns B, D and C.
ORIGIN = Origin(
    columns={"id": 1, "comment": 3, "note": 2},
    headers={"id": "No.", "comment": "What was said", "note": "Note"},
    blocks=((2, 3), (7, 100)),
)
GOOD = [(1, "a", "ok"), (2, "b\nc", "ok"), (3, "d\r\n\n", "x\ny")]


@pytest.fixture
def nps(table: Callable[..., Table]) -> Table:
    """A table that is narrower than the contract that its sheet is written by."""
    made = table(NARROW)
    made.load(GOOD, minutes(0))
    made.source = made.source.model_copy(update={"columns": WIDE})
    return made


def refused(
    nps: Table, rows: Sequence[Sequence[Any]], *, origin: Origin | None = ORIGIN, **options: Any
) -> CellError | CopyRejectedError:
    """Load rows that COPY refuses, and look that nothing has changed."""
    before = (nps.rows(), nps.records())
    snapshot, manifest_url = nps.upload(rows)
    reading = Reading(read_at=minutes(1), worksheet="Answers", origin=origin)
    options.setdefault("store", nps.store)
    with pytest.raises((CellError, CopyRejectedError)) as raised:
        nps.load_snapshot(snapshot, reading, manifest_url=manifest_url, **options)
    assert (nps.rows(), nps.records()) == before
    return raised.value


@pytest.mark.parametrize(
    ("before", "address"),
    [
        ([], "C3"),
        (GOOD[:1], "C4"),
        (GOOD[:2], "C5"),
        (GOOD, "C8"),
        ([*GOOD, (4, "e", None), (5, None, "\n\n")], "C10"),
    ],
    ids=["first", "second", "multi-line", "behind-blank-rows", "null-and-newlines"],
)
def test_refused_value_is_a_cell_of_the_sheet(
    nps: Table, before: list[tuple[Any, ...]], address: str
) -> None:
    """Texts of several lines and blank rows of the sheet shift nothing; nor do rows behind it."""
    error = refused(nps, [*before, (6, "f\ng", "private")  , *GOOD])  # fmt: skip
    assert isinstance(error, CellError)
    (cell,) = error.cells
    assert (cell.worksheet, cell.address, cell.header, cell.column) == (
        "Answers",
        address,
        "Note",
        "note",
    )
    assert str(error) == (
        f"Answers!{address} \"Note\": 'private' is refused by Redshift: String length exceeds DDL "
        "length. Correct the cell; the table keeps its last version."
    )


@pytest.mark.parametrize("bad", [0, 2, 3, 6])
def test_refused_value_is_found_in_any_part(
    nps: Table, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    """Files of three rows each: the rows of those before count."""
    monkeypatch.setattr("sheet_assets.clients.sheet_snapshot.ROWS_A_PART", 3)
    rows = [(row, f"{row}\n", "x\ny") for row in range(7)]
    rows[bad] = (bad, "z", "too long")
    error = refused(nps, rows)
    assert isinstance(error, CellError)
    assert error.cells[0].address == f"C{(3, 4, 5, 8, 9, 10, 11)[bad]}"


def test_sensitive_value_is_never_shown(nps: Table) -> None:
    """Neither the cell's value, nor what Redshift quotes of it."""
    contract = (*NARROW[:2], Column(name="note", type="integer", sensitive=True))
    secret = nps.changed(*contract)
    secret.load([(1, "a", 5)], minutes(0.5), allow_rebuild=True)
    secret.source = secret.source.model_copy(update={"columns": WIDE})
    error = refused(secret, [(1, "a", "7"), (2, "b", "se'cret")])
    assert "cret" not in str(error)
    assert str(error).startswith(
        'Answers!C4 "Note": the value (hidden: the column is sensitive) is refused by Redshift: '
        "Invalid digit."
    )


def test_value_of_an_unknown_column_is_hidden(nps: Table) -> None:
    """A table whose columns say nothing about what is sensitive shows nothing."""
    from sheet_assets.warehouse.types import TableColumn

    nps.target = replace(
        nps.target,
        columns=tuple(
            TableColumn(name=each.name, type=each.type, required=each.required) for each in NARROW
        ),
    )
    assert "private" not in str(refused(nps, [(1, "a", "private")]))


def test_null_that_redshift_refuses_is_a_blank_cell(nps: Table) -> None:
    """A NULL in a required column: the cell is blank."""
    error = refused(nps, [(1, "a", "ok"), (None, "b", "ok")])
    assert 'Answers!B4 "No.": is blank, but Redshift refuses that: Missing data for' in str(error)


def test_value_in_a_message_is_in_one_short_line(nps: Table) -> None:
    """At most 40 characters, line breaks visible."""
    error = refused(nps, [(1, "a", "one\ntwo " * 20)])
    assert isinstance(error, CellError)
    assert error.cells[0].value == "'one⏎two one⏎two one⏎two one⏎two one⏎two…'"
    assert len(error.cells[0].value) == 42


def test_without_an_origin_the_file_and_line_are_told(nps: Table) -> None:
    """A version that was restored has no cell: file, line and column must do."""
    error = refused(nps, [(1, "a\nb", "ok"), (2, "b", "private")], origin=None)
    assert isinstance(error, CopyRejectedError)
    assert ', line 4, column "note": String length exceeds DDL length. The table' in str(error)
    assert "private" not in str(error)


def test_without_a_look_into_the_file_texts_hide_the_row(nps: Table) -> None:
    """Lines are not rows where texts may have several: no cell is guessed."""
    assert isinstance(refused(nps, [(1, "a", "private")], store=None), CopyRejectedError)


def test_without_texts_the_line_is_the_row(table: Callable[..., Table]) -> None:
    """Then no look into the file is needed."""
    numbers = table(columns(id="integer!", n="smallint"))
    numbers.load([(1, 1)], minutes(0))
    numbers.source = numbers.source.model_copy(
        update={"columns": columns(id="integer!", n="bigint")}
    )
    origin = ORIGIN.model_copy(
        update={"columns": {"id": 1, "n": 2}, "headers": {"id": "No.", "n": "N"}}
    )
    rows = [(row, row) for row in range(5)]
    rows[3] = (3, 1_000_000)
    error = refused(numbers, rows, origin=origin, store=None)
    assert str(error).startswith('Answers!C8 "N": the value (hidden')


def test_part_that_is_gone_meanwhile_leaves_the_line(nps: Table) -> None:
    """What cannot be looked into is told as file and line; the reason is not lost."""
    store = nps.store
    looked = type(store)(store._client, store.bucket, "elsewhere")
    error = refused(nps, [(1, "a", "private")], store=looked)
    assert isinstance(error, CopyRejectedError)
    assert "line 2" in str(error)
