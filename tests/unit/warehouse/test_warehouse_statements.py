from __future__ import annotations

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from sheet_assets.warehouse import ddl, statements
from sheet_assets.warehouse.types import TableColumn

COLUMNS = (
    TableColumn(name="date", type="date", required=True),
    TableColumn(name="score", type="decimal(5,2)"),
    TableColumn(name="order", type="varchar(20)"),
)
NAMES = st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), min_size=1)


@given(NAMES)
def test_identifier_reads_back(name):
    """A quoted name is one token, whatever quotes it holds."""
    quoted = statements.identifier(name)
    assert quoted[0] == quoted[-1] == '"'
    assert quoted[1:-1].replace('""', "") == name.replace('"', "")
    assert quoted[1:-1].replace('""', '"') == name


@given(NAMES.filter(lambda text: "\\" not in text))
def test_literal_reads_back(text):
    """A quoted text is one token, whatever quotes it holds."""
    quoted = statements.literal(text)
    assert quoted[0] == quoted[-1] == "'"
    assert quoted[1:-1].replace("''", "") == text.replace("'", "")
    assert quoted[1:-1].replace("''", "'") == text


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_is_no_identifier(name):
    """No name is empty or holds a NUL."""
    with pytest.raises(ValueError, match="cannot be empty or hold a NUL"):
        statements.identifier(name)


@pytest.mark.parametrize("text", ["a\\b", "\\", "\0"])
def test_what_is_no_literal(text):
    """A backslash may be an escape in Redshift, so no text with one is sent."""
    with pytest.raises(ValueError, match="cannot stand in a COPY"):
        statements.literal(text)


def test_copy():
    """COPY names its columns, takes a manifest and a role, and holds no keys."""
    sql = statements.copy(
        "staging_nps", COLUMNS, "s3://bucket/it's/manifest.json", "arn:aws:iam::1:role/copy"
    )
    assert sql == (
        'COPY "staging_nps" ("date", "score", "order")\n'
        "FROM 's3://bucket/it''s/manifest.json'\n"
        "IAM_ROLE 'arn:aws:iam::1:role/copy'\n"
        "MANIFEST CSV ZSTD IGNOREHEADER 1 NULL AS '@NULL@' DATEFORMAT 'auto' TIMEFORMAT 'auto'\n"
        "COMPUPDATE OFF STATUPDATE OFF"
    )
    assert "IAM_ROLE default\n" in statements.copy("s", COLUMNS, "s3://b/m", "default")


def test_create_table():
    """The table has the contract's types, quoted names and NOT NULL where NULL is refused."""
    assert ddl.create_table("raw_data", "nps", COLUMNS) == (
        'CREATE TABLE IF NOT EXISTS "raw_data"."nps" (\n'
        '    "date" date NOT NULL,\n'
        '    "score" decimal(5,2),\n'
        '    "order" varchar(20)\n'
        ")"
    )


def test_columns_are_always_named():
    """INSERT names its columns on both sides, so a column's place never matters."""
    names = '"date", "score", "order"'
    assert statements.insert_staged("s", "t", "staging_t", COLUMNS) == (
        f'INSERT INTO "s"."t" ({names})\nSELECT {names} FROM "staging_t"'
    )
    assert (
        statements.ordered_rows("staging_t", COLUMNS)
        == f'SELECT {names} FROM "staging_t" ORDER BY {names}'
    )


@pytest.mark.parametrize("query", ["SELECT 1", " SELECT 1;\n", "SELECT 1 ; ;", "SELECT 1 -- one;"])
def test_query_fills_staging(query):
    """A query stands in the statement whole, without its semicolons, also when a comment ends it."""
    parsed = sqlglot.parse(statements.fill_staging("staging_t", COLUMNS, query), dialect="redshift")
    assert len(parsed) == 1
    assert isinstance(parsed[0], exp.Insert)
    assert parsed[0].find(exp.Subquery).this == sqlglot.parse_one("SELECT 1")


@pytest.mark.parametrize(
    "sql",
    [
        ddl.create_schema('a"b'),
        ddl.create_table("s", "t", COLUMNS),
        ddl.create_staging("staging_t", COLUMNS, ("score",)),
        statements.delete_all("s", "t"),
        statements.insert_staged("s", "t", "staging_t", COLUMNS),
        statements.count(statements.qualified("s", "t")),
        statements.ordered_rows("staging_t", COLUMNS),
        statements.insert_staged("s", "t", "staging_t", COLUMNS, distinct=True),
        statements.count_keys("staging_t", COLUMNS, ("date", "order")),
        statements.count_matches("s", "t", "staging_t", ("date", "order")),
        statements.delete_matches("s", "t", "staging_t", ("date", "order")),
        statements.delete_missing("s", "t", "staging_t", ("date", "order")),
        statements.carry_over("s", "t", "order", "new", COLUMNS[1].type),
        ddl.create_table("s", "t", COLUMNS, distkey="date", sortkey=("date", "order")),
        ddl.grant("s", "t", "select", ["reporting", "group analysts", "role bi", "public"]),
        ddl.alter_type("s", "t", "order", COLUMNS[2].type),
        ddl.BOUND_VIEWS,
        ddl.SCHEMA,
        statements.ADVANCE_CURRENT,
        statements.ADVANCE_DRIVE_VERSION,
        statements.PIN_CURRENT,
        statements.COUNT_CURRENT,
        statements.LOADS_IN_TABLE,
        statements.ADD_FIRST_READ_AT,
        statements.FILL_FIRST_READ_AT,
        statements.CREATE_LOADS,
        statements.PROCESSED_VERSIONS,
        statements.CURRENT_LOAD,
        statements.RECORD_LOAD,
        statements.TABLE_COLUMNS,
    ],
)
def test_statements_are_redshifts_sql(sql):
    """Each text is one statement of Redshift's dialect, and none is a TRUNCATE or a rename."""
    (parsed,) = sqlglot.parse(sql.replace("%(", ":").replace(")s", ""), dialect="redshift")
    assert not isinstance(parsed, exp.Command | exp.TruncateTable)
    assert not parsed.find(exp.AlterRename)
