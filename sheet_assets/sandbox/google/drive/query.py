"""The search terms of files.list."""

from __future__ import annotations

import operator
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.drive.file import SPREADSHEET_TYPE
from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.google.drive.file import File

_TERM = re.compile(
    r"""\s*(?P<field>\w+)\s*(?P<operator>=|!=|<=|>=|<|>|contains\b|in\b|has\b)\s*"""
    r"""(?P<value>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|true|false)\s*(?P<rest>.*)""",
    re.DOTALL,
)


def parse_query(text: str, lag_seconds: float = 0) -> Callable[[File], bool]:
    """Read terms joined by `and`: mimeType and trashed =, name = or contains, and times.

    `lag_seconds`: how late modifiedTime is told.

    Raises:
        UnimplementedError: it has another field, operator or conjunction.
        InvalidArgumentError: a time is no time.
    """
    terms = []
    rest = text
    while True:
        match = _TERM.fullmatch(rest)
        if match is None:
            raise UnimplementedError(f"the files.list query {text!r}")
        terms.append(_term(match["field"], match["operator"], match["value"], text, lag_seconds))
        rest = match["rest"]
        if not rest:
            return lambda file: all(term(file) for term in terms)
        joined = re.fullmatch(r"and\s+(.*)", rest, re.DOTALL)
        if joined is None:
            raise UnimplementedError(f"the files.list query {text!r}")
        rest = joined[1]


_COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _term(
    field: str, sign: str, literal: str, text: str, lag_seconds: float
) -> Callable[[File], bool]:
    value = re.sub(r"\\(.)", r"\1", literal[1:-1]) if literal[0] in "'\"" else literal
    quoted = literal[0] in "'\""
    if (field, sign) == ("mimeType", "=") and quoted:
        return lambda _: value == SPREADSHEET_TYPE
    if (field, sign) == ("name", "=") and quoted:
        return lambda file: file.workbook.title == value
    if (field, sign) == ("name", "contains") and quoted:
        # Drive looks at the beginnings of words.
        words = re.compile(rf"(?<!\w){re.escape(value)}", re.IGNORECASE)
        return lambda file: words.search(file.workbook.title) is not None
    if (field, sign) == ("trashed", "=") and not quoted:
        return lambda file: file.trashed == (value == "true")
    if field in {"modifiedTime", "createdTime"} and sign in _COMPARE and quoted:
        moment, holds = _moment(value), _COMPARE[sign]
        if field == "createdTime":
            return lambda file: bool(holds(file.created_time, moment))
        return lambda file: bool(holds(file.told(lag_seconds).time, moment))
    raise UnimplementedError(f"the term {field} {sign} of the files.list query {text!r}")


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as exc:
        raise InvalidArgumentError("Invalid Value", location="q") from exc
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
