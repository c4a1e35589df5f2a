"""Google's credentials and APIs as Dagster resources."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field, PrivateAttr

from sheet_assets import settings
from sheet_assets.clients import secrets
from sheet_assets.clients.application_default import ApplicationDefault, application_default
from sheet_assets.clients.google import GoogleClient
from sheet_assets.clients.google_http import SCOPES, email_of
from sheet_assets.clients.sheet_reading import Fetched, fetch
from sheet_assets.errors import SettingError, SheetUnavailableError
from sheet_assets.resources.shared_state import export_locks, google_quota
from sheet_assets.sheets.contract import SheetSource


class GoogleCredentials(dg.ConfigurableResource):  # type: ignore[type-arg]  # as Dagster documents it
    """The service account that reads and writes sheets.

    Its key comes from GOOGLE_APPLICATION_CREDENTIALS (a file) or GOOGLE_SERVICE_ACCOUNT_JSON,
    when a connection opens; without either, application-default credentials are used, where this
    machine has some. It is no field, since fields are shown in the UI.
    """

    endpoint: str = Field(
        default="", description="Where all of Google's hosts are; empty: GOOGLE_API_ENDPOINT."
    )

    def account(self) -> dict[str, Any] | ApplicationDefault:
        """The parsed JSON key, or the application-default credentials.

        Raises:
            SettingError: there are neither, or what is set cannot be read.
        """
        key = self.service_account()
        if key is not None:
            return key
        # google-auth reads the environment, where a settings file wants nothing to be read.
        kept_away = settings.is_kept_away("GOOGLE_APPLICATION_CREDENTIALS")
        found = None if kept_away else application_default(SCOPES)
        if found is None:
            raise SettingError(
                "No Google service account is set. Put the path of its JSON key into "
                "GOOGLE_APPLICATION_CREDENTIALS, or the JSON into GOOGLE_SERVICE_ACCOUNT_JSON "
                "(see .env.example)."
            )
        return found

    def service_account(self) -> dict[str, Any] | None:
        """The parsed JSON key; None where none is set.

        Raises:
            SettingError: it cannot be read, or is no key.
        """
        text = secrets.get("GOOGLE_SERVICE_ACCOUNT_JSON")
        source = "GOOGLE_SERVICE_ACCOUNT_JSON"
        named = settings.get("GOOGLE_APPLICATION_CREDENTIALS")
        if text is None and named:
            source = f"GOOGLE_APPLICATION_CREDENTIALS ({named})"
            try:
                text = Path(named).read_text()
            except OSError as error:
                raise SettingError(f"{source} cannot be read: {error.strerror}.") from error
        if text is None:
            return None
        try:
            key = json.loads(text)
        except ValueError as error:
            raise SettingError(f"{source} is no JSON: {error}.") from error
        if not isinstance(key, dict) or "client_email" not in key:
            raise SettingError(
                f"{source} is not the key of a service account: it has no client_email. "
                "Download a JSON key (Google Cloud console, IAM, Service accounts, Keys)."
            )
        return key

    def api_endpoint(self) -> str | None:
        """Where Google's hosts are, None at Google."""
        return self.endpoint or settings.get("GOOGLE_API_ENDPOINT")


class GoogleSheets(dg.ConfigurableResource):  # type: ignore[type-arg]  # as Dagster documents it
    """Google Sheets and Drive, as the service account."""

    credentials: GoogleCredentials
    # What was read together with another sheet, until its own step takes it: a run has one
    # resource of its own where its steps share a process.
    _waiting: dict[str, Fetched] = PrivateAttr(default_factory=dict)
    _read: set[str] = PrivateAttr(default_factory=set)

    def fetched(
        self, client: GoogleClient, source: SheetSource, siblings: Sequence[SheetSource]
    ) -> Fetched:
        """What stands in a sheet; its siblings in the spreadsheet are read with it, once a run.

        Raises:
            SheetError: the spreadsheet cannot be read.
        """
        if source.name not in self._waiting:
            also = [each for each in siblings if each.name not in self._read]
            found = fetch(client, [source], also=also)
            self._waiting.update(found)
            self._read.update(found)
        return self._waiting.pop(source.name)

    @contextmanager
    def alone(self, spreadsheet_id: str) -> Iterator[None]:
        """Exports into one spreadsheet go one after the other, also those of other processes.

        Of this host, or of all that share SHEET_ASSETS_POSTGRES_URL. An asset's pool does the
        same for the runs of an instance, not for commands.

        Raises:
            SheetUnavailableError: another export holds it for SHEET_ASSETS_RETRY_SECONDS.
            SharedStateUnavailableError: PostgreSQL, if it is to be asked, does not answer.
        """
        seconds = settings.number("SHEET_ASSETS_RETRY_SECONDS")
        with ExitStack() as stack:
            try:
                stack.enter_context(export_locks().held(f"exports/{spreadsheet_id}", seconds))
            except TimeoutError as error:
                raise SheetUnavailableError(
                    f"Another export into the spreadsheet {spreadsheet_id} has not ended within "
                    f"{seconds} s. The next run tries again."
                ) from error
            yield

    @contextmanager
    def client(self, *, most_retry_seconds: int | None = None) -> Iterator[GoogleClient]:
        """A client whose connections are closed in the end.

        `most_retry_seconds` is for callers that have less time than SHEET_ASSETS_RETRY_SECONDS.

        Raises:
            SettingError: the credentials or a limit are missing or malformed.
        """
        account = self.credentials.account()
        allowed = settings.number("SHEET_ASSETS_RETRY_SECONDS")
        retry_seconds = min(allowed, most_retry_seconds or allowed)
        client = GoogleClient(
            account,
            quota=google_quota(email_of(account), retry_seconds),
            endpoint=self.credentials.api_endpoint(),
            retry_seconds=retry_seconds,
        )
        try:
            yield client
        finally:
            client.close()
