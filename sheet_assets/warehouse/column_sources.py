"""The columns that each column of a query comes from, found in its SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope, find_all_in_scope
from sqlglot.schema import MappingSchema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# What sqlglot calls a column that the query gives no name; Redshift's own name is another.
_UNNAMED = re.compile(r"_col_[0-9]+")
# Functions that are written like a column.
_FUNCTIONS = {"user", "session_user", "current_user", "current_user_id", "sysdate"}


class Source(NamedTuple):
    """A column of a table, in lower case, as Redshift folds names."""

    schema: str
    table: str
    column: str


def column_sources(
    query: str, tables: Mapping[tuple[str, str], Sequence[str]]
) -> dict[str, tuple[Source, ...]]:
    """What each column of a query's rows is made of, by its name; of a constant, nothing.

    A column of which that cannot be told for certain and in full is left out, and so is
    everything of SQL that cannot be read. What only filters or joins rows is no source.

    Args:
        query: A SELECT, in Redshift's words.
        tables: The columns of the tables that are known, by schema and table in lower case:
            what a `*` stands for, and whose a column without a table is.
    """
    try:
        root = _scope(query, tables)
        return {} if root is None else _Sources(tables).of_root(root)
    except Exception:  # noqa: BLE001 - sqlglot has no one error for SQL it cannot follow
        return {}


def _scope(query: str, tables: Mapping[tuple[str, str], Sequence[str]]) -> Scope | None:
    """The query with every `*` spelled out and every column behind its table's name."""
    parsed = sqlglot.parse_one(query, dialect="redshift")
    if any(found.args.get("recursive") for found in parsed.find_all(exp.With)):
        return None
    for select in parsed.find_all(exp.Select):
        select.meta["star"] = any(each.is_star for each in select.expressions)
        select.meta["aliases"] = [each.alias for each in select.expressions if each.alias]
    for alias in parsed.find_all(exp.TableAlias):
        # `AS q(a, b)` goes by the place, and a table's columns may stand in another order than
        # its contract's.
        renames = alias.args.get("columns") and alias.parent
        if renames and any(each.meta["star"] for each in renames.find_all(exp.Select)):
            return None
    known: dict[str, object] = {}
    for (schema, table), names in tables.items():
        in_schema = known.setdefault(schema, {})
        assert isinstance(in_schema, dict)  # noqa: S101 - made two lines above
        in_schema[table] = dict.fromkeys(names, "unknown")
    qualified = qualify(
        parsed,
        dialect="redshift",
        schema=MappingSchema(known, dialect="redshift"),
        expand_alias_refs=False,
        validate_qualify_columns=False,
        identify=False,
    )
    return build_scope(qualified)


class _UntoldError(Exception):
    """Where a column comes from does not follow from the SQL and the known tables."""


