"""What Redshift's SELECT has beyond PostgreSQL's: TOP, QUALIFY, and aliases in conditions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, Token, closing, split_at, syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Columns = Mapping[str, frozenset[str]]

LEVEL_WORDS = {"top", "qualify", "where", "minus"}
_SET_OPERATIONS = ("union", "except", "intersect", "minus")
_CLAUSES = (
    "select", "into", "from", "where", "group", "having", "qualify", "window", "order", "limit",
    "offset", "fetch", "for",
)  # fmt: skip
_AFTER_QUALIFY = ("order", "limit", "offset", "fetch", "for")


def rewrite_levels(tokens: Sequence[Token], catalog_columns: Columns) -> list[Token]:
    """Rewrite the queries of a statement, those in parentheses first.

    `catalog_columns` are the columns of the system's own relations by their name.

    Raises:
        RefusedError: a query uses them in a way that the sandbox does not implement.
    """
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.is_symbol("("):
            end = closing(tokens, position)
            kept += [
                token,
                *rewrite_levels(tokens[position + 1 : end], catalog_columns),
                tokens[end],
            ]
            position = end + 1
        else:
            kept.append(token)
            position += 1
    return _rewrite_level(kept, catalog_columns)


def _rewrite_level(tokens: list[Token], catalog_columns: Columns) -> list[Token]:
    """The queries that stand side by side in one pair of parentheses, or in none."""
    starts = [0, *_positions(tokens, _SET_OPERATIONS), len(tokens)]
    cores = [tokens[start:end] for start, end in pairwise(starts)]
    kept: list[Token] = []
    for core in cores:
        if core and core[0].is_word("minus") and any(_positions(core, ("select",))):
            core[:1] = core[0].spelled("EXCEPT")
        selects = _positions(core, ("select",))
        if selects:
            head, query = core[: selects[0]], core[selects[0] :]
            kept += head + _rewrite_query(query, catalog_columns, is_only=len(cores) == 1)
        else:
            kept += core
    return kept


def _rewrite_query(query: list[Token], catalog_columns: Columns, *, is_only: bool) -> list[Token]:
    clauses = _clauses(query)
    tail = query[-4:] if [token.value for token in query[-4:]] == [
        "with", "no", "schema", "binding",
    ] else []  # fmt: skip
    if tail:
        clauses = _clauses(query[:-4])
    _substitute_aliases(clauses, catalog_columns)
    where = clauses.get("where", [])
    if (
        len(where) > 1
        and where[1].kind is Kind.NUMBER
        and (len(where) == 2 or where[2].is_word("and", "or"))
    ):
        where[1:2] = where[1].spelled(str(float(where[1].text) != 0))
    if "qualify" in clauses:
        _filter(clauses, is_only=is_only)
    _limit_top(clauses, is_only=is_only)
    return [token for clause in clauses.values() for token in clause] + tail


def _filter(clauses: dict[str, list[Token]], *, is_only: bool) -> None:
    """QUALIFY as a sort key that gives no row where the condition is not true.

    PostgreSQL expands a function that returns rows after its window functions, also where it only
    sorts; a column of the result it is not, so that `SELECT *` stays as it is.
    """
    condition = clauses.pop("qualify")
    first = condition[0]
    if not is_only or any(token.is_word("distinct") for token in clauses["select"][:2]):
        raise RefusedError.unimplemented("QUALIFY with DISTINCT or a set operation")
    key = [*first.spelled("pg_internal.qualify ("), *condition[1:], *first.spelled(")")]
    order = clauses.get("order")
    after = {name: clauses.pop(name) for name in _AFTER_QUALIFY if name in clauses}
    if order is None:
        clauses["order"] = [*first.spelled("ORDER BY"), *key]
    else:
        clauses["order"] = [*order[:2], *key, *first.spelled(","), *order[2:]]
    clauses.update({name: clause for name, clause in after.items() if name != "order"})


def _limit_top(clauses: dict[str, list[Token]], *, is_only: bool) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_list.html."""
    select = clauses["select"]
    index = 2 if len(select) > 1 and select[1].is_word("distinct", "all") else 1
    if len(select) < index + 3 or not select[index].is_word("top"):
        return
    amount = select[index + 1]
    if amount.kind is not Kind.NUMBER:
        return  # a column of that name
    if not is_only or "limit" in clauses:
        raise RefusedError.unimplemented("TOP with LIMIT or a set operation")
    select[index : index + 2] = []
    clauses["limit"] = [*amount.spelled("LIMIT"), amount]


