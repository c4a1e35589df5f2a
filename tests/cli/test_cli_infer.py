"""`sheet-assets infer`: what it prints of sheets in the sandbox, and that it can be saved so."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner, Result
from small_deployment import QUIET, SmallDeployment, instance, small

from sheet_assets.cli import main
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets

if TYPE_CHECKING:
    import dagster as dg

    from sheet_assets.sandbox.google.sheets.workbook import Workbook

__all__ = ["instance", "small"]
pytestmark = QUIET

ORDERS = [
    [
        "Order no",
        "Ordered at",
        "Paid on",
        "Amount",
        "VAT",
        "ZIP",
        "2026",
        "Is {{ it }}?",
        "설명",
        "n",
    ],
    [1, 45000.5, "31.12.2025", 19.9, 0.19, 1067, True, "2025-01-31", "좋아요", "n/a"],
    [2, 45001, "1.1.2026", 5, 0.07, 99084, False, "2025-02-01", "", 7],
    [],
    [3, 45002.25, "2.1.2026", 12.5, 0.19, 4109, True, "2025-02-02", "=1+1", 8],
]
FORMATS = {
    "B": ("DATE_TIME", "yyyy-mm-dd hh:mm"),
    "D": ("CURRENCY", "[$€]#,##0.00"),
    "E": ("PERCENT", "0%"),
    "F": ("NUMBER", "00000"),
}


def infer(*args: str) -> Result:
    """`sheet-assets infer ARG…` in this process."""
    return CliRunner().invoke(main, ["infer", *args])


def proposed(*args: str) -> dict:
    """The attributes of the YAML that a command prints."""
    result = infer(*args)
    assert result.exit_code == 0, result.stderr
    said = yaml.safe_load(result.stdout)
    assert said["type"] == "sheet_assets.SheetTable"
    return said["attributes"]


def refused(*args: str) -> str:
    """The sentence that a command ends with."""
    result = infer(*args)
    assert result.exit_code == 1
    assert (result.stdout, "Traceback" in result.stderr) == ("", False)
    return result.stderr.strip()


@pytest.fixture
def orders(small: SmallDeployment) -> Workbook:
    """A sheet as people make them."""
    small.put(*ORDERS, worksheet="Orders 2026")
    workbook = small.sandbox.google.drive.workbook(small.sheet)
    for letters, (kind, pattern) in FORMATS.items():
        sheet = workbook.worksheet("Orders 2026")
        sheet.set_number_format(f"{letters}2:{letters}{len(ORDERS)}", kind, pattern)
    return workbook


def test_what_is_printed_can_be_saved_and_loads(
    small: SmallDeployment, instance: dg.DagsterInstance, orders: Workbook
) -> None:
    """Saved as it is, the sheet is loaded, every cell as what it is."""
    result = infer(small.sheet, "--name", "orders", "--table", f"{small.schema}.orders")
    assert result.exit_code == 0, result.stderr
    assert "save it as sheet_assets/defs/orders/defs.yaml" in result.stderr
    small.write("orders", result.stdout)
    ((table, _),) = small.deployment.tables
    assert {column.name: str(column.type) for column in table.columns} == {
        "order_no": "integer",
        "ordered_at": "timestamp",
        "paid_on": "date",
        "amount": "decimal(18,2)",
        "vat": "decimal(18,4)",
        "zip": "varchar(32)",
        "_2026": "boolean",
        "is_it": "date",
        "column_i": "varchar(32)",
        "n": "integer",
    }
    assert (table.columns[6].header, table.columns[7].header) == ("2026", "Is {{ it }}?")
    assert small.run(instance).success
    assert small.rows()[0] == (
        1,
        dt.datetime(2023, 3, 15, 12),  # noqa: DTZ001 - a timestamp has no zone
        dt.date(2025, 12, 31),
        Decimal("19.90"),
        Decimal("0.1900"),
        "01067",
        True,
        dt.date(2025, 1, 31),
        "좋아요",
        None,
    )
    assert len(small.rows()) == 3


def test_json_says_the_same(small: SmallDeployment, orders: Workbook) -> None:
    """--json has the contract that the YAML has, and each column's notes."""
    result = infer(small.sheet, "--json")
    found = json.loads(result.stdout)
    assert set(found) == {"type", "attributes", "rows", "columns", "wrong_cells"}
    said = proposed(small.sheet)
    assert said["columns"].pop(7)["header"] == "Is {{ '{{' }} it }}?"
    assert found["attributes"]["columns"].pop(7)["header"] == "Is {{ it }}?"
    assert found["attributes"] == said
    assert (found["rows"], found["wrong_cells"]) == (3, [])
    assert found["columns"][2] == {
        "column": "C",
        "header": "Paid on",
        "name": "paid_on",
        "notes": ["Typed as text, written as %d.%m.%Y."],
    }
    assert said["name"] == "orders_2026"
    assert said["table"] == "raw_data.orders_2026"


