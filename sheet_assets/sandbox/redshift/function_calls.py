"""Calls that PostgreSQL reads otherwise, or that are no functions to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.date_parts import DATE_PARTS
from sheet_assets.sandbox.redshift.lexer import Kind, Token, closing, quote_literal, split_at
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Arguments = list[list[Token]]


def rewrite_calls(tokens: Sequence[Token]) -> list[Token]:
    """Rewrite every call in a statement, from the inside out.

    Raises:
        RefusedError: a call has not the arguments that its function takes.
    """
    kept: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        is_call = (
            token.kind is Kind.WORD
            and token.value in _CALLS
            and position + 1 < len(tokens)
            and tokens[position + 1].is_symbol("(")
            and not (position and tokens[position - 1].is_symbol("."))
        )
        if not is_call:
            kept.append(token)
            position += 1
            continue
        end = closing(tokens, position + 1)
        inner = rewrite_calls(tokens[position + 2 : end])
        position = end + 1
        if token.value == "listagg":
            changed, position = _listagg(token, inner, tokens, position)
        else:
            changed = _CALLS[token.value](token, inner)
        kept += changed
    return kept


def _coalesce(token: Token, inner: list[Token]) -> list[Token]:
    return [*token.spelled("COALESCE ("), *inner, *token.spelled(")")]


def _redshifts(token: Token, inner: list[Token]) -> list[Token]:
    """A function that answers otherwise in Redshift, under its own name in another schema."""
    return [*token.spelled(f"pg_internal.{token.value} ("), *inner, *token.spelled(")")]


def _nvl2(token: Token, inner: list[Token]) -> list[Token]:
    tested, present, missing = _arguments(token, inner, 3)
    spelled = token.spelled
    return [
        *spelled("( CASE WHEN"), *tested, *spelled("IS NOT NULL THEN"), *present,
        *spelled("ELSE"), *missing, *spelled("END )"),
    ]  # fmt: skip


def _decode(token: Token, inner: list[Token]) -> list[Token]:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_DECODE_expression.html: NULL equals NULL."""
    expression, *rest = _some_arguments(token, inner)
    spelled = token.spelled
    kept = spelled("( CASE")
    while len(rest) > 1:
        search, result, *rest = rest
        kept += [
            *spelled("WHEN ("), *expression, *spelled(") IS NOT DISTINCT FROM ("), *search,
            *spelled(") THEN"), *result,
        ]  # fmt: skip
    if rest:
        kept += [*spelled("ELSE"), *rest[0]]
    return kept + spelled("END )")


def _with_part(count: int) -> Callable[[Token, list[Token]], list[Token]]:
    """A function whose first argument names a part of a date, quoted or not."""

    def rewrite(token: Token, inner: list[Token]) -> list[Token]:
        part, *rest = _arguments(token, inner, count)
        name = _NAMED[token.value]
        kept = [*token.spelled(f"{name} ("), *_part(part)]
        for index, argument in enumerate(rest):
            is_date = not (name.endswith("dateadd") and index == 0)
            kept += [*token.spelled(","), *(_date(argument) if is_date else argument)]
        cast = ") :: float8" if token.value == "date_part" else ")"
        return kept + token.spelled(cast)

    return rewrite


def _extract(token: Token, inner: list[Token]) -> list[Token]:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_EXTRACT_function.html."""
    if len(inner) < 3 or not inner[1].is_word("from"):
        return [token, *token.spelled("("), *inner, *token.spelled(")")]
    return [
        *token.spelled("pg_internal.date_part ("), *_part(inner[:1]), *token.spelled(","),
        *_date(inner[2:]), *token.spelled(")"),
    ]  # fmt: skip


def _dates(token: Token, inner: list[Token]) -> list[Token]:
    """A function of dates: a text as its argument is a timestamp, not one with a time zone."""
    arguments = split_at(inner)
    kept = [token, *token.spelled("(")]
    for index, argument in enumerate(arguments):
        # convert_timezone takes its time last, months_between two dates, the others theirs first.
        is_date = index == 0 or token.value == "months_between"
        if token.value == "convert_timezone":
            is_date = index == len(arguments) - 1
        kept += [
            *(token.spelled(",") if index else []),
            *(_date(argument) if is_date else argument),
        ]
    return kept + token.spelled(")")


def _convert(token: Token, inner: list[Token]) -> list[Token]:
    kind, expression = _arguments(token, inner, 2)
    spelled = token.spelled
    return [*spelled("CAST ("), *expression, *spelled("AS"), *kind, *spelled(")")]


def _concat(token: Token, inner: list[Token]) -> list[Token]:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_CONCAT.html: NULL if either is."""
    one, other = _arguments(token, inner, 2)
    spelled = token.spelled
    return [*spelled("((("), *one, *spelled(")::varchar || ("), *other, *spelled(")::varchar))")]


