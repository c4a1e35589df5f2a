"""`sheet-assets dev` on the sample sheets, with a sensor that looks every five seconds."""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout import checkout_at, copy_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Addresses:
    """Where its two pages are."""

    dagster: str
    sheets: str


@contextmanager
def running_dev(folder: Path) -> Iterator[Addresses]:
    """Daemon, sensors and all, for as long as the block runs."""
    root = folder / "project"
    copy_project(root)
    project = root / "sheet_assets" / "defs" / "project" / "defs.yaml"
    project.write_text(f"{project.read_text()}  minimum_interval_seconds: 5\n  quiet_seconds: 0\n")
    with (
        checkout_at(root) as checkout,
        checkout.start("dev", "--json", stderr=subprocess.DEVNULL) as process,
    ):
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        yield Addresses(addresses["Dagster"], addresses["Sheets"])
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
