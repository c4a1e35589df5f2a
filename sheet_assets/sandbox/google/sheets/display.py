"""How a value is displayed: what FORMATTED_VALUE answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets import date_display, number_display
from sheet_assets.sandbox.google.sheets.cell import ErrorValue
from sheet_assets.sandbox.google.sheets.locales import known
from sheet_assets.sandbox.google.sheets.patterns import Section, number_tokens, sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.google.sheets.cell import Cell
    from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat

DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})

# A number that no section admits fills the cell; a text has no width to fill.
_NO_SECTION = "###"


def default_pattern(type_name: str, locale: str) -> str:
    """The pattern that stands for a type without one.

    Raises:
        UnimplementedError: the locale is not known.
    """
    return known(locale, f"the default pattern of {type_name}").patterns[type_name]


def displayed(value: Cell, number_format: NumberFormat | None, locale: str) -> str:
    """A value as a person sees it.

    Raises:
        UnimplementedError: it depends on a locale that is not known.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if number_format is None or "@" not in number_format.pattern:
            return str(value)
        return _text(value, sections(number_format.pattern))
    if isinstance(value, bool):
        known(locale, "the display of booleans")
        return "TRUE" if value else "FALSE"
    if number_format is None or number_format.type == "TEXT":
        return _automatic(value, locale)
    return _number(
        value, number_format.pattern or default_pattern(number_format.type, locale), locale
    )


def _text(value: str, parts: Sequence[Section]) -> str:
    section = parts[3] if len(parts) == 4 else parts[-1]
    if isinstance(value, ErrorValue) or not section.is_for_text:
        return str(value)
    tokens = number_tokens(section.text)
    return "".join(value if token.kind == "at" else token.text for token in tokens)


def _automatic(value: float, locale: str) -> str:
    if isinstance(value, int) and -(10**15) < value < 10**15:
        return str(value)
    text = number_display.automatic(value)
    if not text.lstrip("-").isdecimal():
        known(locale, "the display of decimals")
    return text


def _number(value: float, pattern: str, locale: str) -> str:
    parts = sections(pattern)
    if len(parts) == 4 or (len(parts) > 1 and parts[-1].is_for_text):
        parts = parts[:-1]
    section = _section(parts, value)
    if section is None:
        return _NO_SECTION
    if section.is_date:
        text = date_display.rendered(section.text, value, locale)
        return _automatic(value, locale) if text is None else text
    if section.is_for_text:
        return _automatic(value, locale)
    # The second section tells negative numbers in its own way, unless it has another condition.
    signed = len(parts) == 1 or section is not parts[1] or bool(section.compare)
    text = number_display.rendered(section.text, value, signed=signed)
    if "," in text or "." in text:
        known(locale, f"the number format pattern {pattern!r}")
    return text


def _section(parts: Sequence[Section], value: float) -> Section | None:
    """The section for a number: by its sign, or by the first condition that holds."""
    if any(part.compare for part in parts[:2]):
        for part in parts[:2]:
            if part.compare and part.admits(value):
                return part
        rest = [part for part in parts if not part.compare]
        return rest[-1] if rest else None
    if len(parts) > 1 and value < 0:
        return parts[1]
    return parts[2] if len(parts) > 2 and value == 0 else parts[0]