def _median(token: Token, inner: list[Token]) -> list[Token]:
    spelled = token.spelled
    return [*spelled("percentile_cont(0.5) WITHIN GROUP (ORDER BY"), *inner, *spelled(")")]


def _listagg(
    token: Token, inner: list[Token], tokens: Sequence[Token], position: int
) -> tuple[list[Token], int]:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html, and as a window function."""
    spelled = token.spelled
    order: list[Token] = []
    words = [following.value for following in tokens[position : position + 2]]
    if words == ["within", "group"]:
        end = closing(tokens, position + 2)
        order = rewrite_calls(tokens[position + 3 : end])
        position = end + 1
    distinct = inner[:1] if inner and inner[0].is_word("distinct") else []
    expression, *delimiter = _some_arguments(token, inner[len(distinct) :])
    given = delimiter[0] if delimiter else spelled("''")
    kept = [*spelled("pg_internal.listagg ("), *distinct, *expression, *spelled(","), *given]
    if position + 1 < len(tokens) and tokens[position].is_word("over"):
        if distinct:
            raise RefusedError.unimplemented("LISTAGG (DISTINCT …) OVER")
        end = closing(tokens, position + 1)
        frame = spelled("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING") if order else []
        window = rewrite_calls(tokens[position + 2 : end])
        kept += [*spelled(") OVER ("), *window, *order, *frame, *spelled(")")]
        return kept, end + 1
    return [*kept, *order, *spelled(")")], position


def _arguments(token: Token, inner: list[Token], count: int) -> Arguments:
    arguments = split_at(inner)
    if len(arguments) != count or not all(arguments):
        raise RefusedError(
            f"function {token.value} takes {count} arguments, not {len(arguments)}",
            sqlstate="42883",
        )
    return arguments


def _some_arguments(token: Token, inner: list[Token]) -> Arguments:
    if not inner:
        raise RefusedError(f"function {token.value}() does not exist", sqlstate="42883")
    return split_at(inner)


def _part(argument: list[Token]) -> list[Token]:
    first = argument[0]
    if len(argument) > 1 or first.kind not in {Kind.WORD, Kind.STRING}:
        return argument
    name = first.value.lower()
    if name not in DATE_PARTS:
        if first.kind is Kind.WORD:
            raise RefusedError(f'"{first.text}" is not a valid date part', sqlstate="22023")
        return argument
    return first.spelled(quote_literal(DATE_PARTS[name]))


def _date(argument: list[Token]) -> list[Token]:
    if len(argument) == 1 and argument[0].kind is Kind.STRING:
        return [*argument, *argument[0].spelled(":: timestamp")]
    return argument


_NAMED = {
    "date_add": "pg_catalog.dateadd",
    "date_diff": "pg_catalog.datediff",
    "date_part": "pg_internal.date_part",
    "date_trunc": "pg_catalog.date_trunc",
    "dateadd": "pg_catalog.dateadd",
    "datediff": "pg_catalog.datediff",
    "pgdate_part": "pg_internal.date_part",
}
_CALLS: dict[str, Callable[[Token, list[Token]], list[Token]]] = {
    "add_months": _dates,
    "concat": _concat,
    "convert": _convert,
    "convert_timezone": _dates,
    "date_add": _with_part(3),
    "date_diff": _with_part(3),
    "date_part": _with_part(2),
    "date_trunc": _with_part(2),
    "dateadd": _with_part(3),
    "datediff": _with_part(3),
    "decode": _decode,
    "extract": _extract,
    "isnull": _coalesce,
    "last_day": _dates,
    "listagg": _coalesce,
    "median": _median,
    "months_between": _dates,
    "next_day": _dates,
    "nvl": _coalesce,
    "nvl2": _nvl2,
    "pgdate_part": _with_part(2),
    "regexp_replace": _redshifts,
    "regexp_substr": _redshifts,
}
CALL_WORDS = set(_CALLS)
