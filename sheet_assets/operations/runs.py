"""Runs: which there were, how they ended, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import OperationsError
from sheet_assets.operations.run_events import run_events
from sheet_assets.operations.webserver import one_of
from sheet_assets.operations.workspace import hidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.operations.webserver import Webserver

# Dagster's RunStatus, but for MANAGED, which no run of an instance of one's own ever has.
STATUSES = (
    *("QUEUED", "NOT_STARTED", "STARTING", "STARTED", "SUSPENDED"),
    *("SUCCESS", "FAILURE", "CANCELING", "CANCELED"),
)
ENDED = ("SUCCESS", "FAILURE", "CANCELED")
_PAGE_RUNS = 100
_OURS = "sheet_assets/"


@dataclass(frozen=True)
class Run:
    """A run; times are in seconds since 1970. `job` is empty for assets without a job.

    `assets` are the keys it was asked for, the first 50 of `asset_count`; none, where it was the
    whole job. `started_by` is a schedule or a sensor, `tags` what was asked of it.
    """

    run_id: str
    status: str
    job: str
    assets: tuple[str, ...]
    asset_count: int
    created: float
    started: float | None
    ended: float | None
    started_by: str = ""
    tags: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def seconds(self) -> float | None:
        """How long it worked, once it has ended."""
        return None if self.started is None or self.ended is None else self.ended - self.started

    @property
    def what(self) -> str:
        """Its job; else its assets, the first of them by name."""
        if self.job or not self.assets:
            return self.job or "all assets"
        more = self.asset_count - len(self.assets[:3])
        return ", ".join(self.assets[:3]) + (f" and {more} more" if more > 0 else "")

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "run_id": self.run_id,
            "status": self.status,
            "job": self.job or None,
            "assets": list(self.assets),
            "created": iso(self.created),
            "started": iso(self.started),
            "ended": iso(self.ended),
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "started_by": self.started_by or None,
            "tags": self.tags,
        }


def runs(
    webserver: Webserver, *, statuses: Sequence[str] = (), job: str | None = None, limit: int
) -> list[Run]:
    """The newest runs, `limit` of them at most, however many pages that takes.

    Raises:
        OperationsError: the webserver does not tell.
    """
    wanted: dict[str, Any] = {}
    if statuses:
        wanted["statuses"] = list(statuses)
    if job:
        wanted["pipelineName"] = job
    return list(_paged(webserver, wanted, limit))


def run(webserver: Webserver, run_id: str) -> Run:
    """One run, as it is now.

    Raises:
        OperationsError: there is none of that id, or the webserver does not tell.
    """
    found = list(_paged(webserver, {"runIds": [run_id]}, 1))
    if not found:
        raise OperationsError(f"There is no run {run_id} any more: it was deleted.")
    return found[0]


def reason(webserver: Webserver, run: Run) -> str:
    """Why a run failed or was cancelled; empty for any other.

    Raises:
        OperationsError: the webserver does not tell.
    """
    if run.status not in {"FAILURE", "CANCELED"}:
        return ""
    return run_events(webserver, run.run_id).why()


def as_run(node: dict[str, Any]) -> Run:
    """A run of an answer."""
    tags = {each["key"]: each["value"] for each in node["tags"]}
    selection = node["assetSelection"] or []
    return Run(
        node["runId"],
        node["status"],
        "" if hidden(node["jobName"]) else node["jobName"],
        tuple("/".join(each["path"]) for each in selection),
        node["assetSelectionCount"],
        node["creationTime"],
        node["startTime"],
        node["endTime"],
        tags.get("dagster/schedule_name") or tags.get("dagster/sensor_name") or "",
        {name: value for name, value in tags.items() if name.startswith(_OURS)},
    )


def iso(seconds: float | None) -> str | None:
    """A moment as 2026-11-20T09:00:00+00:00."""
    if seconds is None:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")


def _paged(webserver: Webserver, wanted: dict[str, Any], limit: int) -> Iterator[Run]:
    cursor: str | None = None
    left = limit
    while left > 0:
        size = min(left, _PAGE_RUNS)
        page = webserver.ask("runs", filter=wanted, cursor=cursor, limit=size)["runsOrError"]
        found = [as_run(each) for each in one_of(page, "Runs")["results"]]
        yield from found
        if len(found) < size:
            return
        cursor = found[-1].run_id
        left -= size
