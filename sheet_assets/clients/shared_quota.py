"""The quota log of several hosts: the same sliding window in a table of PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.clients.quota import Kind, SlidingWindow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.clients.shared_postgres import Session, SharedPostgres

_LOCK = "google_requests"


class SharedQuotaLog(SlidingWindow):
    """A sliding window in PostgreSQL: a row a request, written under one lock."""

    def __init__(
        self,
        postgres: SharedPostgres,
        account: str,
        limits: Mapping[Kind, int],
        **window: float,
    ) -> None:
        super().__init__(account, limits, **window)
        self._postgres = postgres

    def _try(self, kind: Kind) -> float:
        with self._postgres.transaction(_LOCK) as session:
            _make_table(session)
            # The clocks of hosts differ, so it is the database's; not now(), which is when this
            # transaction began, before it waited for the lock.
            ((now,),) = session.query("SELECT extract(epoch FROM clock_timestamp())::float8")
            return self._count(session.query, now, kind)


def _make_table(session: Session) -> None:
    """Looked for first: who may not create tables may use the one that stands there."""
    if session.query("SELECT to_regclass('sheet_assets_google_requests')") == [(None,)]:
        session.query(
            "CREATE TABLE sheet_assets_google_requests "
            "(account text, kind text, sent_at double precision)"
        )
