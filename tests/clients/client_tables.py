"""A table of one test, and the versions that are loaded into it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_snapshot import write_snapshot
from sheet_assets.clients.table_load import load_snapshot
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sheets.contract import Column
from sheet_assets.warehouse.manifest import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sheet_assets.clients.redshift import RedshiftClient
    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.clients.table_load import Loaded
    from sheet_assets.sheets.contract import SheetSource
    from sheet_assets.warehouse.manifest import Snapshot
    from sheet_assets.warehouse.target import Target

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def minutes(count: float) -> dt.datetime:
    """So many minutes after noon: when a sheet was read, or a query run."""
    return NOON + dt.timedelta(minutes=count)


def columns(**types: str) -> tuple[Column, ...]:
    """`columns(id="integer!", comment="varchar(20)")`; a type with `!` is required."""
    return tuple(
        Column(name=name, type=kind.removesuffix("!"), required=kind.endswith("!"))
        for name, kind in types.items()
    )


@dataclass
class Table:
    """A table, where its versions are kept, and a client to load and look with."""

    target: Target
    source: SheetSource
    redshift: RedshiftClient
    store: VersionStore
    folder: Path

    def changed(self, *contract: Column, **options: Any) -> Table:
        """The same table under another contract (by default the same), and with other options."""
        contract = contract or self.source.columns
        source = self.source.model_copy(update={"columns": contract})
        target = replace(self.target, columns=contract, **options)
        return replace(self, source=source, target=target)

    def upload(self, rows: Sequence[Sequence[Any]]) -> tuple[Snapshot, str]:
        """The rows as a version in S3, and its manifest's URL."""
        snapshot = write_snapshot(self.source, rows, self.folder)
        return snapshot, self.store.put(snapshot, self.folder).manifest_url

    def load(
        self,
        rows: Sequence[Sequence[Any]],
        read_at: dt.datetime = NOON,
        *,
        drive_version: int | None = 1,
        **options: Any,
    ) -> Loaded:
        """Load the rows as a sheet read at `read_at`."""
        snapshot, manifest_url = self.upload(rows)
        reading = Reading(
            read_at=read_at, drive_version=drive_version, modified_by="editor@sandbox.invalid"
        )
        options.setdefault("manifest_url", manifest_url)
        return self.load_snapshot(snapshot, reading, **options)

    def load_snapshot(self, snapshot: Snapshot, reading: Reading, **options: Any) -> Loaded:
        """`load_snapshot` into this table, with the sandbox's role unless another is given."""
        options.setdefault("iam_role", Redshift().iam_role())
        redshift = options.pop("redshift", self.redshift)
        return load_snapshot(redshift, self.target, snapshot, reading, **options)

    def rows(self) -> list[tuple[Any, ...]]:
        """What stands in the table, in order."""
        return sorted(self.redshift.query(f"SELECT * FROM {self.target.quoted}"), key=repr)

    def execute(self, sql: str) -> None:
        """Do something to the table, `{}` in the statement, as another program would."""
        self.redshift.run(lambda session: session.execute(sql.format(self.target.quoted)))

    def records(self) -> list[dict[str, Any]]:
        """The control table's rows of this table, the oldest first."""
        frame = self.redshift.frame(
            "SELECT * FROM sheet_assets.loads WHERE table_schema = %(schema)s "
            "AND table_name = %(table)s ORDER BY loaded_at, is_current",
            self.target.table_key,
        )
        return frame.to_dict("records")

    def current(self) -> dict[str, Any]:
        """The one record that is current."""
        (current,) = [record for record in self.records() if record["is_current"]]
        return current
