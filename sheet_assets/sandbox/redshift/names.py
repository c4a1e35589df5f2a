"""Names, types and words that PostgreSQL reads otherwise, wherever they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.lexer import Kind, Token, fold, quote_identifier
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

# What the system tables of Redshift have beside PostgreSQL's columns.
CATALOG_WORDS = {
    "adsrc", "attencodingtype", "attisdistkey", "attsortkeyord", "consrc", "reldiststyle",
}  # fmt: skip
_EXTENDED = {"pg_attrdef", "pg_attribute", "pg_class", "pg_constraint"}
_LONGEST = {"varchar": 65535, "nvarchar": 65535, "varying": 65535, "char": 4096, "nchar": 4096}
_MOST_BYTES = 63
NAME_WORDS = CATALOG_WORDS | {"approximate", "max", "nvarchar", "sysdate"}


def fold_identifiers(tokens: Sequence[Token], *, case_sensitive: bool) -> list[Token]:
    """Fold quoted names to lower case, and quote the names of temporary tables.

    https://docs.aws.amazon.com/redshift/latest/dg/r_names.html

    Raises:
        RefusedError: a name is longer than PostgreSQL's, which would cut it off.
    """
    kept: list[Token] = []
    for token in tokens:
        if token.is_name and len(token.value.encode("utf-8", "replace")) > _MOST_BYTES:
            raise RefusedError.unimplemented(
                f"names of more than {_MOST_BYTES} bytes, such as {token.text[:40]}"
            )
        if token.kind is Kind.IDENTIFIER and not case_sensitive:
            folded = fold(token.text)
            kept.append(token if folded == token.text else token._replace(text=folded))
        elif token.kind is Kind.WORD and token.text[0] == "#" and len(token.text) > 1:
            kept += token.spelled(quote_identifier(token.value))
        else:
            kept.append(token)
    return kept


def rewrite_words(tokens: Sequence[Token]) -> list[Token]:
    """Rewrite SYSDATE, APPROXIMATE, VARCHAR(MAX), NVARCHAR and the tables of the catalog."""
    extends = any(token.is_word(*CATALOG_WORDS) for token in tokens)
    kept: list[Token] = []
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        name = token.value if token.kind is Kind.WORD else ""
        if before is not None and before.is_symbol(".") and name not in _EXTENDED:
            kept.append(token)
        elif name == "sysdate" and not (following and following.is_symbol("(")):
            kept += token.spelled("pg_catalog.sysdate()")
        elif name == "approximate" and following and following.is_word("count", "percentile_disc"):
            continue
        elif name == "max" and (longest := _longest(tokens, index)):
            kept += token.spelled(str(longest))
        elif name == "nvarchar":
            kept += token.spelled("varchar")
        elif extends and name in _EXTENDED:
            if before is not None and before.is_symbol("."):
                kept[-2:-1] = kept[-2].spelled("pg_internal")
                kept.append(token)
            else:
                kept += token.spelled(f"pg_internal.{name}")
        else:
            kept.append(token)
    return kept


def _longest(tokens: Sequence[Token], index: int) -> int | None:
    """The length that MAX stands for, if it is a type's length."""
    if index < 2 or index + 1 >= len(tokens) or not tokens[index + 1].is_symbol(")"):
        return None
    kind = tokens[index - 2]
    if not tokens[index - 1].is_symbol("(") or kind.kind is not Kind.WORD:
        return None
    return _LONGEST.get(kind.value)
