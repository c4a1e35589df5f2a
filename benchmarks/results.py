"""The figures of all cases, kept in results.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.implementation import Implementation

FILE = Path(__file__).parent / "results.json"


def line(case: str, record: dict[str, Any]) -> str:
    """A record for who waits for it."""
    counts = ", ".join(
        f"{name} {record[name]:,}"
        for name in ("reads", "requests", "s3_puts", "copies")
        if name in record
    )
    return (
        f"{case:<9}{record['size']:>9,}  {record['implementation']:<18}"
        f"{record['cpu_seconds']:>8.2f} CPU s{record['wall_seconds']:>8.1f} s"
        f"{record['peak_mb']:>7.0f} MB  {counts}"
    )


def keep(
    case: str, size: int, records: Sequence[dict[str, Any]], there: Sequence[Implementation]
) -> None:
    """Nothing yet."""
