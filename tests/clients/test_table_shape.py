from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from client_tables import columns, minutes

from sheet_assets.clients import table_shape
from sheet_assets.clients.redshift import RedshiftClient, Session
from sheet_assets.clients.table_load import load_query
from sheet_assets.errors import ContractError, QueryError, RowCheckError
from sheet_assets.resources.redshift import Redshift
from sheet_assets.warehouse.manifest import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

A = [(1, "good"), (2, "late")]
MORE = columns(id="integer!", comment="varchar(40)", score="integer")


def shape(table: Table) -> dict[str, str]:
    """The table's columns and their types."""
    found = table.redshift.query(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        f"WHERE attrelid = '{table.target.quoted}'::regclass AND attnum > 0 "
        "AND NOT attisdropped ORDER BY attnum"
    )
    return dict(found)


def privileges(table: Table) -> set[tuple[str, str]]:
    """Who else may do what with the table."""
    return set(
        table.redshift.query(
            "SELECT grantee, privilege_type FROM information_schema.table_privileges "
            "WHERE table_schema = %(schema)s AND table_name = %(table)s AND grantee <> current_user",
            table.target.table_key,
        )
    )


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is executed, from here on."""
    executed: list[str] = []
    execute = Session.execute

    def noting(session: Session, sql: str, params: Any = None) -> int:
        executed.append(sql)
        return execute(session, sql, params)

    monkeypatch.setattr(Session, "execute", noting)
    return executed


def test_new_table_is_distributed_sorted_and_granted(
    table: Callable[..., Table], statements: list[str]
) -> None:
    """The first load creates it as the contract says, with who may read it, and only then."""
    nps = table(
        distkey="id",
        sortkey=("id", "comment"),
        grants={"select": ("shape_user", "group shape_group", "role shape_role", "public"), "all": ("shape_user",)},
    )  # fmt: skip
    try:
        nps.redshift.run(_create_grantees)
        nps.load(A, minutes(1))
        (created,) = [sql for sql in statements if sql.startswith("CREATE TABLE")]
        assert created.endswith(')\nDISTSTYLE KEY DISTKEY ("id")\nSORTKEY ("id", "comment")')
        assert {
            (grantee, "SELECT") for grantee in ("shape_user", "shape_group", "shape_role", "PUBLIC")
        } <= privileges(nps)
        assert ("shape_user", "DELETE") in privileges(nps)
        statements.clear()
        nps.load([(3, "x")], minutes(2))
        assert not [sql for sql in statements if sql.startswith("GRANT")]
    finally:
        nps.execute("DROP TABLE {}")
        nps.redshift.run(_drop_grantees)


def _create_grantees(session: Session) -> None:
    session.execute("CREATE USER shape_user PASSWORD 'Sandbox1only'")
    session.execute("CREATE GROUP shape_group")
    session.execute("CREATE ROLE shape_role")


def _drop_grantees(session: Session) -> None:
    for name in ("shape_user", "shape_group", "shape_role"):
        session.execute(f"DROP ROLE {name}")


def test_grantee_that_is_missing_creates_nothing(table: Callable[..., Table]) -> None:
    """A table that its readers could not read is not created; the sentence names the grantee."""
    nps = table(grants={"select": ("public", "group nobody_here")})
    with pytest.raises(ContractError, match=r'group "nobody_here" does not exist.*defs.yaml'):
        nps.load(A)
    with pytest.raises(QueryError, match="does not exist"):
        nps.rows()


def test_missing_schema_is_only_created_when_allowed(table: Callable[..., Table]) -> None:
    """Without `create_schema` the sentence has what an administrator runs."""
    nps = table()
    schema = f"none_{nps.target.table}"
    nps.target = replace(nps.target, schema=schema, create_schema=False)
    with pytest.raises(ContractError) as refused:
        nps.load(A)
    said = f'CREATE SCHEMA "{schema}"; GRANT USAGE, CREATE ON SCHEMA "{schema}" TO "awsuser";'
    assert said in str(refused.value)
    nps.execute(f'CREATE SCHEMA "{schema}"')
    assert nps.load(A).outcome == "loaded"


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("clients_tests", 'GRANT USAGE, CREATE ON SCHEMA "clients_tests" TO "u'),
        ("none_{}", 'CREATE SCHEMA "none_'),
    ],
)
def test_user_who_may_not_create_is_told_what_is_missing(
    table: Callable[..., Table], schema: str, said: str
) -> None:
    """Neither a table in a schema of others, nor a schema: the remedy names the user."""
    nps = table()
    table().load(A)
    user, password = f"u{nps.target.table}", "Sandbox1only"
    nps.execute(f"CREATE USER {user} PASSWORD '{password}'")
    nps.execute(f"GRANT USAGE ON SCHEMA clients_tests, sheet_assets TO {user}")
    nps.execute(f"GRANT SELECT ON sheet_assets.loads TO {user}")
    nps.target = replace(nps.target, schema=schema.format(nps.target.table))
    login = {**Redshift().connection(), "user": user, "password": password}
    with pytest.raises(ContractError) as refused:
        nps.load(A, redshift=RedshiftClient(login, retry_seconds=2))
    assert said in str(refused.value)
    assert "may not create it" in str(refused.value)


@pytest.mark.parametrize("mode", ["replace", "append", "merge"])
def test_column_of_the_contract_is_added(table: Callable[..., Table], mode: str) -> None:
    """A new column comes with the first load that has it; rows of before have NULL in it."""
    nps = table(mode=mode, key=("id",))
    nps.load(A, minutes(1))
    more = nps.changed(*MORE)
    assert more.load([(2, "late", 8), (3, "new", 9)], minutes(2)).outcome == "loaded"
    assert shape(more)["score"] == "integer"
    kept = {"replace": [], "append": [(1, "good", None), (2, "late", None)], "merge": [(1, "good", None)]}  # fmt: skip
    assert more.rows() == sorted([*kept[mode], (2, "late", 8), (3, "new", 9)], key=repr)


def test_texts_get_longer(table: Callable[..., Table]) -> None:
    """A longer varchar is altered in place, also under rows that stay."""
    nps = table(mode="append")
    nps.load(A, minutes(1))
    longer = nps.changed(*columns(id="integer!", comment="varchar(90)"))
    assert longer.load([(3, "x" * 90)], minutes(2)).rows == 3
    assert shape(longer)["comment"] == "character varying(90)"


def test_required_column_of_later_refuses_null_all_the_same(table: Callable[..., Table]) -> None:
    """Redshift adds no column that refuses NULL: staging does it for sheets, and a check for queries."""
    nps = table()
    nps.load(A, minutes(1))
    more = nps.changed(*columns(id="integer!", comment="varchar(40)", score="integer!"))
    more.load([(1, "good", 8)], minutes(2))
    query = "SELECT 1 AS id, 'x' AS comment, NULL::integer AS score"
    with pytest.raises(RowCheckError, match="score_is_never_null"):
        load_query(more.redshift, more.target, query, Reading(read_at=minutes(3)))
    assert more.rows() == [(1, "good", 8)]


LOSSES = {
    "a column that has left the contract": (
        {"id": "integer!"},
        "replace",
        (
            '1. drop column "comment" with its values: the contract does not have it, and no DEFAULT '
            "fills it. Run it"
        ),
        [(1,), (2,)],
    ),
    "a text that gets shorter": (
        {"id": "integer!", "comment": "varchar(9)"},
        "replace",
        'drop column "comment", which is varchar(40), not varchar(9), and add it anew. Run it',
        A,
    ),
    "another type, and a column less": (
        {"id": "varchar(9)!"},
        "replace",
        (
            '1. drop column "id", which is integer, not varchar(9), and add it anew; 2. drop column '
            '"comment" with its values'
        ),
        [("1",), ("2",)],
    ),
    "a column that may be NULL now": (
        {"id": "integer", "comment": "varchar(40)"},
        "replace",
        'drop column "id", which refuses NULL, which the contract allows, and add it anew. Run it',
        A,
    ),
    "a type with more room, under rows that stay": (
        {"id": "bigint!", "comment": "varchar(40)"},
        "append",
        'drop column "id", which is integer, not bigint, and add it anew, with its values. Run it',
        sorted([*A, *A]),
    ),
    "another type, under rows that stay": (
        {"id": "integer!", "comment": "integer"},
        "append",
        (
            'drop column "comment", which is varchar(40), not integer, and add it anew, and the '
            "values that are there are lost. Run it"
        ),
        [(1, 5), (1, None), (2, 6), (2, None)],
    ),
    "a required column, under rows that stay": (
        {"id": "integer!", "comment": "varchar(40)", "score": "integer!"},
        "append",
        'add column "score", which is required, with NULL in the 2 rows that are there. Run it',
        [(1, "good", 5), (1, "good", None), (2, "late", 6), (2, "late", None)],
    ),
}


@pytest.mark.parametrize("case", LOSSES)
def test_change_with_a_loss_is_refused_with_its_plan_and_done_when_allowed(
    table: Callable[..., Table], case: str
) -> None:
    """Every step in words; nothing has changed; with --allow-rebuild the table is what it says."""
    contract, mode, said, after = LOSSES[case]
    nps = table(mode=mode)
    nps.load(A, minutes(1))
    before = (nps.rows(), nps.records(), shape(nps))
    other = nps.changed(*columns(**contract))
    width = len(contract)
    given = [(1, "good", 5), (2, "late", 6)]
    if contract.get("comment") == "integer":
        given = [(1, 5), (2, 6)]
    rows = [row[:width] for row in given]
    with pytest.raises(ContractError) as refused:
        other.load(rows, minutes(2))
    assert f"The table {nps.target} is not what the contract says" in str(refused.value)
    assert said in str(refused.value)
    assert "Run it with --allow-rebuild" in str(refused.value)
    assert (nps.rows(), nps.records(), shape(nps)) == before
    assert other.load(rows, minutes(2), allow_rebuild=True).outcome == "loaded"
    names = ", ".join(contract)
    found = nps.redshift.query(f"SELECT {names} FROM {nps.target.quoted}")
    assert sorted(found, key=repr) == sorted(after, key=repr)
    assert other.load(rows, minutes(3)).outcome == "unchanged"


def test_readers_see_no_column_without_its_values(
    table: Callable[..., Table],
    connect: Callable[[], Any],
    statements: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While columns are rebuilt a reader waits, and then sees the whole new version."""
    nps = table()
    nps.load(A, minutes(1))
    connection, refused = connect(), []
    execute = Session.execute

    def looking(session: Session, sql: str, params: Any = None) -> int:
        touched = execute(session, sql, params)
        if "DROP COLUMN" in sql:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout TO 200")
                try:
                    cursor.execute(f"SELECT comment FROM {nps.target.quoted}")
                except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at below
                    refused.append(str(error))
        return touched

    monkeypatch.setattr(Session, "execute", looking)
    other = nps.changed(*columns(id="integer!", comment="varchar(9)"))
    other.load(A, minutes(2), allow_rebuild=True)
    assert len(refused) == 1
    assert "statement timeout" in refused[0]
    assert other.rows() == A


