"""What an export changes, as people read it: rows added, removed and changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from sheet_assets.clients.sheet_export import lines
from sheet_assets.sheets import diff, serials

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sheet_assets.clients.sheet_export.result import Result
    from sheet_assets.sheets.diff import Difference, Row, RowDifference

# Up to so many rows the ones before are kept to find out which is which; beyond it rows are
# compared by their place, since memory must not grow with the sheet.
MOST_ALIGNED_ROWS = 20_000
_DATES = {"DATE", "TIME", "DATE_TIME"}


class Differences:
    """Counts rows that differ, and keeps the first of them."""

    def __init__(self, result: Result, limit: int) -> None:
        self._result = result
        self._limit = limit
        self._rows: list[RowDifference] = []
        self._counts = {"changed": 0, "removed": 0, "added": 0}

    def note(self, before: Sequence[Any] | None, after: Sequence[Any] | None) -> None:
        """A row that is not the same; None on the side that has it not."""
        kind: Literal["added", "removed", "changed"] = (
            "added" if before is None else "removed" if after is None else "changed"
        )
        self._counts[kind] += 1
        if len(self._rows) < self._limit:
            was, now = self._shown(before), self._shown(after)
            changed = [name for name in now or () if was and now and was.get(name) != now[name]]
            self._rows.append(diff.RowDifference(kind, was, now, tuple(changed)))

    def added(self, text: bytes) -> None:
        """A row in the place of a blank one, as its line: most are only counted."""
        if len(self._rows) < self._limit:
            self.note(None, lines.cells(text))
        else:
            self._counts["added"] += 1

    def by_place(self, rows_before: int, rows_after: int, key: tuple[str, ...] = ()) -> Difference:
        """What was noted."""
        return diff.Difference(
            key=key,
            rows_before=rows_before,
            rows_after=rows_after,
            **self._counts,
            rows=tuple(self._rows),
            only_before=(),
            only_after=(),
            retyped={},
        )

    def aligned(
        self, headers: Sequence[str], before: Sequence[Sequence[Any]], key: Sequence[str]
    ) -> Difference:
        """Which row became which: by the key, else by the first column where it tells rows apart.

        Args:
            headers: Those of the rows before.
            before: The rows that stand there.
            key: The columns that were declared to tell rows apart.
        """
        after = self._result
        names = _told_apart(headers, after)
        texts = [_texts(row, self._result.formats) for row in before]
        left = diff.Side(dict.fromkeys(names, ""), lambda: texts)
        right = diff.Side(dict.fromkeys(after.names, ""), lambda: _rows(after))
        first = after.names[0]
        guessed = [first] if first in names and _is_unique(texts, names.index(first), after) else []
        try:
            return diff.compare(left, right, key=key or guessed, limit=self._limit)
        except ValueError:
            # No column in common: all that stands there goes, all rows are new.
            anew = Differences(after, self._limit)
            for row in before:
                anew.note(row, None)
            for line in after:
                anew.note(None, lines.cells(line))
            return anew.by_place(len(before), after.rows)

    def _shown(self, cells: Sequence[Any] | None) -> Mapping[str, str | None] | None:
        if cells is None:
            return None
        texts = _texts(cells, self._result.formats)
        return dict(zip(self._result.names, texts, strict=False))


def hiding(difference: Difference, columns: Collection[str]) -> Difference:
    """The same without the values of columns that are sensitive."""

    def hidden(values: Mapping[str, str | None] | None) -> dict[str, str | None] | None:
        if values is None:
            return None
        return {
            name: diff.HIDDEN if name in columns and value is not None else value
            for name, value in values.items()
        }

    rows = [
        replace(row, before=hidden(row.before), after=hidden(row.after)) for row in difference.rows
    ]
    return replace(difference, rows=tuple(rows)) if columns else difference


def text_of(cell: Any, number_format: Mapping[str, str] | None) -> str | None:
    """A cell as a person reads it, serial numbers as dates; None for a blank one."""
    if cell == "":
        return None
    if isinstance(cell, bool):
        return str(cell).upper()
    kind = (number_format or {}).get("type")
    if kind in _DATES and isinstance(cell, int | float):
        try:
            moment = serials.to_datetime(cell)
        except (OverflowError, ValueError):
            return str(cell)
        if kind == "DATE":
            return moment.date().isoformat()
        return moment.time().isoformat() if kind == "TIME" else moment.isoformat(" ")
    return str(cell)


def _texts(cells: Sequence[Any], formats: Sequence[Mapping[str, str] | None]) -> Row:
    return tuple(
        text_of(cell, formats[place] if place < len(formats) else None)
        for place, cell in enumerate(cells)
    )


def _rows(result: Result) -> Iterator[Row]:
    for line in result:
        yield _texts(lines.cells(line), result.formats)


def _told_apart(headers: Sequence[str], result: Result) -> list[str]:
    """The query's names of the columns that stand there; other headers as they are."""
    by_header = dict(zip(result.headers, result.names, strict=True))
    found: list[str] = []
    for place, header in enumerate(headers):
        name = by_header.get(header, header) or f"column {place + 1}"
        found.append(name if name not in found else f"{name} ({place + 1})")
    return found


def _is_unique(before: Sequence[Row], place: int, after: Result) -> bool:
    values = [row[place] for row in before]
    column = [lines.cells(line)[0] for line in after]
    return _differ(values) and _differ(column)


def _differ(values: Iterable[Any]) -> bool:
    listed = list(values)
    return len(set(listed)) == len(listed)
