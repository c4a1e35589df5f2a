"""The query of an export, run through a cursor on the server."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from typing import TYPE_CHECKING

from sheet_assets.clients.sheet_export.result import Result
from sheet_assets.errors import QueryError

if TYPE_CHECKING:
    from sheet_assets.clients.redshift import RedshiftClient, Session
    from sheet_assets.clients.sheet_export.target import ExportTarget


def queried(
    redshift: RedshiftClient, target: ExportTarget, query: str
) -> tuple[Result, dt.datetime]:
    """The query's result, which the caller closes, and when it was asked for.

    Memory does not grow with the rows: they go from the cursor into the result's file.

    Raises:
        QueryError: the query fails, or gives other columns than the target wants.
        SheetError: a value fits no cell.
        WarehouseError: Redshift cannot be asked.
    """

    def work(session: Session) -> tuple[Result, dt.datetime]:
        queried_at = dt.datetime.now(dt.UTC)
        # Closed when the transaction does not end well: it is queried again.
        with ExitStack() as unfinished:
            with session.transaction():
                try:
                    names, rows = session.stream_named(query)
                except QueryError as error:
                    raise QueryError(
                        f"The query of the export {target.name} failed. {error}. Correct `query` "
                        "in the defs.yaml, or run first what builds its tables. The sheet is as "
                        "it was."
                    ) from error
                result = unfinished.enter_context(Result(target, names, rows))
            unfinished.pop_all()
        return result, queried_at

    return redshift.run(work)
