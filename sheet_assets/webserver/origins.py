"""Origins: whether a request comes from a page of this webserver, or of another site."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_READING = {"GET", "HEAD", "OPTIONS"}
_OWN = {"same-origin", "none"}
_PORTS = {"http": 80, "https": 443}


def is_loopback(host: str) -> bool:
    """Whether a host is this machine only."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def foreign(
    headers: Mapping[str, str], *, scheme: str, method: str | None, loopback_only: bool
) -> str | None:
    """Why a request is refused for where it comes from; None where it is not.

    `headers` are by lower-case names; `method` is None for a WebSocket handshake. Browsers say
    in Origin and Sec-Fetch-Site which page asks, and no page can change that; curl and scripts
    say nothing, and have no login of somebody else to misuse. `loopback_only`: nobody logs in, so
    a name of another site that leads to this machine must not be answered.
    """
    host = headers.get("host", "")
    if loopback_only and not is_loopback(_hostname(host)):
        return (
            f"This webserver has no users and is asked at this machine only, not as {host!r}. Use "
            "http://127.0.0.1 or http://localhost."
        )
    origin = headers.get("origin")
    if method is None and origin is None:
        return "A WebSocket needs an Origin: this webserver's own address."
    if origin is not None and not _same(origin, scheme, host):
        return f"Requests from {origin!r} are refused: only this webserver's own pages may ask it."
    if headers.get("sec-fetch-site", "none") in _OWN:
        return None
    # A link that somebody follows from another site, and nothing else.
    if method in _READING and headers.get("sec-fetch-mode") == "navigate":
        return None
    return "Requests from other sites are refused: only this webserver's own pages may ask it."


def _same(origin: str, scheme: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        asked = (parts.hostname, parts.port or _PORTS.get(parts.scheme))
        own = urlsplit(f"{parts.scheme}://{host}")
        here = (own.hostname, own.port or _PORTS.get(parts.scheme))
    except ValueError:
        return False
    # A proxy may have ended TLS: then the page is of https, and we are asked by http.
    schemes = {"https"} if scheme in {"https", "wss"} else {"http", "https"}
    return parts.scheme in schemes and asked[0] is not None and asked == here


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