def test_rebuilt_table_keeps_its_grants_and_other_views(table: Callable[..., Table]) -> None:
    """The table itself stays, with what others were granted and views of other columns."""
    nps = table(grants={"select": ("public",)})
    nps.load(A, minutes(1))
    view = f"clients_tests.v_{nps.target.table}"
    nps.execute(f"CREATE VIEW {view} AS SELECT sum(id) AS total FROM {{}}")
    other = nps.changed(*columns(id="integer!"))
    other.load([(7,)], minutes(2), allow_rebuild=True)
    assert ("PUBLIC", "SELECT") in privileges(nps)
    assert nps.redshift.query(f"SELECT total FROM {view}") == [(7,)]


@pytest.mark.parametrize("comment", ["integer", "varchar(90)"])
def test_view_that_is_bound_to_a_column_is_named(table: Callable[..., Table], comment: str) -> None:
    """Nothing is dropped with CASCADE: the sentence names the view and what to do with it."""
    nps = table()
    nps.load(A, minutes(1))
    view = f"clients_tests.v_{nps.target.table}"
    nps.execute(f"CREATE VIEW {view} AS SELECT comment FROM {{}}")
    other = nps.changed(*columns(id="integer!", comment=comment))
    with pytest.raises(ContractError) as refused:
        other.load([(1, 5)], minutes(2), allow_rebuild=True)
    assert f'views are bound to them: {view} (on "comment")' in str(refused.value)
    assert "WITH NO SCHEMA BINDING" in str(refused.value)
    assert nps.rows() == A


