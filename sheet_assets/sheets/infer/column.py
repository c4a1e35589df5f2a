"""The type that the cells of a column agree on, and what is to be known before it is trusted."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sheet_assets.sheets.infer.guess import Guess, spare, varchar
from sheet_assets.sheets.infer.moments import ambiguous_forms, guess_moments, moment_format
from sheet_assets.sheets.infer.numbers import (
    are_codes,
    guess_codes,
    guess_numbers,
)
from sheet_assets.warehouse.types import DEFAULT_VARCHAR_BYTES, ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sheets.infer.cells import Cells

# What people type into a column of numbers or dates for "nothing", in lower case; dashes, too.
NULL_WORDS = frozenset(
    {"-", "--", "–", "—", "?", "n/a", "na", "n.a.", "n.a", "nan", "null", "none", "nil"}  # noqa: RUF001
    | {"tbd", "tba", "unknown"}
)
_BOOLEANS = {"true", "false"}
_E_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What a column of a Sheets table is for, while it has no values.
_OF_TABLES = {
    "DOUBLE": ColumnType("double"),
    "CURRENCY": ColumnType("decimal", precision=18, scale=2),
    "PERCENT": ColumnType("decimal", precision=18, scale=4),
    "DATE": ColumnType("date"),
    "TIME": ColumnType("time"),
    "DATE_TIME": ColumnType("timestamp"),
    "BOOLEAN": ColumnType("boolean"),
    "RATINGS_CHIP": ColumnType("integer"),
}


def guess(cells: Cells) -> Guess:
    """The narrowest type that reads the cells, else a varchar.

    Up to 1 % of at least 100 cells may be wrong in it, and well-known words for nothing may
    stand for NULL where they are not the majority.
    """
    if not len(cells):
        return _empty(cells)
    words = {row for row, text in cells.texts.items() if text.strip().lower() in NULL_WORDS}
    rest = cells.without(words)
    if len(rest) >= len(words):
        for read in (_guess_booleans, guess_moments, guess_codes, guess_numbers):
            found = read(rest)
            if found and len(found.odd) <= spare(len(rest)):
                return _with_null_words(found, cells, words)
    return guess_text(cells)


def guess_text(cells: Cells) -> Guess:
    """A varchar that takes every cell, and why it is not something narrower."""
    sizes = [
        len(text.encode(errors="replace"))
        for text in (*cells.texts.values(), *cells.spaces.values())
    ]
    sizes += [len(f"{number:.15g}") for number in cells.numbers.values()]
    sizes += [5] * bool(cells.booleans)
    return Guess(varchar(sizes), notes=tuple(_notes(cells)))


def _empty(cells: Cells) -> Guess:
    kind = _OF_TABLES.get(cells.column_type)
    if kind:
        return Guess(kind, notes=("No values yet: the type is that of the Sheets table.",))
    return Guess(
        ColumnType("varchar", length=DEFAULT_VARCHAR_BYTES),
        notes=("No values yet: the type is a guess.",),
    )


def _guess_booleans(cells: Cells) -> Guess | None:
    typed = {row for row, text in cells.texts.items() if text.strip().lower() in _BOOLEANS}
    if not (typed or cells.booleans):
        return None
    odd = frozenset({*cells.numbers, *cells.texts} - typed)
    notes = (f"{cells.typed_as_text(typed)}, and read as TRUE or FALSE.",) if typed else ()
    return Guess(ColumnType("boolean"), {}, notes, odd)


def _with_null_words(found: Guess, cells: Cells, words: set[int]) -> Guess:
    if not words:
        return found
    listed = tuple(sorted({cells.texts[row].strip() for row in words}))
    options = {**found.options, "null_values": listed}
    note = f"{cells.named(words)}: read as NULL by null_values."
    return replace(found, options=options, notes=(*found.notes, note))


def _notes(cells: Cells) -> Iterator[str]:
    """Why a column is a text, where it could have been taken for something else."""
    texts = {*cells.texts, *cells.booleans}
    if forms := ambiguous_forms(cells):
        yield (
            f"Dates typed as text, written as {' or '.join(forms)}: the values do not tell. If "
            "you know, take date (or timestamp) with that `format`."
        )
    elif cells.numbers and texts:
        if are_codes(cells.texts.values()):
            yield f"Codes: as numbers, {cells.named(texts)} would lose something."
        elif len(texts) <= len(cells.numbers):
            yield f"Mostly numbers, but not {cells.named(texts)}: a text for now."
        else:
            yield f"Mostly texts; a number: {cells.named(cells.numbers)}."
    elif cells.numbers:
        yield "The numbers fit no narrower type."
    elif cells.texts and not cells.booleans:
        yield from _of_texts(cells)
    if moment_format(cells):
        yield (
            f"{cells.named(cells.numbers)}: a date or time, kept as its serial number; "
            "`as_displayed: true` takes what the cell shows."
        )
    if cells.texts and all(_E_MAIL.fullmatch(text.strip()) for text in cells.texts.values()):
        yield "E-mail addresses: `sensitive: true` keeps them out of messages and previews."


def _of_texts(cells: Cells) -> Iterator[str]:
    found = guess_numbers(replace(cells, formats={}, column_type=""))
    if found and not found.odd:
        yield f"Formatted as plain text, so it is one; {found.type} would read it, too."
    elif all(text.strip().isdigit() for text in cells.texts.values()):
        yield "Digits of which a number would lose some: leading zeros, or more than 15."
