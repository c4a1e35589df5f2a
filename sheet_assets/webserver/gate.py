"""The gate: every request passes it before Dagster's webserver sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from sheet_assets.webserver import origins
from sheet_assets.webserver.logins import Refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sheet_assets.webserver.health import HealthAnswer
    from sheet_assets.webserver.logins import Logins
    from sheet_assets.webserver.users import User

# Where a request's user stands in its scope.
USER = "sheet_assets.user"
_FRAMES = "frame-ancestors 'none'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": _FRAMES,
    "Cache-Control": "no-store",
}
_STATIC = ("/_next/", "/vendor/", "/favicon")


class Gate:
    """An ASGI application before another: health, origin, login, then the other with its user.

    Whatever the transport, the other finds the request's user in the scope, under `USER`.
    """

    def __init__(self, app: ASGIApp, logins: Logins, health: HealthAnswer, prefix: str) -> None:
        self._app = app
        self._logins = logins
        self._health = health
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or one WebSocket, from its first byte to its last."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(self._prefix)
        send = _with_headers(send, static=path.startswith(_STATIC))
        method = scope.get("method")
        if method in {"GET", "HEAD"} and path == "/health":
            status, parts = await self._health.answer()
            await JSONResponse(parts, status)(scope, receive, send)
            return
        user = await self._user(scope)
        if isinstance(user, Refusal):
            await _refuse(user, scope, receive, send)
            return
        await self._app({**scope, USER: user}, receive, send)

    async def _user(self, scope: Scope) -> User | Refusal:
        headers = Headers(scope=scope)
        authorization = headers.get("authorization")
        address = scope["client"][0] if scope.get("client") else ""
        # Where nobody logs in, the first question is whether that is still so.
        user = await self._logins.check(authorization, address) if self._logins.is_open else None
        foreign = origins.foreign(
            headers,
            scheme=scope["scheme"],
            method=scope.get("method"),
            loopback_only=self._logins.is_open,
        )
        if foreign:
            return Refusal(403, foreign)
        return user or await self._logins.check(authorization, address)


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    response = Response(
        json.dumps({"error": refusal.sentence}, ensure_ascii=False),
        refusal.status,
        media_type="application/json",
    )
    if refusal.status == 401:
        # A browser asks for a name and a password then.
        response.headers["WWW-Authenticate"] = 'Basic realm="sheet_assets", charset="UTF-8"'
    if refusal.retry_after:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if scope["type"] == "http":
        await response(scope, receive, send)
        return
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await WebSocket(scope, receive, send).send_denial_response(response)
    else:
        await send({"type": "websocket.close", "code": 1008})


def _with_headers(send: Send, *, static: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                # The UI's own files have names of their contents' hash, and nothing to tell.
                if not (static and name == "Cache-Control"):
                    headers.setdefault(name, value)
            policy = headers["Content-Security-Policy"]
            if "frame-ancestors" not in policy:
                headers["Content-Security-Policy"] = f"{policy.rstrip('; ')}; {_FRAMES}"
        await send(message)

    return sending
