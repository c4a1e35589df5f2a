"""The log of the requests a sandbox server has answered."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LOG = 100_000


class LoggedRequest(NamedTuple):
    """One answered request: the path as sent (still percent-encoded), the query apart."""

    method: str
    path: str
    query: str
    status: int


class RequestLog:
    """The answered requests, oldest first; the oldest go when there are 100,000."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[LoggedRequest] = deque(maxlen=LONGEST_LOG)

    def append(self, entry: LoggedRequest) -> None:
        """Add an answered request."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._entries.clear()

    def entries(self) -> list[LoggedRequest]:
        """A copy of the log."""
        with self._lock:
            return list(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(self.entries())
