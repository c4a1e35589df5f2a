"""The servers of a benchmark, and the environment that the measured processes have of them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from benchmarks.implementation import ROOT
from benchmarks.process import measured
from benchmarks.served import Served

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from benchmarks.implementation import Implementation
    from benchmarks.process import Measured

# Of the environment: nothing that belongs to a cloud or to Dagster.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "PYTHONDONTWRITEBYTECODE")


KEPT_ROWS = 10_000


class Workbench:
    """A sandbox to load into, and a folder of its own for each process that is measured."""

    def __enter__(self) -> Self:
        """Start the sandbox."""
        self._stack = ExitStack()
        with ExitStack() as starting:
            name = starting.enter_context(tempfile.TemporaryDirectory(prefix="sheet_assets_bench_"))
            self._folder = Path(name)
            self.backend = starting.enter_context(Served("benchmarks.backend:running"))
            settings = self.backend.ask("benchmarks.backend:settings")
            kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
            self.environment = {
                **kept,
                **{name: value for name, value in settings.items() if value},
            }
            self._stack = starting.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop all servers."""
        self._stack.close()

    def read_from(self, rows: int, layouts: Sequence[str], *, wrong: bool = False) -> Served:
        """A lean Google that serves a sheet in these layouts; its settings are taken over.

        The caller starts and stops nothing: it ends with the workbench.
        """
        # Small sheets are rendered each time.
        place = ROOT / ".bench-data" if rows >= KEPT_ROWS else self._folder
        folder = rendered(place, rows, layouts, wrong=wrong)
        google = self._stack.enter_context(
            Served("benchmarks.google:serving", folder, [(rows, wrong)], list(layouts))
        )
        settings = google.ask("benchmarks.google:settings")
        key_file = self._folder / f"reader-{rows}-{wrong}.json"
        key_file.touch(mode=0o600)
        key_file.write_text(settings["account"])
        self.environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(key_file)
        self.environment["GOOGLE_API_ENDPOINT"] = settings["url"]
        return google

    def run(
        self,
        implementation: Implementation,
        name: str,
        asked: dict[str, Any],
        *,
        codes: Collection[int] = (0,),
    ) -> Measured:
        """Run an implementation to its end, in a folder and below an S3 prefix of that name."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
        environment = {
            **self.environment,
            "PYTHONPATH": str(ROOT),
            "DAGSTER_HOME": str(folder),
            "SHEET_ASSETS_STATE_DIR": str(folder),
            "SHEET_ASSETS_S3_PREFIX": name,
        }
        python = implementation.python() or sys.executable
        command = [python, "-m", implementation.module, json.dumps(asked)]
        return measured(command, environment, folder, codes=codes)


def rendered(place: Path, rows: int, layouts: Sequence[str], *, wrong: bool) -> Path:
    """The folder below `place` with the rendered sheets, made where they are not there yet."""
    told = b"".join(
        (Path(__file__).parent / name).read_bytes() for name in ("data.py", "rendering.py")
    )
    folder = place / hashlib.sha256(told).hexdigest()[:12]
    asked = {"folder": str(folder), "rows": rows, "wrong": wrong, "layouts": list(layouts)}
    subprocess.run(
        [sys.executable, "-m", "benchmarks.rendering", json.dumps(asked)], cwd=ROOT, check=True
    )
    return folder
