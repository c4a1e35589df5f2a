"""Kinds of settings: what a value must be, and whether it is."""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Kind:
    """What a setting's value must be, in words and as a question."""

    must_be: str
    fits: Callable[[str], bool]


def _is_number(value: str, least: int) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,18}", value)) and int(value) >= least


def _is_time_zone(value: str) -> bool:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _is_postgres_url(value: str) -> bool:
    """A password with a character of URLs that is not encoded would be taken for something else."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"postgresql", "postgres"}
        and bool(parts.hostname)
        and parts.path.strip("/") != ""
        and parts.netloc.count("@") == value.count("@") < 2
        and not parts.fragment
    )


TEXT = Kind("a text", lambda _: True)
ABOVE_ZERO = Kind("a whole number above zero", lambda value: _is_number(value, 1))
ZERO_OR_MORE = Kind("a whole number, 0 or more", lambda value: _is_number(value, 0))
FLAG = Kind("true or false", lambda value: value.lower() in {"true", "false"})
HOST_OR_BUCKET = Kind("host or bucket", lambda value: value in {"host", "bucket"})
TIME_ZONE = Kind("a time zone such as Asia/Seoul", _is_time_zone)
ADDRESS = Kind("an address such as http://127.0.0.1:3000", _is_address)
POSTGRES_URL = Kind(
    "an address such as postgresql://USER@HOST:5432/DATABASE, in which user and password "
    "are percent-encoded",
    _is_postgres_url,
)
