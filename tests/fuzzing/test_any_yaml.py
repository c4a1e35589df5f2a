"""What a defs.yaml may say: a contract, or a sentence that names the field."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from any_data import ODD_TEXTS, TEXTS, YAML_DATA, mostly
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from sheet_assets.sheets.contract import Column, SheetSource, contract_hash
from sheet_assets.sheets.rules import checker

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NAMES = st.sampled_from(["a", "b", "c", "score"])
TYPES = st.sampled_from([
    *("integer", "bigint", "decimal(5,2)", "real", "double precision", "boolean", "date"),
    *("time", "timestamp", "timestamptz", "varchar(9)", "varchar", "decimal(0,0)", "super"),
])  # fmt: skip
FLAGS = st.booleans()
LIMITS = st.sampled_from([0, 1, 9.5, "1", "2026-01-01", "09:30", "2026-01-01T00:00:00Z", "x", True])
WORDS = TEXTS | st.sampled_from(["Score", "n/a", "-"])
PATTERNS = st.sampled_from(ODD_TEXTS) | st.text("a[]()*+?{}\\^$|.,0123456789-:<>=!iPd", max_size=12)
FORMATS = st.sampled_from(ODD_TEXTS) | st.text("%YmdHMSpIzZfjyBbAaUWcxXG u:.-/", max_size=14)


def some(meant: dict[str, SearchStrategy[Any]], needed: tuple[str, ...]) -> SearchStrategy[Any]:
    """A mapping with some of these fields, most of them as they are meant."""
    fields = {name: mostly(strategy, YAML_DATA) for name, strategy in meant.items()}
    required = {name: fields.pop(name) for name in needed}
    return st.fixed_dictionaries(required, optional=fields)


COLUMNS = some(
    {
        "name": NAMES,
        "type": TYPES,
        "header": WORDS,
        "aliases": st.lists(WORDS, max_size=2),
        "blank": st.sampled_from(["null", "empty", None]),
        "null_values": st.lists(WORDS, max_size=2),
        "formula_errors": st.sampled_from(["reject", "null", None]),
        "format": FORMATS,
        "as_displayed": FLAGS,
        "key": FLAGS,
        "required": FLAGS,
        "unique": FLAGS,
        "min": LIMITS,
        "max": LIMITS,
        "allowed": st.lists(LIMITS, max_size=3),
        "pattern": PATTERNS,
        "sensitive": FLAGS,
        "description": WORDS,
    },
    ("name", "type"),
)
SOURCES = some(
    {
        "name": NAMES,
        "spreadsheet_id": WORDS,
        "worksheet": WORDS | st.integers(),
        "range": st.sampled_from(["B3:F", "A1", "3:100", "F:B", "Sheet1!A1"]) | WORDS,
        "named_range": WORDS,
        "sheets_table": WORDS,
        "header_row": st.integers(-1, 5),
        "columns": st.lists(COLUMNS, max_size=3),
        "extra_columns": st.sampled_from(["ignore", "reject"]),
        "min_rows": st.integers(-1, 5),
        "allow_empty": FLAGS,
    },
    ("name", "spreadsheet_id", "columns"),
)


@examples(80)
@given(COLUMNS | YAML_DATA)
@example({"name": "a", "type": "varchar(9)", "pattern": "a{99999999999}"})
@example({"name": "a", "type": "varchar(9)", "pattern": "(" * 5000 + ")" * 5000})
def test_any_data_is_a_column_or_a_sentence(said: Any) -> None:
    """A column whose rules can be tried and whose hash can be computed, or a ValidationError."""
    with warnings.catch_warnings():
        # Of patterns that Python will read differently one day.
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            column = Column.model_validate(said)
        except ValidationError:
            return
        checker(column)
    assert len(contract_hash([column])) == 64


@examples(30)
@given(SOURCES | YAML_DATA)
def test_any_data_is_a_source_or_a_sentence(said: Any) -> None:
    """A sheet whose area is known, or a ValidationError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            source = SheetSource.model_validate(said)
        except ValidationError:
            return
    assert str(source.area)
    assert len(contract_hash(source.columns)) == 64
