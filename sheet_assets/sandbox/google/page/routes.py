"""The page's addresses: its files, and the access token it calls the APIs with.

The page has no way of its own into a spreadsheet: it calls the Sheets and Drive APIs as any
client does, with an access token of the person who owns the spreadsheets. What keeps other sites
that the same browser has open from using it:

- The APIs take the token from the Authorization header only. A browser adds none by itself, and
  no answer of this server allows another origin (CORS), so another site can neither send that
  header here nor read an answer.
- The token is given to a POST whose Origin is this server's own, and whose Sec-Fetch-Site, where
  the browser sends one, says so, too. It lives in the page's memory: no cookie, no address.
- A Host that is not a name of the loopback interface is refused: a site whose name has been made
  to point here (DNS rebinding) would be this server's own origin otherwise.
- The page may not be framed, runs scripts of this server only, and puts what a cell holds into
  the document as text.

Whoever may connect to this machine's loopback interface is trusted, as with the other servers of
the sandbox.
"""

from __future__ import annotations

import mimetypes
import re
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from sheet_assets.sandbox.google.accounts import PERSON, TOKEN_SECONDS

if TYPE_CHECKING:
    from starlette.requests import Request

    from sheet_assets.sandbox.google.accounts import Accounts

# As docs.google.com has them: the list of spreadsheets, and one of them, with #gid=… for a tab.
HOME = "/spreadsheets"
_SPREADSHEET = re.compile(rf"{HOME}(/d/[^/]+(/edit)?)?/?")
_FILE = re.compile(rf"{HOME}/page/([a-z_0-9]+\.(?:css|js|svg))")
_TOKEN = f"{HOME}/token"

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in ("spreadsheets", "drive.metadata.readonly")
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def respond(request: Request, path: str, accounts: Accounts) -> Response | None:
    """What the page answers; None when the address is none of its own."""
    if path not in {"/", HOME} and not path.startswith(f"{HOME}/"):
        return None
    response = _respond(request, path, accounts)
    response.headers.update(_HEADERS)
    return response


def _respond(request: Request, path: str, accounts: Accounts) -> Response:
    host = request.headers.get("host", "")
    if _hostname(host) not in _LOOPBACK:
        return _refused(
            403,
            f"The sandbox's page is served to 127.0.0.1 and localhost only, not to {host!r}.",
        )
    if path == _TOKEN:
        return _token(request, host, accounts)
    if request.method not in {"GET", "HEAD"}:
        return _refused(405, f"{path} can be read only.")
    if path == "/":
        return RedirectResponse(HOME)
    found = _FILE.fullmatch(path)
    if found or _SPREADSHEET.fullmatch(path):
        return _file(found[1] if found else "index.html")
    return _refused(404, f"The sandbox's page has nothing at {path}.")


def _token(request: Request, host: str, accounts: Accounts) -> Response:
    """An access token of the person, for the page itself."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if request.method != "POST" or site != "same-origin" or origin != f"http://{host}":
        return _refused(403, "The sandbox gives its access token to its own page only.")
    token = accounts.issue_token(PERSON, _SCOPES)
    return JSONResponse({"access_token": token, "expires_in": TOKEN_SECONDS, "email": PERSON})


def _file(name: str) -> Response:
    file = files(__package__) / name
    if not file.is_file():
        return _refused(404, f"The sandbox's page has no {name}.")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(file.read_bytes(), media_type=kind)


def _refused(status: int, sentence: str) -> Response:
    return PlainTextResponse(f"{sentence}\n", status)


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
