"""How far the cases get into the code that decides and tries again."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import gspread

from sheet_assets.clients import google_http, table_load
from sheet_assets.clients.bucket import Bucket
from sheet_assets.clients.redshift import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg2
    from botocore.exceptions import ClientError

    from sheet_assets.errors import ObjectStoreError, WarehouseError
    from sheet_assets.warehouse.decision import Candidate, Found, Outcome

Reached = Counter[tuple[str, str]]


@contextmanager
def counted(reached: Reached) -> Iterator[None]:
    """Count what each decision comes to, and what is made of each failure of a service."""
    decide, is_transient = table_load.decide, google_http.is_transient
    warehouse_error, store_error = Session._warehouse_error, Bucket._store_error

    def decided(mine: Candidate, found: Found) -> Outcome | None:
        outcome = decide(mine, found)
        reached[f"decided, {mine.mode}", outcome or "to load"] += 1
        return outcome

    def again(error: BaseException) -> bool:
        transient = is_transient(error)
        name = type(error).__name__
        if isinstance(error, gspread.exceptions.APIError):
            name = str(error.response.status_code)
        reached["google, once more" if transient else "google, final", name] += 1
        return transient

    def translated(session: Session, error: psycopg2.Error, sql: str) -> WarehouseError:
        made = warehouse_error(session, error, sql)
        kind = sql.split(maxsplit=1)[0].upper()
        reached[f"redshift, {type(made).__name__}", kind] += 1
        return made

    def refused(bucket: Bucket, error: ClientError) -> ObjectStoreError:
        made = store_error(bucket, error)
        reached["s3, answered", type(made).__name__] += 1
        return made

    with ExitStack() as stack:
        patches: tuple[tuple[Any, str, Any], ...] = (
            (table_load, "decide", decided),
            (google_http, "is_transient", again),
            (Session, "_warehouse_error", translated),
            (Bucket, "_store_error", refused),
        )
        for where, name, instead in patches:
            stack.enter_context(mock.patch.object(where, name, instead))
        yield
