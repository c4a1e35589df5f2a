"""PostgreSQL's errors in Redshift's words, where they are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERIALIZATION_FAILURE = "40001"
# https://docs.aws.amazon.com/redshift/latest/dg/c_serial_isolation.html
SERIALIZABLE_VIOLATION = {
    "C": "XX000",
    "M": "1023",
    "D": "Serializable isolation violation on table in Redshift",
}
_WORDS = (
    # Two sessions that make one table at once: PostgreSQL meets the table's row type first.
    ("42710", re.compile('^type "(.*)" already exists$'), r'relation "\1" already exists', "42P07"),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html
    ("428C9", re.compile(".*"), "cannot set an identity column to a value", "0A000"),
    # https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
    ("21000", re.compile("^MERGE command cannot affect row a second time$"),
     "Found multiple matches to update the same tuple.", "XX000"),
    ("23502", re.compile('^null value in column "(.*)" of relation ".*" violates .*$', re.DOTALL),
     r"Cannot insert a NULL value into column \1", "XX000"),
)  # fmt: skip


def in_redshifts_words(said: Mapping[str, str]) -> dict[str, str]:
    """The fields of an ErrorResponse as Redshift fills them; most are PostgreSQL's."""
    code, message = said.get("C", ""), said.get("M", "")
    changed = dict(said)
    if code == _SERIALIZATION_FAILURE:
        told = {letter: said[letter] for letter in "SV" if letter in said}
        return told | SERIALIZABLE_VIOLATION
    for sqlstate, pattern, words, new_code in _WORDS:
        if code == sqlstate and (match := pattern.match(message)):
            changed |= {"M": match.expand(words), "C": new_code}
            for letter in "DH":
                changed.pop(letter, None)
    if "pg_internal." in said.get("W", "") or "pg_internal." in said.get("q", ""):
        # Where in the sandbox's own functions it failed is nobody's business.
        for letter in "Wpq":
            changed.pop(letter, None)
    return changed
