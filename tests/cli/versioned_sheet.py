"""A sheet with versions, and commands that are given its deployment, in this process."""

from __future__ import annotations

import datetime as dt
import json
import sys
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from checkout import CONTROL
from click.testing import CliRunner
from small_deployment import QUIET, SmallDeployment

import sheet_assets
from sheet_assets.cli import main
from sheet_assets.clients.sheet_snapshot import write_snapshot
from sheet_assets.clients.table_load import load_snapshot
from sheet_assets.clients.versions import version_by_hash
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.redshift import Redshift
from sheet_assets.warehouse.manifest import Reading, SheetVersion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from click.testing import Result

    from sheet_assets.sandbox import Sandbox

MARKS = [
    *QUIET,
    pytest.mark.filterwarnings(
        "ignore:The `__fields__` attribute:pydantic.PydanticDeprecatedSince20"
    ),
]

A = [
    (1, Decimal("10.00"), "ann", "555-1"),
    (2, Decimal("20.00"), "bob", "555-2"),
    (3, Decimal("30.00"), None, "555-3"),
]
B = [
    (1, Decimal("10.00"), "ann", "555-9"),
    (2, Decimal("21.00"), "bob\n<[red]", "555-2"),
    (4, Decimal("40.00"), "dan", "555-4"),
]
COLUMNS = """\
    - {name: id, type: integer, key: true}
    - {name: amount, type: "decimal(5,2)"}
    - {name: name, type: varchar(40)}
    - {name: phone, type: varchar(40), sensitive: true}
"""


class Sheet:
    """A sheet of one test, its versions, and commands that are given its deployment."""

    def __init__(self, small: SmallDeployment) -> None:
        self.small = small
        self.redshift = Redshift()
        self.store = S3Versions(credentials=AwsCredentials()).store()
        self.again()

    def again(self, **fields: Any) -> None:
        """Another contract, or other fields of its defs.yaml."""
        self.small.write_table(**{"columns": COLUMNS, **fields})
        self.small.reloaded()
        ((table, _),) = self.small.deployment.tables
        self.source, self.target = table.source(), table.target()

    def load(self, rows: Sequence[Sequence[Any]], *, days_ago: float = 0, **options: Any) -> str:
        """Load these rows as if they had been read then, and say which version they are."""
        parts = self.small.root / "parts"
        snapshot = write_snapshot(
            self.source, [row[: len(self.source.columns)] for row in rows], parts
        )
        read_at = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
        version = SheetVersion(
            snapshot=snapshot,
            reading=Reading(read_at=read_at, modified_by="ann@sandbox.invalid"),
            manifest_url=self.store.put(snapshot, parts).manifest_url,
        )
        return self.load_version(version, **options)

    def load_version(self, version: SheetVersion, **options: Any) -> str:
        """Load what is in S3, as an asset does."""
        loaded = load_snapshot(
            self.redshift.client(),
            self.target,
            version.snapshot,
            version.reading,
            manifest_url=str(version.manifest_url),
            iam_role=self.redshift.iam_role(),
            run_id=str(uuid.uuid4()),
            **options,
        )
        assert loaded.outcome == "loaded"
        return loaded.version

    def restore(self, version: str) -> None:
        """Load a version again and pin it."""
        found = version_by_hash(self.redshift.client(), self.store, self.target, "orders", version)
        self.load_version(found, restore=True)

    def stored(self) -> set[str]:
        """The versions that are in S3."""
        return set(self.store.stored("orders"))

    def __call__(self, *args: str, answer: str | None = None) -> Result:
        """`sheet-assets ARG…`."""
        return CliRunner().invoke(main, args, input=answer)

    def says(self, *args: str, answer: str | None = None) -> str:
        """What a command that succeeds prints."""
        result = self(*args, answer=answer)
        assert result.exit_code == 0, result.output
        assert not CONTROL.search(result.output)
        return result.stdout

    def json(self, *args: str) -> Any:
        """What it prints with --json, and nothing else."""
        return json.loads(self.says(*args, "--json"))

    def refused(self, *args: str, answer: str | None = None) -> str:
        """The sentence of a command that fails."""
        result = self(*args, answer=answer)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        return result.stderr


def sheet_of(sandbox: Sandbox, root: Path, monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """The sheet `orders`, with a key and a sensitive column, as the deployment of this process."""
    small = SmallDeployment(root, sandbox)
    monkeypatch.setenv("SHEET_ASSETS_S3_PREFIX", small.unique)
    monkeypatch.setenv("SHEET_ASSETS_TIME_ZONE", "Asia/Seoul")
    monkeypatch.delenv("DAGSTER_HOME")
    # Wide enough for a line a version, whatever the tests are started from.
    monkeypatch.setenv("COLUMNS", "300")
    sheet = Sheet(small)
    monkeypatch.setitem(sys.modules, "sheet_assets.defs", small.deployment.defs_module)
    monkeypatch.setattr(sheet_assets, "defs", small.deployment.defs_module, raising=False)
    return sheet
