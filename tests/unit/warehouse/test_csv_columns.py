"""The CSV of columns against that of rows, whose bytes are the name of a version."""

from __future__ import annotations

import polars as pl
import pytest

from sheet_assets.warehouse import csv_columns, rows


@pytest.mark.parametrize("special", ['"', ",", "\r", "\n", "\r\n", '""', "'", "\\", "\0", "é", " "])
def test_quotes_wherever_they_are_needed(special: str):
    """At each place of texts of each length, as what searches many bytes at once may stumble."""
    texts: list[str | None] = [
        "x" * before + special + "y" * after for before in range(70) for after in range(40)
    ]
    texts += ["", None, "@NULL", special * 40]
    others = list(reversed(texts))
    found = csv_columns.lines(pl.DataFrame({"a": texts, "b": others}))
    assert found == "".join(rows.lines(zip(texts, others, strict=True))).encode()


def test_rows_of_one_column():
    """No row is an empty line."""
    texts = ["", None, "a", ""]
    found = csv_columns.lines(pl.DataFrame({"a": texts}))
    assert found == b'""\n@NULL@\na\n""\n'
