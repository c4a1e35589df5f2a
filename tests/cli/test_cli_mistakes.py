"""What the commands say of a broken defs.yaml."""

from __future__ import annotations

import importlib
import itertools
from typing import TYPE_CHECKING

import pytest

from sheet_assets.cli.deployment import Deployment
from sheet_assets.errors import SheetAssetsError

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """\
type: sheet_assets.SheetTable
attributes:
  name: nps
  spreadsheet: some-id
  worksheet: Responses
  table: raw_data.nps
  columns:
    - {name: id, type: integer}
    - {name: score, type: smallint}
"""
QUERY = """\
type: sheet_assets.SqlTable
attributes:
  table: analytics.scores
  query: SELECT score FROM raw_data.nps
  columns:
    - {name: score, type: smallint}
"""
NO_COLUMNS = TABLE.partition("    - ")[0].rstrip()
_count = itertools.count()


def changed(old: str, new: str, text: str = TABLE) -> str:
    assert old in text
    return text.replace(old, new)


CASES = {
    "wrong type": (
        changed("smallint", "number"),
        "columns.1.type (line 7): 'number' is not a column type",
    ),
    "number for text": (changed("name: nps", "name: 5"), "name (line 3): must be a text"),
    "unknown field": (changed("table:", "tabel:"), "tabel (line 6): there is no such field"),
    "missing field": (changed("  table: raw_data.nps\n", ""), "table (line 2): is missing"),
    "unknown field of a column": (
        changed("type: smallint", "typ: smallint"),
        "columns.1.typ (line 7): there is no such field",
    ),
    "bad name": (changed("name: nps", "name: n-p-s"), "name (line 3): must match the pattern"),
    "unknown component": (
        changed("SheetTable", "SheetTabel"),
        "there is no type `sheet_assets.SheetTabel`",
    ),
    "unknown module": (
        changed("sheet_assets.", "sheetassets."),
        "there is no module `sheetassets`",
    ),
    "no component": (changed("type: sheet_assets.SheetTable\n", ""), "type: is missing"),
    "no attributes": (
        "type: sheet_assets.SheetTable\n",
        "name: is missing; spreadsheet: is missing",
    ),
    "attributes are no mapping": (
        "type: sheet_assets.SheetTable\nattributes: 3\n",
        "attributes: must be a mapping",
    ),
    "empty file": ("# nothing yet\n", "it is empty"),
    "no mapping": ("- a\n- b\n", "it must be a mapping"),
    "bad table": (changed("raw_data.nps", "nps"), "table: 'nps' must be `schema.table`"),
    "column twice": (changed("name: score", "name: id"), "'id' stands twice"),
    "columns are a text": (f"{NO_COLUMNS} id\n", "columns: must be a list"),
    "columns are texts": (f"{NO_COLUMNS} [id]\n", "columns.0 (line 7): must be a mapping"),
    "no columns": (f"{NO_COLUMNS} []\n", "columns: a contract has at least one column"),
    "row 0": (
        TABLE + "  header_row: 0\n",
        "header_row (line 10): must be greater than or equal to 1",
    ),
    "address without id": (
        changed("some-id", "https://example.com/x"),
        "spreadsheet: 'https://example.com/x' holds no spreadsheet's id",
    ),
    "unclosed bracket": (changed("name: nps", "name: [nps"), "this is no YAML (line 4, column 14)"),
    "tab": (changed("  name: nps", "\tname: nps"), "this is no YAML (line 3, column 1)"),
    "unset setting": (changed("some-id", "\"{{ setting('MY_SHEET') }}\""), "MY_SHEET is not set"),
    "unknown function": (
        changed("some-id", "\"{{ seting('MY_SHEET') }}\""),
        "what stands in {{ … }} cannot be read: 'seting' is undefined",
    ),
    "template syntax": (
        changed("some-id", "\"{{ setting('MY_SHEET' }}\""),
        "what stands in {{ … }} cannot be read",
    ),
    "broken SQL": (
        changed("SELECT score", "SELECT FROM (", QUERY),
        "query: the query cannot be read",
    ),
    "no SQL file": (
        changed("SELECT score FROM raw_data.nps", "gone.sql", QUERY),
        "query: there is no file gone.sql",
    ),
    "declared twice": (f"{TABLE}---\n{TABLE}", "the asset google_sheet/nps is declared twice"),
    "second document": (
        f"{QUERY}---\n{changed('smallint', 'number')}",
        "columns.1.type (line 14): 'number' is not",
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_one_sentence_names_file_and_field(
    text: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A mistake in a defs.yaml is one line: the file, the field, what is wrong; no traceback."""
    package = tmp_path / f"broken_{next(_count)}"
    defs = package / "defs"
    (defs / "project").mkdir(parents=True)
    (defs / "mistaken").mkdir()
    for folder in (package, defs):
        (folder / "__init__.py").touch()
    (defs / "project" / "defs.yaml").write_text("type: sheet_assets.SheetAssets\n")
    (defs / "mistaken" / "defs.yaml").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    deployment = Deployment(importlib.import_module(f"{package.name}.defs"))
    with pytest.raises(SheetAssetsError) as raised:
        _ = deployment.tables
    sentence = str(raised.value)
    assert sentence.startswith("mistaken/defs.yaml: ")
    assert said in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert str(tmp_path) not in sentence
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""
