"""The HTTP side of the server: requests to calls, answers and errors to JSON."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sheet_assets.sandbox.google.accounts import PERSON, PROJECT_NUMBER
from sheet_assets.sandbox.google.call import Call, Content
from sheet_assets.sandbox.google.control import PREFIX, Control
from sheet_assets.sandbox.google.drive import routes as drive_routes
from sheet_assets.sandbox.google.errors import (
    GoogleError,
    InternalError,
    PermissionDeniedError,
    QuotaExceededError,
    UnauthenticatedError,
    UnimplementedError,
)
from sheet_assets.sandbox.google.fault_responses import HANGING_UP, faulty_response
from sheet_assets.sandbox.google.limits import Quota
from sheet_assets.sandbox.google.oauth import answer_token_request
from sheet_assets.sandbox.google.page import routes as page_routes
from sheet_assets.sandbox.google.request_log import LoggedRequest
from sheet_assets.sandbox.google.sheets import routes as sheets_routes
from sheet_assets.sandbox.http_faults import APPLYING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from sheet_assets.sandbox.crossing import Crossings
    from sheet_assets.sandbox.google.accounts import Accounts
    from sheet_assets.sandbox.google.call import Answer
    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.drive.routes import DriveRoute
    from sheet_assets.sandbox.google.request_log import RequestLog
    from sheet_assets.sandbox.google.sheets.routes import AcrossRoute, SheetsRoute
    from sheet_assets.sandbox.http_faults import Fault, Faults

LOGGER = logging.getLogger(__name__)
SMALLEST_GZIPPED_BYTES = 1024

_ROUTES: tuple[SheetsRoute | AcrossRoute | DriveRoute, ...] = (
    *sheets_routes.ROUTES,
    *drive_routes.ROUTES,
)
_ALLOWED_LOCATIONS = "/v1/projects/-/serviceAccounts/"


class App:
    """The ASGI application; the work of a request is done in a thread of its own."""

    def __init__(
        self,
        accounts: Accounts,
        drive: Drive,
        requests: RequestLog,
        faults: Faults,
        crossings: Crossings,
    ) -> None:
        self.accounts = accounts
        self.drive = drive
        self.requests = requests
        self.faults = faults
        self.crossings = crossings
        self.quota = Quota()
        self.control = Control(drive, requests, faults, self.quota)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, unless a fault has something else in store for it."""
        request = Request(scope, receive)
        body = await request.body()
        # The raw path: a colon that was sent percent-encoded belongs to a range.
        path = scope["raw_path"].decode("utf-8", "replace")
        if path.startswith(PREFIX):
            # A page of another site could send a POST here, which a browser then says.
            if request.headers.get("origin") is not None:
                await Response(status_code=403)(scope, receive, send)
                return
            status, told = await asyncio.to_thread(self.control.answer, request.method, path, body)
            await _json_response(request, status, told)(scope, receive, send)
            return
        fault = self.faults.take(request.method, path)
        if fault is not None and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        response = await asyncio.to_thread(self._respond, request, path, body, fault)
        if fault is not None and fault.kind in HANGING_UP:
            await _hang_up(response, fault, send)
        else:
            await response(scope, receive, send)

    def _respond(self, request: Request, path: str, body: bytes, fault: Fault | None) -> Response:
        query = request.scope["query_string"].decode("utf-8", "replace")
        if (page := page_routes.respond(request, path, self.accounts)) is not None:
            return page
        crossing = f"{request.method} {path}"
        self.crossings.tell(crossing, "before")
        if fault is not None and fault.kind == "expired token":
            self.accounts.expire_tokens()
        answer: Any = None
        status = 0
        if fault is None or fault.kind in APPLYING:
            status, answer = self._answered(request, path, query, body)
            if status < 400:
                self.crossings.tell(crossing, "after")
        if fault is not None and fault.kind in HANGING_UP:
            self.requests.append(LoggedRequest(request.method, path, query, 0))
            return _response(request, status, answer)
        response = faulty_response(fault, request.method, path) if fault is not None else None
        if response is None:
            response = _response(request, status, answer)
        self.requests.append(LoggedRequest(request.method, path, query, response.status_code))
        return response

    def _answered(self, request: Request, path: str, query: str, body: bytes) -> tuple[int, Answer]:
        try:
            return self._answer(request, path, query, body)
        except GoogleError as exc:
            is_drive = path.startswith(("/drive/", "/upload/drive/"))
            return exc.code, exc.drive_body() if is_drive else exc.sheets_body()
        except Exception as exc:
            LOGGER.exception("%s %s", request.method, path)
            error = InternalError(f"the sandbox failed: {type(exc).__name__}: {exc}")
            return error.code, error.sheets_body()

    def _answer(self, request: Request, path: str, query: str, body: bytes) -> tuple[int, Answer]:
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
            if route.quota is not None:
                self._check_quota(email, route.quota)
            parts = {name: unquote(part) for name, part in match.groupdict().items()}
            parameters = parse_qs(query, keep_blank_values=True)
            answer = route.answer(Call(parts, parameters, body, email), self.drive)
            return (204 if answer is None else 200), answer
        raise UnimplementedError(f"{request.method} {path}")

    def _check_quota(self, email: str, kind: str) -> None:
        if email == PERSON:
            # Who types into the page is no client of any project.
            return
        refused = self.quota.take(email, kind, self.drive.limits)
        if refused is not None:
            scope, most = refused
            raise QuotaExceededError.of(kind, scope, most, PROJECT_NUMBER)

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


async def _hang_up(response: Response, fault: Fault, send: Send) -> None:
    """Close the connection: without an answer, or in the middle of one."""
    if fault.kind == "truncate":
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": response.raw_headers,
            }
        )
        half = bytes(response.body)[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
    # ASGI has no word for this; uvicorn's `send` is a method of what holds the connection.
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.close() if fault.kind == "truncate" else cycle.transport.abort()
    # Until uvicorn has noticed, which happens in the next turn of its loop.
    await asyncio.sleep(0.01)


def _response(request: Request, status: int, answer: Answer) -> Response:
    if answer is None:
        return Response(status_code=status or 204)
    if isinstance(answer, Content):
        return Response(answer.body, status, {"content-type": answer.media_type})
    return _json_response(request, status, answer)


def _json_response(request: Request, status: int, answer: dict[str, Any]) -> Response:
    try:
        content = orjson.dumps(answer)
    except orjson.JSONEncodeError:
        # Half a surrogate pair, which a client may write and no UTF-8 can hold.
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
