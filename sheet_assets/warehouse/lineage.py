"""The tables that a query reads, found in its SQL."""

from __future__ import annotations


def tables_of(query: str) -> list[tuple[str, str]]:
    """Schema and name of every table that a query reads, each once, in the order of its parts.

    In lower case, as Redshift folds names, quoted ones too. Tables without a schema are left
    out: which schema is meant is the session's business.

    Raises:
        ValueError: the SQL cannot be read, or is not one query.
    """
    # 0.1 s of CPU that the load of a sheet does not need.
    import sqlglot  # noqa: PLC0415
    from sqlglot import exp  # noqa: PLC0415
    from sqlglot.errors import SqlglotError  # noqa: PLC0415

    try:
        statements = [parsed for parsed in sqlglot.parse(query, dialect="redshift") if parsed]
    except SqlglotError as error:
        raise ValueError(
            f"the query cannot be read ({str(error).splitlines()[0]}); declare the tables it "
            "reads in `deps`"
        ) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ValueError("the query must be one SELECT, with or without WITH and UNION")
    found: dict[tuple[str, str], None] = {}
    for table in statements[0].find_all(exp.Table, bfs=False):
        # `FROM s.t, s.t.items AS item` walks into a SUPER column: items is no table.
        inside = (table.catalog.lower(), table.db.lower()) in found
        if table.db and table.name and not inside:
            found[table.db.lower(), table.name.lower()] = None
    return list(found)
