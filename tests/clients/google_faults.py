"""Google's answers when something is wrong with Google, for a sandbox to give."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sheet_assets.sandbox.google import GoogleServer

LASTING = 1_000_000


def answer(status: int, body: str = "") -> Fault:
    """An answer of these words."""
    return Fault("answer", status=status, body=body)


def error(status: int, message: str = "", /, **more: Any) -> Fault:
    """A refusal in Google's own form."""
    return answer(status, json.dumps({"error": {"code": status, "message": message, **more}}))


@contextmanager
def going_wrong(
    server: GoogleServer, faults: Mapping[str, Sequence[Fault]], *, lasting: bool = False
) -> Iterator[Callable[[str], int]]:
    """Let requests, by the beginning of their path, meet one fault after the other, once each.

    `lasting`: the last one again and again. Gives what counts the requests of a path.
    """
    server.requests.clear()
    for beginning, each in faults.items():
        for place, fault in enumerate(each, 1):
            times = LASTING if lasting and place == len(each) else 1
            server.faults.add(replace(fault, path=f"^{beginning}", times=times))
    try:
        yield lambda beginning: sum(entry.path.startswith(beginning) for entry in server.requests)
    finally:
        server.faults.clear()
