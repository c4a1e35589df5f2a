"""The faults that a server has still to show."""

from __future__ import annotations

import re
import threading
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sheet_assets.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


@dataclass(frozen=True)
class QueuedFault:
    """What every fault has: its kind, how often it happens, how long it takes."""

    kind: str
    times: int = field(default=1, kw_only=True)
    seconds: float = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        if self.times < 1 or self.seconds < 0:
            raise SandboxError("A fault happens at least once and takes no negative time.")


FaultT = TypeVar("FaultT", bound=QueuedFault)


class FaultQueue(Generic[FaultT]):
    """Faults still to happen, the oldest first; thread-safe."""

    def __init__(self, fault: type[FaultT], service: str, kinds: Collection[str]) -> None:
        self._fault = fault
        self._service = service
        self._kinds = kinds
        self._lock = threading.Lock()
        self._faults: list[FaultT] = []

    def add(self, fault: FaultT) -> None:
        """Let something go wrong, after the faults asked for before.

        Raises:
            SandboxError: this service has no fault of that kind.
        """
        self._check(fault)
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._faults.clear()

    def entries(self) -> list[FaultT]:
        """What is still to happen, and how often."""
        with self._lock:
            return list(self._faults)

    def as_json(self) -> dict[str, Any]:
        """`entries` for JSON."""
        return {"faults": [asdict(fault) for fault in self.entries()]}

    def add_json(self, told: Any) -> dict[str, Any]:
        """Add a fault, or all of a list under `faults`; none if one is wrong.

        Raises:
            SandboxError: a name or a value that is none.
        """
        entries = told.get("faults") if isinstance(told, dict) and "faults" in told else [told]
        if not isinstance(entries, list):
            raise SandboxError("faults is a list of faults.")
        read = [self._read(entry) for entry in entries]
        for fault in read:
            self._check(fault)
        for fault in read:
            self.add(fault)
        return self.as_json()

    def _take(self, meets: Callable[[FaultT], bool]) -> FaultT | None:
        """The first fault that is met; it has happened once more."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if meets(fault):
                    if fault.times == 1:
                        del self._faults[place]
                    else:
                        self._faults[place] = replace(fault, times=fault.times - 1)
                    return fault
        return None

    def _check(self, fault: FaultT) -> None:
        if fault.kind not in self._kinds:
            raise SandboxError(
                f"{fault.kind!r} is no fault of {self._service}: they are {', '.join(self._kinds)}."
            )

    def _read(self, body: Any) -> FaultT:
        known = {known.name for known in fields(self._fault)}
        if not isinstance(body, dict) or "kind" not in body:
            raise SandboxError("A fault is a JSON object with a kind.")
        for name, value in body.items():
            if name not in known:
                raise SandboxError(
                    f"{name} is no field of a fault: they are {', '.join(sorted(known))}."
                )
            wanted = {"times": int, "status": int, "seconds": int | float}.get(name, str)
            if not isinstance(value, wanted) or isinstance(value, bool):
                raise SandboxError(f"{name} of a fault cannot be {value!r}.")
        return self._fault(**body)


def check_expression(text: str) -> None:
    """Look that a text is a regular expression.

    Raises:
        SandboxError: it is none.
    """
    try:
        re.compile(text)
    except re.error as exc:
        raise SandboxError(f"{text!r} is no regular expression: {exc}.") from exc
