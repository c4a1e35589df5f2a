"""The whole path of one worksheet: Google, CSV, S3, COPY, a table in Redshift, and back by SQL."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sheet_assets.clients.sheet_snapshot import read_sheet
from sheet_assets.clients.table_load import load_snapshot
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT
from sheet_assets.sheets.contract import Column, SheetSource
from sheet_assets.warehouse.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sheet_assets.clients.google import GoogleClient
    from sheet_assets.clients.redshift import RedshiftClient, Session
    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.clients.table_load import Loaded
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.sheets.workbook import Workbook
    from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

WORKSHEET = "Sheet1"
SCHEMA = "whole_path"


def columns(text: str) -> tuple[Column, ...]:
    """The `columns` of a defs.yaml, as a person writes them."""
    return tuple(Column(**column) for column in yaml.safe_load(text))


@dataclass(frozen=True)
class Services:
    """The clients as assets get them, the sandbox they reach, and a connection to look with."""

    sandbox: Sandbox
    google: GoogleClient
    store: VersionStore
    redshift: RedshiftClient
    iam_role: str
    session: Session


@dataclass
class WholePath:
    """A spreadsheet and a table that no other test has, and the way from one to the other."""

    services: Services
    folder: Path
    name: str = field(default_factory=lambda: f"t_{uuid.uuid4().hex[:12]}")

    def __post_init__(self) -> None:
        self.workbook: Workbook = self.drive.create_spreadsheet("Answers", owner=PERSON)
        self.drive.share(self.workbook.spreadsheet_id, SERVICE_ACCOUNT)

    @property
    def drive(self) -> Drive:
        """Where the spreadsheet is shared, and deleted."""
        return self.services.sandbox.google.drive

    @property
    def worksheet(self) -> Worksheet:
        """The tab that is loaded."""
        return self.workbook.worksheet(WORKSHEET)

    def put(self, rows: Sequence[Sequence[Any]]) -> None:
        """Let the tab hold these rows and nothing else."""
        self.worksheet.clear(self.worksheet.grid)
        self.worksheet.set_values(rows, grow=True, by=PERSON)

    def load(self, contract: Sequence[Column], **fields: Any) -> Loaded:
        """Read the tab, store its version, and load it; `fields` are more of the SheetSource."""
        place = {} if {"named_range", "sheets_table"} & set(fields) else {"worksheet": WORKSHEET}
        source = SheetSource(
            name=self.name,
            columns=tuple(contract),
            **{"spreadsheet_id": self.workbook.spreadsheet_id, **place, **fields},
        )
        read = read_sheet(self.services.google, source, self.folder).version
        stored = self.services.store.put(read.snapshot, self.folder)
        return load_snapshot(
            self.services.redshift,
            Target(SCHEMA, self.name, source.columns),
            read.snapshot,
            read.reading,
            manifest_url=stored.manifest_url,
            iam_role=self.services.iam_role,
        )

    def rows(self) -> list[tuple[Any, ...]]:
        """What stands in the table, in no order."""
        return self.services.session.query(f"SELECT * FROM {SCHEMA}.{self.name}")

    def records(self) -> list[tuple[Any, ...]]:
        """What the control table says of it, the oldest load first."""
        return self.services.session.query(
            "SELECT * FROM sheet_assets.loads WHERE table_schema = %(schema)s "
            "AND table_name = %(table)s ORDER BY loaded_at",
            {"schema": SCHEMA, "table": self.name},
        )


@pytest.fixture(scope="module")
def services(
    running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """Clients that a whole module shares; all that they need was resolved when they were made."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in running_sandbox.settings.items():
                if value:
                    patch.setenv(name, value)
                else:
                    patch.delenv(name, raising=False)
            patch.setenv("SHEET_ASSETS_STATE_DIR", str(tmp_path_factory.mktemp("state")))
            patch.setenv("SHEET_ASSETS_READS_PER_MINUTE", "100000")
            patch.setenv("SHEET_ASSETS_WRITES_PER_MINUTE", "100000")
            patch.setenv("SHEET_ASSETS_RETRY_SECONDS", "2")
            redshift = Redshift().client()
            made = Services(
                running_sandbox,
                stack.enter_context(GoogleSheets(credentials=GoogleCredentials()).client()),
                S3Versions(credentials=AwsCredentials()).store(),
                redshift,
                Redshift().iam_role(),
                stack.enter_context(redshift.session()),
            )
        yield made


@pytest.fixture
def path(services: Services, tmp_path: Path) -> WholePath:
    """An empty spreadsheet, and no table yet."""
    return WholePath(services, tmp_path)