class _Sources:
    """The way from a column down to tables, through subqueries and unions."""

    def __init__(self, tables: Mapping[tuple[str, str], Sequence[str]]) -> None:
        self._tables = tables
        self._found: dict[tuple[int, str | int], frozenset[Source] | None] = {}

    def of_root(self, root: Scope) -> dict[str, tuple[Source, ...]]:
        """By name, of every column whose name is known."""
        names = [each.alias_or_name for each in _selects(root) if not each.is_star]
        told = {}
        for name in names:
            if names.count(name) == 1 and not _UNNAMED.fullmatch(name):
                try:
                    told[name] = tuple(sorted(self._of(root, name)))
                except _UntoldError:
                    continue
        return told

    def _of(self, scope: Scope, column: str | int) -> frozenset[Source]:
        """By its name, or its place in a union."""
        scope = _unwrapped(scope)
        key = (id(scope), column)
        if key not in self._found:
            self._found[key] = None
            self._found[key] = frozenset(self._looked_up(scope, column))
        found = self._found[key]
        if found is None:
            raise _UntoldError
        return found

    def _looked_up(self, scope: Scope, column: str | int) -> Iterator[Source]:
        selects = _selects(scope)
        if isinstance(scope.expression, exp.SetOperation):
            names = [each.alias_or_name for each in selects]
            place = column if isinstance(column, int) else _only(names, column)
            for branch in scope.set_operation_scopes:
                if not _is_ordered(branch):
                    raise _UntoldError
                yield from self._of(branch, place)
            return
        if scope.pivots:
            raise _UntoldError
        if isinstance(column, int):
            select: exp.Expr = selects[column]
        else:
            found = [each for each in selects if each.alias_or_name == column]
            if not found and len(selects) == 1 and isinstance(selects[0], exp.Star):
                yield from self._of_source(_only_source(scope), column)
                return
            select = found[_only([column] * len(found), column)]
        yield from self._of_expression(scope, select)

    def _of_expression(self, scope: Scope, select: exp.Expr) -> Iterator[Source]:
        # A table's name alone stands for its whole row.
        if select.is_star or select.find(exp.TableColumn):
            raise _UntoldError
        inner = {id(each.expression): each for each in scope.subquery_scopes}
        for query in find_all_in_scope(select, *exp.UNWRAPPED_QUERIES):
            if id(query) not in inner:
                raise _UntoldError
            for place in range(len(_selects(inner[id(query)]))):
                yield from self._of(inner[id(query)], place)
        for column in find_all_in_scope(select, exp.Column):
            if column.table:
                yield from self._of_column(scope, column)
            else:
                yield from self._of_bare(scope, column.name, within=select.alias)

    def _of_column(self, scope: Scope, column: exp.Column) -> Iterator[Source]:
        if column.table in scope.selected_sources:
            yield from self._of_source(scope.selected_sources[column.table][1], column.name)
        elif scope.is_subquery and scope.parent is not None:
            yield from self._of_column(scope.parent, column)
        else:
            raise _UntoldError

    def _of_bare(self, scope: Scope, name: str, *, within: str) -> Iterator[Source]:
        """Without a table, since none of the known ones has it.

        So it is of the only table that there is, or repeats a column before it by its alias.
        """
        if name in _FUNCTIONS or scope.is_subquery:
            raise _UntoldError
        if name == within or name not in scope.expression.meta["aliases"]:
            yield from self._of_source(_only_source(scope), name)
        elif all(self._is_known(source) for _, source in scope.selected_sources.values()):
            yield from self._of(scope, name)
        else:
            raise _UntoldError

    def _is_known(self, source: exp.Expr | Scope) -> bool:
        """Whether all of its columns are."""
        if isinstance(source, Scope):
            return not any(each.is_star for each in _selects(source))
        return isinstance(source, exp.Table) and (source.db, source.name) in self._tables

    def _of_source(self, source: exp.Expr | Scope, name: str) -> Iterator[Source]:
        if isinstance(source, Scope):
            yield from self._of(source, name)
            return
        if (
            not isinstance(source, exp.Table)
            or not isinstance(source.this, exp.Identifier)
            or not source.db
            or source.catalog
            or source.args.get("pivots")
        ):
            raise _UntoldError
        yield Source(source.db.lower(), source.name.lower(), name.lower())


def _unwrapped(scope: Scope) -> Scope:
    """Without the parentheses around it."""
    while isinstance(scope.expression, exp.Subquery) and len(scope.subquery_scopes) == 1:
        scope = scope.subquery_scopes[0]
    return scope


def _selects(scope: Scope) -> list[exp.Expr]:
    expression = _unwrapped(scope).expression
    if not isinstance(expression, exp.Query):
        raise _UntoldError
    return expression.selects


def _only(names: Sequence[str], name: str) -> int:
    if names.count(name) != 1:
        raise _UntoldError
    return names.index(name)


def _only_source(scope: Scope) -> exp.Expr | Scope:
    if len(scope.selected_sources) != 1:
        raise _UntoldError
    ((_, source),) = scope.selected_sources.values()
    return source


def _is_ordered(scope: Scope) -> bool:
    """Whether the places of its columns are known: not where `*` stands for a table's."""
    scope = _unwrapped(scope)
    if isinstance(scope.expression, exp.SetOperation):
        return all(_is_ordered(each) for each in scope.set_operation_scopes)
    if not scope.expression.meta.get("star"):
        return True
    sources = [source for _, source in scope.selected_sources.values()]
    return all(isinstance(source, Scope) and _is_ordered(source) for source in sources)
