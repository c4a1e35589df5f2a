"""What happened in a run: what it made, what failed, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.operations.health import innermost
from sheet_assets.operations.webserver import one_of

if TYPE_CHECKING:
    from sheet_assets.operations.webserver import Webserver

_PAGE_EVENTS = 1000


@dataclass(frozen=True)
class Made:
    """What a run did to an asset: the asset's own word for it, and how many rows it then had."""

    asset: str
    outcome: str
    rows: int | None


@dataclass
class RunEvents:
    """The events of a run, as far as they were read: `read` goes on where it stopped.

    `errors` are the sentences of what failed, by asset or step; `reason` is the run's own.
    """

    run_id: str
    planned: list[str] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    working: list[str] = field(default_factory=list)
    ended: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    _cursor: str | None = None
    _steps: dict[str, str] = field(default_factory=dict)

    def read(self, webserver: Webserver) -> None:
        """Read what has happened since.

        Raises:
            OperationsError: the webserver does not tell.
        """
        more = True
        while more:
            page = webserver.ask(
                "run_events", runId=self.run_id, cursor=self._cursor, limit=_PAGE_EVENTS
            )["logsForRun"]
            one_of(page, "EventConnection")
            for event in page["events"]:
                self._add(event)
            self._cursor, more = page["cursor"], page["hasMore"]

    @property
    def not_made(self) -> list[str]:
        """The assets that were meant to be made, and neither were nor failed."""
        done = {each.asset for each in self.made} | self.errors.keys()
        return [asset for asset in self.planned if asset not in done]

    def why(self) -> str:
        """Why the run failed, as a sentence for each thing that did; else the run's own reason."""
        if self.errors:
            return " ".join(f"{what}: {sentence}" for what, sentence in self.errors.items())
        return self.reason

    def _add(self, event: dict[str, Any]) -> None:
        kind = event["__typename"]
        if kind == "AssetMaterializationPlannedEvent":
            path = event["assetKey"]["path"]
            self.planned.append("/".join(path))
            self._steps["__".join(path)] = "/".join(path)
        elif kind == "ExecutionStepStartEvent":
            self.working.append(self._what(event))
        elif kind in {"ExecutionStepSuccessEvent", "ExecutionStepFailureEvent"}:
            what = self._what(event)
            self.working = [each for each in self.working if each != what]
            self.ended += 1
            if kind == "ExecutionStepFailureEvent":
                self.errors[what] = _sentence(event)
        elif kind == "MaterializationEvent" and event["assetKey"]:
            self.made.append(_made(event))
        elif kind in {"RunFailureEvent", "RunCanceledEvent"}:
            self.reason = _sentence(event)

    def _what(self, event: dict[str, Any]) -> str:
        """The asset that a step makes, as Dagster names the step; else the step."""
        step = event["stepKey"] or ""
        return self._steps.get(step, step)


def run_events(webserver: Webserver, run_id: str) -> RunEvents:
    """Everything that has happened in a run so far.

    Raises:
        OperationsError: there is no such run, or the webserver does not tell.
    """
    events = RunEvents(run_id)
    events.read(webserver)
    return events


def _made(event: dict[str, Any]) -> Made:
    said = {each["label"]: each for each in event["metadataEntries"]}
    rows = said.get("dagster/row_count", {}).get("intRepr")
    return Made(
        "/".join(event["assetKey"]["path"]),
        said.get("outcome", {}).get("text") or "materialized",
        None if rows is None else int(rows),
    )


def _sentence(event: dict[str, Any]) -> str:
    """What the author of a failure wrote, else the innermost exception, else what Dagster says."""
    written = (event.get("failureMetadata") or {}).get("description")
    if written:
        return str(written).strip()
    if event.get("error"):
        return innermost(event["error"])
    return " ".join((event.get("message") or "").split())
