"""Failed logins: how long whoever failed has to wait before the next try is looked at."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Tries that cost nothing: a person mistypes, and many people may share an address.
_FREE = {"user": 5, "address": 20}
_LONGEST_SECONDS = 60.0
# So long after the last failure, none is remembered.
_FORGET_SECONDS = 900.0
# Some megabytes at most; beyond it the oldest are forgotten first.
_KEPT = 10_000


@dataclass(frozen=True)
class _Failures:
    count: int
    last: float
    until: float


class FailedLogins:
    """Counts failures by user and by address; nobody sleeps here, a try too early is refused.

    From the sixth failure of a user, and the 21st of an address, on, the wait doubles from 1 s
    to 60 s.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, bytes], _Failures] = OrderedDict()

    def wait_seconds(self, user: str, address: str) -> float:
        """How long to wait still; 0 when the next try may be looked at."""
        now = self._clock()
        waits = [
            self._failures[key].until - now for key in _keys(user, address) if key in self._failures
        ]
        return max(0.0, *waits) if waits else 0.0

    def failed(self, user: str, address: str) -> None:
        """Count a failure."""
        now = self._clock()
        for key in _keys(user, address):
            before = self._failures.pop(key, None)
            known = before is not None and now - before.last < _FORGET_SECONDS
            count = (before.count if before and known else 0) + 1
            beyond = count - _FREE[key[0]]
            wait = min(2.0 ** min(beyond, 10) / 2, _LONGEST_SECONDS) if beyond > 0 else 0.0
            self._failures[key] = _Failures(count, now, now + wait)
        while len(self._failures) > _KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, user: str) -> None:
        """Forget a user's failures; the address may be one that guesses others' passwords."""
        self._failures.pop(_keys(user, "")[0], None)


def _keys(user: str, address: str) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    # Hashes, so that a long name takes no more memory than a short one.
    return ("user", _digest(user)), ("address", _digest(_network(address)))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _network(address: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 host may choose its addresses from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed.packed, 64), strict=False))
    return address
