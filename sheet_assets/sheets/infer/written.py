"""Dates and times that were typed as text: the form in which a column's texts are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sheets import iso, strptime

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

# As Python's strptime has them. The first of January is the same in several: whether a column
# has one form is for its values to show.
_DATES = (
    *("%d.%m.%Y", "%Y.%m.%d", "%Y. %m. %d", "%Y. %m. %d.", "%d.%m.%y", "%y.%m.%d"),
    *("%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d"),
    *("%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d"),
    *("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%d-%B-%Y"),
    *("%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y"),
    *("%Y년 %m월 %d일", "%Y년%m월%d일", "%Y年%m月%d日"),
)
_HOURS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")


class Written(NamedTuple):
    """How texts are written: the type they are of, and in which forms of strptime.

    No form is ISO 8601; several are all that fit, and mean different days. `odd` are the texts
    that are written otherwise.
    """

    kind: str
    forms: tuple[str, ...]
    odd: frozenset[str]


def written(texts: Collection[str], spare: int = 0) -> Written | None:
    """How these texts, each different, are written; None where they are no dates or times.

    Up to `spare` of them may be written otherwise. The forms with the fewest such texts count.
    """
    if not texts:
        return None
    found = [
        Written(kind, forms, odd)
        for kind, forms, read in _forms()
        if (odd := _odd(texts, read, spare)) is not None
    ]
    if not found:
        return None
    best = min(found, key=lambda each: len(each.odd))
    if not best.forms:
        zoned = best.kind == "timestamp" and _has_zone(texts, best.odd)
        return best._replace(kind="timestamptz") if zoned else best
    rivals = [each for each in found if each.forms and len(each.odd) == len(best.odd)]
    return best._replace(forms=tuple(form for each in rivals for form in each.forms))


def _forms() -> Iterator[tuple[str, tuple[str, ...], Callable[[str], object]]]:
    """Type, form and reader; ISO 8601 comes first, and dates before moments."""
    yield "date", (), iso.to_date
    yield "time", (), iso.to_time
    yield "timestamp", (), iso.to_datetime
    for day in _DATES:
        yield "date", (day,), _strptime(day)
    for hour in _HOURS[2:]:
        yield "time", (hour,), _strptime(hour)
    for day in _DATES:
        for between in (" ", ", "):
            for hour in _HOURS:
                form = f"{day}{between}{hour}"
                yield "timestamp", (form,), _strptime(form)


def _strptime(form: str) -> Callable[[str], object]:
    return lambda text: strptime.to_datetime(text, form)


def _odd(
    texts: Collection[str], read: Callable[[str], object], spare: int
) -> frozenset[str] | None:
    odd: set[str] = set()
    for text in texts:
        try:
            read(text)
        except ValueError:
            odd.add(text)
            if len(odd) > spare:
                return None
    return frozenset(odd) if len(odd) < len(texts) else None


def _has_zone(texts: Collection[str], odd: Collection[str]) -> bool:
    return any(iso.to_datetime(text).tzinfo for text in texts if text not in odd)
