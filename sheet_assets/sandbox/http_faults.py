"""Faults of HTTP: what goes wrong with the next requests, as tests ask for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.fault_queue import FaultQueue, QueuedFault, check_expression

GoogleKind = Literal[
    "429",
    "500",
    "503",
    "503 after applying",
    "502 html",
    "drop",
    "drop after applying",
    "truncate",
    "delay",
    "expired token",
    "answer",
]
S3Kind = Literal[
    "500",
    "503",
    "503 after applying",
    "drop",
    "drop after applying",
    "truncate",
    "slow",
    "delay",
    "answer",
]
KINDS: dict[str, tuple[str, ...]] = {"Google": get_args(GoogleKind), "S3": get_args(S3Kind)}
ANY_KIND = tuple(dict.fromkeys(kind for kinds in KINDS.values() for kind in kinds))
# These let the request do its work first.
APPLYING = frozenset(
    {"503 after applying", "drop after applying", "truncate", "slow", "delay", "expired token"}
)


@dataclass(frozen=True)
class Fault(QueuedFault):
    """The next `times` requests whose method and path match end in this way.

    `path` is a regular expression that the path, still percent-encoded, contains (S3: with its
    query); without a method all match. `seconds` are for `delay` and `slow`; `status` and `body`
    are what an `answer` sends.
    """

    kind: GoogleKind | S3Kind
    path: str = ""
    method: str | None = None
    status: int = 200
    body: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ANY_KIND:
            raise SandboxError(f"{self.kind!r} is no fault: they are {', '.join(ANY_KIND)}.")
        super().__post_init__()
        check_expression(self.path)

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is meant."""
        return self.method in {None, method} and re.search(self.path, path) is not None


class Faults(FaultQueue[Fault]):
    """The faults of a service, `Google` or `S3`, that are still to happen."""

    def __init__(self, service: str) -> None:
        super().__init__(Fault, service, KINDS[service])

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets; it has happened once more."""
        return self._take(lambda fault: fault.matches(method, path))
