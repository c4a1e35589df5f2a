"""Cells read at once: to the fields that the cell reader gives, and hardly any of them odd."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sheet_assets.sheets.cell_reader import CellReader
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.regular import regular_reader
from sheet_assets.sheets.values import NotThatType
from sheet_assets.warehouse.rows import field

ZONES = [
    *map(ZoneInfo, ("Asia/Seoul", "America/New_York", "Australia/Lord_Howe")),
    dt.timezone(-dt.timedelta(hours=3, minutes=30)),
]
COLUMNS: list[dict[str, Any]] = [
    {"type": "smallint"},
    {"type": "integer", "min": -5, "max": 40_000},
    {"type": "bigint", "allowed": (1, 5, 43831, 2**53 - 1), "required": True},
    {"type": "integer", "null_values": ("-1", "5", "n/a")},
    {"type": "decimal(12,2)"},
    {"type": "decimal(18,0)", "min": "-3"},
    {"type": "decimal(38,20)"},
    {"type": "decimal(5,5)", "max": "0.3"},
    {"type": "decimal(18,6)", "null_values": ("0.3", "1.005")},
    {"type": "decimal(3,1)", "allowed": ("2.5", "0.1", "0.5")},
    {"type": "real"},
    {"type": "double precision", "min": -1e5, "max": 1e20},
    {"type": "double precision", "null_values": ("0.3", "inf", "nan", "-999")},
    {"type": "boolean"},
    {"type": "boolean", "allowed": (True,), "required": True},
    {"type": "boolean", "null_values": ("FALSE",)},
    {"type": "date"},
    {"type": "date", "min": dt.date(2020, 1, 1), "max": "2023-05-12"},
    {"type": "time"},
    {"type": "time", "min": "08:00", "max": "23:59:59.998"},
    {"type": "timestamp"},
    {"type": "timestamp", "min": "2020-01-01 00:00:00.000001"},
    {"type": "timestamptz"},
    {"type": "timestamptz", "max": "2023-03-11 12:00Z", "required": True},
    {"type": "varchar(10)"},
    {"type": "varchar(90)", "min": "a", "max": "가"},
    {"type": "varchar(10)", "allowed": ("x", "a,b", "TRUE"), "required": True},
    {"type": "varchar(10)", "pattern": "[a-z ]*", "blank": "empty"},
    {"type": "varchar(10)", "null_values": ("n/a", "x", "#N/A"), "as_displayed": True},
]
ODD: list[Any] = [
    *(
        "",
        " ",
        "\u00a0",
        "\x1f",
        "x",
        " x\n",
        "5",
        "n/a",
        " n/a ",
        "\x1cn/a",
        "#N/A",
        "###",
        "TRUE",
    ),
    *("@NULL@", " @NULL@", "Loading...", "a\0b", "\ud800", 'say "hi"', "a,b", "\n", "가" * 30, "b"),
    *(None, True, False, 2**15, 2**31, -(2**31), 2**53, 2**53 - 1, -(2**53), 2**63, 2**64, 10**30),
    *(1e300, 1e-300, 5e-324, 1e-5, 9.9999e-5, 1e16, 9.9e15, -0.0, 0, 1, 5.0, 0.3, 0.1 + 0.2),
    *(0.5, 1.5, 2.5, -0.5, 0.005, 1.005, 2.675, 123456789.125, 99999999.995, -1, -999, -999.0),
    *(float("inf"), float("-inf"), float("nan"), 3.4028234663852886e38, 3.5e38, 1.17e-38),
    *(43831, 43831.5, 43831.999999999, 1 - 2**-53, 0.99999999, 45725.104166666664, 45963.0625),
    *(-693593, -693593.5, -693594, -693592.2, 2958465, 2958465.9999999, 2958466, 2958464.9),
]


def drawn(chance: random.Random) -> list[list[Any]]:
    """Cells of a sheet: whole numbers, fractions of many sizes, moments, and among them odd ones."""
    whole: list[Any] = [chance.randint(-700_000, 3_000_000) for _ in range(500)]
    money: list[Any] = [chance.randint(-(10**7), 10**7) / 10 ** chance.randint(0, 5) for _ in whole]
    halves: list[Any] = [chance.randint(-(10**6), 10**6) / 2 + 0.005 * n for n in range(500)]
    any_size: list[Any] = [chance.uniform(-1, 1) * 10 ** chance.randint(-40, 40) for _ in whole]
    moments: list[Any] = [chance.uniform(40_000, 50_000) for _ in whole]
    minutes: list[Any] = [45_000 + n * 7 + chance.randint(0, 1440) / 1440 for n in range(300)]
    years: list[Any] = [chance.uniform(-693_600, 2_958_470) for _ in whole]
    of_day: list[Any] = [chance.randint(0, 86_400_000) / 86_400_000 for _ in whole]
    lists = [whole, money, halves, any_size, moments, minutes, years, of_day]
    together = [cell for cells in lists for cell in chance.sample(cells, 60)] + ODD
    chance.shuffle(together)
    return [*lists, ODD, [cell for cell in ODD if isinstance(cell, str)], together]


@pytest.mark.parametrize("says", COLUMNS, ids=str)
def test_what_is_regular_is_read_as_by_the_cell_reader(says: dict[str, Any]) -> None:
    """The same field for every cell that is not odd: a number may be odd, and is never another."""
    column = Column(name="c", **says)
    zones = ZONES if column.type.kind == "timestamptz" else ZONES[:1]
    chance = random.Random(7)
    for zone in zones:
        reader, read = CellReader(column, zone), regular_reader(column, zone)
        for cells in drawn(chance):
            fields, odd = read(cells)
            assert odd == sorted(set(odd))
            expected = [
                None if place in set(odd) else cell_field(reader, cell)
                for place, cell in enumerate(cells)
            ]
            found = fields.scatter(odd, None).to_list() if odd else fields.to_list()
            assert found == expected


def cell_field(reader: CellReader, cell: Any) -> str | None:
    """A cell's field, or what is wrong with it, which no field is."""
    try:
        value = reader.value(cell)
    except NotThatType as refused:
        return f"refused: {refused}"
    return None if value is None else field(value)


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("integer", [*range(-500, 500)]),
        ("bigint", [1.0, 2, "", 2**53 - 1]),
        ("decimal(12,2)", [n / 100 for n in range(-900, 900)]),
        ("decimal(18,6)", [n * 0.37 for n in range(900)]),
        ("double precision", [n / 997 for n in range(997)]),
        ("real", [0, 0.5, "", 1e30]),
        ("boolean", [True, False, ""]),
        ("date", [*range(40_000, 47_000)]),
        ("time", [n / 1440 for n in range(1440)]),
        ("timestamp", [45_000 + n / 1440 for n in range(1440)]),
        ("timestamptz", [45_000 + n / 1440 for n in range(1440)]),
        ("varchar(20)", ["", "a", "a,b", "가", "5", " x "]),
    ],
)
def test_usual_cells_are_regular(kind: str, cells: list[Any]) -> None:
    """None of them is read for itself, which takes ten times as long."""
    _, odd = regular_reader(Column(name="c", type=kind), ZoneInfo("Asia/Seoul"))(cells)
    assert odd == []
