from __future__ import annotations

import pytest

from sheet_assets.warehouse import ddl, statements
from sheet_assets.warehouse.target import Target
from sheet_assets.warehouse.types import ColumnType, TableColumn

COLUMNS = (
    TableColumn(name="id", type="integer", required=True),
    TableColumn(name="order", type="varchar(20)"),
)


@pytest.mark.parametrize(
    ("options", "attributes"),
    [
        ({}, ""),
        ({"diststyle": "even"}, "\nDISTSTYLE EVEN"),
        ({"distkey": "order"}, '\nDISTSTYLE KEY DISTKEY ("order")'),
        ({"diststyle": "key", "distkey": "id"}, '\nDISTSTYLE KEY DISTKEY ("id")'),
        ({"diststyle": "all", "sortkey": ("order", "id")}, '\nDISTSTYLE ALL\nSORTKEY ("order", "id")'),
    ],
)  # fmt: skip
def test_attributes_of_a_table(options, attributes):
    """Distribution and sort keys stand behind the columns, quoted."""
    sql = ddl.create_table("s", "t", COLUMNS, **options)
    assert sql.partition("\n)")[2] == attributes


def test_staging_refuses_null_in_required_columns_and_the_key():
    """Also where the table, whose column came later, would take it."""
    assert ddl.create_staging("staging", COLUMNS, ("order",)) == (
        'CREATE TEMP TABLE "staging" (\n'
        '    "id" integer NOT NULL,\n'
        '    "order" varchar(20) NOT NULL\n'
        ")"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("reporting", '"reporting"'),
        ("group analysts", 'GROUP "analysts"'),
        ("ROLE  bi ", 'ROLE "bi"'),
        ("Public", "PUBLIC"),
        ('o"brien', '"o""brien"'),
        ("IAM:someone@example.com", '"IAM:someone@example.com"'),
        ("grouper", '"grouper"'),
    ],
)
def test_grantee(name, said):
    """A user, `group …`, `role …` or public; names are quoted."""
    assert ddl.grantee(name) == said
    assert ddl.grant("s", "t", "select", [name]) == f'GRANT SELECT ON TABLE "s"."t" TO {said}'


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        ({"select": ("group",)}, "grants: 'group' names no group: write `group its_name`"),
        ({"select": ("reporting", "role ")}, "grants: 'role ' names no role"),
        ({"select": ("",)}, "grants: a name cannot be empty"),
        ({"select": ()}, "grants: 'select' names nobody"),
        ({"usage": ("x",)}, "grants: 'usage' is no right to a table; there are select, insert"),
    ],
)
def test_wrong_grants_are_refused_before_anything_runs(grants, said):
    """The text begins with the option."""
    with pytest.raises(ValueError, match=f"^{said}"):
        Target("s", "t", COLUMNS, grants=grants)


def test_merge_compares_the_whole_key():
    """Each statement names the table with its schema, and every column of the key."""
    on = '"s"."t"."id" AND "staging"."order" = "s"."t"."order"'
    key = ("id", "order")
    assert statements.delete_matches("s", "t", "staging", key) == (
        f'DELETE FROM "s"."t" USING "staging" WHERE "staging"."id" = {on}'
    )
    assert statements.delete_missing("s", "t", "staging", key) == (
        'DELETE FROM "s"."t" WHERE NOT EXISTS (SELECT 1 FROM "staging" AS s '
        'WHERE s."id" = "s"."t"."id" AND s."order" = "s"."t"."order")'
    )


ROOM = [
    ("bigint", "integer", True),
    ("integer", "bigint", False),
    ("integer", "integer", True),
    ("decimal(12,2)", "integer", True),
    ("decimal(11,2)", "integer", False),
    ("decimal(9,2)", "decimal(8,2)", True),
    ("decimal(9,3)", "decimal(9,2)", False),
    ("decimal(9,1)", "decimal(8,2)", False),
    ("varchar(20)", "varchar(20)", True),
    ("varchar(19)", "varchar(20)", False),
    ("varchar(20)", "integer", False),
    ("double", "real", True),
    ("real", "double", False),
    ("timestamp", "date", True),
    ("timestamptz", "timestamp", False),
    ("boolean", "smallint", False),
]


@pytest.mark.parametrize(("kind", "other", "has_room"), ROOM)
def test_type_has_room_for_another(kind, other, has_room):
    """Every value of the other can become one of it and stays the same."""
    assert ColumnType.parse(kind).has_room_for(ColumnType.parse(other)) == has_room