def test_which_worksheet(small: SmallDeployment) -> None:
    """A title, a gid, the address's gid; else the first, and the others are told."""
    small.put(["a"], [1], worksheet="First")
    small.put(["b"], [1], worksheet="2026")
    second = small.sandbox.google.drive.workbook(small.sheet).worksheet("2026")
    for args in (
        [small.sheet, "--worksheet", "2026"],
        [small.sheet, "--worksheet", str(second.sheet_id)],
        [f"https://docs.google.com/spreadsheets/d/{small.sheet}/edit?gid={second.sheet_id}#gid=0"],
        [f"https://docs.google.com/spreadsheets/d/{small.sheet}/edit#gid={second.sheet_id}"],
    ):
        said = proposed(*args)
        assert (said["worksheet"], said["columns"][0]["name"]) == ("2026", "b")
        assert "there are also" not in infer(*args).stderr
    assert proposed(small.sheet)["worksheet"] == "First"
    assert 'Read the first worksheet, "First"; there are also "2026"' in infer(small.sheet).stderr
    assert 'it has "First" (gid 0), "2026" (gid ' in refused(small.sheet, "--worksheet", "X")
    assert 'no worksheet "9"' in refused(
        f"https://docs.google.com/spreadsheets/d/{small.sheet}/edit#gid=9"
    )


def test_a_part_of_a_worksheet(small: SmallDeployment, instance: dg.DagsterInstance) -> None:
    """A range, and a header below a title: what is proposed reads just that."""
    small.put(
        *([], ["", "Report"], ["", "", "id", "day"], ["", "", 1, 45000], ["", "", 2, "31.1.2025"]),
        *([], ["", "", "total", 2]),
    )
    sheet = small.sandbox.google.drive.workbook(small.sheet).worksheet("orders")
    sheet.set_number_format("D4:D5", "DATE")
    args = [small.sheet, "--table", f"{small.schema}.orders", "--name", "orders"]
    said = proposed(*args, "--range", "B2:D6")
    assert (said["range"], said["header_row"]) == ("B2:D6", 3)
    assert [column["type"] for column in said["columns"]] == ["integer", "date"]
    assert "range" not in proposed(*args)
    assert "header_row" not in proposed(*args, "--range", "C3:D6")
    assert proposed(*args, "--range", "C3:D6", "--header-row", "4")["header_row"] == 4
    small.write("orders", infer(*args, "--range", "B2:D6").stdout)
    assert small.run(instance).success
    assert small.rows() == [(1, dt.date(2023, 3, 15)), (2, dt.date(2025, 1, 31))]


