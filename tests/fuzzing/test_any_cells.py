"""Any cells under any header, read by contracts that were drawn, too."""

from __future__ import annotations

from typing import Any

from any_data import JSON_DATA, JSON_SCALARS, mostly
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.errors import CellError, SheetError
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.decode import Decoded, decode

HEADERS = ["a", "b", "c"]
TYPES = [
    *("integer", "bigint", "smallint", "decimal(5,2)", "decimal(38,0)", "real", "double precision"),
    *("boolean", "date", "time", "timestamp", "timestamptz", "varchar(5)", "varchar(65535)"),
]
CELLS = st.one_of(
    JSON_SCALARS,
    st.integers(-3, 60_000),
    st.floats(-1e6, 3e6),
    st.text("0123456789.,:-/+eE TZ", max_size=16),
    st.sampled_from(["2026-11-20", "09:30", "2026-11-20T09:30:00Z", "TRUE", "#N/A", "###", "n/a"]),
)


@st.composite
def contracts(draw: st.DrawFn) -> list[Column]:
    """Columns of any types, whose rules need not fit anything."""
    columns = []
    for name in HEADERS:
        kind = draw(st.sampled_from(TYPES))
        is_text = kind.startswith("varchar")
        says: dict[str, Any] = {"name": name, "type": kind}
        for flag in ("required", "unique", "key", "sensitive"):
            says[flag] = draw(st.booleans())
        says["formula_errors"] = draw(st.sampled_from(["reject", "null"]))
        says["null_values"] = draw(st.sampled_from([(), ("n/a", "0", "2026-11-20")]))
        if is_text:
            says["blank"] = draw(st.sampled_from(["null", "empty"]))
            says["as_displayed"] = draw(st.booleans())
            says["pattern"] = draw(st.sampled_from([None, ".*", r"\d+"]))
        columns.append(Column.model_validate(says))
    return columns


@examples(80)
@given(
    contract=contracts(),
    header=mostly(st.permutations(HEADERS), st.lists(CELLS | st.sampled_from(HEADERS), max_size=4)),
    body=st.lists(st.lists(mostly(CELLS, JSON_DATA), max_size=4), max_size=5),
    time_zone=mostly(st.sampled_from(["Etc/GMT", "America/New_York", "GMT+09:00"]), st.text()),
)
def test_any_cells_are_rows_or_wrong_cells(
    contract: list[Column], header: list[Any], body: list[list[Any]], time_zone: str
) -> None:
    """Every row with something in it is a row of values, or has a part in one of our errors."""
    grid = [header, *body]
    try:
        found = decode(contract, grid, worksheet="Any", time_zone=time_zone)
    except CellError as refused:
        error: SheetError = refused
        said = [f"{cell.address}{cell.reason}" for cell in refused.cells]
    except SheetError as refused:
        error, said = refused, ["one"]
    else:
        _is_all_of(found, body)
        return
    assert str(error).encode()
    assert all(said)


def _is_all_of(found: Decoded, body: list[list[Any]]) -> None:
    bound = found.sheet_columns
    assert found.sheet_rows == [
        number
        for number, row in enumerate(body, 1)
        if any(
            column < len(row) and str(row[column] if row[column] is not None else "").strip()
            for column in bound
        )
    ]
    assert all(len(values) == len(found) for values in found.columns)
