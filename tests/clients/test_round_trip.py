from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from client_tables import columns

from sheet_assets.clients.sheet_export.export import export_result
from sheet_assets.clients.sheet_export.result import Result
from sheet_assets.clients.sheet_export.target import ExportTarget
from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.sheets.contract import Column, SheetSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

TEXTS = [
    "plain",
    "한글 텍스트 🎉",
    "two\nlines",
    "windows\r\nlines",
    'say "yes", or no',
    "a,b;c\td",
    "'apostrophe",
    "=1+1",
    "@NULL",
    "NULL",
    "\\N",
    "C:\\new\\table",
    "  spaces  ",
    "00123",
    "1e5",
    "#hash",
    "%s %(x)s {}",
]


def load(
    google: GoogleClient, workbook: Workbook, into: Table, contract: tuple[Column, ...]
) -> list[tuple[Any, ...]]:
    """Sheet1 to CSV, to S3, to the table: the table's rows by `id`."""
    source = SheetSource(
        name=into.source.name,
        spreadsheet_id=workbook.spreadsheet_id,
        worksheet="Sheet1",
        columns=contract,
    )
    read = read_sheet(google, source, into.folder).version
    stored = into.store.put(read.snapshot, into.folder)
    into.load_snapshot(read.snapshot, read.reading, manifest_url=stored.manifest_url)
    return into.redshift.query(f"SELECT * FROM {into.target.quoted} ORDER BY id")


def test_any_text_arrives_as_it_was(
    google: GoogleClient, workbook: Workbook, table: Callable[..., Table]
) -> None:
    """Quotes, commas, newlines, Hangul, formulas as text and marker look-alikes survive the way."""
    contract = columns(id="integer!", text="varchar(200)")
    rows = [[number, text] for number, text in enumerate(TEXTS)]
    workbook.worksheet("Sheet1").set_values([["id", "text"], *rows])
    assert load(google, workbook, table(contract), contract) == list(enumerate(TEXTS))


def test_null_blank_and_empty_text_stay_apart(
    google: GoogleClient, workbook: Workbook, table: Callable[..., Table]
) -> None:
    """A blank cell is NULL, or the empty text where the contract says so; blanks are a text."""
    contract = (
        *columns(id="integer!", plain="varchar(9)", number="integer"),
        Column(name="empty", type="varchar(9)", blank="empty"),
    )
    workbook.worksheet("Sheet1").set_values(
        [
            ["id", "plain", "number", "empty"],
            [1, None, None, None],
            [2, "x", 0, "y"],
            [3, "  ", 1, ""],
        ]
    )
    rows = load(google, workbook, table(contract), contract)
    assert rows == [(1, None, None, ""), (2, "x", 0, "y"), (3, "  ", 1, "")]


def test_sheet_of_one_blank_column_keeps_its_nulls(
    google: GoogleClient, workbook: Workbook, table: Callable[..., Table]
) -> None:
    """Rows count as rows when any declared column holds something; a last NULL is not lost."""
    contract = columns(id="integer!", note="varchar(9)")
    workbook.worksheet("Sheet1").set_values([["id", "note"], [1], [2, "x"], [3]])
    rows = load(google, workbook, table(contract), contract)
    assert rows == [(1, None), (2, "x"), (3, None)]


def test_every_type_arrives(
    google: GoogleClient, workbook: Workbook, table: Callable[..., Table]
) -> None:
    """Numbers, booleans, dates and times as serials become the values that they stand for."""
    workbook.time_zone = "Asia/Seoul"
    contract = columns(
        id="bigint!",
        flag="boolean",
        price="decimal(12,2)",
        ratio="double precision",
        day="date",
        at="timestamp",
        moment="timestamptz",
        clock="time",
    )
    header = [column.name for column in contract]
    serial = 46346.5
    workbook.worksheet("Sheet1").set_values(
        [header, [2**53 - 1, True, 1234.5, 0.1, 46346, serial, serial, 0.75], [1, False, -0.01]]
    )
    second, first = load(google, workbook, table(contract), contract)
    noon = dt.datetime(2026, 11, 20, 12)  # noqa: DTZ001 - a timestamp has no zone
    seoul = dt.timezone(dt.timedelta(hours=9))
    assert first == (
        2**53 - 1,
        True,
        Decimal("1234.50"),
        0.1,
        noon.date(),
        noon,
        noon.replace(tzinfo=seoul),
        dt.time(18),
    )
    assert second == (1, False, Decimal("-0.01"), *[None] * 5)


def test_exported_rows_are_read_back_the_same(
    google: GoogleClient, workbook: Workbook, table: Callable[..., Table]
) -> None:
    """What an export writes is, read with a contract and loaded, what it was given."""
    contract = columns(
        id="integer!", text="varchar(200)", price="decimal(9,2)", flag="boolean", day="date"
    )
    names = [column.name for column in contract]
    day = dt.date(2026, 11, 20)
    rows = [
        (number, text, Decimal(number) / 4, number % 2 == 0, day + dt.timedelta(days=number))
        for number, text in enumerate(TEXTS)
    ]
    rows.append((len(rows), None, None, None, None))
    target = ExportTarget("round_trip", workbook.spreadsheet_id, "Sheet1")
    with Result(target, names, rows) as result:
        export_result(google, target, result, queried_at=dt.datetime.now(dt.UTC))
    assert load(google, workbook, table(contract), contract) == rows
