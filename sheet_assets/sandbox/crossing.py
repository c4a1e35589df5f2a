"""Crossings: a request or a statement as it goes into a server and comes out of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Service = Literal["google", "s3", "redshift"]
Phase = Literal["before", "after"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Crossing:
    """`before` a server handles something, or `after` it has applied it, the answer not sent yet.

    `what` is the method and the path (S3: with its query), or the first 200 characters of the
    SQL. What fails, or meets a fault that keeps it from being applied, has no `after`.
    """

    service: Service
    what: str
    phase: Phase


Observer = Callable[[Crossing], None]


class Crossings:
    """Where a server tells its observer, if it has one; in a thread of the server."""

    def __init__(self, service: Service) -> None:
        self.observer: Observer | None = None
        self._service = service

    def tell(self, what: str, phase: Phase) -> None:
        """Call the observer; the request goes on whatever becomes of that."""
        observer = self.observer
        if observer is None:
            return
        try:
            observer(Crossing(self._service, what, phase))
        except Exception:  # noqa: BLE001 - the sandbox goes on, as a test's failure is the test's
            _log.exception("An observer of the sandbox failed at %s", what)
