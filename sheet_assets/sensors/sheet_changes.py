"""`sheet_changes_sensor`: starts a run when a watched sheet has changed."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import dagster as dg

from sheet_assets.assets.sheet_csv import SPREADSHEET, TABLE
from sheet_assets.clients.drive_files import known_changes, look_for, spreadsheet_versions
from sheet_assets.clients.google import Changes, GoogleClient
from sheet_assets.clients.table_load import processed_versions
from sheet_assets.resources.google import GoogleSheets
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sensors.kept_cursor import parsed
from sheet_assets.sensors.sentence import sentence
from sheet_assets.sensors.sheet_changes_cursor import (
    Cursor,
    Pending,
    Sheets,
    behind,
    retry_seconds,
    run_key,
    still_pending,
    watched_hash,
)

NAME = "sheet_changes_sensor"
# Dagster ends a tick after 60 s, with a message that says nothing of Google or Redshift.
TICK_RETRY_SECONDS = 15
# Of those that Drive's index does not list, a sweep asks for so many, one or two calls each.
MOST_ASKED_FOR = 20
_UNFINISHED = [
    status
    for status in dg.DagsterRunStatus
    if status.value not in {"SUCCESS", "FAILURE", "CANCELED"}
]

Processed = Mapping[tuple[str, str], int]


def build_sheet_changes_sensor(
    minimum_interval_seconds: int, quiet_seconds: int
) -> dg.SensorDefinition:
    """The sensor over all sheets of the project, found by their assets' metadata.

    A change is taken once the sheet was quiet for `quiet_seconds`.
    """

    @dg.sensor(
        name=NAME,
        job_name="sheet_changes_job",
        minimum_interval_seconds=minimum_interval_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=(
            "Watches every sheet with one call of Drive's changes.list a tick, however many "
            "sheets there are, and looks at all of them when the sheets in defs/ have changed and "
            "every six hours, for what that list has missed and for sheets that no table has taken "
            "in yet. The cursor holds Drive's page token, the changes that are not in their tables "
            "yet, and the spreadsheets that are gone. Starts one run: the sheets that have "
            f"changed and were quiet for {quiet_seconds} s, and everything downstream of them, but "
            "for partitioned assets, whose partition a sheet does not tell. A change is asked for "
            "again, at growing intervals up to an hour, until the table has it. When the read "
            "fails, the tick fails and the cursor stays; when Google does not know the page token "
            "any more, all sheets are looked at and the list begins anew."
        ),
    )
    def sheet_changes_sensor(
        context: dg.SensorEvaluationContext, google: GoogleSheets, redshift: Redshift
    ) -> dg.SensorResult:
        with sentence():
            cursor = read_cursor(context.cursor)
            tick = _Tick(context, redshift, watched_sheets(context), cursor, time.time())
            with google.client(most_retry_seconds=TICK_RETRY_SECONDS) as client:
                note = tick.look(client, quiet_seconds)
            requests = tick.requests()
        waiting = f"{len(cursor.pending)} changed sheets wait for their next run."
        said = waiting if cursor.pending else "No watched sheet changed."
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=None if requests else f"{note}{said}",
            cursor=cursor.model_dump_json(),
        )

    return sheet_changes_sensor


def read_cursor(text: str | None) -> Cursor:
    """The cursor that an earlier tick wrote, an empty one before the first.

    Raises:
        SheetAssetsError: something else wrote it.
    """
    return parsed(Cursor, text, NAME)


def watched_sheets(context: dg.SensorEvaluationContext) -> Sheets:
    """Of each spreadsheet, the assets that read it and the tables they end up in."""
    graph = context.repository_def.asset_graph  # type: ignore[union-attr]  # a tick always has one
    sheets: dict[str, dict[dg.AssetKey, tuple[str, str]]] = {}
    for key in graph.get_all_asset_keys():
        metadata = graph.get(key).metadata
        if SPREADSHEET in metadata:
            schema, _, table = str(_text(metadata[TABLE])).partition(".")
            sheets.setdefault(_text(metadata[SPREADSHEET]), {})[key] = (schema, table)
    return sheets


@dataclass
class _Tick:
    """One look at Drive, and what follows from it."""

    context: dg.SensorEvaluationContext
    redshift: Redshift
    sheets: Sheets
    cursor: Cursor
    now: float

    def look(self, client: GoogleClient, quiet_seconds: float) -> str:
        """Bring the cursor up to date; what there is to say of it, if anything."""
        cursor, now = self.cursor, self.now
        changes = known_changes(client, cursor.page_token) if cursor.page_token else None
        watched = watched_hash(self.sheets)
        why = cursor.why_sweep(watched, now)
        if changes is None:
            if cursor.page_token:
                why = "Google did not know the page token any more, so the list begins anew"
                self.context.log.warning("%s.", why)
            # Before the sweep: a change in between is then in both.
            changes = Changes({}, frozenset(), client.start_page_token())
            cursor.begin(changes.next_page_token)
        gone = set(cursor.gone)
        cursor.take_in(changes, self.sheets.keys(), now, quiet_seconds)
        if why:
            cursor.swept_at, cursor.watched = now, watched
        if self.sheets and (why or cursor.pending):
            processed = self._processed()
            if why:
                self._sweep(client, processed)
            cursor.pending = still_pending(cursor.pending, self.sheets, processed)
        for spreadsheet in sorted(cursor.gone.keys() - gone):
            self.context.log.warning(
                "The spreadsheet %s was deleted or is not shared any more; its tables keep their "
                "last version.",
                spreadsheet,
            )
        return f"{why}: all sheets were looked at. " if why else ""

    def requests(self) -> list[dg.RunRequest]:
        """One run for all that is due, unless one is under way; they then wait for their next."""
        pending, now = self.cursor.pending, self.now
        due = {name: change for name, change in pending.items() if change.not_before <= now}
        if not due or self._run_in_progress():
            return []
        request = self._run_request(due)
        for change in due.values():
            change.attempts += 1
            change.not_before = now + retry_seconds(change.attempts)
        return [request]

    def _processed(self) -> Processed:
        return processed_versions(self.redshift.client(most_retry_seconds=TICK_RETRY_SECONDS))

    def _sweep(self, client: GoogleClient, processed: Processed) -> None:
        """Find what Drive's list of changes has missed."""
        versions = spreadsheet_versions(client)
        loaded = {
            name
            for name, assets in self.sheets.items()
            if all(table in processed for table in assets.values())
        }
        # A sheet that was never loaded gets its run: that says what is wrong with it.
        unlisted = sorted(loaded - versions.keys() - self.cursor.gone.keys())
        found = look_for(client, unlisted[:MOST_ASKED_FOR])
        versions |= found.versions
        gone = self.cursor.gone = {
            name: at
            for name, at in {
                **dict.fromkeys(found.lost, self.now),
                **self.cursor.gone,
            }.items()
            if name not in versions
        }
        pending: dict[str, Pending] = self.cursor.pending
        for name, change in behind(self.sheets, versions, processed).items():
            if name not in gone and (name not in pending or pending[name].version < change.version):
                pending[name] = change

    def _run_in_progress(self) -> bool:
        return bool(
            self.context.instance.get_run_ids(
                dg.RunsFilter(tags={"dagster/sensor_name": NAME}, statuses=_UNFINISHED), limit=1
            )
        )

    def _run_request(self, due: Mapping[str, Pending]) -> dg.RunRequest:
        changed = [key for spreadsheet in due for key in self.sheets[spreadsheet]]
        selection = dg.AssetSelection.assets(*changed).downstream().materializable()
        graph = self.context.repository_def.asset_graph  # type: ignore[union-attr]  # as above
        selected = selection.required_multi_asset_neighbors().resolve(graph)
        return dg.RunRequest(
            run_key=run_key(self.cursor.page_token, due),
            asset_selection=sorted(key for key in selected if not graph.get(key).is_partitioned),
            tags={"sheet_assets/changed": str(len(due))},
        )


def _text(value: object) -> str:
    return str(getattr(value, "value", value))
