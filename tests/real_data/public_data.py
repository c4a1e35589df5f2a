"""Public data that ships inside packages: read, and pasted into a sheet as a person does it."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Record = dict[str, Any]

# Serial numbers count days from here.
EPOCH = dt.date(1899, 12, 30)


def csv_records(package: str, *path: str) -> list[Record]:
    """The rows of a package's CSV file by their headers, every value a text."""
    with files(package).joinpath(*path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def json_records(package: str, *path: str) -> list[Record]:
    """The objects of a package's JSON file."""
    found: list[Record] = json.loads(files(package).joinpath(*path).read_text(encoding="utf-8"))
    return found


def pasted(records: Sequence[Record], paste: Mapping[str, Callable[[Any], Any]]) -> list[list[Any]]:
    """The header and the rows as the sheet holds them after a paste.

    `paste` says what becomes of a column's values; the others were formatted as plain text
    before, so they stay the texts they are.
    """
    header = list(records[0])
    return [
        header,
        *([paste.get(name, _text)(record[name]) for name in header] for record in records),
    ]


def number(text: str | float | None) -> float | str | None:
    """A number as Sheets holds it, a double; a word such as NA stays a text."""
    try:
        return None if text in ("", None) else float(text)
    except ValueError:
        return str(text)


def serial(text: str) -> int:
    """A date that Sheets has recognised: its serial number."""
    return (dt.date.fromisoformat(text.replace("/", "-")) - EPOCH).days


def _text(text: str) -> str | None:
    return text or None


def difference(found: Iterable[tuple[Any, ...]], expected: Iterable[tuple[Any, ...]]) -> list[str]:
    """The rows that only one side has, five of each; a row counts as often as it stands."""
    is_there, should_be = Counter(found), Counter(expected)
    return [
        *(f"+ {row}" for row in list(is_there - should_be)[:5]),
        *(f"- {row}" for row in list(should_be - is_there)[:5]),
    ]
