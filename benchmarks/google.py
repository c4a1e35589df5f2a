"""A lean Google: what is asked of the values of a sheet is a slice of a file that was rendered.

All else (tokens, Drive's files.get, spreadsheets.get) the sandbox's own handlers answer. Like
Google it indents JSON unless `prettyPrint=false`, and compresses whatever is asked for by a client
that accepts gzip, which all of them do. Tests compare its answers with the sandbox's.
"""

from __future__ import annotations

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from benchmarks import data, rendering
from benchmarks.rendering import Layout, Rendered
from sheet_assets.sandbox.google.accounts import Accounts
from sheet_assets.sandbox.google.call import Call
from sheet_assets.sandbox.google.drive import routes as drive_routes
from sheet_assets.sandbox.google.drive.drive import Drive
from sheet_assets.sandbox.google.errors import GoogleError, UnimplementedError
from sheet_assets.sandbox.google.limits import Limits
from sheet_assets.sandbox.google.oauth import answer_token_request
from sheet_assets.sandbox.google.sheets import routes as sheets_routes
from sheet_assets.sandbox.google.sheets.a1 import spelled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

READER = "reader@sandbox.invalid"
_GZIP_LEVEL = 6
_SMALLEST_GZIPPED_BYTES = 1024


class LeanGoogle:
    """Serves some rendered sheets on a port that the system chooses.

    `account` is the key of an account that may read them. `count` is what was asked since `clear`.
    """

    def __init__(
        self, folder: Path, sheets: Sequence[tuple[int, bool]], layouts: Sequence[Layout]
    ) -> None:
        self.drive = Drive(Limits.without_quota())
        self._accounts = Accounts()
        self.account = self._accounts.add(READER)
        self._rendered: dict[tuple[str, Layout], Rendered] = {}
        for rows, wrong in sheets:
            name = data.spreadsheet_id(rows, wrong=wrong)
            rendering.head(self.drive, rows, wrong=wrong)
            self.drive.share(name, READER)
            for layout in layouts:
                self._rendered[name, layout] = Rendered(folder / name, layout)
        self._compressed: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.clear()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def clear(self) -> None:
        """Begin to count anew."""
        self.requests: list[str] = []
        self.plain_bytes = self.sent_bytes = 0

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """The status and the JSON of an answer."""
        path, query = urlsplit(target)[2:4]
        parameters = parse_qs(query, keep_blank_values=True)
        pretty = parameters.get("prettyPrint", ["true"])[-1] != "false"
        try:
            if path == "/token":
                status, told = answer_token_request(self._accounts, body)
                return status, _json(told, pretty=pretty)
            return 200, self._answered(method, path, Call({}, parameters, body, READER), pretty)
        except GoogleError as error:
            return error.code, _json(error.sheets_body(), pretty=pretty)

    def _answered(self, method: str, path: str, call: Call, pretty: bool) -> bytes:
        for route in (*sheets_routes.ROUTES, *drive_routes.ROUTES):
            match = route.path.fullmatch(path) if route.method == method else None
            if match is None:
                continue
            if method != "GET":
                break
            parts = {name: unquote(part) for name, part in match.groupdict().items()}
            call = Call(parts, call.parameters, call.body, call.email)
            if "/values/" in path:
                return self._value_range(call, parts["range"], 4 if pretty else None)
            if path.endswith("/values:batchGet"):
                return self._value_ranges(call, pretty=pretty)
            return _json(route.answer(call, self.drive), pretty=pretty)
        raise UnimplementedError(f"{method} {path}: the lean server is read only")

    def _value_ranges(self, call: Call, *, pretty: bool) -> bytes:
        told = {"spreadsheetId": call.path["spreadsheet_id"], "valueRanges": "here"}
        before, after = _json(told, pretty=pretty).split(b'"here"')
        ranges = [
            self._value_range(call, text, 8 if pretty else None)
            for text in call.parameters.get("ranges", [])
        ]
        if not pretty:
            return before + b"[" + b",".join(ranges) + b"]" + after
        indented = (b"    " + each for each in ranges)
        return before + b"[\n" + b",\n".join(indented) + b"\n  ]" + after

    def _value_range(self, call: Call, text: str, indent: int | None) -> bytes:
        """Google's ValueRange; rows are indented so far."""
        name = call.path["spreadsheet_id"]
        option = call.parameter("valueRenderOption") or "FORMATTED_VALUE"
        if call.parameter("fields"):
            raise UnimplementedError("a field mask of values")
        if call.parameter("dateTimeRenderOption") not in {None, "SERIAL_NUMBER"}:
            raise UnimplementedError("dates as texts beside unformatted values")
        layout = Layout(option, call.parameter("majorDimension") or "ROWS", indent)
        rendered = self._rendered.get((name, layout))
        if rendered is None:
            raise UnimplementedError(f"{name} as {layout.name}: it is not rendered")
        worksheet, wanted = self.drive.workbook(name).find_range(text)
        cells = worksheet.clipped(wanted)
        columns = range(cells.start_column, cells.end_column)
        try:
            values = rendered.values(cells.start_row, cells.end_row, columns)
        except ValueError as error:
            raise UnimplementedError(f"{text}: {error}") from error
        told = {
            "range": spelled(data.WORKSHEET, cells),
            "majorDimension": layout.dimension,
            "values": "here",
        }
        before, after = _json(told, pretty=indent is not None).split(b'"here"')
        if indent is not None:
            spaces = b" " * (indent - 4)
            before, after = (part.replace(b"\n", b"\n" + spaces) for part in (before, after))
            after = after.rstrip() + (b"\n" if indent == 4 else b"")
        return before + values + after

    def compressed(self, target: str, body: bytes) -> bytes:
        """Compressed once: the next who asks the same waits for nothing."""
        if target not in self._compressed:
            self._compressed[target] = gzip.compress(body, _GZIP_LEVEL)
        return self._compressed[target]

    def count(self, target: str, plain: int, sent: int) -> None:
        """One more request, and how long its answer was before and after compression."""
        self.requests.append(target)
        self.plain_bytes += plain
        self.sent_bytes += sent


def serving(folder: Path, sheets: Sequence[tuple[int, bool]], layouts: Sequence[str]) -> LeanGoogle:
    """A server of the layouts of these names."""
    return LeanGoogle(folder, sheets, [Layout.named(name) for name in layouts])


def settings(google: LeanGoogle) -> dict[str, str]:
    """Where it is, and the JSON key that it lets in."""
    return {"url": google.url, "account": json.dumps(google.account)}


def clear(google: LeanGoogle) -> None:
    """Begin to count anew."""
    google.clear()


def counted(google: LeanGoogle) -> dict[str, int]:
    """What was asked since `clear`; reads are what Google's quota of the Sheets API counts."""
    return {
        "requests": len(google.requests),
        "reads": sum("/v4/spreadsheets/" in each for each in google.requests),
        "plain_bytes": google.plain_bytes,
        "sent_bytes": google.sent_bytes,
    }


def _json(told: Any, *, pretty: bool) -> bytes:
    if pretty:
        return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _handler(google: LeanGoogle) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, told = google.answer(self.command, self.path, body)
            plain = len(told)
            accepts = "gzip" in self.headers.get("accept-encoding", "")
            gzipped = accepts and plain > _SMALLEST_GZIPPED_BYTES
            if gzipped:
                told = google.compressed(self.path, told)
            google.count(self.path, plain, len(told))
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=UTF-8")
            if gzipped:
                self.send_header("content-encoding", "gzip")
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *arguments: Any) -> None:
            """Nothing."""

    return Handler
