"""Spreadsheets, tabs and ranges that are not there, not shared, empty, edited, or of another table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench import FIRST, NAMES, SECOND, Case

from sheet_assets.errors import (
    ContractError,
    SheetChangedError,
    SheetError,
    SheetHeaderError,
    SheetNotFoundError,
    SheetPermissionError,
    TooFewRowsError,
)
from sheet_assets.sandbox import SERVICE_ACCOUNT

if TYPE_CHECKING:
    from whole_path import WholePath

    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet


def _renamed(title: str) -> Any:
    def rename(path: WholePath) -> None:
        path.worksheet.title = title

    return rename


def _zone(name: str) -> Any:
    def set_zone(path: WholePath) -> None:
        path.workbook.time_zone = name

    return set_zone


def _unshare(path: WholePath) -> None:
    path.drive.unshare(path.workbook.spreadsheet_id, SERVICE_ACCOUNT)


def _cells(end_row: int, row: int = 0) -> dict[str, int]:
    columns = {"startColumnIndex": 0, "endColumnIndex": len(NAMES)}
    return {"sheetId": 0, "startRowIndex": row, "endRowIndex": end_row, **columns}


def _name(name: str, **more: int) -> dict[str, Any]:
    return {"addNamedRange": {"namedRange": {"name": name, "range": _cells(**more)}}}


def _table(name: str, **more: int) -> dict[str, Any]:
    return {"addTable": {"table": {"name": name, "range": _cells(**more)}}}


NO_TAB = "Correct `worksheet` in the defs.yaml, or rename the tab."

TABS = [
    Case(
        "a tab that was renamed",
        f'The spreadsheet "Answers" has no worksheet \'Sheet1\'; it has "Answers 2026". {NO_TAB}',
        SheetNotFoundError,
        meddle=_renamed("Answers 2026"),
    ),
    Case(
        "a tab with a blank behind its title",
        f'The spreadsheet "Answers" has no worksheet \'Sheet1\'; it has "Sheet1 ". {NO_TAB}',
        SheetNotFoundError,
        meddle=_renamed("Sheet1 "),
    ),
    Case(
        "a tab in capitals",
        f'The spreadsheet "Answers" has no worksheet \'SHEET1\'; it has "Sheet1". {NO_TAB}',
        SheetNotFoundError,
        source={"worksheet": "SHEET1"},
    ),
    Case(
        "a tab that never was",
        f'The spreadsheet "Answers" has no worksheet \'Responses\'; it has "Sheet1", "Notes". {NO_TAB}',
        SheetNotFoundError,
        source={"worksheet": "Responses"},
        meddle=lambda path: path.workbook.add_worksheet("Notes"),
    ),
    Case(
        "a gid that is gone",
        f'The spreadsheet "Answers" has no worksheet 77; it has "Sheet1". {NO_TAB}',
        SheetNotFoundError,
        source={"worksheet": 77},
    ),
    Case(
        "a gid that is another file's",
        f'The spreadsheet "Answers" has no worksheet 1804289383; it has "Sheet1". {NO_TAB}',
        SheetNotFoundError,
        source={"worksheet": 1804289383},
    ),
]

RANGES = [
    Case(
        "a range below the grid",
        'The worksheet "Sheet1" has 1000 rows and 26 columns, and the range A1001:M lies beyond them. Correct `range` in the defs.yaml.',
        SheetNotFoundError,
        source={"range": "A1001:M"},
    ),
    Case(
        "a range right of the grid",
        'The worksheet "Sheet1" has 1000 rows and 26 columns, and the range AA:AM lies beyond them. Correct `range` in the defs.yaml.',
        SheetNotFoundError,
        source={"range": "AA:AM"},
    ),
    Case(
        "a named range that is not defined",
        'The spreadsheet "Answers" has no named range "answers"; it has none. Correct `named_range` in the defs.yaml, or define it (Data > Named ranges).',
        SheetNotFoundError,
        source={"named_range": "answers"},
    ),
    Case(
        "a named range in capitals",
        'The spreadsheet "Answers" has no named range "Answers"; it has "answers", "old". Correct `named_range` in the defs.yaml, or define it (Data > Named ranges).',
        SheetNotFoundError,
        source={"named_range": "Answers"},
        requests=[_name("answers", end_row=3), _name("old", end_row=2)],
    ),
    Case(
        "a header row that is not in the named range",
        'The named range "answers" is Sheet1!A1:M3, and row 9 is not in it. Correct `header_row` in the defs.yaml: it counts the worksheet\'s rows.',
        SheetHeaderError,
        source={"named_range": "answers", "header_row": 9},
        requests=[_name("answers", end_row=3)],
    ),
    Case(
        "a header row above the named range",
        'The named range "answers" is Sheet1!A2:M3, and row 1 is not in it. Correct `header_row` in the defs.yaml: it counts the worksheet\'s rows.',
        SheetHeaderError,
        source={"named_range": "answers", "header_row": 1},
        requests=[_name("answers", end_row=3, row=1)],
    ),
    Case(
        "a named range without its header",
        'Sheet1: the header "id" is missing; … Row 2 has "1", "7", "40000"',
        SheetHeaderError,
        source={"named_range": "answers"},
        requests=[_name("answers", end_row=3, row=1)],
    ),
    Case(
        "a table that does not exist",
        'The spreadsheet "Answers" has no table "Answers"; it has none. Correct `sheets_table` in the defs.yaml, or rename the table.',
        SheetNotFoundError,
        source={"sheets_table": "Answers"},
    ),
    Case(
        "a table that was renamed",
        'The spreadsheet "Answers" has no table "Answers"; it has "Table1". Correct `sheets_table` in the defs.yaml, or rename the table.',
        SheetNotFoundError,
        source={"sheets_table": "Answers"},
        requests=[_table("Table1", end_row=3)],
    ),
]

SHARING = [
    Case(
        "a spreadsheet that is not shared any more",
        f"The spreadsheet {{id}} is not shared with {SERVICE_ACCOUNT} as viewer. Open it, choose Share, add that address as viewer, and run again.",
        SheetPermissionError,
        meddle=_unshare,
    ),
    Case(
        "a spreadsheet of somebody who shared nothing",
        f"The spreadsheet {{id}} is not shared with {SERVICE_ACCOUNT} as viewer. Open it, choose Share, add that address as viewer, and run again.",
        SheetPermissionError,
        source={"sheets_table": "Answers"},
        meddle=_unshare,
    ),
    Case(
        "a spreadsheet that was deleted",
        "There is no spreadsheet with the id {id}. Copy the id or the whole address from the browser into `spreadsheet` in the defs.yaml.",
        SheetNotFoundError,
        meddle=lambda path: path.drive.delete(path.workbook.spreadsheet_id),
    ),
    Case(
        "a spreadsheet's id with a letter missing",
        "There is no spreadsheet with the id no-such-spreadsheet. Copy the id or the whole address from the browser into `spreadsheet` in the defs.yaml.",
        SheetNotFoundError,
        source={"spreadsheet_id": "no-such-spreadsheet"},
    ),
]

NO_ROWS = "a header and no rows; the table keeps its last version. If it may be empty, set `allow_empty: true`."

FEW_ROWS = [
    Case(
        "a header and nothing below it",
        f'The worksheet "Sheet1" of "Answers" has {NO_ROWS}',
        TooFewRowsError,
        grid=[NAMES],
    ),
    Case(
        "rows of blanks alone",
        f'The worksheet "Sheet1" of "Answers" has {NO_ROWS}',
        TooFewRowsError,
        grid=[NAMES, [" "], ["\n", "\u00a0"], []],
    ),
    Case(
        "rows in columns that are not declared",
        f'The worksheet "Sheet1" of "Answers" has {NO_ROWS}',
        TooFewRowsError,
        grid=[NAMES, [*[None] * 13, "a note"]],
    ),
    Case(
        "a named range of a header",
        f'The named range "answers" of "Answers" has {NO_ROWS}',
        TooFewRowsError,
        source={"named_range": "answers"},
        requests=[_name("answers", end_row=1)],
    ),
    Case(
        "a table of one blank row",
        f'The table "Answers" of "Answers" has {NO_ROWS}',
        TooFewRowsError,
        grid=[NAMES],
        source={"sheets_table": "Answers"},
        requests=[_table("Answers", end_row=2)],
    ),
    Case(
        "fewer rows than there must be",
        'The worksheet "Sheet1" of "Answers" has 2 rows, fewer than the 3 of `min_rows`; the table keeps its last version. Bring back what was deleted, or lower `min_rows` in the defs.yaml.',
        TooFewRowsError,
        source={"min_rows": 3},
    ),
    Case(
        "one row where there must be a hundred",
        'The worksheet "Sheet1" of "Answers" has 1 row, fewer than the 100 of `min_rows`; the table keeps its last version. Bring back what was deleted, or lower `min_rows` in the defs.yaml.',
        TooFewRowsError,
        grid=[NAMES, [], SECOND],
        source={"min_rows": 100},
    ),
]

UNKNOWN_ZONE = "is not known here, and a timestamptz column needs it. Choose another one in File > Settings of the spreadsheet, or declare the column as timestamp."

ZONES = [
    Case(
        "a time zone that is not known",
        f"Sheet1: the spreadsheet's time zone 'Mars/Olympus_Mons' {UNKNOWN_ZONE}",
        SheetError,
        meddle=_zone("Mars/Olympus_Mons"),
    ),
    Case(
        "a time zone of a hundred hours",
        f"Sheet1: the spreadsheet's time zone 'GMT+99:00' {UNKNOWN_ZONE}",
        SheetError,
        meddle=_zone("GMT+99:00"),
    ),
]

EDITED = 'The spreadsheet "Answers" was edited again and again while it was read (3 times). Nothing was changed; the next run tries again.'


def _edit(worksheet: Worksheet) -> None:
    worksheet.set_values([[3]], 3, 0)


MEANWHILE = [
    Case(
        "a named range that is edited all the time",
        EDITED,
        SheetChangedError,
        source={"named_range": "answers"},
        requests=[_name("answers", end_row=3)],
        before_reading=_edit,
    ),
    Case(
        "displayed codes that are edited all the time",
        EDITED,
        SheetChangedError,
        rules={"note": {"as_displayed": True}},
        before_reading=_edit,
    ),
]


def _plan(step: str) -> str:
    return (
        "The table {table} is not what the contract says, and cannot simply be altered. The plan: "
        f"1. {step}. Run it with --allow-rebuild to do so, or change the contract; the table was "
        "left as it is."
    )


DRIFT = [
    Case(
        "a column whose type was changed in the contract",
        _plan('drop column "small", which is smallint, not varchar(9), and add it anew'),
        ContractError,
        grid=[NAMES, FIRST, [*SECOND[:1], "few", *SECOND[2:]]],
        rules={"small": {"type": "varchar(9)"}},
    ),
    Case(
        "a date that the contract declares a boolean",
        _plan('drop column "day", which is date, not boolean, and add it anew'),
        ContractError,
        grid=[NAMES, [*FIRST[:8], True, *FIRST[9:]]],
        rules={"day": {"type": "boolean"}},
    ),
]

CASES = [*TABS, *RANGES, *SHARING, *FEW_ROWS, *ZONES, *MEANWHILE, *DRIFT]
