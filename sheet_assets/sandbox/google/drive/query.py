"""The search terms of files.list."""

from __future__ import annotations

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


def parse_query(text: str) -> Callable[[File], bool]:
    """Read terms joined by `and`: mimeType =, name =, trashed =, modifiedTime >.

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
        terms.append(_term(match["field"], match["operator"], match["value"], text))
        rest = match["rest"]
        if not rest:
            return lambda file: all(term(file) for term in terms)
        joined = re.fullmatch(r"and\s+(.*)", rest, re.DOTALL)
        if joined is None:
            raise UnimplementedError(f"the files.list query {text!r}")
        rest = joined[1]


def _term(field: str, operator: str, literal: str, text: str) -> Callable[[File], bool]:
    value = re.sub(r"\\(.)", r"\1", literal[1:-1]) if literal[0] in "'\"" else literal
    quoted = literal[0] in "'\""
    if (field, operator) == ("mimeType", "=") and quoted:
        return lambda _: value == SPREADSHEET_TYPE
    if (field, operator) == ("name", "=") and quoted:
        return lambda file: file.workbook.title == value
    if (field, operator) == ("trashed", "=") and not quoted:
        return lambda file: file.trashed == (value == "true")
    if (field, operator) == ("modifiedTime", ">") and quoted:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as exc:
            raise InvalidArgumentError("Invalid Value", location="q") from exc
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return lambda file: file.modified_time > moment
    raise UnimplementedError(f"the term {field} {operator} of the files.list query {text!r}")
