"""Sample rows stand where a deployment reads them, and load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from small_deployment import QUIET, SmallDeployment, instance, small

from sheet_assets.cli.sample_rows import seed_tables
from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT
from sheet_assets.sandbox.seed import seed

if TYPE_CHECKING:
    import dagster as dg
__all__ = ["instance", "small"]
pytestmark = QUIET

COLUMNS = """\
    - {name: id, type: integer, key: true}
    - {name: ordered, type: date, header: Ordered on, format: "%d.%m.%Y"}
    - {name: zip, type: varchar(5), as_displayed: true, pattern: "[0-9]{5}", required: true}
    - {name: status, type: varchar(8), allowed: [open, done]}
    - {name: at, type: timestamptz, min: "2026-01-01T00:00:00Z"}
"""


def seeded(small: SmallDeployment) -> None:
    """Put the sample rows into the sandbox, as `sandbox run` does."""
    for table in seed_tables(small.deployment):
        seed(small.sandbox.google, table, share_with=[SERVICE_ACCOUNT], by=PERSON)


# Where each sheet stands, and how many of its made rows there is room for.
PLACES: dict[str, tuple[dict[str, object], int]] = {
    "whole": ({"worksheet": "Orders"}, 20),
    "by_gid": ({"worksheet": 77, "header_row": 4}, 20),
    "part": ({"worksheet": "Parts", "range": '"B3:F"'}, 20),
    "beside": ({"worksheet": "Parts", "range": '"H2:ZZ12"', "header_row": 5}, 7),
    "named": ({"worksheet": "null", "named_range": "orders_of_2026"}, 20),
    "lower": ({"worksheet": "null", "named_range": "later_orders", "header_row": 3}, 20),
    "tabled": ({"worksheet": "null", "sheets_table": "Orders of 2026"}, 20),
}


def test_made_rows_load_from_where_the_source_says(
    small: SmallDeployment, instance: dg.DagsterInstance
) -> None:
    """Parts of a worksheet, named ranges and tables, which seeding makes, all of one spreadsheet.

    None overwrites another, and a second seeding nothing of the first.
    """
    for name, (fields, _) in PLACES.items():
        small.write_table(name, columns=COLUMNS, **fields)
    seeded(small)
    seeded(small)
    assert small.run(instance).success
    for name, (_, expected) in PLACES.items():
        rows = small.rows(name)
        assert (name, len(rows)) == (name, expected)
        assert (rows[0][0], rows[0][2], rows[0][3]) == (1, "00001", "open")


def test_a_sample_csv_stands_where_the_source_says(
    small: SmallDeployment, instance: dg.DagsterInstance
) -> None:
    """Its texts become the cells that a person would have; a format's texts stay texts."""
    small.write_table(columns=COLUMNS, worksheet="Orders", range='"B3:F"')
    csv = "id,Ordered on,zip,status,at\n7,31.01.2026,00123,done,2026-02-01 09:00:00\n"
    small.write("orders", csv, "sample.csv")
    seeded(small)
    sheet = small.sandbox.google.drive.workbook(small.sheet).worksheet("Orders")
    assert sheet.values()[3] == [None, 7, "31.01.2026", "00123", "done", 46054.375]
    assert small.run(instance).success
    ((number, ordered, zip_code, *_),) = small.rows()
    assert (number, str(ordered), zip_code) == (7, "2026-01-31", "00123")
