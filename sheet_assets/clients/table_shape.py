"""The shape of a table in Redshift: created by its contract, and changed with it.

A table is never dropped or renamed, which would lose its grants and the views bound to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.clients import load_record
from sheet_assets.clients.redshift import sqlstate
from sheet_assets.errors import ContractError, QueryError
from sheet_assets.warehouse import ddl, statements
from sheet_assets.warehouse.shape import ColumnThere, Plan, plan

if TYPE_CHECKING:
    from collections.abc import Collection

    from sheet_assets.clients.redshift import Session
    from sheet_assets.warehouse.target import Target

_NOT_ALLOWED = "42501"
_NO_SUCH_NAME = "42704"


def ensure(session: Session, target: Target, *, allow_rebuild: bool = False) -> Plan:
    """Create schema, control table and target where they are missing, and lengthen texts.

    Returns what is left to do, by `reshape`, in the transaction that loads.

    Raises:
        ContractError: the table differs from the contract in what would be lost, and nobody
            allowed that; or it cannot be created, or a view stands in the way.
        WarehouseError: a statement failed.
    """
    load_record.ensure_control_table(session)
    there = _there(session, target)
    if not there:
        _create(session, target)
        return Plan(target)
    found = _plan(session, target, there, allow_rebuild=allow_rebuild)
    if found.removed:
        _check_views(session, target, found.removed)
    for column in found.lengthened:
        # Loses nothing, so a load that fails afterwards leaves no harm. Redshift does not do it
        # within a transaction.
        try:
            session.execute(ddl.alter_type(target.schema, target.table, column.name, column.type))
        except QueryError as error:
            _check_views(session, target, {column.name})
            raise _not_altered(target, error) from error
    return found


def reshape(session: Session, target: Target, *, allow_rebuild: bool = False) -> None:
    """Add, drop and rebuild columns, within the transaction that loads.

    The table is locked: readers wait for the rest of it. What is to be done is looked up again,
    since another load may have done it meanwhile.

    Raises:
        ContractError: a column cannot be dropped; nothing was changed.
    """
    session.lock(ddl.lock(target.schema, target.table))
    found = _plan(session, target, _there(session, target), allow_rebuild=allow_rebuild)
    try:
        for statement in found.statements():
            session.execute(statement)
    except QueryError as error:
        raise _not_altered(target, error) from error
    if found.removed:
        _grant(session, target)


def _there(session: Session, target: Target) -> list[ColumnThere]:
    rows = session.query(statements.TABLE_COLUMNS, target.table_key)
    return [ColumnThere.of_catalog(row) for row in rows]


def _plan(
    session: Session, target: Target, there: list[ColumnThere], *, allow_rebuild: bool
) -> Plan:
    rows = 0
    if target.mode != "replace" and plan(target, there).pending:
        rows = session.value(statements.count(target.quoted))
    found = plan(target, there, rows=rows)
    if found.losses and not allow_rebuild:
        raise ContractError(found.refusal())
    return found


def _create(session: Session, target: Target) -> None:
    _ensure_schema(session, target)
    with session.transaction():
        try:
            session.execute(
                ddl.create_table(
                    target.schema,
                    target.table,
                    target.columns,
                    diststyle=target.diststyle,
                    distkey=target.distkey,
                    sortkey=target.sortkey,
                )
            )
        except QueryError as error:
            if sqlstate(error) != _NOT_ALLOWED:
                raise
            schema, user = statements.identifier(target.schema), statements.identifier(session.user)
            raise ContractError(
                f"The table {target} is not there, and the user may not create it ({error}). Let "
                f"the owner of the schema run: GRANT USAGE, CREATE ON SCHEMA {schema} TO {user};"
            ) from error
        _grant(session, target)


def _ensure_schema(session: Session, target: Target) -> None:
    if session.query(ddl.SCHEMA, target.table_key):
        return
    schema, user = statements.identifier(target.schema), statements.identifier(session.user)
    remedy = f"CREATE SCHEMA {schema}; GRANT USAGE, CREATE ON SCHEMA {schema} TO {user};"
    if not target.create_schema:
        raise ContractError(
            f"There is no schema {target.schema!r}, and `create_schema: false` keeps {target} from "
            f"creating it. Let an administrator run: {remedy}"
        )
    try:
        session.execute(ddl.create_schema(target.schema))
    except QueryError as error:
        if sqlstate(error) != _NOT_ALLOWED:
            raise
        raise ContractError(
            f"There is no schema {target.schema!r}, and the user may not create it ({error}). Let "
            f"an administrator run: {remedy}"
        ) from error


def _grant(session: Session, target: Target) -> None:
    for privilege, grantees in target.grants.items():
        try:
            session.execute(ddl.grant(target.schema, target.table, privilege, grantees))
        except QueryError as error:
            if sqlstate(error) != _NO_SUCH_NAME:
                raise
            raise ContractError(
                f"The `grants` of {target} cannot be given: {error}. Create whom they name, or "
                "correct them in the defs.yaml; nothing was changed."
            ) from error


def _check_views(session: Session, target: Target, columns: Collection[str]) -> None:
    bound = [
        (f"{schema}.{view}", column)
        for schema, view, column in session.query(ddl.BOUND_VIEWS, target.table_key)
        if column in columns
    ]
    if bound:
        listed = ", ".join(f'{view} (on "{column}")' for view, column in bound)
        raise ContractError(
            f"The columns of {target} cannot be changed: views are bound to them: {listed}. Drop "
            "these views, run it again and create them anew, or create them WITH NO SCHEMA "
            "BINDING; the table was left as it is."
        )


def _not_altered(target: Target, error: QueryError) -> ContractError:
    said = str(error)
    remedy = ""
    for key, change in (("sortkey", "ALTER SORTKEY NONE"), ("distkey", "ALTER DISTSTYLE EVEN")):
        if f"cannot drop {key} column" in said:
            remedy = f" Run ALTER TABLE {target.quoted} {change}; and then this again."
    return ContractError(
        f"The columns of {target} could not be changed: {said.rstrip('.')}.{remedy} The table was "
        "left as it is."
    )
