"""The HTTP beneath Google's APIs: where it goes, who asks, how often, and again after a failure."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import gspread
import orjson
import requests
import requests.adapters
import tenacity
from google.auth.exceptions import RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.service_account import Credentials

from sheet_assets.clients.application_default import ApplicationDefault
from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sheet_assets.clients.quota import Quota

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive.readonly",
)
# Sheets ends a request of its own after 180 s (connect, read).
TIMEOUT_SECONDS = (10, 190)
_JSON = {"content-type": "application/json; charset=UTF-8"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_TRANSIENT_STATUS = {408, 429, 500, 502, 503, 504}
# Drive sends these with a 403.
QUOTA_REASONS = {"userRateLimitExceeded", "rateLimitExceeded"}


class Redirect(requests.adapters.HTTPAdapter):
    """Sends requests for any of Google's hosts to one endpoint, path and query unchanged."""

    def __init__(self, endpoint: str) -> None:
        self._scheme, self._host = urlsplit(endpoint)[:2]
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Send the request to the endpoint."""
        parts = urlsplit(request.url or "")
        request.url = urlunsplit((self._scheme, self._host, *parts[2:]))
        return super().send(request, *args, **kwargs)


def credentials(account: Mapping[str, Any] | ApplicationDefault) -> Credentials:
    """The credentials, with no access token yet.

    Raises:
        SettingError: the JSON is no service account's key.
    """
    if isinstance(account, ApplicationDefault):
        return account.credentials  # type: ignore[no-any-return]  # as below
    try:
        return _checked(json.dumps(account)).with_scopes(SCOPES)  # type: ignore[no-any-return]  # google-auth has no types
    except ValueError as error:
        raise SettingError(
            f"The service account's key is not usable: {error}. Download a JSON key of the "
            "service account again (Google Cloud console, IAM, Service accounts, Keys)."
        ) from error


def email_of(account: Mapping[str, Any] | ApplicationDefault) -> str:
    """The address that spreadsheets are shared with."""
    if isinstance(account, ApplicationDefault):
        return account.email
    return str(account.get("client_email", "the service account"))


@lru_cache(maxsize=4)
def _checked(service_account: str) -> Credentials:
    """Of the key's JSON. To check an RSA key takes 90 ms of CPU, more than the rest of a tick."""
    return Credentials.from_service_account_info(json.loads(service_account))  # type: ignore[no-any-return, no-untyped-call]  # as above


class GoogleHTTPClient(gspread.HTTPClient):
    """gspread's HTTP client with a quota, retries and a total budget.

    gspread's own BackOffHTTPClient never gives up: on a permanent 503 it went on for 380
    requests. Only requests that may be sent twice go through here.
    """

    def __init__(
        self, account: Credentials, *, endpoint: str | None, quota: Quota, retry_seconds: float
    ) -> None:
        self._for_tokens = requests.Session()
        signed_in = AuthorizedSession(account, auth_request=Request(self._for_tokens))  # type: ignore[no-untyped-call]  # google-auth has no types
        if endpoint:
            for session in (self._for_tokens, signed_in):
                session.mount("https://", Redirect(endpoint))
                # A proxy of the environment cannot reach our loopback.
                session.trust_env = urlsplit(endpoint).hostname not in _LOOPBACK
        self.server_time: dt.datetime | None = None
        for session in (self._for_tokens, signed_in):
            session.hooks["response"].append(self._note_time)
        super().__init__(account, signed_in)
        self.set_timeout(TIMEOUT_SECONDS)
        self.api_calls = 0
        self._quota = quota
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(is_transient),
            wait=tenacity.wait_random_exponential(multiplier=0.5, max=60),
            stop=tenacity.stop_before_delay(retry_seconds),
            reraise=True,
        )

    def call(
        self,
        method: str,
        endpoint: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """One request, again while that may help; the parsed JSON of the answer.

        Raises:
            gspread.exceptions.APIError: Google refused it, or kept failing.
            requests.RequestException, google.auth.exceptions.GoogleAuthError: no answer came.
        """
        return self._retrying(self._call_once, method, endpoint, params, body)

    def close(self) -> None:
        """Close the connections."""
        self.session.close()
        self._for_tokens.close()

    def _note_time(self, response: requests.Response, **_: Any) -> None:
        """Keep what the time is at Google, also when a token is refused because ours is another."""
        if "Date" in response.headers:
            self.server_time = parsedate_to_datetime(response.headers["Date"])

    def _call_once(
        self,
        method: str,
        endpoint: str,
        params: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
    ) -> Any:
        if urlsplit(endpoint).hostname == "sheets.googleapis.com":
            self._quota.acquire("read" if method == "get" else "write")
        self.api_calls += 1
        response = self.session.request(
            method,
            endpoint,
            params=dict(params or {}),
            data=None if body is None else orjson.dumps(body),
            headers=None if body is None else _JSON,
            timeout=self.timeout,
        )
        if not response.ok:
            raise RefusedError(response)
        return orjson.loads(response.content)


class RefusedError(gspread.exceptions.APIError):
    """gspread's error, also of an answer in another form than Google's: a proxy's JSON."""

    def __init__(self, response: requests.Response) -> None:
        try:
            super().__init__(response)
        except (LookupError, TypeError):
            # As gspread does it for an answer that is no JSON.
            self.error = {"code": -1, "message": response.text}
            self.code = -1


def is_transient(error: BaseException) -> bool:
    """Whether the same request may work later."""
    if isinstance(error, gspread.exceptions.APIError):
        return error.response.status_code in _TRANSIENT_STATUS or bool(
            reasons(error) & QUOTA_REASONS
        )
    if isinstance(error, RefreshError):
        # A refusal is JSON, kept as the second argument; a page of HTML is no refusal,
        # though google-auth takes a 502 with one for final.
        return bool(error.retryable) or not (
            len(error.args) > 1 and isinstance(error.args[1], dict)
        )
    # A body that is no JSON was cut off on its way.
    return isinstance(error, TransportError | requests.RequestException | json.JSONDecodeError)


def reasons(error: gspread.exceptions.APIError) -> set[str]:
    """Drive's reasons, such as storageQuotaExceeded, and Google's ErrorInfo ones."""
    details = (*error.error.get("errors", ()), *error.error.get("details", ()))
    return {detail["reason"] for detail in details if "reason" in detail}
