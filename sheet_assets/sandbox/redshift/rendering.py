"""SQL made of tokens again, and where its characters came from."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.redshift.lexer import Token


class Rendered(NamedTuple):
    """SQL made of tokens; `origins` are pairs of an offset in it and the client's offset."""

    sql: str
    origins: list[tuple[int, int]]

    def origin(self, offset: int) -> int:
        """Where a character of it stood in the client's text."""
        index = bisect_right(self.origins, (offset, 1 << 62)) - 1
        if index < 0:
            return 0
        start, original = self.origins[index]
        return original + offset - start


def render(sql: str, given: Sequence[Token], changed: Sequence[Token], offset: int = 0) -> Rendered:
    """Write tokens as SQL: what stood between the client's own is kept, the rest gets a blank.

    `given` are the tokens of the client's text `sql`; `offset` is where the SQL will begin.
    """
    before = {token.start: earlier.end for earlier, token in pairwise(given)}
    texts: list[str] = []
    origins: list[tuple[int, int]] = []
    last = -1
    for token in changed:
        if texts:
            kept = before.get(token.start) == last
            texts.append(sql[last : token.start] if kept else " ")
            offset += len(texts[-1])
        origins.append((offset, token.start))
        texts.append(token.text)
        offset += len(token.text)
        own = sql[token.start : token.end] == token.text
        last = token.end if own else -1
    return Rendered("".join(texts), origins)
