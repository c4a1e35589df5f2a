"""What stands before moto: it passes requests on, or lets them meet a fault."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.wsgi import get_input_stream

from sheet_assets.sandbox.s3.fault_responses import faulty_response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from sheet_assets.sandbox.crossing import Crossings
    from sheet_assets.sandbox.http_faults import Fault, Faults

_CREDENTIAL = re.compile(
    r"Credential=(?P<key>[^/%]+)(?:/|%2F)[^/%]+(?:/|%2F)[^/%]+(?:/|%2F)(?P<service>[^/%]+)"
)
_READ_BYTES = 1 << 16


class HungUpError(ConnectionAbortedError):
    """The server closes the connection, whatever it owes on it."""


class RequestHandler(MotoRequestHandler):
    """moto's handler of a connection, which hangs up when it is told to."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Read no further request from this connection."""
        self.close_connection = True


class Front:
    """A WSGI application before moto's; bodies go through it as they stand on the wire.

    Requests signed with `own_access_key_id` are the sandbox's own, and those for another service
    of AWS are none of S3's: they meet no fault and are not observed.
    """

    def __init__(
        self, app: WSGIApplication, faults: Faults, crossings: Crossings, own_access_key_id: str
    ) -> None:
        self._app = app
        self._faults = faults
        self._crossings = crossings
        self._own_access_key_id = own_access_key_id

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, unless a fault has something else in store for it."""
        method, target = environ["REQUEST_METHOD"], environ["RAW_URI"]
        signed = environ.get("HTTP_AUTHORIZATION") or environ["QUERY_STRING"]
        if (found := _CREDENTIAL.search(signed)) and (
            found["key"] == self._own_access_key_id or found["service"] != "s3"
        ):
            return self._app(environ, start_response)
        exchange = _Exchange(self._app, self._crossings, environ, f"{method} {target}")
        self._crossings.tell(exchange.what, "before")
        fault = self._faults.take(method, target)
        if fault is None:
            return exchange.apply(start_response)
        return exchange.meet(fault, start_response)


class _Exchange:
    """One request, and the answer to it."""

    def __init__(
        self, app: WSGIApplication, crossings: Crossings, environ: WSGIEnvironment, what: str
    ) -> None:
        self.what = what
        self._app = app
        self._crossings = crossings
        self._environ = environ

    def apply(self, start_response: StartResponse) -> Iterable[bytes]:
        """Let moto do what is asked."""
        status = ""

        def started(given: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = given
            return start_response(given, headers, exc_info)

        answer = self._app(self._environ, started)
        if status < "4":
            self._crossings.tell(self.what, "after")
        return answer

    def meet(self, fault: Fault, start_response: StartResponse) -> Iterable[bytes]:
        """Let the request end as the fault has it."""
        match fault.kind:
            case "drop":
                raise HungUpError
            case "delay":
                time.sleep(fault.seconds)
                return self.apply(start_response)
            case "truncate" | "slow":
                return _in_halves(_whole(self.apply(start_response)), fault)
            case "drop after applying":
                _whole(self.apply(_nothing_started))
                raise HungUpError
            case "503 after applying":
                _whole(self.apply(_nothing_started))
            case _:
                # The client has sent all it wants to before it is answered.
                stream = get_input_stream(self._environ)
                while stream.read(_READ_BYTES):
                    pass
        status, headers, body = faulty_response(fault, self._environ["PATH_INFO"])
        start_response(status, headers)
        return [body] if self._environ["REQUEST_METHOD"] != "HEAD" else []


def _in_halves(body: bytes, fault: Fault) -> Iterator[bytes]:
    """The body until its middle, and what follows there; headers go out with the first byte."""
    half = len(body) // 2
    if half:
        yield body[:half]
    if fault.kind == "truncate":
        raise HungUpError
    time.sleep(fault.seconds)
    yield body[half:]


def _whole(answer: Iterable[bytes]) -> bytes:
    try:
        return b"".join(answer)
    finally:
        if (close := getattr(answer, "close", None)) is not None:
            close()


def _nothing_started(*_: Any) -> Any:
    return None
