from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg2 import extensions

CREATED = [
    'CREATE TABLE made (id int, "distkey" varchar(9)) DISTSTYLE KEY DISTKEY (id) SORTKEY ("distkey", id)',
    "CREATE TABLE made (id int ENCODE az64 NOT NULL DISTKEY SORTKEY, t varchar(9) ENCODE zstd) BACKUP NO",
    "CREATE TABLE IF NOT EXISTS made (id int, t varchar(9)) DISTSTYLE EVEN COMPOUND SORTKEY(id, t)",
    "CREATE TABLE made (id int, t varchar(9) DEFAULT 'DISTKEY(x)') DISTSTYLE AUTO SORTKEY AUTO ENCODE AUTO",
    "CREATE TEMP TABLE made (id int, t varchar(9)) DISTSTYLE ALL INTERLEAVED SORTKEY (t)",
    "CREATE TABLE made DISTSTYLE ALL SORTKEY(id) AS SELECT 1 AS id, 'x'::varchar(9) AS t",
    "CREATE TABLE made (id int, t decimal(9,2) /* DISTKEY */) -- SORTKEY(nothing)",
]


@pytest.fixture
def autocommit(connection: extensions.connection) -> Iterator[extensions.connection]:
    """The connection outside any transaction."""
    connection.autocommit = True
    yield connection
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA t CASCADE")


def columns(connection: extensions.connection, table: str = "made") -> list[tuple[str, str]]:
    """The names and types of a table's columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            f"WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        )
        return cursor.fetchall()


@pytest.mark.parametrize("sql", CREATED)
def test_distribution_sorting_and_encoding_are_taken(
    autocommit: extensions.connection, sql: str
) -> None:
    """Redshift's attributes of tables and columns are left out; names and texts like them stay."""
    with autocommit.cursor() as cursor:
        cursor.execute(sql)
    (first, _), (second, _) = columns(autocommit)
    assert (first, second) in {("id", "t"), ("id", "distkey")}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("CREATE TABLE made (id int) DISTKEY(other)", 'column "other" named in DISTKEY does not exist'),
        ("CREATE TABLE made (id int) SORTKEY(id, x)", 'column "x" named in SORTKEY does not exist'),
        ("CREATE TABLE made (id int) DISTSTYLE SOME", 'syntax error at or near "SOME"'),
        ("CREATE TABLE made (id int) DISTSTYLE", "syntax error at end of input"),
        ("CREATE TABLE made (id int) SORTKEY (id", "syntax error at end of input"),
        ("CREATE TABLE made (id int) DISTKEY", "syntax error at end of input"),
    ],
)  # fmt: skip
def test_wrong_attributes_are_refused(
    autocommit: extensions.connection, sql: str, said: str
) -> None:
    """A key that is no column, and what is no attribute, fail and create nothing."""
    with autocommit.cursor() as cursor:
        with pytest.raises(psycopg2.Error) as refused:
            cursor.execute(sql)
        assert said in str(refused.value)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'made'")
        assert cursor.fetchone() == (0,)


def test_position_of_an_error_is_the_clients(autocommit: extensions.connection) -> None:
    """What is left out leaves room: an error behind it points at the right character."""
    sql = "CREATE TABLE made (id int ENCODE az64, t nonsense) DISTKEY(id)"
    with autocommit.cursor() as cursor, pytest.raises(psycopg2.Error) as refused:
        cursor.execute(sql)
    assert int(refused.value.diag.statement_position) == sql.index("nonsense") + 1


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("ADD COLUMN b date", [("a", "character varying(9)"), ("b", "date")]),
        (
            "ADD b int NOT NULL DEFAULT 1",
            [("a", "character varying(9)"), ("b", "integer")],
        ),
        ("ALTER COLUMN a TYPE varchar(90)", [("a", "character varying(90)")]),
        ("ALTER a TYPE character varying(90)", [("a", "character varying(90)")]),
        ("RENAME COLUMN a TO b", [("b", "character varying(9)")]),
    ],
)
def test_table_is_altered(
    autocommit: extensions.connection, action: str, after: list[tuple[str, str]]
) -> None:
    """Columns are added, renamed, and texts made longer."""
    with autocommit.cursor() as cursor:
        cursor.execute("CREATE TABLE made (a varchar(9))")
        cursor.execute(f"ALTER TABLE made {action}")
    assert columns(autocommit) == after


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("ALTER COLUMN id TYPE bigint", "changes the size of a VARCHAR only"),
        ("ALTER COLUMN a TYPE varchar(9) USING a::varchar", "does not support USING expression"),
        ("ALTER COLUMN a SET NOT NULL", "ALTER COLUMN SET/DROP NOT NULL is not supported"),
        ("ALTER COLUMN a DROP DEFAULT", "ALTER COLUMN SET/DROP DEFAULT is not supported"),
        ("ADD COLUMN b int NOT NULL", "must have a non-null default expression"),
        ("ADD COLUMN b int, ADD COLUMN c int", 'syntax error at or near ","'),
        ("ALTER DISTKEY b", 'column "b" named in DISTKEY does not exist'),
    ],
)
def test_what_redshift_cannot_alter_is_refused(
    autocommit: extensions.connection, action: str, said: str
) -> None:
    """PostgreSQL would do it, Redshift does not: neither does the sandbox."""
    with autocommit.cursor() as cursor:
        cursor.execute("CREATE TABLE made (id int, a varchar(9))")
        with pytest.raises(psycopg2.Error) as refused:
            cursor.execute(f"ALTER TABLE made {action}")
        assert said in str(refused.value)
        assert columns(autocommit) == [("id", "integer"), ("a", "character varying(9)")]


