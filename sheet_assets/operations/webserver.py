"""The Dagster webserver: questions to it as GraphQL, and its refusals as sentences."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth

from sheet_assets import settings
from sheet_assets.clients import secrets
from sheet_assets.errors import OperationsError, SettingError, WebserverUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "SHEET_ASSETS_WEBSERVER_URL"
USER = "SHEET_ASSETS_WEBSERVER_USER"
PASSWORD = "SHEET_ASSETS_WEBSERVER_PASSWORD"  # noqa: S105 - a setting's name
TOKEN = "SHEET_ASSETS_WEBSERVER_TOKEN"  # noqa: S105 - a setting's name

_QUERIES = resources.files("sheet_assets.operations") / "queries"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# A question reads the instance's storage; a launch may wait for the code location besides.
_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 60
_UNAVAILABLE = {502, 503, 504}
_SENTENCE_CHARACTERS = 500


class Webserver:
    """A running webserver at `url`, asked as `user` or with a token, where it asks for a login."""

    def __init__(
        self,
        url: str,
        user: str | None = None,
        password: str | None = None,
        token: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        # What a browser shows, or what docs call the endpoint, is meant just as well.
        self.url = self.url.removesuffix("/graphql").rstrip("/")
        self.now = time.time()
        self._session = requests.Session()
        self._user = user if token is None else "this token"
        if user is not None:
            # As UTF-8: requests itself would encode text as Latin-1.
            self._session.auth = HTTPBasicAuth(user.encode(), (password or "").encode())
        elif token is not None:
            self._session.auth = _bearer(token)
        # A proxy of the environment cannot reach our loopback.
        self._session.trust_env = urlsplit(self.url).hostname not in _LOOPBACK

    def ask(
        self, query: str, *, answer_seconds: float = _ANSWER_SECONDS, **variables: Any
    ) -> dict[str, Any]:
        """The data that `queries/<query>.graphql` asks for, by its fields' names.

        Afterwards `now` is the webserver's own clock, in seconds since 1970: what it tells is
        as old as that clock says, whatever ours says.

        Raises:
            WebserverUnavailableError: nobody answers there, or not now.
            OperationsError: it refuses, or is no Dagster webserver.
        """
        text = query_text(query)
        try:
            answer = self._session.post(
                f"{self.url}/graphql",
                json={"query": text, "variables": variables},
                timeout=(_CONNECT_SECONDS, answer_seconds),
                allow_redirects=False,
            )
        except requests.Timeout as error:
            raise WebserverUnavailableError(
                f"The Dagster webserver at {self.url} did not answer in time. Its storage may be "
                "busy or gone; see its log."
            ) from error
        except requests.RequestException as error:
            raise WebserverUnavailableError(
                f"No Dagster webserver can be reached at {self.url} ({_cause(error)}). Start one "
                f"(`sheet-assets dev`, `dagster dev`), or say where it is: --url or {URL}."
            ) from error
        self.now = _clock(answer)
        return self._data(answer)

    def run_url(self, run_id: str) -> str:
        """Where people see a run."""
        return f"{self.url}/runs/{run_id}"

    def _data(self, answer: requests.Response) -> dict[str, Any]:
        self._check_status(answer)
        try:
            said = answer.json()
        except requests.JSONDecodeError:
            said = None
        if not isinstance(said, dict) or not {"data", "errors"} & said.keys():
            raise OperationsError(
                f"What answers at {self.url} is no Dagster webserver: {self.url}/graphql gave "
                f"HTTP {answer.status_code}, {answer.headers.get('content-type', 'no type')}. "
                f"Correct --url or {URL}."
            )
        if said.get("errors"):
            # A webserver of another version may lack a field, or have it under another name.
            problems = dict.fromkeys(_short(error.get("message", "")) for error in said["errors"])
            raise OperationsError(f"Dagster could not answer: {'; '.join(problems)}")
        data: dict[str, Any] = said["data"]
        return data

    def _check_status(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status == 401:
            why = _said(answer) or "wrong user, password or token."
            raise OperationsError(
                f"The Dagster webserver at {self.url} does not let {self._user} in: {why} Correct "
                f"{USER} and {PASSWORD}, or {TOKEN}."
                if self._user
                else f"The Dagster webserver at {self.url} asks for a login. Set {USER} and "
                f"{PASSWORD}, or {TOKEN}."
            )
        if status == 403:
            raise OperationsError(
                f"The Dagster webserver at {self.url} forbids this "
                f"{f'to {self._user}' if self._user else 'without a login'} (HTTP 403). Ask with a "
                f"user who may ({USER}, {PASSWORD})."
            )
        if status == 429:
            raise WebserverUnavailableError(
                f"The Dagster webserver at {self.url} does not look at a login now. "
                f"{_said(answer) or 'Try again later.'}"
            )
        if 300 <= status < 400:
            raise OperationsError(
                f"{self.url} redirects to {answer.headers.get('location', 'nowhere')}. If that is "
                f"the Dagster webserver, set --url or {URL} to it; if it is a login page, ask the "
                "webserver behind it."
            )
        if status in _UNAVAILABLE:
            raise WebserverUnavailableError(
                f"The Dagster webserver at {self.url} is not available now (HTTP {status}). "
                "Try again; see the log of the proxy before it, and its own."
            )


def query_text(query: str) -> str:
    """The text of `queries/<query>.graphql`."""
    return (_QUERIES / f"{query}.graphql").read_text(encoding="utf-8")


def connected(url: str | None = None) -> Webserver:
    """The webserver at `url`, else where the settings say; nothing is sent yet.

    Raises:
        SettingError: that is no address, it holds a password, or half a login or two are set.
    """
    where = f"{URL} is" if url is None else "--url is"
    address = settings.require(URL) if url is None else url
    parts = urlsplit(address)
    if "@" in parts.netloc:
        # Settings are listed, and addresses are printed: neither may show a password.
        raise SettingError(
            f"{where} an address with a login in it. Leave the login out, and set {USER} and "
            f"{PASSWORD}."
        )
    if parts.scheme not in {"http", "https"} or not _host(address):
        raise SettingError(
            f"{where} {address!r}; it must be an address such as http://127.0.0.1:3000."
        )
    user, token = settings.get(USER), secrets.get(TOKEN)
    if user and token:
        raise SettingError(f"{USER} and {TOKEN} are both set. Set one login, not both.")
    password = secrets.get(PASSWORD)
    if user and not password:
        raise SettingError(f"{USER} is set, and {PASSWORD} is not. Set both, or neither.")
    return Webserver(address, user, password, token)


def one_of(answer: dict[str, Any], *expected: str) -> dict[str, Any]:
    """The answer, when its type is one of the expected ones.

    Raises:
        OperationsError: it is another: what Dagster says of it.
    """
    kind = answer.get("__typename", "")
    if kind in expected:
        return answer
    if kind == "UnauthorizedError":
        raise OperationsError(
            "The webserver does not allow this: it is read-only, or read-only for this user."
        )
    said = answer.get("message") or "; ".join(
        error.get("message", "") for error in answer.get("errors", [])
    )
    raise OperationsError(f"Dagster refused: {_short(said) or kind}")


def _bearer(token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


def _said(answer: requests.Response) -> str:
    """The sentence of `sheet-assets serve`; empty where another webserver answers."""
    try:
        return _short(answer.json()["error"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _host(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


def _clock(answer: requests.Response) -> float:
    """The time of the webserver's host, to the second; ours where it does not tell."""
    try:
        return max(parsedate_to_datetime(answer.headers["date"]).timestamp(), 0.0)
    except (KeyError, ValueError):
        return time.time()


def _cause(error: requests.RequestException) -> str:
    """The innermost reason, `Connection refused`, without Python's names around it."""
    inner: BaseException = error
    while (nested := inner.__cause__ or inner.__context__) is not None:
        inner = nested
    return getattr(inner, "strerror", None) or str(inner)


def _short(said: str) -> str:
    text = " ".join(said.split())
    return text if len(text) <= _SENTENCE_CHARACTERS else f"{text[: _SENTENCE_CHARACTERS - 1]}…"
