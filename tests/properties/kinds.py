"""Kinds of columns: values of a type, the cells a sheet holds them as, and cells of no such value.

A cell is as values.get answers it: a text, a boolean, a double (whole ones as int), None if blank.
What a cell becomes is not computed here by the package: values are drawn first, then their cells.
"""

from __future__ import annotations

import datetime as dt
import struct
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    Cells = Callable[[Any], list[Any]]

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
DAY, MILLISECOND = dt.timedelta(days=1), dt.timedelta(milliseconds=1)
EXACT = 2**53
# https://docs.aws.amazon.com/redshift/latest/dg/r_Numeric_types201.html
BITS = {"smallint": 16, "integer": 32, "bigint": 64}
FORMULA_ERRORS = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!"]
# What CSV, COPY, SQL and Python's own formatting could each take for something else.
TRICKY = [
    *(
        "\\.",
        "\\N",
        "NULL",
        "null",
        "''",
        '"',
        '""',
        ",",
        "a,b",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "|",
        "\\",
    ),
    *(
        "=1+1",
        "+1",
        "-1",
        "@x",
        "'",
        "%s",
        "{}",
        "$1",
        "--",
        "/*",
        "0",
        "007",
        "1e5",
        "TRUE",
        "nan",
    ),
    *(
        " a",
        "a ",
        " ",
        "\u00a0",
        "\u3000",
        "좋아요",
        "👩‍👩‍👧",
        "é",
        "e\u0301",
        "\u200b",
        "\x1f",
        "\ufeff",
        "İ",
    ),
]


@dataclass(frozen=True)
class Kind:
    """A type and how it stands in a sheet.

    `cells` are all that stand for a value. `written` is the column's `format`. `same` turns a value, ours or the table's, into what is
    compared. `wrong` are cells that no column of the type takes.
    """

    type: str
    values: SearchStrategy[Any]
    cells: Cells
    wrong: SearchStrategy[Any]
    written: str | None = None
    same: Callable[[Any], Any] = lambda value: value
    is_ordered: bool = True
    is_small: bool = False

    @property
    def is_text(self) -> bool:
        """Whether it is a varchar."""
        return self.type.startswith("varchar")


@cache
def whole_numbers(name: str) -> Kind:
    """Whole numbers, as doubles where a double holds them."""
    edge = 1 << BITS[name] - 1
    beyond = st.one_of(
        st.integers(edge, edge * 2).map(str),
        st.integers(-edge * 2, -edge - 1).map(str),
        st.integers(edge, edge * 2).map(float),
    )

    def cells(value: int) -> list[Any]:
        texts = [str(value), f" {value} ", f"{value:+d}", f"{value:025d}"]
        return [value, *texts] if abs(value) < EXACT else texts

    values = st.integers(-edge, edge - 1) | st.integers(-100, 100)
    return Kind(name, values, cells, beyond | fractions | words | st.booleans())


@cache
def decimals(precision: int, scale: int) -> Kind:
    """Decimals, as doubles where 15 digits hold them."""
    most = 10**precision - 1

    def cells(value: Decimal) -> list[Any]:
        text = format(value, "f")
        texts = [text, f" {text}", f"{value:e}"]
        return texts if len(value.as_tuple().digits) > 15 else [float(value), *texts]

    values = (
        st.integers(-most, most) | st.integers(-9999, 9999).filter(lambda n: abs(n) <= most)
    ).map(lambda unscaled: Decimal(f"{unscaled}e-{scale}"))
    finer = st.integers(1, 9).map(lambda digit: f"0.{'0' * scale}{digit}")
    beyond = st.integers(precision - scale, 300).map(lambda zeros: "1" + "0" * zeros)
    return Kind(
        f"decimal({precision},{scale})",
        values,
        cells,
        st.one_of(finer, beyond, st.just(1e300), words, st.booleans()),
    )


def floats(name: str, width: int) -> Kind:
    """Floating point numbers; a real is compared as the 32 bits that it is."""

    def cells(value: float) -> list[Any]:
        return [value, repr(value), f"{value:.17e}"]

    values = st.floats(width=width, allow_nan=False, allow_infinity=False, allow_subnormal=False)
    beyond = st.sampled_from(["1e400", "-1e309", "1e-400", "NaN", "inf", "-Infinity", "1,5"])
    return Kind(
        name,
        values.map(float),
        cells,
        st.one_of(beyond, words, st.booleans()),
        same=_single if width == 32 else float,
    )


def _to_the_second(value: Any) -> Any:
    return value.replace(microsecond=0)