def test_type_is_not_altered_in_a_transaction(connection: extensions.connection) -> None:
    """Neither in a transaction block, nor beside another statement; alone it is."""
    alter = "ALTER TABLE made ALTER COLUMN a TYPE varchar(90)"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE made (a varchar(9))")
        connection.commit()
        cursor.execute("SELECT 1")
        with pytest.raises(
            psycopg2.errors.ActiveSqlTransaction, match="inside a transaction block"
        ):
            cursor.execute(alter)
        connection.rollback()
        connection.autocommit = True
        with pytest.raises(psycopg2.errors.ActiveSqlTransaction):
            cursor.execute(f"{alter}; SELECT 1")
        cursor.execute(alter)
        cursor.execute("DROP TABLE made")


def test_rights_are_given_to_users_groups_and_roles(autocommit: extensions.connection) -> None:
    """GRANT takes all kinds of grantees in one list; the catalog shows what they may."""
    with autocommit.cursor() as cursor:
        cursor.execute("CREATE TABLE made (id int)")
        cursor.execute("CREATE USER ddl_user PASSWORD 'Sandbox1only'")
        cursor.execute("CREATE GROUP ddl_group")
        cursor.execute("CREATE ROLE ddl_role")
        try:
            cursor.execute(
                'GRANT SELECT, INSERT ON TABLE made TO "ddl_user", GROUP ddl_group, ROLE "ddl_role", PUBLIC'
            )
            cursor.execute(
                "SELECT grantee, privilege_type FROM information_schema.table_privileges "
                "WHERE table_name = 'made' AND grantee <> current_user"
            )
            assert set(cursor.fetchall()) == {
                (grantee, right)
                for grantee in ("ddl_user", "ddl_group", "ddl_role", "PUBLIC")
                for right in ("SELECT", "INSERT")
            }
        finally:
            cursor.execute("DROP TABLE made")
            for name in ("ddl_user", "ddl_group", "ddl_role"):
                cursor.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize(
    ("grantee", "said"),
    [
        ("nobody", 'user "nobody" does not exist'),
        ('GROUP "no body"', 'group "no body" does not exist'),
        ("ROLE nobody", 'role "nobody" does not exist'),
        ("PUBLIC, GROUP nobody", 'group "nobody" does not exist'),
    ],
)
def test_missing_grantee_is_called_what_it_is(
    autocommit: extensions.connection, grantee: str, said: str
) -> None:
    """The error says which user, group or role there is not."""
    with autocommit.cursor() as cursor:
        cursor.execute("CREATE TABLE made (id int)")
        with pytest.raises(psycopg2.errors.UndefinedObject, match=said):
            cursor.execute(f"GRANT SELECT ON made TO {grantee}")


def test_right_that_postgresql_lacks_is_refused(autocommit: extensions.connection) -> None:
    """GRANT DROP and ALTER are named as missing, not given as something else."""
    with autocommit.cursor() as cursor:
        cursor.execute("CREATE TABLE made (id int)")
        with pytest.raises(psycopg2.Error, match="does not implement GRANT ALTER"):
            cursor.execute("GRANT SELECT, ALTER ON made TO PUBLIC")


def test_only_the_owner_alters_a_table(autocommit: extensions.connection) -> None:
    """What the sandbox does itself for a statement takes the rights that the statement takes."""
    with autocommit.cursor() as cursor:
        cursor.execute("CREATE TABLE made (id int)")
        cursor.execute("CREATE USER ddl_user PASSWORD 'Sandbox1only'")
        cursor.execute("GRANT ALL ON SCHEMA t TO ddl_user; GRANT ALL ON made TO ddl_user")
        try:
            cursor.execute("SET SESSION AUTHORIZATION ddl_user")
            for action in ("ALTER SORTKEY (id)", "ADD PRIMARY KEY (id)", "ADD COLUMN b int"):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="must be owner"):
                    cursor.execute(f"ALTER TABLE made {action}")
            cursor.execute("CREATE TABLE own (id int PRIMARY KEY) SORTKEY (id)")
            cursor.execute("ALTER TABLE own ALTER DISTKEY id")
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")
            cursor.execute("DROP OWNED BY ddl_user; DROP USER ddl_user")
