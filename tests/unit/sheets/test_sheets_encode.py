# ruff: noqa: DTZ001 - a cell has no time zone
from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.errors import SheetTooLargeError
from sheet_assets.sheets import encode

REDSHIFT_DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=4).filter(
    lambda value: abs(value) < Decimal(10) ** 34
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    REDSHIFT_DECIMALS,
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
)


def as_the_sheet_keeps_it(extended):
    """A number cell is a double; the rest comes back as it was sent."""
    if "numberValue" in extended:
        return json.loads(json.dumps(float(extended["numberValue"])))
    return next(iter(extended.values()), "")


@given(VALUES)
def test_what_is_written_compares_equal_when_read(value):
    """The value to compare is the one that the cell gives back, so equal results write nothing."""
    extended = encode.extended_value(encode.cell_value(value))
    standing = as_the_sheet_keeps_it(extended)
    assert encode.cell_value(value) == standing
    assert isinstance(encode.cell_value(value), bool) == isinstance(standing, bool)
    assert list(extended) in ([], ["boolValue"], ["numberValue"], ["stringValue"])
    json.dumps(extended, allow_nan=False)


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False))
def test_no_digit_is_lost(value):
    """A number cell holds exactly the number, up to 15 digits; any other number is a text."""
    extended = encode.extended_value(encode.cell_value(value))
    if "numberValue" in extended:
        number = extended["numberValue"]
        assert Decimal(repr(number)) == value
    else:
        assert Decimal(extended["stringValue"]) == value
        assert "e" not in extended["stringValue"].lower()


@pytest.mark.parametrize(
    ("value", "extended"),
    [
        (None, {}),
        (True, {"boolValue": True}),
        (False, {"boolValue": False}),
        (0, {"numberValue": 0}),
        (-0.0, {"numberValue": 0}),
        (2**53 - 1, {"numberValue": 2**53 - 1}),
        (2**53, {"stringValue": "9007199254740992"}),
        (-(2**53), {"stringValue": "-9007199254740992"}),
        (1e300, {"numberValue": 1e300}),
        (Decimal("1.50"), {"numberValue": 1.5}),
        (Decimal("-0.00"), {"numberValue": 0}),
        (Decimal("7.00"), {"numberValue": 7}),
        (Decimal("123456789012345.6"), {"stringValue": "123456789012345.6"}),
        (
            Decimal("1.00000000000000000000000000000001"),
            {"stringValue": "1.00000000000000000000000000000001"},
        ),
        (Decimal("1E+30"), {"stringValue": "1" + "0" * 30}),
        (dt.date(2020, 1, 1), {"numberValue": 43831}),
        (dt.datetime(2020, 1, 1, 12), {"numberValue": 43831.5}),
        (dt.time(18), {"numberValue": 0.75}),
        (dt.time(0), {"numberValue": 0}),
        ("", {}),
        ("=1+1", {"stringValue": "=1+1"}),
        ("+49 30 1234", {"stringValue": "+49 30 1234"}),
        ("2026-11-20", {"stringValue": "2026-11-20"}),
        ("TRUE", {"stringValue": "TRUE"}),
    ],
)
def test_known_values(value, extended):
    """NULL clears, a text is never a formula, a number or a date, and numbers keep their digits."""
    found = encode.extended_value(encode.cell_value(value))
    assert found == extended
    assert {type(each) for each in found.values()} == {type(each) for each in extended.values()}


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        float("-inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        b"\x01",
        memoryview(b"\x01"),
    ],
)
def test_what_no_cell_can_hold(value):
    """NaN, infinity and binary data are refused, and the sentence says where to help it."""
    with pytest.raises(ValueError, match=r"cannot stand in a cell; .* in the query"):
        encode.extended_value(encode.cell_value(value))


def test_text_beyond_the_cell_limit():
    """50,000 characters fit; one more is an error that says so."""
    assert encode.extended_value(encode.cell_value("x" * 50_000)) == {"stringValue": "x" * 50_000}
    with pytest.raises(SheetTooLargeError, match="50,001 characters"):
        encode.cell_value("x" * 50_001)


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        (dt.datetime(2026, 1, 1), encode.DATE_TIME_PATTERN),
        (dt.date(2026, 1, 1), encode.DATE_PATTERN),
        (dt.time(9), encode.TIME_PATTERN),
        (46000, None),
        ("2026-01-01", None),
        (None, None),
    ],
)
def test_number_format(value, pattern):
    """Only dates and times need a format to look like what they are."""
    assert encode.number_format(value) == pattern
