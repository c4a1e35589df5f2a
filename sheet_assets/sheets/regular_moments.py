"""Regular number cells of dates and times: serial numbers, to the millisecond."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from sheet_assets.sheets import serials
from sheet_assets.sheets.regular_numbers import Rules

if TYPE_CHECKING:
    from sheet_assets.sheets.contract import Column
    from sheet_assets.sheets.regular_numbers import Fields

_MILLISECONDS_A_DAY = 86_400_000
_MICROSECOND = dt.timedelta(microseconds=1)
_MICROSECONDS_A_DAY = dt.timedelta(days=1) // _MICROSECOND
_MICROSECONDS_A_SECOND = 1_000_000
# The first and the last day of Python's calendar, and the one that Polars counts from.
_FIRST = serials.from_date(dt.date.min)
_LAST = serials.from_date(dt.date.max)
_UNIX = serials.from_date(dt.date(1970, 1, 1))
_START = _FIRST * _MICROSECONDS_A_DAY
_END = (_LAST + 1) * _MICROSECONDS_A_DAY - 1
_LAST_MILLISECOND = _MICROSECONDS_A_DAY - 1000


def moments(column: Column, zone: dt.tzinfo) -> Fields:
    """How the number cells of a column of dates or times are read."""
    match column.type.kind:
        case "date":
            days = Rules(column, serials.from_date, _FIRST, _LAST)
            return lambda cells: _dates(cells, days)
        case "time":
            since_midnight = Rules(column, _since_midnight, 0, _MICROSECONDS_A_DAY - 1)
            return lambda cells: _times(cells, since_midnight)
        case kind:
            since_epoch = Rules(column, _since_epoch, _START, _END)
            ahead = _Ahead(zone) if kind == "timestamptz" else None
            return lambda cells: _timestamps(cells, since_epoch, ahead)


def _dates(cells: pl.Series, rules: Rules) -> tuple[pl.Series, pl.Series]:
    good, days = cells.is_between(_FIRST, _LAST), cells
    if cells.dtype == pl.Float64:
        since = _microseconds(cells.set(~good, None))
        good &= since % _MICROSECONDS_A_DAY == 0
        days = since // _MICROSECONDS_A_DAY
    return _days_spelled(days.set(~good, None)), good & rules.kept(days)


def _times(cells: pl.Series, rules: Rules) -> tuple[pl.Series, pl.Series]:
    good = (cells >= 0) & (cells < 1)
    since = _microseconds(cells.set(~good, None)).clip(upper_bound=_LAST_MILLISECOND)
    return _spelled(since, "%H:%M:%S"), good & rules.kept(since)


def _timestamps(
    cells: pl.Series, rules: Rules, ahead: _Ahead | None
) -> tuple[pl.Series, pl.Series]:
    good = cells.is_between(_FIRST, _LAST + 1)
    since = _microseconds(cells.set(~good, None))
    good &= since <= _END
    if ahead is not None:
        since -= ahead.of(since.set(~good, None))
        good &= since.is_between(_START, _END).fill_null(value=False) | cells.is_null()
    fields = _spelled(since.set(~good, None), "%Y-%m-%d %H:%M:%S")
    return fields if ahead is None else fields + "+00:00", good & rules.kept(since)


class _Ahead:
    """How far a zone is ahead of UTC, on local days without a change of its clocks."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._known: dict[int, int | None] = {}

    def of(self, since: pl.Series) -> pl.Series:
        """In microseconds, at local times since the epoch; null where the cell reader must look."""
        days = since // _MICROSECONDS_A_DAY
        for day in days.unique().drop_nulls():
            if day not in self._known:
                self._known[day] = self._on(day)
        return days.replace_strict(self._known or {0: 0}, default=None, return_dtype=pl.Int64)

    def _on(self, day: int) -> int | None:
        if not _FIRST <= day < _LAST:
            return None
        midnight = serials.to_datetime(day)
        # No zone changes its clocks twice in a day.
        hours = (midnight + dt.timedelta(hours=hour) for hour in (0, 6, 12, 18, 24))
        found = {self._zone.utcoffset(hour.replace(tzinfo=self._zone)) for hour in hours}
        ahead = found.pop()
        return None if found or ahead is None else ahead // _MICROSECOND


def _microseconds(serial: pl.Series) -> pl.Series:
    """Serials as the microseconds since 1899-12-30, rounded as `serials.to_datetime` does."""
    milliseconds = serial * _MILLISECONDS_A_DAY
    if serial.dtype == pl.Float64:
        milliseconds = milliseconds.round(mode="half_to_even").cast(pl.Int64)
    return milliseconds * 1000


def _days_spelled(days: pl.Series) -> pl.Series:
    """As Python's isoformat; each of a few years' days is spelled once."""
    first, last = days.min(), days.max()
    if not isinstance(first, int) or not isinstance(last, int) or last - first > len(days):
        return (days - _UNIX).cast(pl.Date).cast(pl.String)
    spelled = pl.int_range(first - _UNIX, last - _UNIX + 1, eager=True).cast(pl.Date)
    return spelled.cast(pl.String).gather(days - first)


def _spelled(since: pl.Series, written: str) -> pl.Series:
    """As Python's isoformat: six digits of the second, where it is no whole one."""
    fields = (since - _UNIX * _MICROSECONDS_A_DAY).cast(pl.Datetime("us")).dt.strftime(written)
    rest = since % _MICROSECONDS_A_SECOND
    broken = rest != 0
    if broken.any():
        digits = rest.cast(pl.String).str.zfill(6)
        fields = (fields + "." + digits).zip_with(broken, fields)
    return fields


def _since_epoch(value: dt.datetime) -> int:
    return (value.replace(tzinfo=None) - serials.EPOCH) // _MICROSECOND


def _since_midnight(value: dt.time) -> int:
    return (dt.datetime.combine(serials.EPOCH, value) - serials.EPOCH) // _MICROSECOND
