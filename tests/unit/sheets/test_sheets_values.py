from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sheets.values import FORMULA_ERRORS, NotThatType, reader
from sheet_assets.warehouse.rows import NULL_MARKER, field
from sheet_assets.warehouse.types import INTEGER_BITS, ColumnType

BERLIN = ZoneInfo("Europe/Berlin")
TYPES = [
    *(
        "smallint",
        "integer",
        "bigint",
        "decimal(5,2)",
        "decimal(18,0)",
        "decimal(38,38)",
        "decimal(38,0)",
    ),
    *(
        "real",
        "double",
        "boolean",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "varchar(12)",
        "varchar(65535)",
    ),
]
PYTHON_TYPES = {
    **dict.fromkeys(("smallint", "integer", "bigint"), int),
    **dict.fromkeys(("real", "double"), float),
    "decimal": Decimal,
    "boolean": bool,
    "date": dt.date,
    "time": dt.time,
    "timestamp": dt.datetime,
    "timestamptz": dt.datetime,
    "varchar": str,
}
LARGEST = {"real": 3.4028234663852886e38, "double": 1.7976931348623157e308}
TEXTS = st.one_of(
    st.text(max_size=20),
    st.text(alphabet=st.characters(codec=None), max_size=5),
    st.text(alphabet="0123456789-+.eE: TZ", max_size=30),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes(timezones=st.none() | st.just(dt.UTC)).map(str),
    st.sampled_from(
        [
            "9" * 5000,
            "1e999999999",
            "-1e-999999999",
            "1e" + "9" * 30,
            "0e" + "9" * 30,
            "\ud800",
            "\0",
            "true",
        ]
    ),
)
CELLS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers().map(lambda number: number * 10**400),
        st.floats(),
        st.floats(-800_000, 3_000_000),
        st.floats(0, 1),
        TEXTS,
    ),
    lambda children: (
        st.lists(children, max_size=2) | st.dictionaries(st.text(), children, max_size=2)
    ),
    max_leaves=3,
)


def read(kind, cell):
    return reader(ColumnType.parse(kind), BERLIN)(cell)


def refused(kind, cell):
    with pytest.raises(NotThatType) as caught:
        read(kind, cell)
    return str(caught.value)


@pytest.mark.parametrize("kind", TYPES)
@given(cell=CELLS)
def test_any_cell_gives_a_value_in_range_or_not_that_type(kind, cell):
    """Whatever JSON holds becomes a value that the column takes, or a NotThatType: no crash."""
    column = ColumnType.parse(kind)
    try:
        value = reader(column, BERLIN)(cell)
    except NotThatType:
        return
    assert type(value) is PYTHON_TYPES[column.kind]
    if column.kind in INTEGER_BITS:
        bits = INTEGER_BITS[column.kind] - 1
        assert -(2**bits) <= value < 2**bits
    elif column.kind == "decimal":
        assert value.as_tuple().exponent == -column.scale
        assert abs(value) < Decimal(10) ** (column.precision - column.scale)
    elif column.kind in LARGEST:
        assert abs(value) <= LARGEST[column.kind]
        assert math.copysign(1, value) == 1 or value < 0
    elif column.kind == "timestamp":
        assert value.tzinfo is None
    elif column.kind == "timestamptz":
        assert value.tzinfo is dt.UTC
    elif column.kind == "varchar":
        assert len(value.encode()) <= column.length
        assert value != NULL_MARKER
        assert "\0" not in value
    field(value).encode()


@pytest.mark.parametrize(
    "kind", [kind for kind in TYPES if kind not in {"boolean", "varchar(65535)", "varchar(12)"}]
)
@pytest.mark.parametrize("cell", [True, False])
def test_a_boolean_is_no_number(kind, cell):
    """TRUE is an int in Python, and neither a number nor a date in a sheet."""
    assert refused(kind, cell).startswith("is not ")


