from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from sheet_assets.warehouse.shape import ColumnThere, plan
from sheet_assets.warehouse.target import Target
from sheet_assets.warehouse.types import ColumnType, TableColumn

ID = TableColumn(name="id", type="integer", required=True)
THERE = [
    ColumnThere("id", ColumnType("integer"), nullable=False, has_default=False),
    ColumnThere("t", ColumnType("varchar", length=20), nullable=True, has_default=False),
]


def planned(*columns, rows=0, there=THERE, **options):
    """The plan for a table of these columns."""
    return plan(Target("s", "t", columns, **options), there, rows=rows)


def text(length=20, **options):
    """The column t."""
    return TableColumn(name="t", type=f"varchar({length})", **options)


def test_table_that_fits_has_no_plan():
    """Nothing to do, nothing to lose."""
    found = planned(ID, text())
    assert not found.pending
    assert (found.lengthened, found.losses) == ((), ())


def test_columns_of_others_have_a_default():
    """A column that the contract has not is left alone if something fills it, else dropped."""
    for filled in (True, False):
        other = ColumnThere("at", ColumnType("timestamp"), nullable=True, has_default=filled)
        found = planned(ID, text(), there=[*THERE, other])
        assert found.dropped == (() if filled else ("at",))


@pytest.mark.parametrize("required", [False, True])
def test_column_there_that_takes_null_fits_a_required_one(required):
    """Redshift cannot make it required; staging refuses the NULL."""
    assert not planned(ID, text(required=required)).pending


def test_key_may_refuse_null():
    """A key is never NULL, so a column that refuses it fits."""
    identity = TableColumn(name="id", type="integer")
    assert not planned(identity, text(), key=("id",)).pending
    assert planned(identity, text()).anew == ((identity, False),)


@pytest.mark.parametrize(
    ("column", "rows", "mode", "carried"),
    [
        ("bigint", 2, "append", True),
        ("bigint", 0, "append", False),
        ("bigint", 2, "replace", False),
        ("smallint", 2, "append", False),
        ("decimal(12,2)", 2, "append", True),
    ],
)
def test_values_are_carried_over_where_they_stay_and_fit(column, rows, mode, carried):
    """Rows that a replace deletes anyway need not be carried; what has no room is lost."""
    anew = TableColumn(name="id", type=column, required=True)
    found = planned(anew, text(), rows=rows, mode=mode)
    assert found.anew == ((anew, carried),)
    assert any("UPDATE" in sql for sql in found.statements()) == carried


def test_required_column_needs_a_permission_where_rows_stay():
    """Old rows would have NULL in it; without any, or in a replace, nobody is asked."""
    new = TableColumn(name="new", type="date", required=True)
    for mode, rows, asks in (("replace", 0, False), ("append", 0, False), ("append", 3, True)):
        found = planned(ID, text(), new, mode=mode, rows=rows)
        assert bool(found.losses) == asks
        assert found.added == (new,)


def test_statements_never_leave_the_table_without_columns():
    """Every statement is Redshift's, one action each; what is added comes before what is dropped."""
    anew = TableColumn(name="t", type="integer")
    found = planned(TableColumn(name="new", type="date"), anew, rows=1, mode="append")
    sql = list(found.statements())
    assert sql == [
        'ALTER TABLE "s"."t" ADD COLUMN "new" date',
        'ALTER TABLE "s"."t" ADD COLUMN "sheet_assets_new" integer',
        'ALTER TABLE "s"."t" DROP COLUMN "t"',
        'ALTER TABLE "s"."t" RENAME COLUMN "sheet_assets_new" TO "t"',
        'ALTER TABLE "s"."t" DROP COLUMN "id"',
    ]
    assert found.removed == {"t", "id"}
    for each in sql:
        (parsed,) = sqlglot.parse(each, dialect="redshift")
        assert isinstance(parsed, exp.Alter)


@pytest.mark.parametrize(
    ("row", "said", "nullable", "filled"),
    [
        (("c", "character varying", 9, None, None, "YES", None), "varchar(9)", True, False),
        (("c", "numeric", None, 9, 2, "NO", None), "decimal(9,2)", False, False),
        (("c", "integer", None, 32, 0, "NO", '"identity"(1, 0)'), "integer", False, True),
        (("c", "timestamp with time zone", None, None, None, "YES", "getdate()"), "timestamptz", True, True),
        (("c", "super", None, None, None, "YES", None), "super", True, False),
    ],
)  # fmt: skip
def test_catalog_is_read(row, said, nullable, filled):
    """The catalog's words become the contract's."""
    found = ColumnThere.of_catalog(row)
    assert (str(found.type), found.nullable, found.has_default) == (said, nullable, filled)
