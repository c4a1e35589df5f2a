"""What Google allows, and how slow Drive is to tell: at Google's numbers until they are changed."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass, fields
from typing import Any

from sheet_assets.errors import SandboxError

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Limits:
    """Requests a minute to the Sheets API (None: any number), and what Drive does.

    `modified_lag_seconds`: how late Drive tells that a spreadsheet was edited; about 180 at
    Google. `service_accounts_store_files`: whether they can create files of their own; Google
    refuses it today.
    """

    reads_per_minute_per_user: int | None = 60
    writes_per_minute_per_user: int | None = 60
    reads_per_minute_per_project: int | None = 300
    writes_per_minute_per_project: int | None = 300
    modified_lag_seconds: float = 0
    service_accounts_store_files: bool = True

    @classmethod
    def without_quota(cls) -> Limits:
        """Any number of requests."""
        return cls(None, None, None, None)

    @classmethod
    def read(cls, body: Any) -> Limits:
        """Limits from JSON; what is not given is as at Google.

        Raises:
            SandboxError: a name or a value that is none.
        """
        known = {field.name: field.default for field in fields(cls)}
        if not isinstance(body, dict):
            raise SandboxError("Limits are a JSON object.")
        for name, value in body.items():
            if name not in known:
                raise SandboxError(f"{name} is no limit: they are {', '.join(known)}.")
            flag = isinstance(known[name], bool)
            number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
            if flag != isinstance(value, bool) or not (flag or value is None or number):
                raise SandboxError(f"{name} cannot be {value!r}.")
        return cls(**body)

    def as_json(self) -> dict[str, Any]:
        """The limits by name."""
        return asdict(self)


class Quota:
    """Counts the requests of each user and of the project by the minute; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # By kind and user (None: the project) when its minute began, and how many came in it.
        self._windows: dict[tuple[str, str | None], tuple[float, int]] = {}

    def clear(self) -> None:
        """Begin every minute anew."""
        with self._lock:
            self._windows.clear()

    def take(self, email: str, kind: str, limits: Limits) -> tuple[str, int] | None:
        """Count a request (`Read` or `Write`); the limit that refuses it, or None.

        A refused request counts for nothing.
        """
        reads = kind == "Read"
        of_user = limits.reads_per_minute_per_user if reads else limits.writes_per_minute_per_user
        of_project = (
            limits.reads_per_minute_per_project if reads else limits.writes_per_minute_per_project
        )
        now = time.monotonic()
        with self._lock:
            counted = []
            for user, most in ((email, of_user), (None, of_project)):
                begun, count = self._windows.get((kind, user), (now, 0))
                if now - begun >= WINDOW_SECONDS:
                    begun, count = now, 0
                if most is not None and count >= most:
                    return ("PerUser" if user else "", most)
                counted.append(((kind, user), (begun, count + 1)))
            self._windows.update(counted)
        return None