@pytest.mark.parametrize("cell", [0, 1, 1.0, 0.0, "1", "0", "yes", "wahr", "T"])
def test_a_number_is_no_boolean(cell):
    """Only TRUE and FALSE are booleans, as a cell or as a text in any case."""
    assert refused("boolean", cell) == "is not TRUE or FALSE"
    assert read("boolean", " True ") is True
    assert read("boolean", "FALSE") is False


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("cell", [float("nan"), float("inf"), float("-inf"), [], {}, None])
def test_what_no_sheet_holds_fits_no_column(kind, cell):
    """NaN, infinity, lists and null are refused by every reader."""
    assert refused(kind, cell)


@pytest.mark.parametrize(("kind", "bits"), INTEGER_BITS.items())
def test_integers_at_the_bounds(kind, bits):
    """The least and the greatest number fit, one beyond does not."""
    least, greatest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    assert read(kind, str(least)) == least
    assert read(kind, str(greatest)) == greatest
    assert refused(kind, str(least - 1)) == f"is out of range for {kind}"
    assert refused(kind, str(greatest + 1)) == f"is out of range for {kind}"
    assert refused(kind, 1e300) == f"is out of range for {kind}"
    assert refused(kind, -1e300) == f"is out of range for {kind}"
    assert refused(kind, "9" * 5000) == f"is out of range for {kind}"


@pytest.mark.parametrize("kind", ["bigint", "decimal(38,0)", "varchar(40)"])
@pytest.mark.parametrize("cell", [2**53, float(2**53), -(2**53), 2**53 + 1, 9.2e18])
def test_number_cells_beyond_a_double_are_refused(kind, cell):
    """From 2^53 on a number cell has lost digits already, so a long id must be a text."""
    assert "format the column as plain text" in refused(kind, cell)


def test_number_cells_below_2_53_are_exact():
    """Up to 2^53 - 1 every digit of a whole number arrives, also where JSON gives a float."""
    for cell in (2**53 - 1, float(2**53 - 1)):
        assert read("bigint", cell) == 2**53 - 1
        assert read("decimal(18,0)", cell) == 2**53 - 1
        assert read("varchar(20)", cell) == "9007199254740991"


@pytest.mark.parametrize(
    "cell",
    [1.5, "1.0", "1e3", "1,000", "1_000", "\u0663", "\uff11\uff12", "", "0x10", "--1", "1 2"],
)
def test_what_is_no_whole_number(cell):
    """Fractions, exponents, separators and other scripts' digits are no integers."""
    assert refused("integer", cell) == "is not a whole number"


