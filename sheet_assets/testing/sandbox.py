"""A sandbox as one test sees it: empty, with helpers to fill it and to look into it."""

from __future__ import annotations

import json
import uuid
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import boto3
import gspread
import psycopg2
import requests
from botocore.config import Config
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials

from sheet_assets import settings, settings_file
from sheet_assets.clients.google_http import Redirect
from sheet_assets.errors import SandboxError
from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT
from sheet_assets.sandbox.seed import SeedTable, seed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sheet_assets.sandbox import Sandbox

# Nobody is told of the runs of a test.
_INSTANCE = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"
_SCHEMAS = "SELECT nspname FROM pg_namespace"


class SheetAssetsSandbox:
    """What the fixture `sheet_assets_sandbox` gives.

    `settings` are the settings of its services by name, `environment` what a process needs to
    use them: this one has it, and so have the processes that a test starts. Spreadsheets, and
    schemas in Redshift, are gone after the test; its objects have a prefix of their own in S3.
    """

    service_account = SERVICE_ACCOUNT

    def __init__(self, servers: Sandbox, folder: Path) -> None:
        self.servers = servers
        home = folder / "dagster_home"
        home.mkdir()
        (home / "dagster.yaml").write_text(_INSTANCE)
        self.settings: Mapping[str, str] = {
            **servers.settings,
            "DAGSTER_HOME": str(home),
            "SHEET_ASSETS_STATE_DIR": str(home),
            "SHEET_ASSETS_S3_PREFIX": uuid.uuid4().hex,
        }
        # Dagster's commands load ./.env over the environment; the file comes before both.
        file = folder / "settings.env"
        settings_file.write(file, self.settings)
        self.environment: Mapping[str, str] = {**self.settings, settings.SETTINGS_FILE: str(file)}
        key = Path(self.settings["GOOGLE_APPLICATION_CREDENTIALS"]).read_text()
        self._keys: dict[str, Any] = {SERVICE_ACCOUNT: json.loads(key)}
        self._stack = ExitStack()

    def put(
        self,
        spreadsheet_id: str,
        *rows: Sequence[bool | float | str | None],
        worksheet: str = "Sheet1",
        shared: bool = True,
    ) -> None:
        """Make these the rows of a worksheet, the header first, as a person would.

        Spreadsheet and worksheet are made where they are missing; a new spreadsheet is shared
        with the service account, if it is to be.
        """
        drive = self.servers.google.drive
        with suppress(SandboxError):
            before = drive.workbook(spreadsheet_id).worksheet(worksheet)
            before.clear(before.grid)
        table = SeedTable(spreadsheet_id, worksheet, rows)
        seed(self.servers.google, table, share_with=[SERVICE_ACCOUNT] * shared, by=PERSON)

    def share(self, spreadsheet_id: str, role: str = "writer", email: str | None = None) -> None:
        """Let an account, by default the service account, read or write a spreadsheet.

        Raises:
            SandboxError: there is no such spreadsheet or role.
        """
        self.servers.google.drive.share(spreadsheet_id, email or SERVICE_ACCOUNT, role)

    def unshare(self, spreadsheet_id: str, email: str | None = None) -> None:
        """Take that away again.

        Raises:
            SandboxError: there is no such spreadsheet.
        """
        self.servers.google.drive.unshare(spreadsheet_id, email or SERVICE_ACCOUNT)

    def gspread(self, email: str = PERSON) -> gspread.Client:
        """A client of gspread, of the person who made the spreadsheets or of another account."""
        if email not in self._keys:
            # A second key of an account would end its first.
            self._keys[email] = self.servers.google.add_service_account(email)
        account = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]  # google-auth has no types
            self._keys[email], scopes=gspread.auth.DEFAULT_SCOPES
        )
        for_tokens = self._stack.enter_context(requests.Session())
        signed_in = AuthorizedSession(account, auth_request=Request(for_tokens))  # type: ignore[no-untyped-call]  # as above
        for session in (for_tokens, self._stack.enter_context(signed_in)):
            session.mount("https://", Redirect(self.servers.google.url))
            # A proxy of the environment cannot reach our loopback.
            session.trust_env = False
        return gspread.Client(account, signed_in)

    def s3(self) -> Any:
        """boto3's client of S3; the bucket is `settings["SHEET_ASSETS_S3_BUCKET"]`."""
        client = boto3.client(
            "s3",
            endpoint_url=self.settings["AWS_ENDPOINT_URL_S3"],
            aws_access_key_id=self.settings["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.settings["AWS_SECRET_ACCESS_KEY"],
            region_name=self.settings["AWS_REGION"],
            config=Config(proxies={}),
        )
        self._stack.callback(client.close)
        return client

    def connect(self) -> Any:
        """psycopg2's connection to Redshift, in autocommit mode."""
        connection = psycopg2.connect(
            host=self.settings["REDSHIFT_HOST"],
            port=self.settings["REDSHIFT_PORT"],
            dbname=self.settings["REDSHIFT_DATABASE"],
            user=self.settings["REDSHIFT_USER"],
            password=self.settings["REDSHIFT_PASSWORD"],
            sslmode=self.settings["REDSHIFT_SSLMODE"],
            sslrootcert=self.settings["REDSHIFT_SSLROOTCERT"],
        )
        connection.autocommit = True
        return self._stack.enter_context(closing(connection))

    def __enter__(self) -> Self:
        """Remember what is there already."""
        self._schemas = self._schemas_now()
        return self

    def __exit__(self, *exception: object) -> None:
        """Close what the test has opened, and remove what it has made or let go wrong."""
        for server in (self.servers.google, self.servers.s3, self.servers.redshift):
            server.faults.clear()
            server.observer = None
        self._stack.close()
        drive = self.servers.google.drive
        for spreadsheet_id in list(drive.files):
            drive.delete(spreadsheet_id)
        self._drop(self._schemas_now() - self._schemas)
        self._stack.close()

    def _schemas_now(self) -> set[str]:
        with self.connect().cursor() as cursor:
            cursor.execute(_SCHEMAS)
            return {name for (name,) in cursor.fetchall() if not name.startswith("pg_")}

    def _drop(self, schemas: set[str]) -> None:
        with self.connect().cursor() as cursor:
            # Whoever still reads in a transaction would keep us waiting for ever.
            cursor.execute("SET statement_timeout TO 10000")
            for schema in sorted(schemas):
                quoted = '"' + schema.replace('"', '""') + '"'
                cursor.execute(f"DROP SCHEMA {quoted} CASCADE")
