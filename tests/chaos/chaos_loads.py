"""The runs of a case that load: what the assets of a sheet do, by the same functions."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import zstandard
from chaos_sheet import columns
from chaos_table import Attempt

from sheet_assets.clients.retention import remove
from sheet_assets.clients.sheet_reading import fetch
from sheet_assets.clients.sheet_snapshot import snapshot_of
from sheet_assets.clients.table_load import load_snapshot
from sheet_assets.clients.versions import version_by_hash, versions
from sheet_assets.errors import SheetAssetsError
from sheet_assets.sheets.contract import contract_hash
from sheet_assets.warehouse import history
from sheet_assets.warehouse import rows as csv_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from random import Random

    from chaos_sheet import ChaosSheet, Rows
    from chaos_table import ChaosTable
    from chaos_world import World

    from sheet_assets.sheets.contract import Column
    from sheet_assets.warehouse.manifest import SheetVersion, Snapshot

NOTHING = "nothing to do"
# Statements after which a reader looks: they change something.
_CHANGING = ("DELETE", "INSERT", "UPDATE", "ALTER", "COMMIT")
_LATER = dt.timedelta(days=2)


class Loads:
    """Runs that read the sheet, store it and load it.

    Args:
        world: Where.
        name: The sheet's in S3 and in Redshift.
        folder: For the parts.
        draw: Says which version is restored.
        sheet: What is read.
        contract: How it is read at first.
        table: What is loaded.
        writes: Gets what is sent that changes S3 or a table.
    """

    def __init__(
        self,
        world: World,
        name: str,
        folder: Path,
        draw: Random,
        *,
        sheet: ChaosSheet,
        contract: tuple[Column, ...],
        table: ChaosTable,
        writes: list[str],
    ) -> None:
        self.redshift = world.redshift(self._look)
        self.held: list[tuple[str, SheetVersion]] = []
        self.last: tuple[str, SheetVersion] | None = None
        self.pruned: set[str] = set()
        self.is_changed = False
        self._world = world
        self._folder = folder
        self._draw = draw
        self._sheet, self._table, self._writes = sheet, table, writes
        self._target = table.target
        self._source = sheet.source(name, contract)
        self._store = world.store(name, lambda url: writes.append(f"PUT {url}"))
        self._numbers = 0
        self._requests = self._edit_at = 0
        self._interrupted_at = ""
        self._is_locked = False

    def ingest(self, how: str = "", edit_at: int = 0, interrupted_at: str = "") -> str:
        """Read the sheet, store it and load it.

        Args:
            how: `force`, `unpin`, or `hold`: load it some time later.
            edit_at: Before which request somebody edits the sheet.
            interrupted_at: Before which statement another run does all of it.
        """
        run_id = self._new_run()
        self._requests, self._edit_at = 0, edit_at
        with self._world.google(self._count) as client:
            fetched = fetch(client, [self._source])[self._source.name]
            version = snapshot_of(fetched, self._folder / run_id).version
        snapshot = version.snapshot
        self._table.read(snapshot.version, _rows(snapshot, self._folder / run_id))
        stored = self._store.put(snapshot, self._folder / run_id)
        self.pruned.discard(snapshot.version)
        version = version.model_copy(update={"manifest_url": stored.manifest_url})
        if how == "hold":
            self.held.append((run_id, version))
            return "held"
        self.last = run_id, version
        self._interrupted_at = interrupted_at
        return self._load(run_id, version, force=how == "force", unpin=how == "unpin")

    def load_again(self) -> str:
        """The last version that was stored once more, as by a second try of the same run."""
        return self._load(*self.last) if self.last else NOTHING

    def load_held(self) -> str:
        """A version that was read some time ago."""
        return self._load(*self.held.pop(0)) if self.held else NOTHING

    def restore(self) -> str:
        """An earlier version, which pins the table."""
        said = self._draw.choice(["previous", *(each.version[:12] for each in self._table.records)])
        version = version_by_hash(self.redshift, self._store, self._target, self._source.name, said)
        self._store.verify(version.snapshot)
        return self._load(self._new_run(), version, restore=True)

    def prune(self) -> str:
        """Remove every version that is not needed any more, as if it were two days later."""
        name, now = self._source.name, dt.datetime.now(dt.UTC) + _LATER
        records = versions(self.redshift, self._store, self._target, name)
        unused = [each.version for each in history.unused_since(records, now)]
        self.pruned |= set(unused)
        remove(self._store, name, unused, now=now)
        return "pruned" if unused else "all in use"

    def change_contract(self) -> None:
        """From now on the table has another column, and longer texts."""
        *_, text = self._source.columns
        key, displayed = bool(self._target.key), text.as_displayed
        changed = columns(key=key, displayed=displayed, changed=True)
        self._source = self._source.model_copy(update={"columns": changed})
        self._target = replace(self._target, columns=changed)
        self.is_changed = True

    def _load(self, run_id: str, version: SheetVersion, **options: bool) -> str:
        snapshot, reading = version.snapshot, version.reading
        restore, unpin = options.get("restore", False), options.get("unpin", False)
        if not restore and snapshot.contract_hash != contract_hash(self._target.columns):
            return "another contract"
        self._table.begin(
            Attempt(snapshot.version, reading.read_at, run_id, restore=restore, unpin=unpin)
        )
        loaded = load_snapshot(
            self.redshift,
            self._target,
            snapshot,
            reading,
            manifest_url=str(version.manifest_url),
            iam_role=self._world.iam_role,
            run_id=run_id,
            store=self._store,
            **options,
        )
        self._table.loaded = loaded
        return loaded.outcome

    def _new_run(self) -> str:
        self._numbers += 1
        return f"run {self._numbers}"

    def _count(self, what: str, sent: bool) -> None:
        if not sent:
            self._requests += 1
            if self._requests == self._edit_at:
                self._sheet.edit()

    def _look(self, sql: str, sent: bool) -> None:
        text = sql.lstrip()
        kind = text.split(maxsplit=1)[0].upper()
        if not sent and self._interrupted_at and text.startswith(self._interrupted_at):
            self._interrupt()
        if kind == "LOCK":
            # Whoever reads waits while a load changes the columns.
            self._is_locked = self._table.target.quoted in text
        if kind == "COMMIT" and sent:
            self._is_locked = False
        if sent and kind in _CHANGING and not self._is_locked:
            # While a load holds the control table, to read that would wait for it.
            self._table.look(alone=kind == "COMMIT")
        if not sent and kind in {"COPY", "DELETE", "INSERT"}:
            self._writes.append(sql)

    def _interrupt(self) -> None:
        """Another run does everything in the middle of this one."""
        self._interrupted_at = ""
        # A fault may meet it in place of the other one.
        with self._table.suspended(), suppress(SheetAssetsError):
            self.ingest()


def _rows(snapshot: Snapshot, folder: Path) -> Rows:
    """A version's rows as they lie in the files of its parts."""
    found: list[Sequence[Any]] = []
    for part in snapshot.parts:
        with (folder / part.file_name).open("rb") as file:
            stream = zstandard.ZstdDecompressor().stream_reader(file)
            text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
            found += list(csv_rows.parsed(text))[1:]
    return tuple((int(row[0]), int(row[1]), row[2]) for row in found)
