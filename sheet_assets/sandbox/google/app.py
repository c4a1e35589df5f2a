"""The HTTP side of the server: requests to calls, answers and errors to JSON."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from starlette.requests import Request
from starlette.responses import Response

from sheet_assets.sandbox.google.call import Call
from sheet_assets.sandbox.google.drive import routes as drive_routes
from sheet_assets.sandbox.google.errors import (
    GoogleError,
    InternalError,
    PermissionDeniedError,
    UnauthenticatedError,
    UnimplementedError,
)
from sheet_assets.sandbox.google.oauth import answer_token_request
from sheet_assets.sandbox.google.page import routes as page_routes
from sheet_assets.sandbox.google.request_log import LoggedRequest
from sheet_assets.sandbox.google.sheets import routes as sheets_routes

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from sheet_assets.sandbox.google.accounts import Accounts
    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.drive.routes import DriveRoute
    from sheet_assets.sandbox.google.request_log import RequestLog
    from sheet_assets.sandbox.google.sheets.routes import SheetsRoute

LOGGER = logging.getLogger(__name__)
SMALLEST_GZIPPED_BYTES = 1024

_ROUTES: tuple[SheetsRoute | DriveRoute, ...] = (*sheets_routes.ROUTES, *drive_routes.ROUTES)
_ALLOWED_LOCATIONS = "/v1/projects/-/serviceAccounts/"


class App:
    """The ASGI application; the work of a request is done in a thread of its own."""

    def __init__(self, accounts: Accounts, drive: Drive, requests: RequestLog) -> None:
        self.accounts = accounts
        self.drive = drive
        self.requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        body = await request.body()
        response = await asyncio.to_thread(self._respond, request, body)
        await response(scope, receive, send)

    def _respond(self, request: Request, body: bytes) -> Response:
        # The raw path: a colon that was sent percent-encoded belongs to a range.
        path = request.scope["raw_path"].decode("utf-8", "replace")
        query = request.scope["query_string"].decode("utf-8", "replace")
        if path == "/_sandbox/requests" and request.method == "GET":
            log = [entry._asdict() for entry in self.requests]
            return _json_response(request, 200, {"requests": log})
        if (answered := page_routes.respond(request, path, self.accounts)) is not None:
            return answered
        try:
            status, answer = self._answer(request, path, query, body)
        except GoogleError as exc:
            status = exc.code
            answer = exc.drive_body() if path.startswith("/drive/") else exc.sheets_body()
        except Exception as exc:
            LOGGER.exception("%s %s", request.method, path)
            error = InternalError(f"the sandbox failed: {type(exc).__name__}: {exc}")
            status, answer = error.code, error.sheets_body()
        self.requests.append(LoggedRequest(request.method, path, query, status))
        return _json_response(request, status, answer)

    def _answer(
        self, request: Request, path: str, query: str, body: bytes
    ) -> tuple[int, dict[str, Any]]:
        if path == "/token" and request.method == "POST":
            return answer_token_request(self.accounts, body)
        if path.startswith(_ALLOWED_LOCATIONS) and path.endswith("/allowedLocations"):
            # google-auth asks this in the background whatever one does.
            return 200, {"locations": [], "encodedLocations": "0x0"}
        for route in _ROUTES:
            match = route.path.fullmatch(path) if route.method == request.method else None
            if match is None:
                continue
            if request.headers.get("content-encoding"):
                raise UnimplementedError("compressed request bodies")
            email = self._caller(request, route.scopes)
            parts = {name: unquote(part) for name, part in match.groupdict().items()}
            parameters = parse_qs(query, keep_blank_values=True)
            return 200, route.answer(Call(parts, parameters, body, email), self.drive)
        raise UnimplementedError(f"{request.method} {path}")

    def _caller(self, request: Request, scopes: frozenset[str]) -> str:
        """The e-mail of the account whose access token the request carries."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if not text:
            raise UnauthenticatedError(
                "Request is missing required authentication credential. " + _CREDENTIAL_HELP,
                reason="required",
                location="Authorization",
            )
        token = self.accounts.token(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise UnauthenticatedError(
                "Request had invalid authentication credentials. " + _CREDENTIAL_HELP,
                location="Authorization",
            )
        if not token.scopes & scopes:
            raise PermissionDeniedError(
                "Request had insufficient authentication scopes.",
                reason="insufficientPermissions",
                details=[
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                        "domain": "googleapis.com",
                    }
                ],
            )
        return token.email


_CREDENTIAL_HELP = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project."
)


def _json_response(request: Request, status: int, answer: dict[str, Any]) -> Response:
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    content = text.encode("utf-8", "replace")
    headers = {"content-type": "application/json; charset=UTF-8", "vary": "Accept-Encoding"}
    accepted = request.headers.get("accept-encoding", "")
    if len(content) > SMALLEST_GZIPPED_BYTES and "gzip" in accepted:
        content = gzip.compress(content, compresslevel=1)
        headers["content-encoding"] = "gzip"
    if status == 401:
        headers["www-authenticate"] = 'Bearer realm="https://accounts.google.com/"'
    return Response(content, status, headers)
