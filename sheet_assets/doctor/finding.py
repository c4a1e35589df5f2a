"""A finding: what was looked at, whether it is well, and what to do where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "failed", "skipped"]


@dataclass(frozen=True)
class Finding:
    """One row of the doctor's table; `sentence` has the remedy where something failed."""

    what: str
    status: Status
    sentence: str

    @classmethod
    def ok(cls, what: str, sentence: str = "") -> Finding:
        """It is well."""
        return cls(what, "ok", sentence)

    @classmethod
    def failed(cls, what: str, why: object) -> Finding:
        """It is not; `why` is a sentence, or an error whose text is one."""
        return cls(what, "failed", str(why))

    @classmethod
    def skipped(cls, what: str, because_of: str) -> Finding:
        """It could not be looked at, because something before it failed."""
        return cls(what, "skipped", f"Not tried, because {because_of} failed.")
