"""What is Redshift's own in DDL and GRANT: left out for PostgreSQL, or refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, Token
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMES = {Kind.WORD, Kind.IDENTIFIER}
# https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
_ONE_WORD = {
    "backup": {"yes", "no"},
    "diststyle": {"auto", "even", "key", "all"},
    "encode": None,
    "sortkey": {"auto"},
}


@dataclass(frozen=True)
class Translated:
    """Tokens that PostgreSQL is not to see, and whom a GRANT names: user, group or role."""

    left_out: tuple[Token, ...] = ()
    grantees: dict[str, str] = field(default_factory=dict)


def translate(statement: Sequence[Token], *, in_transaction: bool) -> Translated:
    """Read a statement that may be CREATE TABLE, ALTER TABLE or GRANT.

    Distribution, sorting and encoding have no effect on what a table holds: they are read, and
    then left out.

    Raises:
        RefusedError: Redshift refuses it where PostgreSQL would not, or the sandbox has it not.
    """
    if statement[0].is_word("create") and _kind_of(statement) == "table":
        return Translated(tuple(_table_attributes(statement)))
    if statement[0].is_word("alter") and _kind_of(statement) == "table":
        _check_alter(statement, in_transaction=in_transaction)
    elif statement[0].is_word("grant"):
        return _grant(statement)
    return Translated()


def _kind_of(statement: Sequence[Token]) -> str:
    noise = ("local", "temp", "temporary")
    return next((token.value for token in statement[1:] if not token.is_word(*noise)), "")


def _table_attributes(statement: Sequence[Token]) -> Iterator[Token]:
    """DISTSTYLE, DISTKEY, SORTKEY, ENCODE and BACKUP, of the table and of its columns."""
    depth, before, columns = 0, statement[0], set()
    tokens = iter(enumerate(statement))
    for index, token in tokens:
        following = statement[index + 1 :]
        if token.is_symbol("(") or token.is_symbol(")"):
            depth += 1 if token.is_symbol("(") else -1
        elif depth == 0 and token.is_word("as"):
            return
        elif depth == 1 and (before.is_symbol("(") or before.is_symbol(",")):
            columns.add(token.value)
        elif depth == 0 and token.is_word("compound", "interleaved"):
            yield token
        elif depth == 0 and token.is_word("distkey", "sortkey") and _opens(following):
            listed = _listed(following)
            _check_key(token, listed, columns)
            yield token
            yield from listed
            for _ in listed:
                next(tokens)
        elif depth <= 1 and _takes_word(token, depth):
            _check_word(token, following)
            yield from (token, following[0])
            next(tokens)
        elif depth == 1 and token.is_word("distkey", "sortkey"):
            yield token
        before = token


def _takes_word(token: Token, depth: int) -> bool:
    return token.is_word("encode") if depth else token.is_word(*_ONE_WORD)


def _check_word(token: Token, following: Sequence[Token]) -> None:
    known = _ONE_WORD[token.value]
    if (
        not following
        or following[0].kind is not Kind.WORD
        or (known is not None and following[0].value not in known)
    ):
        where = f'near "{following[0].text}"' if following else "end of input"
        raise RefusedError(f"syntax error at or {where}", sqlstate="42601")


def _check_key(token: Token, listed: Sequence[Token], columns: set[str]) -> None:
    for name in listed:
        # With LIKE or a query the columns are not known here.
        if name.kind in _NAMES and columns - {"like"} and name.value not in columns:
            raise RefusedError(
                f'column "{name.value}" named in {token.text.upper()} does not exist',
                sqlstate="42703",
            )


def _opens(following: Sequence[Token]) -> bool:
    return bool(following) and following[0].is_symbol("(")


def _listed(following: Sequence[Token]) -> list[Token]:
    """`(a, b)` with its parentheses."""
    for index, token in enumerate(following):
        if token.is_symbol(")"):
            return list(following[: index + 1])
    raise RefusedError("syntax error at end of input", sqlstate="42601")


def _check_alter(statement: Sequence[Token], *, in_transaction: bool) -> None:
    """https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html."""
    depth, action = 0, list[Token]()
    for token in statement[2:]:
        if token.is_symbol("(") or token.is_symbol(")"):
            depth += 1 if token.is_symbol("(") else -1
        if depth == 0 and token.is_symbol(","):
            raise RefusedError('syntax error at or near ","', sqlstate="42601")
        if action or token.is_word("add", "alter"):
            action.append(token)
    if not action:
        return
    words = [token for token in action[1:] if not token.is_word("column")]
    if action[0].is_word("add"):
        _check_add_column(words)
    elif words and words[0].is_word("diststyle", "distkey", "sortkey", "compound", "encode"):
        raise RefusedError.unimplemented(f"ALTER TABLE … ALTER {words[0].text.upper()}")
    else:
        _check_alter_column(words, in_transaction=in_transaction)


def _check_add_column(words: Sequence[Token]) -> None:
    said = [token.value for token in words if token.kind is Kind.WORD]
    if "default" not in said and ("not", "null") in pairwise(said):
        raise RefusedError(
            "ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression",
            sqlstate="0A000",
        )


def _check_alter_column(words: Sequence[Token], *, in_transaction: bool) -> None:
    said = [token.value for token in words[1:] if token.kind is Kind.WORD]
    if said[:1] in (["set"], ["drop"]):
        what = "NOT NULL" if "null" in said else "DEFAULT"
        raise RefusedError(f"ALTER COLUMN SET/DROP {what} is not supported", sqlstate="0A000")
    if said[:1] != ["type"]:
        return
    if in_transaction:
        raise RefusedError(
            "ALTER TABLE ALTER COLUMN cannot run inside a transaction block", sqlstate="25001"
        )
    if "using" in said:
        raise RefusedError(
            "ALTER TABLE ALTER COLUMN does not support USING expression", sqlstate="0A000"
        )
    if said[1:] not in (["varchar"], ["character", "varying"]):
        raise RefusedError(
            "ALTER TABLE ALTER COLUMN changes the size of a VARCHAR only", sqlstate="0A000"
        )


def _grant(statement: Sequence[Token]) -> Translated:
    """Of GRANT … ON … TO: PostgreSQL has one kind of grantee, after GROUP or after nothing."""
    words = [token.value if token.kind is Kind.WORD else "" for token in statement]
    if "on" not in words or "to" not in words:
        return Translated()
    privileges = set(words[: words.index("on")])
    for privilege in sorted(privileges & {"drop", "alter"}):
        raise RefusedError.unimplemented(f"GRANT {privilege.upper()}")
    left_out: list[Token] = []
    grantees: dict[str, str] = {}
    kind = "user"
    for token in statement[words.index("to") + 1 :]:
        if token.is_symbol(","):
            kind = "user"
        elif token.is_word("group", "role"):
            kind = token.value
            if kind == "role":
                left_out.append(token)
        elif token.kind in _NAMES:
            grantees.setdefault(token.value, kind)
    return Translated(tuple(left_out), grantees)
