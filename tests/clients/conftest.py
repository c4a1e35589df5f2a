from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from client_readings import Readings
from client_sheets import Export
from client_tables import Table, columns

from sheet_assets.clients.google import GoogleClient
from sheet_assets.clients.quota import QuotaLog
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import SERVICE_ACCOUNT
from sheet_assets.sandbox.google.drive.drive import OWNER
from sheet_assets.sheets.contract import Column, SheetSource
from sheet_assets.warehouse.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.clients.redshift import RedshiftClient
    from sheet_assets.clients.s3 import VersionStore
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Dagster reads a field of pydantic's that is deprecated, whenever a resource is made."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(
                pytest.mark.filterwarnings(
                    "ignore:The `__fields__` attribute:pydantic.PydanticDeprecatedSince20"
                )
            )


@pytest.fixture
def google(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleClient]:
    """The client as an asset gets it, with a quota that no test uses up."""
    monkeypatch.setenv("SHEET_ASSETS_READS_PER_MINUTE", "10000")
    monkeypatch.setenv("SHEET_ASSETS_WRITES_PER_MINUTE", "10000")
    with GoogleSheets(credentials=GoogleCredentials()).client() as client:
        yield client


@pytest.fixture
def redshift(sandbox: Sandbox) -> RedshiftClient:
    """The client as an asset gets it."""
    return Redshift().client()


@pytest.fixture
def store(sandbox: Sandbox) -> VersionStore:
    """The bucket as an asset gets it."""
    return S3Versions(credentials=AwsCredentials()).store()


@pytest.fixture
def connect(sandbox: Sandbox) -> Iterator[Callable[[], Any]]:
    """Opens psycopg2 connections beside the client's own; they are closed in the end."""
    opened = []

    def connected() -> Any:
        connection = psycopg2.connect(**Redshift().connection())
        connection.autocommit = True
        opened.append(connection)
        return connection

    yield connected
    for connection in opened:
        connection.close()


@pytest.fixture
def workbook(sandbox: Sandbox) -> Workbook:
    """A spreadsheet of this test's own, shared with the service account."""
    made = sandbox.google.drive.create_spreadsheet("NPS answers")
    sandbox.google.drive.share(made.spreadsheet_id, SERVICE_ACCOUNT)
    return made


@pytest.fixture
def table(redshift: RedshiftClient, store: VersionStore, tmp_path: Path) -> Callable[..., Table]:
    """Makes tables with names of their own; by default `id integer, comment varchar(40)`.

    Options are those of Target.
    """

    def made(contract: tuple[Column, ...] | None = None, **options: Any) -> Table:
        contract = contract or columns(id="integer!", comment="varchar(40)")
        name = f"t_{uuid.uuid4().hex[:12]}"
        source = SheetSource(
            name=name, spreadsheet_id="unused", worksheet="Responses", columns=contract
        )
        target = Target("clients_tests", name, contract, **options)
        return Table(target, source, redshift, store, tmp_path / name)

    return made


@pytest.fixture
def export(
    google: GoogleClient, workbook: Workbook, sandbox: Sandbox, tmp_path: Path
) -> Iterator[Export]:
    """Exports into a spreadsheet of this test's own."""
    owner = GoogleClient(
        sandbox.google.add_service_account(OWNER),
        quota=QuotaLog(tmp_path / "owner.sqlite", OWNER, {"read": 10_000, "write": 10_000}),
        endpoint=sandbox.google.url,
    )
    yield Export(google, workbook, owner)
    owner.close()


@pytest.fixture
def readings(
    google: GoogleClient, sandbox: Sandbox, workbook: Workbook, tmp_path: Path
) -> Readings:
    """Readings of a spreadsheet of this test's own."""
    return Readings(google, sandbox, workbook, tmp_path)
