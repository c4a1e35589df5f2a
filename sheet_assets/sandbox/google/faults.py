"""Faults: what goes wrong with the next requests, as tests ask for it."""

from __future__ import annotations

import re
import threading
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from sheet_assets.errors import SandboxError

FaultKind = Literal[
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
KINDS: tuple[str, ...] = get_args(FaultKind)
# These let the request do its work first.
APPLYING = frozenset(
    {"503 after applying", "drop after applying", "truncate", "delay", "expired token"}
)


@dataclass(frozen=True)
class Fault:
    """The next `times` requests whose method and path match end in this way.

    `path` is a regular expression that the path, still percent-encoded, contains; without a
    method all match. `seconds` are for `delay`; `status` and `body` are what an `answer` sends.
    """

    kind: FaultKind
    path: str = ""
    method: str | None = None
    times: int = 1
    seconds: float = 0
    status: int = 200
    body: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SandboxError(f"{self.kind!r} is no fault: they are {', '.join(KINDS)}.")
        if self.times < 1 or self.seconds < 0:
            raise SandboxError("A fault happens at least once and takes no negative time.")
        try:
            re.compile(self.path)
        except re.error as exc:
            raise SandboxError(f"{self.path!r} is no regular expression: {exc}.") from exc

    @classmethod
    def read(cls, body: Any) -> Fault:
        """A fault from JSON.

        Raises:
            SandboxError: a name or a value that is none.
        """
        known = {field.name: field for field in fields(cls)}
        if not isinstance(body, dict) or "kind" not in body:
            raise SandboxError("A fault is a JSON object with a kind.")
        for name, value in body.items():
            if name not in known:
                raise SandboxError(f"{name} is no field of a fault: they are {', '.join(known)}.")
            wanted = {"times": int, "status": int, "seconds": int | float}.get(name, str)
            if not isinstance(value, wanted) or isinstance(value, bool):
                raise SandboxError(f"{name} of a fault cannot be {value!r}.")
        return cls(**body)

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is meant."""
        return self.method in {None, method} and re.search(self.path, path) is not None

    def as_json(self) -> dict[str, Any]:
        """The fault, and how often it will still happen."""
        return asdict(self)


class Faults:
    """The faults still to happen, the oldest first; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let something go wrong, after the faults asked for before."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._faults.clear()

    def entries(self) -> list[Fault]:
        """What is still to happen."""
        with self._lock:
            return list(self._faults)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets; it has happened once more."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.matches(method, path):
                    if fault.times == 1:
                        del self._faults[place]
                    else:
                        self._faults[place] = replace(fault, times=fault.times - 1)
                    return fault
        return None
