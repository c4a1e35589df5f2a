"""Faults: asked of the sandbox at a rate, and how many of each kind have happened."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from sheet_assets.sandbox.http_faults import KINDS as HTTP_KINDS
from sheet_assets.sandbox.redshift.statement_faults import KINDS as STATEMENT_KINDS

if TYPE_CHECKING:
    import random

_PATHS = {"Google": "faults", "S3": "s3/faults", "Redshift": "redshift/faults"}
# An answer of somebody's own words is no fault of its own.
_KINDS = {
    **{
        service: [each for each in kinds if each != "answer"]
        for service, kinds in HTTP_KINDS.items()
    },
    "Redshift": list(STATEMENT_KINDS),
}
_MOST_WAITING = 3


@dataclass
class FaultInjection:
    """Random faults of all three services."""

    google_url: str
    chance: random.Random
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def inject(self) -> None:
        """One more, where not too many are waiting for a request that meets them."""
        service = self.chance.choice(list(_PATHS))
        if len(self._waiting(service)) >= _MOST_WAITING:
            return
        kind = self.chance.choice(_KINDS[service])
        fault: dict[str, Any] = {"kind": kind}
        if kind in {"delay", "slow"}:
            fault["seconds"] = self.chance.choice([1, 3, 8])
        self._call("POST", service, json=fault)
        self.asked[service, kind] += 1

    def stop(self) -> Counter[tuple[str, str]]:
        """Let nothing fail any more; which faults have happened, and how often."""
        for service in _PATHS:
            for fault in self._waiting(service):
                self.asked[service, fault["kind"]] -= fault["times"]
            self._call("DELETE", service)
        return +self.asked

    def _waiting(self, service: str) -> list[dict[str, Any]]:
        faults: list[dict[str, Any]] = self._call("GET", service)["faults"]
        return faults

    def _call(self, method: str, service: str, **kwargs: Any) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                method, f"{self.google_url}/_sandbox/{_PATHS[service]}", timeout=30, **kwargs
            )
        answer.raise_for_status()
        return answer.json()
