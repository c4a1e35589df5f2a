"""The sandbox's own addresses: faults and limits set over HTTP, and the requests it answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox.google.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox.fault_queue import FaultQueue
    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.limits import Quota
    from sheet_assets.sandbox.google.request_log import RequestLog
    from sheet_assets.sandbox.http_faults import Faults

PREFIX = "/_sandbox/"


class Control:
    """Answers `/_sandbox/requests`, `/_sandbox/limits` and the addresses of `faults`.

    GET tells, POST sets, DELETE forgets; none of them is logged or meets a fault.
    """

    def __init__(self, drive: Drive, requests: RequestLog, faults: Faults, quota: Quota) -> None:
        self.drive = drive
        self.requests = requests
        self.faults: dict[str, FaultQueue[Any]] = {"faults": faults}
        self.quota = quota

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """The status and the JSON for one of these addresses."""
        name = path.removeprefix(PREFIX)
        actions: dict[tuple[str, str], Callable[[], dict[str, Any] | None]] = {
            ("GET", "requests"): self._tell_requests,
            ("DELETE", "requests"): self.requests.clear,
            ("GET", "limits"): self._tell_limits,
            ("POST", "limits"): lambda: self._set_limits(Limits.read(_json(body))),
            ("DELETE", "limits"): lambda: self._set_limits(Limits()),
        }
        if (faults := self.faults.get(name)) is not None:
            actions |= {
                ("GET", name): faults.as_json,
                ("POST", name): lambda: faults.add_json(_json(body)),
                ("DELETE", name): faults.clear,
            }
        action = actions.get((method, name))
        if action is None:
            return 404, {"error": f"The sandbox has no {method} {path}."}
        try:
            return 200, action() or {}
        except SandboxError as exc:
            return 400, {"error": str(exc)}

    def _tell_requests(self) -> dict[str, Any]:
        return {"requests": [entry._asdict() for entry in self.requests]}

    def _tell_limits(self) -> dict[str, Any]:
        return self.drive.limits.as_json()

    def _set_limits(self, limits: Limits) -> dict[str, Any]:
        self.drive.limits = limits
        self.quota.clear()
        return self._tell_limits()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as exc:
        raise SandboxError(f"The body is no JSON: {exc}.") from exc
