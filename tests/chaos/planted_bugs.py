"""Bugs as people write them, planted into the package, to see whether the driver finds them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest import mock

from chaos_sheet import HEADER

from sheet_assets.clients import load_record, table_load
from sheet_assets.clients.google import Changes, GoogleClient
from sheet_assets.clients.row_checks import verify
from sheet_assets.clients.sheet_export import export, requests
from sheet_assets.clients.sheet_export.export import _Writing
from sheet_assets.errors import SheetError
from sheet_assets.sensors import sheet_changes
from sheet_assets.warehouse.decision import InTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from sheet_assets.clients.redshift import Session
    from sheet_assets.clients.sheet_export.plan import Plan


def commit_before_the_record(stack: ExitStack) -> None:
    """The rows are committed, and then the load is recorded."""
    record = load_record.record

    def recorded(session: Session, *args: Any) -> None:
        session._connection.commit()
        record(session, *args)

    stack.enter_context(mock.patch.object(load_record, "record", recorded))


def clear_then_write(stack: ExitStack) -> None:
    """The old rectangle is cleared by one request, and the new one written by the next."""
    commit = _Writing._commit

    def cleared_first(writing: _Writing, *args: Any) -> None:
        old, gid = writing._changes.old, writing._plan.grid.sheet_id
        if old.height and old.width:
            spreadsheet_id = writing._target.spreadsheet_id
            writing._google.batch_update(spreadsheet_id, [requests._clear(old, gid)])
        commit(writing, *args)

    stack.enter_context(mock.patch.object(_Writing, "_commit", cleared_first))


def edits_of_our_account_are_left_out(stack: ExitStack) -> None:
    """A change whose last author is the service account is taken for an export of ours."""
    known_changes = sheet_changes.known_changes

    def of_people(client: GoogleClient, page_token: str) -> Changes | None:
        found = known_changes(client, page_token)
        if found is None:
            return None
        theirs = {
            name: version
            for name, version in found.versions.items()
            if client.drive_file(name).modified_by != client.email
        }
        return Changes(theirs, found.removed, found.next_page_token)

    stack.enter_context(mock.patch.object(sheet_changes, "known_changes", of_people))


def failed_read_is_an_empty_sheet(stack: ExitStack) -> None:
    """When Google does not answer, the sheet is taken for one that has its header only."""
    read = GoogleClient.batch_values

    def read_or_nothing(client: GoogleClient, *args: Any, **more: Any) -> list[Any]:
        try:
            return read(client, *args, **more)
        except SheetError:
            if not more.get("by_columns"):
                raise
            return [[[header] for header in (*HEADER, "note")]]

    stack.enter_context(mock.patch.object(GoogleClient, "batch_values", read_or_nothing))


def append_is_retried_blindly(stack: ExitStack) -> None:
    """An append whose answer was lost is done again, without a look for its own rows."""
    in_table = load_record.in_table

    def of_others(*args: Any) -> InTable:
        found = in_table(*args)
        return InTable(found.loads - found.by_this_run, 0)

    stack.enter_context(mock.patch.object(load_record, "in_table", of_others))


def rows_are_deleted_without_a_tab(stack: ExitStack) -> None:
    """Rows are deleted by an update that Google takes a second time, too."""
    plan = export.plan

    def without_a_tab(*args: Any, **more: Any) -> Plan:
        return replace(plan(*args, **more), staged=False)

    stack.enter_context(mock.patch.object(export, "plan", without_a_tab))


def rows_are_checked_after_they_are_seen(stack: ExitStack) -> None:
    """A summary is committed, and then looked at."""
    swap, late = table_load._Load.swap, []

    def swapped(load: Any, session: Session) -> Any:
        loaded = swap(load, session)
        while late:
            verify(*late.pop())
        return loaded

    stack.enter_context(mock.patch.object(table_load, "verify", lambda *args: late.append(args)))
    stack.enter_context(mock.patch.object(table_load._Load, "swap", swapped))


BUGS: dict[str, Callable[[ExitStack], None]] = {
    "commit before the load record": commit_before_the_record,
    "clear, then write": clear_then_write,
    "edits filtered by author": edits_of_our_account_are_left_out,
    "a failed read taken for an empty sheet": failed_read_is_an_empty_sheet,
    "an append retried blindly": append_is_retried_blindly,
    "rows deleted twice": rows_are_deleted_without_a_tab,
    "rows checked after they are seen": rows_are_checked_after_they_are_seen,
}
