"""`sheet_changes_sensor`: starts a run when a watched sheet has changed."""

import time
from collections.abc import Mapping

import dagster as dg
from pydantic import BaseModel

from sheet_assets.assets.sheet_csv import SPREADSHEET, TABLE
from sheet_assets.clients.table_load import processed_versions
from sheet_assets.resources.google import GoogleSheets
from sheet_assets.resources.redshift import Redshift

FIRST_RETRY_SECONDS = 60
LAST_RETRY_SECONDS = 3600


class Pending(BaseModel):
    """A change that is not in the table yet: the Drive version, and the runs it has had."""

    version: int
    attempts: int = 0
    not_before: float = 0.0


class Cursor(BaseModel):
    """Where Drive's list of changes goes on, and what of it is not in the tables yet."""

    page_token: str
    pending: dict[str, Pending] = {}


def build_sheet_changes_sensor(minimum_interval_seconds: int) -> dg.SensorDefinition:
    """The sensor over all sheets of the project, found by their assets' metadata."""

    @dg.sensor(
        name="sheet_changes_sensor",
        job_name="sheet_changes_job",
        minimum_interval_seconds=minimum_interval_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Watches every sheet with one call of Drive's changes.list a tick, however many "
            "sheets there are. The cursor holds Drive's page token and the changes that are not "
            "in their tables yet. Starts one run: the changed sheets and everything downstream "
            "of them. A change is asked for again, at growing intervals, until the table has it; "
            "when the read fails, the tick fails and the cursor stays."
        ),
    )
    def sheet_changes_sensor(
        context: dg.SensorEvaluationContext, google: GoogleSheets, redshift: Redshift
    ) -> dg.SensorResult:
        with google.client() as client:
            if not context.cursor:
                token = client.start_page_token()
                return dg.SensorResult(
                    skip_reason="The first tick: changes are seen from now on.",
                    cursor=Cursor(page_token=token).model_dump_json(),
                )
            cursor = Cursor.model_validate_json(context.cursor)
            changes = client.changes(cursor.page_token)
        sheets = watched_sheets(context)
        pending = {
            spreadsheet: change
            for spreadsheet, change in cursor.pending.items()
            if spreadsheet in sheets
        }
        for spreadsheet, version in changes.versions.items():
            if spreadsheet in sheets:
                pending[spreadsheet] = Pending(version=version)
        for spreadsheet in changes.removed & sheets.keys():
            pending.pop(spreadsheet, None)
            context.log.warning(
                "The spreadsheet %s was deleted or is not shared any more; its tables keep "
                "their last version.",
                spreadsheet,
            )
        if pending:
            pending = still_pending(pending, sheets, processed_versions(redshift.client()))
        now = time.time()
        due = {name: change for name, change in pending.items() if change.not_before <= now}
        busy = bool(due) and _run_in_progress(context)
        requests = []
        if due and not busy:
            requests = [_run_request(context, due, sheets)]
            for change in due.values():
                change.attempts += 1
                change.not_before = now + retry_seconds(change.attempts)
        waiting = f"{len(pending)} changed sheets wait for their next run."
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else waiting if pending else "No watched sheet changed.",
            cursor=Cursor(page_token=changes.next_page_token, pending=pending).model_dump_json(),
        )

    return sheet_changes_sensor


def watched_sheets(
    context: dg.SensorEvaluationContext,
) -> dict[str, dict[dg.AssetKey, tuple[str, str]]]:
    """Of each spreadsheet, the assets that read it and the tables they end up in."""
    graph = context.repository_def.asset_graph  # type: ignore[union-attr]  # a tick always has one
    sheets: dict[str, dict[dg.AssetKey, tuple[str, str]]] = {}
    for key in graph.get_all_asset_keys():
        metadata = graph.get(key).metadata
        if SPREADSHEET in metadata:
            schema, _, table = str(_text(metadata[TABLE])).partition(".")
            sheets.setdefault(_text(metadata[SPREADSHEET]), {})[key] = (schema, table)
    return sheets


def still_pending(
    pending: Mapping[str, Pending],
    sheets: Mapping[str, Mapping[dg.AssetKey, tuple[str, str]]],
    processed: Mapping[tuple[str, str], int],
) -> dict[str, Pending]:
    """The changes that some table has not taken in: its Drive version is older, or it has none."""
    return {
        spreadsheet: change
        for spreadsheet, change in pending.items()
        if any(processed.get(table, -1) < change.version for table in sheets[spreadsheet].values())
    }


def retry_seconds(attempts: int) -> float:
    """How long a change waits for its next run: a minute, then twice as long, an hour at most."""
    return float(min(FIRST_RETRY_SECONDS * 2 ** (attempts - 1), LAST_RETRY_SECONDS))


def _run_in_progress(context: dg.SensorEvaluationContext) -> bool:
    unfinished = [
        status
        for status in dg.DagsterRunStatus
        if status
        not in {
            dg.DagsterRunStatus.SUCCESS,
            dg.DagsterRunStatus.FAILURE,
            dg.DagsterRunStatus.CANCELED,
        }
    ]
    return bool(
        context.instance.get_run_ids(
            dg.RunsFilter(
                tags={"dagster/sensor_name": "sheet_changes_sensor"}, statuses=unfinished
            ),
            limit=1,
        )
    )


def _run_request(
    context: dg.SensorEvaluationContext,
    due: Mapping[str, Pending],
    sheets: Mapping[str, Mapping[dg.AssetKey, tuple[str, str]]],
) -> dg.RunRequest:
    changed = [key for spreadsheet in due for key in sheets[spreadsheet]]
    selection = dg.AssetSelection.assets(*changed).downstream()
    graph = context.repository_def.asset_graph  # type: ignore[union-attr]  # a tick always has one
    versions = sorted(
        f"{name}@{change.version}#{change.attempts + 1}" for name, change in due.items()
    )
    return dg.RunRequest(
        run_key=",".join(versions),
        asset_selection=sorted(selection.resolve(graph)),
        tags={"sheet_assets/changed": str(len(due))},
    )


def _text(value: object) -> str:
    return str(getattr(value, "value", value))
