"""Users, groups and roles, and what they are allowed.

PostgreSQL has roles only: a group is a role without a login, and a user one with it.
https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, syntax_error
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.statement import Reader

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.lexer import Token
    from sheet_assets.sandbox.redshift.statement import Statement

_UNIMPLEMENTED = {"drop", "alter", "assumerole", "explain", "ignore", "access"}


def grant(statement: Statement) -> None:
    """Rewrite a GRANT or a REVOKE.

    Raises:
        RefusedError: PostgreSQL has no such right.
    """
    tokens = statement.tokens
    words = [token.value if token.kind is Kind.WORD else "" for token in tokens]
    on = words.index("on") if "on" in words else len(words)
    for right in words[1:on]:
        if right in _UNIMPLEMENTED:
            raise RefusedError.unimplemented(f"{words[0].upper()} {right.upper()}")
    to = "to" if words[0] == "grant" else "from"
    if to not in words:
        return
    if on == len(words):  # GRANT ROLE a TO b
        statement.tokens = [token for token in tokens if not token.is_word("role", "group")]
        return
    kept = list(tokens[: words.index(to) + 1])
    kind = "user"
    for token in tokens[words.index(to) + 1 :]:
        if token.is_symbol(","):
            kind = "user"
        elif token.is_word("group", "role"):
            kind = token.value
            if kind == "role":
                continue
        elif token.is_name and not token.is_word("public", "with", "option", "cascade", "restrict"):
            statement.grantees.setdefault(token.value, kind)
        kept.append(token)
    statement.tokens = kept


def create_user(statement: Statement) -> None:
    """CREATE or ALTER USER: what PostgreSQL has no counterpart of is left out or refused.

    https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html

    Raises:
        RefusedError: it is malformed or cannot be had.
    """
    reader = Reader(statement.tokens, 2)
    kept = [*statement.tokens[:2], reader.name()]
    while reader.following is not None:
        if reader.accept("password", "disable"):
            kept += reader.tokens[0].spelled("PASSWORD NULL")
        elif reader.accept("createuser"):
            kept += reader.tokens[0].spelled("SUPERUSER")
        elif reader.accept("nocreateuser"):
            kept += reader.tokens[0].spelled("NOSUPERUSER")
        elif reader.accept("syslog", "access"):
            reader.next()
        elif reader.accept("session", "timeout") or reader.accept("connection", "limit"):
            _limit(reader)
        elif reader.accept("externalid") or reader.accept("reset"):
            raise RefusedError.unimplemented(
                f"{reader.tokens[reader.position - 1].text.upper()} of a user"
            )
        else:
            kept.append(reader.next())
    statement.tokens = kept


def _limit(reader: Reader) -> Token:
    token = reader.next()
    if token.kind is not Kind.NUMBER and not token.is_word("unlimited"):
        raise syntax_error(token)
    return token
