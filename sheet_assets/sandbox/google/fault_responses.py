"""What a client gets that meets a fault: Google's errors, another server's page, or nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import Response

from sheet_assets.sandbox.google.accounts import PROJECT_NUMBER
from sheet_assets.sandbox.google.errors import (
    GoogleError,
    InternalError,
    QuotaExceededError,
    UnavailableError,
)

if TYPE_CHECKING:
    from sheet_assets.sandbox.http_faults import Fault

HANGING_UP = frozenset({"drop", "drop after applying", "truncate"})

BAD_GATEWAY_PAGE = (
    "<!DOCTYPE html>\n<html lang=en>\n<title>Error 502 (Server Error)!!1</title>\n"
    "<p><b>502.</b> <ins>That's an error.</ins>\n<p>The server encountered a temporary error and "
    "could not complete your request.<p>Please try again in 30 seconds.\n"
)


def faulty_response(fault: Fault, method: str, path: str) -> Response | None:
    """The answer that a fault sends; None when it lets the sandbox's own pass."""
    if fault.kind == "502 html":
        return Response(BAD_GATEWAY_PAGE, 502, {"content-type": "text/html; charset=UTF-8"})
    if fault.kind == "answer":
        return Response(fault.body, fault.status, {"content-type": "application/json"})
    error = _error(fault, method)
    if error is None:
        return None
    body = error.drive_body() if path.startswith("/drive/") else error.sheets_body()
    return Response(
        json.dumps(body), error.code, {"content-type": "application/json; charset=UTF-8"}
    )


def _error(fault: Fault, method: str) -> GoogleError | None:
    if fault.kind == "429":
        kind = "Read" if method == "GET" else "Write"
        return QuotaExceededError.of(kind, "PerUser", 60, PROJECT_NUMBER)
    if fault.kind == "500":
        return InternalError("Internal error encountered.")
    if fault.kind in {"503", "503 after applying"}:
        return UnavailableError()
    return None
