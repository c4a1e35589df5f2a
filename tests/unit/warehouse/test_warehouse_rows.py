# ruff: noqa: DTZ001 - a cell has no time zone
from __future__ import annotations

import csv
import datetime as dt
import io
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.warehouse.rows import COPY_FORMAT, NULL_MARKER, VersionHash, field, lines

SEOUL = dt.timezone(dt.timedelta(hours=9))
TEXTS = st.text() | st.text(alphabet='",\r\n\\ ab', max_size=10)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
    TEXTS,
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=st.just(SEOUL)),
)
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=8)
)


@given(ROWS)
def test_csv_reads_back(rows):
    """Another CSV reader finds the same fields, whatever stands in the texts."""
    text = "".join(lines(rows))
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [
        [field(value) for value in row] for row in rows
    ]


@given(ROWS)
def test_no_line_is_empty(rows):
    """Every row ends its line, and none is an empty line, which a reader might skip."""
    text = "".join(lines(rows))
    assert text.endswith("\n") or not rows
    assert not text.startswith("\n")
    # Outside quotes a line ends in a bare newline.
    outside = text.replace('""', "").split('"')[::2]
    assert all("\r" not in part for part in outside)
    assert sum(part.count("\n") for part in outside) == len(rows)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (["a", 1, None], "a,1,@NULL@"),
        ([""], '""'),
        (["", ""], '"",""'),
        ([None], "@NULL@"),
        (['say "hi"', "a,b"], '"say ""hi""","a,b"'),
        (["a\rb"], '"a\rb"'),
        (["a\r\nb", "\n"], '"a\r\nb","\n"'),
        ([" blank ", "'", "\\N", "가"], " blank ,',\\N,가"),
    ],
)
def test_known_lines(row, line):
    """The bytes of a line never change: versions are hashes of them."""
    assert "".join(lines([row])) == line + "\n"


def test_chunks_are_the_whole():
    """Rows come in chunks of some thousand lines, and none is lost between two."""
    chunks = list(lines([number] for number in range(12_001)))
    assert [chunk.count("\n") for chunk in chunks] == [5000, 5000, 2001]
    assert "".join(chunks).split() == [str(number) for number in range(12_001)]
    assert list(lines([])) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, NULL_MARKER),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (1, "1"),
        (-0.0, "0.0"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (1e-7, "1e-07"),
        (Decimal("1.50"), "1.50"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("1E+5"), "100000"),
        (Decimal("1E-38"), "0.00000000000000000000000000000000000001"),
        (Decimal("9" * 38), "9" * 38),
        (dt.date(1, 1, 1), "0001-01-01"),
        (dt.time(9, 30), "09:30:00"),
        (dt.time(9, 30, 0, 4), "09:30:00.000004"),
        (dt.datetime(2026, 11, 20), "2026-11-20 00:00:00"),
        (dt.datetime(2026, 11, 20, 9, 30, 0, 500_000), "2026-11-20 09:30:00.500000"),
        (dt.datetime(2026, 11, 20, 9, 30, tzinfo=SEOUL), "2026-11-20 00:30:00+00:00"),
    ],
)
def test_canonical_text(value, text):
    """Each value has one text: ISO 8601, UTC, no exponent in a decimal, no sign on zero."""
    assert field(value) == text


@given(st.floats(allow_nan=False) | st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_equal_numbers_are_equal_texts(number):
    """The text of a number reads back as the number, and zero has one text."""
    assert type(number)(field(number)) == number
    assert field(number).startswith("-") == (number < 0 and not math.isnan(number))


def test_version_is_stable():
    """The hash of known rows never changes: it names the versions that lie in S3."""
    version = VersionHash("contract")
    assert version.hexdigest() == "cf1f77d1708e7118b47f7ecfedff849f237dcc7921611846f7ab5b50902fa65d"
    rows = [
        [dt.date(2026, 11, 20), 9, Decimal("1.50"), 0.1, True, 'good, "really"\r\n', None, ""],
        [dt.date(2026, 11, 21), -1, Decimal("-0.00"), -0.0, False, "가", dt.time(9, 30), "x"],
    ]
    for text in lines(rows):
        version.update(text)
    assert version.hexdigest() == "3e6fba88abf8b2b99c9b7cab3fd7c7f74ae4529c41d62cca0dd97ad2efb1682b"


def test_version_tells_versions_apart():
    """Contract, order and the border between contract and rows are all part of a version."""

    def version(contract, *texts):
        digest = VersionHash(*contract)
        for text in texts:
            digest.update(text)
        return digest.hexdigest()

    assert version(["c"], "a\n", "b\n") == version(["c"], "a\nb\n")
    others = (["c"], "b\na\n"), (["d"], "a\nb\n"), (["c", "a"], "b\n"), (["c", "a", "b"], "")
    assert len({version(["c"], "a\nb\n"), *(version(*other) for other in others)}) == 5


def test_copy_knows_the_marker():
    """COPY is told the text that stands for NULL, which needs no escape in its literal."""
    assert f"NULL AS '{NULL_MARKER}'" in COPY_FORMAT
    assert not set("'\\\",\n") & set(NULL_MARKER)