def _to_the_ms(value: Any) -> Any:
    """As a serial number holds it."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def _single(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])


def booleans() -> Kind:
    """TRUE and FALSE, as checkboxes or as words in any case."""

    def cells(value: bool) -> list[Any]:
        return [value, str(value), str(value).upper(), f" {str(value).lower()}"]

    wrong = st.one_of(
        st.sampled_from(["yes", "no", "1", "T", "wahr"]), st.integers(-2, 2), fractions
    )
    return Kind("boolean", st.booleans(), cells, wrong, is_ordered=False, is_small=True)


@cache
def dates(written: str | None = None) -> Kind:
    """Days, as serial numbers or as text."""

    def cells(value: dt.date) -> list[Any]:
        text = value.strftime(written) if written else value.isoformat()
        return [(value - EPOCH.date()).days, text, f" {text} "]

    others = ["2026-13-01", "2026-02-30", "20261120", "next week", "11/20", "20 Nov"]
    wrong = st.one_of(
        st.sampled_from(others), fractions, st.sampled_from([1e7, -1e6]), st.booleans()
    )
    first = dt.date(1000, 1, 1) if written else dt.date.min
    return Kind("date", st.dates(min_value=first), cells, wrong, written)


@cache
def times(written: str | None = None) -> Kind:
    """Times of the day, as fractions of one to the millisecond, or as text."""

    def cells(value: dt.time) -> list[Any]:
        texts = [value.strftime(written) if written else value.isoformat()]
        since = dt.datetime.combine(EPOCH, value) - EPOCH
        return texts if since % MILLISECOND else [since / DAY, *texts]

    values = st.times().map(_to_the_second) if written else st.times() | st.times().map(_to_the_ms)
    wrong = st.one_of(
        st.sampled_from(["24:00", "9.30", "noon", "09:60", 1, 1.5, -0.25]), st.booleans()
    )
    return Kind("time", values, cells, wrong, written)


@cache
def timestamps(written: str | None = None) -> Kind:
    """Dates with times, as serial numbers to the millisecond, or as text."""

    def cells(value: dt.datetime) -> list[Any]:
        texts = [value.strftime(written)] if written else [value.isoformat(), value.isoformat(" ")]
        since = value - EPOCH
        return texts if since % MILLISECOND else [since / DAY, *texts]

    first = dt.datetime(1000, 1, 1) if written else dt.datetime.min  # noqa: DTZ001, DTZ901
    drawn = st.datetimes(min_value=first)
    values = drawn.map(_to_the_second) if written else drawn | drawn.map(_to_the_ms)
    others = ["2026-11-20T25:00", "20261120T0930", "yesterday", "09:30", "2026-11-20 09:30 CET"]
    wrong = st.one_of(st.sampled_from([*others, 1e7, -1e6]), st.booleans())
    return Kind("timestamp", values, cells, wrong, written)


def moments(zone: dt.tzinfo) -> Kind:
    """Moments: serial numbers and texts are local time in the spreadsheet's zone, or have one."""

    def cells(value: dt.datetime) -> list[Any]:
        ahead = dt.timezone(dt.timedelta(hours=5, minutes=30))
        texts = [value.isoformat(), value.astimezone(ahead).isoformat()]
        texts.append(value.isoformat(" ").replace("+00:00", "Z"))
        local = value.astimezone(zone)
        # Of an hour that the clocks repeat, a cell without a zone is the first.
        if local.fold:
            return texts
        naive = local.replace(tzinfo=None)
        texts.append(naive.isoformat(" "))
        since = naive - EPOCH
        return texts if since % MILLISECOND else [since / DAY, *texts]

    values = st.datetimes(
        min_value=dt.datetime(1, 1, 3),  # noqa: DTZ001 - its zone follows
        max_value=dt.datetime(9999, 12, 29),  # noqa: DTZ001
        timezones=st.just(dt.UTC),
    )
    near = st.datetimes(
        min_value=dt.datetime(2025, 1, 1),  # noqa: DTZ001
        max_value=dt.datetime(2026, 12, 31),  # noqa: DTZ001
        timezones=st.just(dt.UTC),
    ).map(_to_the_ms)
    wrong = st.one_of(st.sampled_from(["2026-11-20 09:30 CET", "now", 1e7, -1e6]), st.booleans())
    return Kind(
        "timestamptz", values | near, cells, wrong, same=lambda value: value.astimezone(dt.UTC)
    )


@cache
def texts(length: int) -> Kind:
    """Texts of so many bytes; numbers and booleans become the text they look like."""

    def cells(value: str) -> list[Any]:
        held: list[Any] = [value]
        if value in {"TRUE", "FALSE"}:
            held.append(value == "TRUE")
        if value.isascii() and value.isdigit() and str(int(value)) == value and int(value) < EXACT:
            held.append(int(value))
        return held

    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    drawn = st.one_of(
        st.text(characters, min_size=1, max_size=length),
        st.sampled_from(TRICKY),
        st.integers(0, EXACT - 1).map(str),
        st.booleans().map(lambda value: str(value).upper()),
    )
    reserved = {*FORMULA_ERRORS, "Loading...", "@NULL@"}
    values = drawn.filter(lambda text: len(text.encode()) <= length and text not in reserved)
    too_long = st.text("aé좋👍", min_size=length + 1, max_size=length + 9)
    wrong = st.one_of(too_long, st.just("@NULL@"[:length] if length < 6 else "@NULL@"))
    if length < 6:
        wrong = too_long
    return Kind(f"varchar({length})", values, cells, wrong | st.sampled_from(["a\0", 1e17]))


fractions = st.integers(-1000, 1000).map(lambda whole: whole + 0.5)
words = st.sampled_from(
    ["ten", "1,234", "12.5%", "$5", "\uff11\uff12", "1 000", "0x1F", "--1", "1_000", "½"]
)


@cache
def kinds(zone: dt.tzinfo) -> SearchStrategy[Kind]:
    """Any of them."""
    return st.one_of(
        st.sampled_from(sorted(BITS)).map(whole_numbers),
        st.integers(1, 38).flatmap(
            lambda precision: st.integers(0, precision).map(
                lambda scale: decimals(precision, scale)
            )
        ),
        st.just(floats("real", 32)),
        st.just(floats("double precision", 64)),
        st.just(booleans()),
        st.sampled_from([None, "%d.%m.%Y", "%m/%d/%Y", "%b %d, %Y"]).map(dates),
        st.sampled_from([None, "%H.%M.%S", "%I:%M:%S %p"]).map(times),
        st.sampled_from([None, "%d.%m.%Y %H:%M:%S"]).map(timestamps),
        st.just(moments(zone)),
        st.integers(1, 60).map(texts),
    )
