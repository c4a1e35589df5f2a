"""What a defs.yaml may say: a contract, or a sentence that names the field."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from any_data import ODD_TEXTS, TEXTS, YAML_DATA, mostly
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError
from small_deployment import SmallDeployment

from sheet_assets.errors import SheetAssetsError
from sheet_assets.sheets.contract import Column, SheetSource, contract_hash
from sheet_assets.sheets.rules import checker

if TYPE_CHECKING:
    from pathlib import Path

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


SPREADSHEETS = mostly(st.just("https://docs.google.com/spreadsheets/d/1x/edit"), WORDS)
QUERIES = mostly(
    st.sampled_from(["SELECT 1 AS a", "SELECT a, b FROM raw.b WHERE c > '%'"]),
    WORDS | st.text("SELCTFROMab ,.;()'\"*-/", max_size=20).map("SELECT 1 ".__add__),
)
GOOD_COLUMNS = st.fixed_dictionaries({"name": NAMES, "type": st.sampled_from(["date", "integer"])})
COMPONENTS = st.one_of(
    st.tuples(
        st.just("SheetTable"),
        some(
            {
                "name": NAMES,
                "spreadsheet": SPREADSHEETS,
                "worksheet": mostly(st.sampled_from(["Sheet1", 0]), WORDS),
                "table": mostly(st.sampled_from(["raw.a", "raw.b"]), WORDS),
                "columns": st.lists(COLUMNS | GOOD_COLUMNS, min_size=1, max_size=2),
                "range": st.sampled_from(["B3:F", "A1", "x"]),
                "mode": st.sampled_from(["replace", "append", "merge", "swap"]),
                "diststyle": st.sampled_from(["all", "key"]),
                "distkey": NAMES,
                "sortkey": st.lists(NAMES, max_size=1),
                "grants": st.dictionaries(st.sampled_from(["select", "x"]), st.lists(WORDS)),
                "owners": st.lists(WORDS, max_size=1),
                "tags": st.dictionaries(WORDS, WORDS, max_size=1),
                "schedule": mostly(st.sampled_from(["0 5 * * *", "@daily"]), WORDS),
                "freshness_hours": st.floats() | st.integers(-1, 5),
                "group_name": WORDS,
                "description": WORDS,
            },
            ("name", "spreadsheet", "worksheet", "table", "columns"),
        ),
    ),
    st.tuples(
        st.just("SqlTable"),
        some(
            {
                "table": mostly(st.sampled_from(["analytics.a", "raw.b"]), WORDS),
                "query": QUERIES,
                "columns": st.just([{"name": "a", "type": "integer"}]),
                "deps": st.lists(WORDS, max_size=2),
            },
            ("table", "query", "columns"),
        ),
    ),
    st.tuples(
        st.just("SheetExport"),
        some(
            {
                "name": NAMES,
                "query": QUERIES,
                "spreadsheet": SPREADSHEETS,
                "worksheet": mostly(st.just("Report"), WORDS),
                "anchor": st.sampled_from(["A1", "B3", "x"]),
                "chart": st.just({"type": "line", "x": "a", "y": ["b"]}),
            },
            ("name", "query", "spreadsheet", "worksheet"),
        ),
    ),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the projects are written."""
    return tmp_path_factory.mktemp("any_yaml")


@pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20")
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@examples(12)
@given(component=COMPONENTS)
def test_any_defs_yaml_is_loaded_or_explained(root: Path, component: tuple[str, Any]) -> None:
    """In one sentence that begins with its folder, and nothing is printed beside it."""
    kind, attributes = component
    small = SmallDeployment(root, sandbox=None)  # type: ignore[arg-type]  # nothing is run
    said = yaml.safe_dump({"type": f"sheet_assets.{kind}", "attributes": attributes})
    (small.folder / "any").mkdir()
    (small.folder / "any" / "defs.yaml").write_text(said, encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed):
        try:
            _ = small.deployment.definitions
        except SheetAssetsError as refused:
            sentence = str(refused)
        else:
            return
    assert "Traceback" not in printed.getvalue(), printed.getvalue()[-3000:]
    assert sentence.startswith("any/defs.yaml: ")
    assert "\n" not in sentence
