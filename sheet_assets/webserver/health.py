"""What `/health` answers: whether each part is well, and nothing else."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import OperationsError
from sheet_assets.operations import health
from sheet_assets.operations.webserver import query_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

_ANSWER_SECONDS = 10.0
# Anybody may ask, as often as they like: the instance's storage is not asked more often.
_KEPT_SECONDS = 2.0

_Parts = dict[str, dict[str, str]]


class HealthAnswer:
    """Asks this process's own webserver, without HTTP; one question at a time, however many ask.

    `answered` is the answer to a GraphQL query, as HTTP would have it; it is called in a thread.
    """

    def __init__(self, answered: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> None:
        self._asked = _Asked(answered)
        self._last: tuple[float, tuple[int, _Parts]] | None = None
        self._asking: asyncio.Task[tuple[int, _Parts]] | None = None

    async def answer(self) -> tuple[int, _Parts]:
        """The HTTP status, and what each part is."""
        if self._last and time.monotonic() - self._last[0] < _KEPT_SECONDS:
            return self._last[1]
        if self._asking is None:
            self._asking = asyncio.create_task(asyncio.to_thread(self._found))
            self._asking.add_done_callback(self._keep)
        try:
            return await asyncio.wait_for(asyncio.shield(self._asking), _ANSWER_SECONDS)
        except TimeoutError:
            silent = health.Health(time.time(), storage_error="no answer in time.")
            return 503, _parts(silent)

    def _found(self) -> tuple[int, _Parts]:
        found = health.health(self._asked)
        return (200 if found.healthy else 503), _parts(found)

    def _keep(self, task: Awaitable[tuple[int, _Parts]]) -> None:
        self._asking = None
        if isinstance(task, asyncio.Task) and not task.cancelled() and task.exception() is None:
            self._last = (time.monotonic(), task.result())


class _Asked:
    """This process's webserver, as `operations` asks one over HTTP."""

    def __init__(self, answered: Callable[[str, Mapping[str, Any]], dict[str, Any]]) -> None:
        self._answered = answered
        self.now = time.time()

    def ask(self, query: str, *, answer_seconds: float, **variables: Any) -> dict[str, Any]:
        """The data that `operations/queries/<query>.graphql` asks for; it has its time elsewhere.

        Raises:
            OperationsError: some of it cannot be told.
        """
        said = self._answered(query_text(query), variables)
        self.now = time.time()
        if said.get("errors"):
            raise OperationsError("; ".join(each.get("message", "") for each in said["errors"]))
        data: dict[str, Any] = said["data"]
        return data


def _parts(found: health.Health) -> _Parts:
    """No names and no reasons: those are for users."""
    whole = found.as_json()
    daemons = (
        health.UNKNOWN
        if found.storage_error or found.unavailable
        else _of(all(each["status"] == health.HEALTHY for each in whole["daemons"]))
    )
    return {
        "metadatabase": {"status": whole["metadatabase"]["status"]},
        "scheduler": {"status": whole["scheduler"]["status"]},
        "daemons": {"status": daemons},
        "code_locations": {
            "status": health.UNKNOWN
            if found.unavailable
            else _of(all(each.status != "FAILED" for each in found.locations))
        },
    }


def _of(well: bool) -> str:
    return health.HEALTHY if well else health.UNHEALTHY
