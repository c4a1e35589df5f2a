"""Names and values of any text in the SQL that is sent, run by the sandbox's Redshift."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import pytest
from any_data import ODD_TEXTS
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from sheet_assets.clients.redshift import RedshiftClient, Session
from sheet_assets.errors import QueryError
from sheet_assets.sandbox.redshift.lexer import fold
from sheet_assets.warehouse import ddl, statements
from sheet_assets.warehouse.types import TableColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sandbox import Sandbox

TEXTS = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text("ab'\"\\;-%$*/(){}:\n\t .\0é좋", max_size=20),
    st.text(max_size=20),
)
ROWS = [TableColumn(name="a", type="varchar(65535)")]
SCHEMAS = "SELECT nspname FROM pg_namespace ORDER BY 1"
# The newest table, with where it is.
NEWEST = """
SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = (SELECT MAX(oid) FROM pg_class WHERE relkind = 'r')
"""


@pytest.fixture(scope="module")
def session(running_sandbox: Sandbox) -> Iterator[Session]:
    """A session of the production client."""
    redshift = running_sandbox.redshift
    client = RedshiftClient(
        {
            "host": redshift.host,
            "port": redshift.port,
            "dbname": redshift.database,
            "user": redshift.user,
            "password": redshift.password,
            "sslmode": "require",
        }
    )
    with client.session() as session:
        yield session


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """A transaction that is rolled back, after which everything is as it was."""
    before = session.query(SCHEMAS)
    try:
        with session.transaction():
            yield
            session.execute("DO $$ BEGIN RAISE EXCEPTION 'undone'; END $$")
    except QueryError as error:
        if "undone" not in str(error):
            raise
    finally:
        assert session.query(SCHEMAS) == before


def is_utf8(text: str) -> bool:
    """Whether it can be sent at all: without zero bytes, and without halves of a pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


@examples(12)
@given(schema=TEXTS, table=TEXTS)
@example(schema="s" * 62, table="좋" * 21)
def test_any_text_is_a_name_and_nothing_else(session: Session, schema: str, table: str) -> None:
    """A schema and a table have exactly that name, whatever SQL it looks like."""
    schema, table = f"x{schema}", f"y{table}"
    is_taken = all(is_utf8(name) and len(name.encode()) <= 63 for name in (schema, table))
    # A name with a NUL is refused before there is any SQL.
    refusal = pytest.raises((QueryError, ValueError))
    with nullcontext() if is_taken else refusal, undone(session):
        session.execute(ddl.create_schema(schema))
        session.execute(ddl.create_table(schema, table, ROWS, sortkey=["a"]))
        assert session.query(NEWEST) == [(fold(schema), fold(table))]
        session.execute(ddl.create_staging("staging", ROWS))
        session.execute(statements.insert_staged(schema, table, "staging", ROWS))
        session.execute(statements.delete_matches(schema, table, "staging", ["a"]))
        assert session.value(statements.count(statements.qualified(schema, table))) == 0


@examples(15)
@given(TEXTS)
def test_any_text_is_a_grantee_and_nothing_else(session: Session, name: str) -> None:
    """Of a user that is not there the error tells the very name; nobody gets anything."""
    with pytest.raises((QueryError, ValueError)) as refused, undone(session):
        session.execute(ddl.grant("pg_catalog", "pg_class", "select", [f"nobody{name}"]))
    if is_utf8(name) and len(name.encode()) < 50:
        wanted = fold(f"nobody{name}".strip())
        assert " ".join(f'user "{wanted}" does not exist'.split()) in " ".join(
            str(refused.value).split()
        )


@examples(30)
@given(TEXTS)
def test_any_text_is_a_value_and_nothing_else(session: Session, text: str) -> None:
    """A parameter, or a literal where no parameter may stand, is that text and runs nothing."""
    if not is_utf8(text):
        with pytest.raises(QueryError), undone(session):
            session.execute(f"SELECT '{text}'")
        with pytest.raises(QueryError), undone(session):
            session.query("SELECT %(text)s", {"text": text})
        return
    with undone(session):
        assert session.query("SELECT %(text)s, '%%'", {"text": text}) == [(text, "%")]
        if "\\" not in text:
            assert session.value(f"SELECT {statements.literal(text)}") == text
        else:
            with pytest.raises(ValueError, match="cannot stand in a COPY"):
                statements.literal(text)
