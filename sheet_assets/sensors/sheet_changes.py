"""`sheet_changes_sensor`: starts a run when a watched sheet has changed."""

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

import dagster as dg
from pydantic import BaseModel, ValidationError

from sheet_assets.assets.sheet_csv import SPREADSHEET, TABLE
from sheet_assets.clients.google import Changes
from sheet_assets.clients.table_load import processed_versions
from sheet_assets.errors import SheetAssetsError
from sheet_assets.resources.google import GoogleSheets
from sheet_assets.resources.redshift import Redshift

FIRST_RETRY_SECONDS = 60
LAST_RETRY_SECONDS = 3600
# Dagster ends a tick after 60 s, with a message that says nothing of Google or Redshift.
TICK_RETRY_SECONDS = 15


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
            "of them, but for partitioned assets, whose partition a sheet does not tell. A change "
            "is asked for again, at growing intervals, until the table has it; when the read "
            "fails, the tick fails and the cursor stays."
        ),
    )
    def sheet_changes_sensor(
        context: dg.SensorEvaluationContext, google: GoogleSheets, redshift: Redshift
    ) -> dg.SensorResult:
        with sentence(), google.client(most_retry_seconds=TICK_RETRY_SECONDS) as client:
            if not context.cursor:
                token = client.start_page_token()
                return dg.SensorResult(
                    skip_reason="The first tick: changes are seen from now on.",
                    cursor=Cursor(page_token=token).model_dump_json(),
                )
            cursor = read_cursor(context.cursor)
            changes = client.changes(cursor.page_token)
        sheets = watched_sheets(context)
        pending = with_changes(cursor.pending, changes, sheets.keys())
        for spreadsheet in changes.removed & sheets.keys():
            context.log.warning(
                "The spreadsheet %s was deleted or is not shared any more; its tables keep "
                "their last version.",
                spreadsheet,
            )
        if pending:
            with sentence():
                warehouse = redshift.client(most_retry_seconds=TICK_RETRY_SECONDS)
                pending = still_pending(pending, sheets, processed_versions(warehouse))
        now = time.time()
        due = {name: change for name, change in pending.items() if change.not_before <= now}
        busy = bool(due) and _run_in_progress(context)
        requests = []
        if due and not busy:
            requests = [_run_request(context, cursor.page_token, due, sheets)]
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


@contextmanager
def sentence() -> Iterator[None]:
    """Fail the tick with an error's sentence.

    Dagster wraps other people's exceptions in one that names the sensor only, but not its own.

    Raises:
        dagster.DagsterError: instead of a SheetAssetsError.
    """
    try:
        yield
    except SheetAssetsError as error:
        raise dg.DagsterError(str(error)) from None


def read_cursor(text: str) -> Cursor:
    """The cursor that an earlier tick wrote.

    Raises:
        SheetAssetsError: something else wrote it.
    """
    try:
        return Cursor.model_validate_json(text)
    except ValidationError:
        raise SheetAssetsError(
            f"The cursor of sheet_changes_sensor is not one it has written: {text[:80]!r}. Reset "
            "it (in the UI, or `dagster sensor cursor --delete sheet_changes_sensor`), and run "
            "refresh_job once for what has changed in between."
        ) from None


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


def with_changes(
    pending: Mapping[str, Pending], changes: Changes, watched: Collection[str]
) -> dict[str, Pending]:
    """What was pending and what has changed since, of the spreadsheets that are watched.

    A version that Drive lists again keeps its attempts and its waiting time.
    """
    merged = {
        name: change
        for name, change in pending.items()
        if name in watched and name not in changes.removed
    }
    for name, version in changes.versions.items():
        if name in watched and (name not in merged or merged[name].version < version):
            merged[name] = Pending(version=version)
    return merged


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
    page_token: str,
    due: Mapping[str, Pending],
    sheets: Mapping[str, Mapping[dg.AssetKey, tuple[str, str]]],
) -> dg.RunRequest:
    changed = [key for spreadsheet in due for key in sheets[spreadsheet]]
    selection = dg.AssetSelection.assets(*changed).downstream().materializable()
    graph = context.repository_def.asset_graph  # type: ignore[union-attr]  # a tick always has one
    selected = selection.required_multi_asset_neighbors().resolve(graph)
    return dg.RunRequest(
        run_key=run_key(page_token, due),
        asset_selection=sorted(key for key in selected if not graph.get(key).is_partitioned),
        tags={"sheet_assets/changed": str(len(due))},
    )


def run_key(page_token: str, due: Mapping[str, Pending]) -> str:
    """What Dagster launches one run for, ever: these versions, this attempt, since this token.

    A hash: PostgreSQL's index over run tags takes 2.7 kB, which 60 spreadsheets would exceed.
    """
    parts = sorted(f"{name}@{change.version}#{change.attempts + 1}" for name, change in due.items())
    return hashlib.sha256("\n".join([page_token, *parts]).encode()).hexdigest()


def _text(value: object) -> str:
    return str(getattr(value, "value", value))
