"""What a client of S3 gets that meets a fault, in S3's XML."""

from __future__ import annotations

import secrets
from http.client import responses
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from sheet_assets.sandbox.http_faults import Fault

# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_ERRORS = {
    "500": (500, "InternalError", "We encountered an internal error. Please try again."),
    "503": (503, "SlowDown", "Please reduce your request rate."),
    "503 after applying": (503, "SlowDown", "Please reduce your request rate."),
}


def faulty_response(fault: Fault, resource: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status line, headers and body for one of the kinds that send another answer."""
    request_id, host_id = secrets.token_hex(8).upper(), secrets.token_urlsafe(56)
    status, text = fault.status, fault.body
    if fault.kind in _ERRORS:
        status, code, message = _ERRORS[fault.kind]
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>{message}</Message>"
            f"<Resource>{escape(resource)}</Resource>"
            f"<RequestId>{request_id}</RequestId><HostId>{host_id}</HostId></Error>"
        )
    # WSGI's texts are bytes in latin-1, the body is UTF-8.
    body = text.encode("utf-8", "replace")
    headers = [
        ("Content-Type", "application/xml"),
        ("Content-Length", str(len(body))),
        ("x-amz-request-id", request_id),
        ("x-amz-id-2", host_id),
    ]
    return f"{status} {responses.get(status, '')}", headers, body
