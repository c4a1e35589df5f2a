from __future__ import annotations

import csv
import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sheet_assets.sandbox.redshift.blocks import read_blocks
from sheet_assets.sandbox.redshift.column import Column
from sheet_assets.sandbox.redshift.copy_options import CopyOptions
from sheet_assets.sandbox.redshift.notation import Notation
from sheet_assets.sandbox.redshift.plain_rows import PlainRows
from sheet_assets.sandbox.redshift.records import read_records
from sheet_assets.sandbox.redshift.values import WrongValueError, converter

COLUMNS = [
    Column("a", "int4", required=True),
    Column("b", "varchar", 6),
    Column("c", "numeric", 5, 2),
    Column("d", "date"),
    Column("e", "timestamptz"),
    Column("f", "bool"),
    Column("g", "bpchar", 3),
    Column("h", "float4"),
]
# Of each column, what is right, what is wrong and what is odd.
FIELDS = [
    ["1", "-7", "+5", "007", "2147483647", "2147483648", "", " 3", "0x1F", "1_0", "\\N", '"4"'],
    ["x", "", "한글", "한글자", '"a,b"', '"q""q"', '"two\nlines"', '""', " ", "\\N", '"\\N"', "a\\b",
     "\t", '"x"y', 'x"y', '"toolong"', "toolong", ' "z" ', "\\.", "nil", "\x01", "\ufffe"],
    ["1", "1.2", "1.239", "-0.999", "999.99", "1000", "1e2", ".5", "5.", "", "1.2.3", '"2.5"', "-"],
    ["2026-02-28", "2024-02-29", "2026-02-29", "2026-04-31", "0000-01-01", "2026-1-1", "", "J2451187",
     '"2026-01-01"', "2026-01-01 10:00:00"],
    ["2026-01-01 00:00:00+09", "2026-01-01 00:00:00Z", "2026-01-01 00:00:00", "2026-01-01T00:00:00Z",
     "2026-01-01 24:00:00Z", "", "2026-01-01 00:00:00-03:30"],
    ["t", "FALSE", "1", "yes", "maybe", "", '"no"'],
    ["a", "abc", "abcd", "한", "", '"b"', "ab  "],
    ["1.5", "-2", "1e3", "nan", "", "x", "0.000000000000000000001"],
]  # fmt: skip
OPTIONS = [
    CopyOptions(file_format="CSV", delimiter=","),
    CopyOptions(file_format="CSV", delimiter=",", null_as="nil", empty_as_null=True),
    CopyOptions(file_format="CSV", delimiter=";", quote="'", blanks_as_null=True, replacement="?"),
    CopyOptions(delimiter="|", round_decimals=True, date_format="auto", time_format="auto"),
    CopyOptions(delimiter="\t", escape=True, remove_quotes=True, truncate_columns=True),
    CopyOptions(delimiter="-"),
]


def meant(column: Column, value: str | None) -> object:
    """What PostgreSQL makes of a value, as far as its notation may differ."""
    if value is None or column.is_text:
        return value.rstrip(" ") if value is not None and column.type == "bpchar" else value
    match column.type:
        case "int4":
            return int(value)
        case "numeric":
            return round(Decimal(value), column.scale or 0)
        case "float4":
            return float(value)
        case "bool":
            return value.lower() in {"t", "true", "1", "y", "yes"}
        case "timestamptz":
            return datetime.fromisoformat(value).astimezone(UTC)
    return value


def sent(data: bytes, options: CopyOptions) -> list[str | None]:
    """The fields of one row as PostgreSQL reads them, None for NULL."""
    notation = Notation.of(options)
    text = data.decode()
    (row,) = csv.reader([text], delimiter=notation.delimiter, quotechar=notation.quote, strict=True)
    # The csv module does not tell "" from nothing: where a field stands empty, look.
    found: list[str | None] = list(row)
    position = 0
    for index, value in enumerate(row):
        quoted = text.startswith(notation.quote, position)
        if not quoted and not value:
            found[index] = None
        doubled = value.count(notation.quote) if quoted else 0
        position += len(value) + doubled + (2 if quoted else 0) + 1
    return found


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: repr(options.delimiter))
def test_what_is_plain_means_the_same(options: CopyOptions) -> None:
    """A row that is taken as a whole is the row that its fields one by one would be."""
    rng = random.Random(7)
    plain = PlainRows(options, COLUMNS)
    converters = [converter(column, options, lambda *_: None) for column in COLUMNS]
    taken = 0
    for _ in range(1500):
        chosen = [rng.choice(fields[:3] * 4 + fields) for fields in FIELDS]
        data = (options.delimiter.join(chosen) + rng.choice(["\n", "\r\n", ""])).encode()
        encoded = plain.encode(data)
        if encoded is None:
            continue
        taken += 1
        (record,) = read_records(data.decode(), options, 1)
        assert record.fields is not None, data
        fields = record.fields[: len(COLUMNS)]
        try:
            values = [convert(text) for convert, text in zip(converters, fields, strict=True)]
        except WrongValueError as error:
            pytest.fail(f"{data!r} is wrong: {error}")
        assert encoded.rows == 1
        assert [
            meant(column, value)
            for column, value in zip(COLUMNS, sent(encoded.data, options), strict=True)
        ] == [meant(column, value) for column, value in zip(COLUMNS, values, strict=True)], data
    assert taken > 20 or options.delimiter == "-"


@pytest.mark.parametrize("kind", ["float4", "float8"])
def test_doubles_are_plain(kind: str) -> None:
    """Regression: one double of more than 15 decimals made COPY read a whole block field by field."""
    plain = PlainRows(CopyOptions(file_format="CSV", delimiter=","), [Column("share", kind)])
    rng = random.Random(7)
    numbers = [0.05123456789012345, 0.00012345678901234567, 1e15 / 3, 1234567890123456.0]
    numbers += [rng.uniform(0.1, 1) * 10 ** rng.randint(-2, 6) for _ in range(500)]
    for number in numbers:
        assert plain.encode(f"{number!r}\n".encode()) == (f"{number!r}\n".encode(), 1)


@pytest.mark.parametrize(
    ("options", "row"),
    [
        (CopyOptions(file_format="CSV", delimiter=","), '1,"two\nlines ""and"" more"\n'),
        (CopyOptions(escape=True), "1|two\\\nlines\\\\\n"),
        (CopyOptions(), "1|x\n"),
    ],
)
def test_blocks_are_whole_records(options: CopyOptions, row: str) -> None:
    """Wherever chunks end, a block ends with a record, and knows its first line."""
    text = "head\n" + row * 40_000
    options.ignore_header = 1
    data = text.encode()
    chunks = (data[start : start + 9973] for start in range(0, len(data), 9973))
    line = 2
    whole = ""
    for block in read_blocks(chunks, options):
        assert block.first_line == line
        part = block.data.decode()
        assert part.startswith("1")
        assert part.endswith(row)
        line += part.count("\n")
        whole += part
    assert "head\n" + whole == text


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("float4", "1.1754943508222875e-38", "1.1754943508222875e-38"),
        ("float4", "-1e-37", "-1e-37"),
        ("float4", "1e-45", "0"),
        ("float8", "1e-45", "1e-45"),
        ("float8", "1e-400", "0.0"),
    ],
)
def test_the_smallest_real_is_no_zero(kind: str, text: str, told: str) -> None:
    """A number that 32 bits tell stays, and one that they do not is zero."""
    options = CopyOptions(file_format="CSV", delimiter=",")
    assert converter(Column("a", kind), options, lambda *_: None)(text) == told