def _substitute_aliases(clauses: dict[str, list[Token]], catalog_columns: Columns) -> None:
    """Put an expression for its alias in WHERE and QUALIFY, where no column has the name.

    Whose columns are not known here, a user's table, is left alone, but for window functions,
    which are no column's.
    """
    aliases = _aliases(clauses["select"][1:])
    if not aliases:
        return
    columns = _columns(clauses.get("from", []), catalog_columns)
    for name in ("where", "qualify"):
        clause = clauses.get(name)
        if clause is None:
            continue
        changed: list[Token] = []
        for index, token in enumerate(clause):
            expression = aliases.get(token.value) if token.is_name else None
            following = clause[index + 1] if index + 1 < len(clause) else None
            if (
                expression is None
                or clause[index - 1].is_symbol(".")
                or (
                    following is not None and (following.is_symbol("(") or following.is_symbol("."))
                )
                or not _stands_for(expression, token.value, columns, name)
            ):
                changed.append(token)
            else:
                changed += [*token.spelled("("), *expression, *token.spelled(")")]
        clauses[name] = changed


def _stands_for(
    expression: list[Token], alias: str, columns: frozenset[str] | None, clause: str
) -> bool:
    if clause == "qualify" and any(token.is_word("over") for token in expression):
        return True
    return columns is not None and alias not in columns


def _aliases(select: list[Token]) -> dict[str, list[Token]]:
    found = {}
    for item in split_at(select):
        if len(item) > 2 and item[-1].is_name and item[-2].is_word("as"):
            found[item[-1].value] = item[:-2]
        elif len(item) > 2 and item[-1].is_name and item[-2].is_symbol(")"):
            found[item[-1].value] = item[:-1]
    return found


def _columns(source: list[Token], catalog_columns: Columns) -> frozenset[str] | None:
    """The columns of a FROM clause, None if one of its relations is not the system's."""
    found: set[str] = set()
    position = 0
    while position < len(source):
        token = source[position]
        position += 1
        if not token.is_word("from", "join") and not token.is_symbol(","):
            if token.is_symbol("("):
                position = closing(source, position - 1) + 1
            continue
        names = []
        while position < len(source) and source[position].is_name:
            names.append(source[position].value)
            if position + 1 >= len(source) or not source[position + 1].is_symbol("."):
                break
            position += 2
        listed = _column_definitions(source[position:])
        known = listed or catalog_columns.get(names[-1] if names else "")
        if known is None:
            return None
        found |= known
    return frozenset(found)


def _column_definitions(tokens: list[Token]) -> frozenset[str] | None:
    """`f() alias(a name, b int)`: the columns that a function is said to return."""
    words = [token.text for token in tokens[1:3]]
    if words != ["(", ")"] or len(tokens) < 6 or not tokens[4].is_symbol("("):
        return None
    return frozenset(item[0].value for item in split_at(tokens[5 : closing(tokens, 4)]) if item)


def _clauses(query: list[Token]) -> dict[str, list[Token]]:
    starts = [*_positions(query, _CLAUSES), len(query)]
    found: dict[str, list[Token]] = {}
    for start, end in pairwise(starts):
        name = query[start].value
        if name in found:
            if name == "select":
                raise syntax_error(query[start])
            found[name] += query[start:end]
        else:
            found[name] = query[start:end]
    return found


def _positions(tokens: Sequence[Token], words: tuple[str, ...]) -> list[int]:
    found, depth = [], 0
    for index, token in enumerate(tokens):
        if token.is_symbol("("):
            depth += 1
        elif token.is_symbol(")"):
            depth -= 1
        elif depth == 0 and token.is_word(*words):
            before = tokens[index - 1] if index else None
            # t.order, WITHIN GROUP and IS DISTINCT FROM begin no clause.
            if before is None or not (
                before.is_symbol(".")
                or (token.is_word("group") and before.is_word("within"))
                or (token.is_word("from") and before.is_word("distinct"))
            ):
                found.append(index)
    return found
