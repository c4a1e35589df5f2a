"""The checks of a load: what they find in the tables that a query reads, and in staged rows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import BrokenCheck, QueryError, RowCheckError
from sheet_assets.sheets.shown import shown
from sheet_assets.warehouse import statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.clients.redshift import Session
    from sheet_assets.warehouse.row_checks import RowCheck
    from sheet_assets.warehouse.target import Target

_SHOWN_ROWS = 5
_SHOWN_COLUMNS = 10
_SHOWN_CHECKS = 20


def verify(session: Session, target: Target, checks: Sequence[RowCheck], staging: str) -> None:
    """Look at all of them.

    Raises:
        RowCheckError: some do not hold; it has all of those.
        QueryError: the SQL of one fails.
    """
    found = (_broken(session, target, check, staging) for check in checks)
    broken = [each for each in found if each]
    if broken:
        more = f" And {len(broken) - _SHOWN_CHECKS} more." if len(broken) > _SHOWN_CHECKS else ""
        said = " ".join(f"{each.check}: {each.said}." for each in broken[:_SHOWN_CHECKS])
        raise RowCheckError(
            f"{target} was not loaded: of {len(checks)} checks {len(broken)} "
            f"{'does' if len(broken) == 1 else 'do'} not hold. {said}{more} "
            "The table is as it was.",
            broken,
        )


def _broken(session: Session, target: Target, check: RowCheck, staging: str) -> BrokenCheck | None:
    wrong = f"(\n{check.sql(staging)}\n) AS q"
    try:
        count = session.value(statements.count(wrong))
        if not count:
            return None
        names, rows = session.named(statements.first(wrong, _SHOWN_ROWS))
    except QueryError as error:
        raise QueryError(
            f"The check {check.name} of {target} could not be made. {error}. Correct "
            f"`{check.field}` in the defs.yaml; the table is as it was."
        ) from error
    first = "; ".join([*(_told(check, names, row) for row in rows), *["…"][: count - len(rows)]])
    said = check.broken.replace("(s)", "" if count == 1 else "s")
    said = said.replace("{count}", f"{count:,}").replace("{first}", first)
    return BrokenCheck(check.name, count, said)


def _told(check: RowCheck, names: Sequence[str], row: Sequence[Any]) -> str:
    """`date 2026-11-01, times 2`: bounded, and hidden where it may be sensitive."""
    told = [
        f"{name} {_value(value) if check.shown is None or name in check.shown else '(hidden)'}"
        for name, value in zip(names, row, strict=True)
    ]
    return ", ".join([*told[:_SHOWN_COLUMNS], *(["…"] if len(told) > _SHOWN_COLUMNS else [])])


def _value(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, dt.date | dt.time) else shown(value)
