"""The tables that a query reads, found in its SQL."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError


def tables_of(query: str) -> list[tuple[str, str]]:
    """Schema and name of every table that a query reads, in its order, each once.

    Tables without a schema are left out: which schema is meant is the session's business.

    Raises:
        ValueError: the SQL cannot be read.
    """
    try:
        parsed = sqlglot.parse_one(query, dialect="redshift")
    except SqlglotError as error:
        raise ValueError(
            f"the query cannot be read ({str(error).splitlines()[0]}); declare the tables it "
            "reads in `deps`"
        ) from error
    found = [(table.db, table.name) for table in parsed.find_all(exp.Table) if table.db]
    return list(dict.fromkeys(found))