@pytest.mark.parametrize(
    ("key", "remedy"),
    [("SORTKEY (comment)", "ALTER SORTKEY NONE"), ("DISTKEY comment", "ALTER DISTSTYLE EVEN")],
)
def test_sort_or_distribution_key_that_is_dropped_has_a_remedy(
    table: Callable[..., Table], key: str, remedy: str
) -> None:
    """Redshift drops no such column: the sentence says how to."""
    nps = table()
    nps.load(A, minutes(1))
    nps.redshift.run(
        lambda session: session.execute(f"ALTER TABLE {nps.target.quoted} ALTER {key}")
    )
    with pytest.raises(ContractError) as raised:
        nps.changed(*columns(id="integer!")).load([(1,)], minutes(2), allow_rebuild=True)
    assert f"Run ALTER TABLE {nps.target.quoted} {remedy}; and then this again." in str(
        raised.value
    )
    assert nps.rows() == A


def test_failed_load_leaves_the_old_columns(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns change in the transaction of the rows: both or neither."""
    nps = table()
    nps.load(A, minutes(1))
    before = shape(nps)
    other = nps.changed(*columns(id="varchar(9)!", score="integer"))
    with monkeypatch.context() as patch:
        patch.setattr(table_shape.statements, "insert_staged", lambda *_, **__: "SELECT 1 / 0")
        with pytest.raises(QueryError, match="division by zero"):
            other.load([("1", 5)], minutes(2), allow_rebuild=True)
    assert shape(nps) == before
    assert nps.rows() == A


def test_table_that_lost_a_column_gets_it_back(table: Callable[..., Table]) -> None:
    """Somebody dropped a column: the same version is loaded again, with it."""
    nps = table()
    nps.load(A, minutes(1))
    nps.execute("ALTER TABLE {} DROP COLUMN comment")
    assert nps.load(A, minutes(2)).outcome == "loaded"
    assert nps.rows() == A


def test_query_tables_change_alike(table: Callable[..., Table]) -> None:
    """A SqlTable's column that changes its type is refused with the plan, and done if allowed."""
    summary = table(columns(n="integer"))
    load_query(summary.redshift, summary.target, "SELECT 1 AS n", Reading(read_at=minutes(1)))
    other = summary.changed(*columns(n="bigint"))
    query, reading = "SELECT 5000000000 AS n", Reading(read_at=minutes(2))
    with pytest.raises(ContractError, match="which is integer, not bigint"):
        load_query(other.redshift, other.target, query, reading)
    load_query(other.redshift, other.target, query, reading, allow_rebuild=True)
    assert other.rows() == [(5_000_000_000,)]


def test_control_table_of_an_earlier_release_is_upgraded(table: Callable[..., Table]) -> None:
    """Its rows get the time they were last read as the first; nothing else changes."""
    nps = table()
    nps.load(A, minutes(1))
    nps.load(A, minutes(3))
    nps.execute("ALTER TABLE sheet_assets.loads DROP COLUMN first_read_at")
    assert nps.load(A, minutes(4)).outcome == "unchanged"
    (record,) = nps.records()
    assert (record["first_read_at"], record["read_at"]) == (minutes(3), minutes(4))
    nps.load([(9, "x")], minutes(5))
    assert nps.current()["first_read_at"] == minutes(5)


def test_first_reading_stays_while_later_ones_advance(table: Callable[..., Table]) -> None:
    """When a version was first read for its load does not move; A → B → A has three of them."""
    nps = table()
    for at, rows in ((1, A), (2, A), (3, [(9, "x")]), (4, A), (5, A)):
        nps.load(rows, minutes(at))
    shown = [(record["first_read_at"], record["read_at"]) for record in nps.records()]
    assert sorted(shown) == [
        (minutes(1), minutes(2)),
        (minutes(3), minutes(3)),
        (minutes(4), minutes(5)),
    ]