@pytest.mark.parametrize(
    ("cell", "value"), [(-0.0, 0), ("-0", 0), (5.0, 5), (" 007 ", 7), ("+5", 5), ("\xa05\n", 5)]
)
def test_whole_numbers(cell, value):
    """A whole float is an integer, zero has no sign, and blanks around a text do not count."""
    assert str(read("integer", cell)) == str(value)


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("decimal(5,2)", 5.005, "5.01"),  # half up, from the 15 digits that the sheet shows
        ("decimal(5,2)", 0.1 + 0.2, "0.30"),
        ("decimal(5,2)", -5.005, "-5.01"),
        ("decimal(5,2)", 999.994, "999.99"),
        ("decimal(5,2)", -0.001, "0.00"),
        ("decimal(5,2)", "-0", "0.00"),
        ("decimal(5,2)", "1.5e2", "150.00"),
        ("decimal(5,2)", " .5 ", "0.50"),
        ("decimal(18,0)", 1.5, "2"),
        ("decimal(38,38)", 1e-38, "0.00000000000000000000000000000000000001"),
        ("decimal(38,0)", "9" * 38, "9" * 38),
    ],
)
def test_decimals(kind, cell, text):
    """A number cell is rounded to the scale, a text is taken digit by digit; zero has no sign."""
    assert format(read(kind, cell), "f") == text


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (999.995, "does not fit decimal(5,2)"),
        (1000, "does not fit decimal(5,2)"),
        ("-1000", "does not fit decimal(5,2)"),
        (1e300, "does not fit decimal(5,2)"),
        ("1e999999999", "does not fit decimal(5,2)"),
        ("1e" + "9" * 30, "does not fit decimal(5,2)"),
        ("5.005", "has more than 2 decimal places"),
        ("1e-999999999", "has more than 2 decimal places"),
        ("1,50", "is not a number"),
        ("NaN", "is not a number"),
        ("Infinity", "is not a number"),
        ("\u0663.\u0665", "is not a number"),
    ],
)
def test_what_is_no_such_decimal(cell, reason):
    """Too many digits before the point never fit; a text with too many behind it neither."""
    assert refused("decimal(5,2)", cell) == reason


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        ("real", 3.4028235e38, "is out of range for real"),
        ("real", -1e39, "is out of range for real"),
        ("real", "1e39", "is out of range for real"),
        ("double", "1e309", "is out of range for double"),
        ("double", 10**400, "is out of range for double"),
        ("real", 1e-46, "is too close to zero for real"),
        ("real", "1e-46", "is too close to zero for real"),
        ("double", 5e-324, "is too close to zero for double"),
        ("double", "-1e-400", "is too close to zero for double"),
        ("double", "nan", "is not a number"),
        ("double", "1_0", "is not a number"),
    ],
)
def test_floats_out_of_range(kind, cell, reason):
    """Overflow and underflow are cell errors here, as they would be errors in Redshift."""
    assert refused(kind, cell) == reason


@pytest.mark.parametrize(
    ("kind", "cell", "text"),
    [
        ("real", 3.4028234663852886e38, "3.4028234663852886e+38"),
        ("real", 1.1754943508222875e-38, "1.1754943508222875e-38"),
        ("double", 1.7976931348623157e308, "1.7976931348623157e+308"),
        ("real", 0.1, "0.1"),
        ("double", -0.0, "0.0"),
        ("double", "-0e-999", "0.0"),
        ("double", 2**53 + 1, "9007199254740992.0"),
        ("double", "1.5e2", "150.0"),
    ],
)
def test_floats(kind, cell, text):
    """A float keeps its shortest digits, and zero has no sign."""
    assert repr(read(kind, cell)) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("가나", "가나"),
        ("007", "007"),
        ("a\r\nb", "a\r\nb"),
        ("  ", "  "),
        (True, "TRUE"),
        (5, "5"),
        (5.0, "5"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1e-12, "1e-12"),
    ],
)
def test_varchar(cell, text):
    """A text is kept as it stands; numbers and booleans are what the sheet shows."""
    assert read("varchar(6)", cell) == text


def test_varchar_counts_bytes():
    """A Hangul syllable has three bytes, an emoji four."""
    assert read("varchar(6)", "가나") == "가나"
    assert refused("varchar(5)", "가나") == "has 6 bytes, more than varchar(5) holds"
    assert refused("varchar(3)", "😀") == "has 4 bytes, more than varchar(3) holds"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("a\ud800", "holds half a character, which UTF-8 cannot encode"),
        ("a\0b", "holds a NUL character, which Redshift cannot store"),
        (NULL_MARKER, "is the text that stands for NULL in the CSV; write it differently"),
        ([1], "is not a text"),
    ],
)
def test_what_is_no_varchar(cell, reason):
    """What cannot be encoded, stored or told from NULL is a cell error."""
    assert refused("varchar(99)", cell) == reason


def test_formula_errors_are_googles():
    """Every ErrorType that values.get shows as a text is known."""
    assert {
        "#N/A",
        "#REF!",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#ERROR!",
        "Loading...",
    } == FORMULA_ERRORS


def test_every_kind_has_a_reader():
    """A kind without a reader is an error, not a varchar."""
    with pytest.raises(ValueError, match="no reader for char"):
        reader(ColumnType("char"), BERLIN)
