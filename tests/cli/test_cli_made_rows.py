"""Rows that are made to a contract, for a sheet that has no sample.csv."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheet_assets.cli.made_rows import made_rows
from sheet_assets.errors import SandboxError
from sheet_assets.sheets.contract import Column, SheetSource
from sheet_assets.sheets.decode import decode


def source(*columns: Column, **more: Any) -> SheetSource:
    """A source of these columns."""
    said = {"name": "orders", "spreadsheet_id": "one", "worksheet": "Orders"}
    return SheetSource(**{**said, "columns": columns, **more})


def made(*columns: Column, **more: Any) -> list[tuple[Any, ...]]:
    """The values that the made rows are read as."""
    rows = made_rows(source(*columns, **more))
    header = [column.headers[0] for column in columns]
    return list(decode(columns, [header, *rows], worksheet="Orders").rows())


TYPES = {
    "smallint": [{"min": 0, "max": 10}, {"max": -5}, {"min": 32767}, {"allowed": (3, 5, 7)}],
    "integer": [{"min": 1000}, {"unique": True}, {"null_values": ("1", "2")}],
    "bigint": [{"min": "9007199254740993"}, {"min": -3, "max": -3}],
    "decimal(3,2)": [{"min": 1, "max": "1.05"}, {"max": 0}, {"allowed": ("0.5",)}],
    "decimal(38,0)": [{"min": "99999999999999999999"}],
    "real": [{"min": 0, "max": 1}, {"max": -100}],
    "double": [{"min": 0, "max": "0.001"}, {"unique": True}],
    "boolean": [{}, {"allowed": (False,)}],
    "date": [
        {"min": "2025-12-30", "max": "2026-01-03"},
        {"format": "%d.%m.%Y", "max": "1999-12-31"},
        {"format": "%d %b %y"},
    ],
    "time": [{"min": "09:00", "max": "09:05"}, {"format": "%I:%M %p"}],
    "timestamp": [{"max": "2020-01-01"}, {"format": "%d.%m.%Y %H:%M"}, {"format": "%d.%m.%Y"}],
    "timestamptz": [{"min": "2026-01-01T00:00:00Z"}, {"format": "%Y-%m-%dT%H:%M%z"}],
    "varchar(8)": [
        {"pattern": "[A-Z]{2}-[0-9]{3}"},
        {"pattern": "[0-9]{5}", "as_displayed": True},
        {"allowed": ("open", "완료")},
        {"min": "m", "max": "n"},
        {"blank": "empty"},
    ],
    "varchar(1)": [{"unique": True}, {"null_values": ("1", "2", "3")}],
}


@pytest.mark.parametrize(
    ("kind", "rules"), [(kind, rules) for kind, many in TYPES.items() for rules in ({}, *many)]
)
@pytest.mark.parametrize("role", [{}, {"required": True}, {"key": True}])
def test_rows_satisfy_every_rule(kind: str, rules: dict[str, Any], role: dict[str, bool]) -> None:
    """Whatever a column declares, the rows are read without a wrong cell, and none is NULL."""
    column = Column.model_validate({"name": "c", "type": kind, **rules, **role})
    values = made(column)
    assert values
    assert None not in [value for (value,) in values]
    if column.key or column.unique:
        assert len(set(values)) == len(values)


@st.composite
def contracts(draw: st.DrawFn) -> list[Column]:
    """Some columns of any types, with any of the rules above."""
    kinds = draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=4))
    return [
        Column.model_validate(
            {
                "name": f"c{place}",
                "type": kind,
                **draw(st.sampled_from([{}, *TYPES[kind]])),
                "required": draw(st.booleans()),
                "key": draw(st.booleans()),
            }
        )
        for place, kind in enumerate(kinds)
    ]


@given(contracts())
@settings(max_examples=40, deadline=None)
def test_rows_satisfy_any_contract(columns: list[Column]) -> None:
    """Rules of several columns together: keys of several columns, and unique ones beside them."""
    assert made(*columns)


def test_rows_differ_where_the_type_has_room() -> None:
    """Twenty rows that look like something."""
    id_, name = Column(name="id", type="integer"), Column(name="name", type="varchar(20)")
    assert made(id_, name) == [(n, f"name {n}") for n in range(1, 21)]


def test_a_composite_key_uses_its_combinations() -> None:
    """Columns with few values tell rows apart together."""
    letter = Column(name="a", type="varchar(1)", allowed=("A", "B"), key=True)
    number = Column(name="n", type="integer", allowed=(1, 2, 3), key=True)
    assert made(letter, number) == [(a, n) for n in (1, 2, 3) for a in "AB"]


@pytest.mark.parametrize(
    ("more", "rows"),
    [({"min_rows": 26}, 26), ({"range": "B2:C6"}, 4), ({"range": "B2:C6", "header_row": 4}, 2)],
)
def test_as_many_rows_as_the_source_has_room_for(more: dict[str, Any], rows: int) -> None:
    """At least min_rows, and no more than the range holds."""
    assert len(made(Column(name="id", type="integer", key=True), **more)) == rows


def test_an_impossible_column_stays_blank_if_it_may() -> None:
    """A pattern for which nothing is found costs that column only, unless it is required."""
    never = Column(name="never", type="varchar(9)", pattern="(?!x)x")
    assert {value for value, _ in made(never, Column(name="id", type="integer"))} == {None}
    for role in ("required", "key"):
        with pytest.raises(SandboxError) as refused:
            made_rows(source(never.model_copy(update={role: True})))
        assert str(refused.value) == (
            "The sandbox cannot make rows for orders that satisfy its contract (no value was found "
            "for never). Put a sample.csv with the headers and some rows beside its defs.yaml."
        )
    with pytest.raises(SandboxError, match="too few different values were found"):
        made_rows(source(Column(name="b", type="boolean", unique=True), min_rows=3))
