"""The progress of a run that somebody waits for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sheet_assets.errors import WebserverUnavailableError
from sheet_assets.operations.run_events import RunEvents
from sheet_assets.operations.runs import ENDED, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.operations.runs import Run
    from sheet_assets.operations.webserver import Webserver

_POLL_SECONDS = 0.5
# A webserver that is restarted while a run works is back within this time.
_PATIENCE_SECONDS = 60


def progress(
    webserver: Webserver, run_id: str, *, patience_seconds: float = _PATIENCE_SECONDS
) -> Iterator[tuple[Run, RunEvents]]:
    """A run and what has happened in it so far, again and again, until it has ended.

    Raises:
        OperationsError: the run is deleted, or the webserver stays away; the run itself goes on.
    """
    events = RunEvents(run_id)
    answered = time.monotonic()
    while True:
        try:
            # In this order: an ended run has no further events.
            now = run(webserver, run_id)
            events.read(webserver)
        except WebserverUnavailableError:
            if time.monotonic() - answered > patience_seconds:
                raise
        else:
            answered = time.monotonic()
            yield now, events
            if now.status in ENDED:
                return
        time.sleep(_POLL_SECONDS)
