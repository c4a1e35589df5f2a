"""The boundaries of a client: somebody looks before and after each request and statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg2.extensions

from sheet_assets.clients.google_http import Redirect

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

# Called with what is sent, such as "POST /v4/spreadsheets/…" or a statement, and whether it was
# sent already. It runs in the client's thread, so a seed replays to the letter.
Look = Callable[[str, bool], None]


class WatchedRedirect(Redirect):
    """The way to the sandbox's Google, with a look before and after each request."""

    def __init__(self, endpoint: str, look: Look) -> None:
        super().__init__(endpoint)
        self._look = look

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Send it."""
        what = f"{request.method} {request.path_url}"
        self._look(what, False)
        try:
            return super().send(request, *args, **kwargs)
        finally:
            self._look(what, True)


def watched(parameters: Mapping[str, Any], look: Look) -> dict[str, Any]:
    """Libpq's parameters, for connections with a look before and after each statement."""

    class Cursor(psycopg2.extensions.cursor):
        def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's name
            look(str(query), False)
            try:
                super().execute(query, vars)
            finally:
                look(str(query), True)

    class Connection(psycopg2.extensions.connection):
        def commit(self) -> None:
            look("COMMIT", False)
            try:
                super().commit()
            finally:
                look("COMMIT", True)

    return {**parameters, "connection_factory": Connection, "cursor_factory": Cursor}