def test_a_table_and_a_named_range(small: SmallDeployment, instance: dg.DagsterInstance) -> None:
    """They are read where they stand, and the types of a table's columns count."""
    rows = [["Day", "Paid", "State", "Room"], [45000, 5, "new", "101"], [45001, 7, "done", "102"]]
    small.put(*[[], [], *(["", *row] for row in rows)])
    cells = {"sheetId": 0, "startRowIndex": 2, "endRowIndex": 5}
    cells |= {"startColumnIndex": 1, "endColumnIndex": 5}
    choices = [{"userEnteredValue": each} for each in ("new", "done")]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": choices}}
    columns = [
        {"columnIndex": 0, "columnName": "Day", "columnType": "DATE"},
        {"columnIndex": 1, "columnName": "Paid", "columnType": "CURRENCY"},
        {
            "columnIndex": 2,
            "columnName": "State",
            "columnType": "DROPDOWN",
            "dataValidationRule": rule,
        },
        {"columnIndex": 3, "columnName": "Room", "columnType": "TEXT"},
    ]
    table = {"name": "Bookings", "range": cells, "columnProperties": columns}
    with GoogleSheets(credentials=GoogleCredentials()).client() as google:
        named = {"name": "booked", "range": cells}
        google.batch_update(
            small.sheet, [{"addTable": {"table": table}}, {"addNamedRange": {"namedRange": named}}]
        )
    types = ["date", "decimal(18,2)", "varchar(32)", "varchar(32)"]
    args = [small.sheet, "--table", f"{small.schema}.orders"]
    for option, field, name in (
        ("--sheets-table", "sheets_table", "Bookings"),
        ("--named-range", "named_range", "booked"),
    ):
        result = infer(*args, option, name, "--name", "orders")
        assert result.exit_code == 0, result.stderr
        said = yaml.safe_load(result.stdout)["attributes"]
        assert said[field] == name
        assert not said.keys() & {"worksheet", "header_row", "range"}
        assert [column["type"] for column in said["columns"]] == types
        assert '# A drop-down: `allowed: ["new", "done"]` refuses everything else.' in result.stdout
        small.reloaded()
        small.write("orders", result.stdout)
        assert small.run(instance).success
        assert small.rows()[1] == (dt.date(2023, 3, 16), Decimal("7.00"), "done", "102")
    assert 'no table "x"; it has "Bookings".' in refused(small.sheet, "--sheets-table", "x")


def test_what_cannot_be_read(small: SmallDeployment) -> None:
    """Each is one sentence with the remedy, nothing is printed, and the exit code is 1."""
    small.put()
    small.put(["a", "a"], [1, 2], worksheet="twice")
    small.put(["id"], [1], worksheet="private", spreadsheet=f"{small.sheet}-x", shared=False)
    assert "has no values where it was read" in refused(small.sheet)
    assert "has no header that could be bound" in refused(small.sheet, "--worksheet", "twice")
    assert "Row 50 of" in refused(small.sheet, "--worksheet", "twice", "--header-row", "50")
    assert "lies beyond them" in refused(small.sheet, "--range", "ZZ1:ZZ")
    assert 'no named range "x"; it has none' in refused(small.sheet, "--named-range", "x")
    assert 'no table "x"; it has none' in refused(small.sheet, "--sheets-table", "x")
    assert "no spreadsheet with the id nope" in refused("nope")
    assert "gserviceaccount.com" in refused(f"{small.sheet}-x")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["x", "--worksheet", "a", "--named-range", "b"], "Say one of --worksheet, --named-range"),
        (["x", "--range", "B:C", "--named-range", "b"], "--range is a part of a worksheet"),
        (["x", "--range", "B3"], "--range: 'B3' is not a range of a worksheet, such as B3:F"),
        (["x", "--range", "B3:F", "--header-row", "2"], "--header-row: row 2 is not in the range"),
        (["x", "--header-row", "0"], "0 is not in the range x>=1"),
        (["x", "--sheets-table", "t", "--header-row", "2"], "--header-row: the first row of a"),
        (["x", "--name", "a b"], "'a b' must consist of letters, digits and underscores"),
        (["x", "--table", "nps"], "'nps' must be `schema.table`, for example raw_data.nps"),
        (["my sheet"], "'my sheet' is no spreadsheet's id or address"),
        (["https://docs.google.com/x"], "holds no spreadsheet's id; copy the address"),
    ],
)
def test_wrong_arguments(args: list[str], said: str) -> None:
    """A wrong argument is named before anything is read; the exit code is 2."""
    result = infer(*args)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_without_credentials() -> None:
    """What is missing is named, with where to set it."""
    assert refused("x").startswith("Error: No Google service account is set.")
