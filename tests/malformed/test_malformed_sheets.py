"""Every way to spoil a sheet that we know of: one sentence, and the table as it was."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import broken_rules
import pytest
import said_cells
import wrong_dates
import wrong_headers
import wrong_numbers
import wrong_places
import wrong_texts
from bench import CONTRACT, GOOD, TIME_ZONE, Case
from whole_path import SCHEMA, Services, WholePath

from sheet_assets import errors
from sheet_assets.sheets.a1 import parse_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES: list[Case] = [
    *(
        case
        for cases in (wrong_numbers, wrong_dates, wrong_texts, broken_rules)
        for case in cases.CASES
    ),
    *(case for cases in (wrong_headers, wrong_places, said_cells) for case in cases.CASES),
]
DECODING = Path(__file__).parents[2] / "docs" / "decoding.md"
# What differs from case to case in a reason of the page: the value, numbers, what is declared.
VARIES = [
    (r"^('.*'|-?[0-9]+|the value \(hidden: .*\)) (is|does|stands) ", r"\2 "),
    (r"has [0-9]+ bytes", "has so many bytes"),
    (r"first in [A-Z]+[0-9]+", "first in a cell"),
    (r"(less|more) than \S+( \S+)?, the", r"\1 than a limit, the"),
    (r"(not one of|the pattern|not written as) .+", r"\1"),
]
# What a person can do to a sheet; the others are Google's, S3's or the settings'.
OF_A_SHEET = [
    errors.SheetNotFoundError,
    errors.SheetPermissionError,
    errors.SheetHeaderError,
    errors.CellError,
    errors.TooFewRowsError,
    errors.SheetChangedError,
    errors.SheetError,
    errors.ContractError,
]


@dataclass(frozen=True)
class Held:
    """A table that was loaded well, and what it and its load record held then."""

    name: str
    rows: Counter[tuple[Any, ...]]
    records: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def held(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Held:
    """The good sheet, loaded once."""
    path = WholePath(services, tmp_path_factory.mktemp("good"))
    path.workbook.time_zone = TIME_ZONE
    path.put(GOOD)
    assert path.load(CONTRACT).outcome == "loaded"
    return Held(path.name, Counter(path.rows()), path.records())


@pytest.fixture
def spoilt(services: Services, held: Held, tmp_path: Path) -> Iterator[WholePath]:
    """Another spreadsheet on its way into that table, which is not changed in the end."""
    path = WholePath(services, tmp_path, held.name)
    yield path
    assert Counter(path.rows()) == held.rows
    assert path.records() == held.records


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_malformed_sheet_is_told_in_a_sentence(
    spoilt: WholePath, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what is wrong and what to do, and the table keeps what it held."""
    spoil(spoilt, case, monkeypatch)
    with pytest.raises(errors.SheetAssetsError) as refused:
        spoilt.load(case.contract, **case.source)
    said = str(refused.value)
    expected = case.says.replace("{id}", spoilt.workbook.spreadsheet_id)
    expected = expected.replace("{table}", f"{SCHEMA}.{spoilt.name}")
    if case.parts:
        assert [part for part in expected.split(" … ") if part not in said] == [], said
    else:
        assert said == expected
    assert type(refused.value) is case.error


def spoil(path: WholePath, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do to the spreadsheet what the case says."""
    path.workbook.time_zone = TIME_ZONE
    sheet = path.worksheet
    sheet.set_values(case.grid, *case.at, grow=True)
    for address, cell in case.cells.items():
        sheet.set_values([[cell]], *parse_cell(address))
    if case.requests:
        path.services.google.batch_update(path.workbook.spreadsheet_id, case.requests)
    if case.meddle is not None:
        case.meddle(path)
    if case.before_reading is not None:
        values, edit = path.services.google.batch_values, case.before_reading

        def edited(*args: Any, **more: Any) -> Any:
            edit(sheet)
            return values(*args, **more)

        monkeypatch.setattr(path.services.google, "batch_values", edited)


def test_the_sheet_that_is_spoilt_is_right(held: Held) -> None:
    """Before anybody touches it, its rows are in the table as they were typed, and recorded."""
    noon = dt.datetime(2026, 11, 20, 12)  # noqa: DTZ001 - a timestamp has no zone
    first = next(row for row in held.rows if row[0] == 1)
    assert len(held.rows) == 2
    assert len(held.records) == 1
    assert first == (
        *(1, 7, 40000, 3_000_000_000, Decimal("12.50"), 0.5, 0.1, True),
        *(noon.date(), noon.time(), noon),
        # Six in the morning in Seoul.
        dt.datetime(2026, 11, 19, 21, tzinfo=dt.UTC),
        "좋아요",
    )


def test_the_bench_is_large_enough() -> None:
    """At least 120 cases, each in its own words."""
    assert len(CASES) >= 120
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []


def test_every_reason_of_the_decoding_table_is_told_twice() -> None:
    """Each reason on the page why a cell has no value is in at least two sentences."""
    reasons = re.findall(r"^\| .+ \| \*(.+)\* \|$", DECODING.read_text(), re.MULTILINE)
    told = [_alike(case.says) for case in CASES if case.error is errors.CellError]
    counts = {each: sum(each in said for said in told) for each in map(_alike, reasons)}
    assert len(counts) > 30
    assert [reason for reason, count in counts.items() if count < 2] == []


@pytest.mark.parametrize("error", OF_A_SHEET, ids=lambda error: error.__name__)
def test_every_error_of_a_sheet_is_told_twice(error: type[errors.SheetAssetsError]) -> None:
    """Each class that a sheet can cause has two cases."""
    assert sum(case.error is error for case in CASES) >= 2


def _alike(text: str) -> str:
    """A reason without the value before it, and without what the contract of a case says."""
    for varies, stands in VARIES:
        text = re.sub(varies, stands, text)
    return text
