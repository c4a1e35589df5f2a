from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from sheet_assets.sandbox import Sandbox


@pytest.mark.parametrize(
    ("service", "fault", "other"),
    [
        ("google", {"kind": "429", "path": "/nowhere"}, "1023"),
        ("s3", {"kind": "slow", "path": "/nowhere", "seconds": 2.5}, "429"),
        ("redshift", {"kind": "1023", "statement": "nowhere", "times": 3}, "drop"),
    ],
)
def test_faults_of_every_service_are_asked_for_at_one_address(
    sandbox: Sandbox, service: str, fault: dict[str, Any], other: str
) -> None:
    """POST adds, GET tells, DELETE forgets; a kind that the service has not is refused by name."""
    url = f"{sandbox.google.url}/_sandbox/{service}/faults".replace("/google", "")
    faults = getattr(sandbox, service).faults
    try:
        told = requests.post(url, json=fault, timeout=10).json()
        assert told["faults"][0].items() >= fault.items()
        assert requests.get(url, timeout=10).json() == told
        assert [entry.kind for entry in faults.entries()] == [fault["kind"]]
        refused = requests.post(url, json={"kind": other}, timeout=10)
        assert refused.status_code == 400
        assert refused.json()["error"].startswith(f"'{other}' is no fault")
        assert requests.delete(url, timeout=10).ok
        assert not faults.entries()
    finally:
        faults.clear()
