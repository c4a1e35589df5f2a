"""The rows of a CSV file, by Redshift's rules for values."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift.refusal import RejectedRowError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sheet_assets.sandbox.redshift.copy import CopyCommand

_TEXT_TYPES = {"varchar", "bpchar", "text"}
# PostgreSQL also reads 1_000 and 0x1F, which Redshift does not.
_DIGITS = re.compile(r"\s*[+-]?[0-9]+\s*")


@dataclass(frozen=True)
class Column:
    """A column that a COPY fills; `size` is the n of a text's type, the scale of a numeric."""

    name: str
    type: str
    size: int | None

    @property
    def is_text(self) -> bool:
        """Whether an empty field is an empty text in it, not NULL."""
        return self.type in _TEXT_TYPES


class Rows:
    """The rows of one file, each as long as there are columns, with `null` for NULL.

    `null` is recognised by identity or as a text that no file has. Lines are counted from the
    file's first, its header included; `line` is where the last row ended.
    """

    def __init__(
        self,
        lines: Iterator[str],
        command: CopyCommand,
        columns: Sequence[Column],
        null: str,
    ) -> None:
        self._lines = lines
        self._columns = columns
        self._command = command
        self._null = null
        self._reader = csv.reader(
            lines, delimiter=command.delimiter, quotechar=command.quote, strict=True
        )
        self._header_lines = 0

    @property
    def line(self) -> int:
        """The file's line on which the last row ended."""
        return self._header_lines + self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        """Give the rows below the header.

        Raises:
            RejectedRowError: a row does not fit the columns.
        """
        for _ in range(self._command.ignore_header):
            if next(self._lines, None) is None:
                return
            self._header_lines += 1
        checks = [
            (index, column.name, check)
            for index, column in enumerate(self._columns)
            if (check := _check(column)) is not None
        ]
        null, null_as, width = self._null, self._command.null_as, len(self._columns)
        for row in self._records():
            if len(row) != width:
                self._wrong_width(row)
            if null_as in row or "" in row:
                self._set_nulls(row)
            for index, name, check in checks:
                if row[index] is not null:
                    try:
                        row[index] = check(row[index])
                    except _WrongValueError as error:
                        raise self._rejected(error.message, name, error.error_code) from None
            yield row

    def _records(self) -> Iterator[list[str]]:
        records = iter(self._reader)
        while True:
            try:
                row = next(records, None)
            except csv.Error as error:
                raise self._rejected(f"Invalid CSV: {error}", "", 1216) from None
            if row is None:
                return
            # The csv module reads an empty line as no field; it is one empty field.
            yield row or [""]

    def _set_nulls(self, row: list[str]) -> None:
        null_as = self._command.null_as
        for index, text in enumerate(row):
            if text == null_as or (text == "" and not self._columns[index].is_text):
                row[index] = self._null

    def _wrong_width(self, row: Sequence[str]) -> None:
        width = len(self._columns)
        if len(row) > width:
            raise self._rejected("Extra column(s) found", "", 1202)
        raise self._rejected("Delimiter not found", self._columns[len(row)].name, 1214)

    def _rejected(self, message: str, column: str, error_code: int) -> RejectedRowError:
        return RejectedRowError(message, line=self.line, column=column, error_code=error_code)


class _WrongValueError(Exception):
    def __init__(self, message: str, error_code: int) -> None:
        super().__init__(message)
        self.message = message
        self.error_code = error_code


def _check(column: Column) -> Callable[[str], str] | None:
    size = column.size
    if column.type == "varchar" and size is not None:
        return lambda text: _check_varchar(text, size)
    if column.type == "bpchar" and size is not None:
        return lambda text: _check_char(text, size)
    if column.type in {"int2", "int4", "int8"}:
        return _check_integer
    if column.type == "numeric" and size is not None:
        return lambda text: _truncate(text, size)
    return None


def _check_varchar(text: str, size: int) -> str:
    # The length of a VARCHAR counts bytes; no character has more than four.
    if len(text) * 4 > size and len(text.encode("utf-8", "surrogateescape")) > size:
        raise _WrongValueError("String length exceeds DDL length", 1204)
    return text


def _check_char(text: str, size: int) -> str:
    if not text.isascii():
        wrong = next(character for character in text if not character.isascii())
        shown = wrong.encode("utf-8", "surrogateescape").hex(" ")
        raise _WrongValueError(
            f"Multibyte character not supported for CHAR (Hint: Try using VARCHAR). "
            f"Invalid char: {shown}",
            1220,
        )
    if len(text.rstrip(" ")) > size:
        raise _WrongValueError("String length exceeds DDL length", 1204)
    return text


def _check_integer(text: str) -> str:
    if _DIGITS.fullmatch(text) is None:
        raise _WrongValueError(f"Invalid digit in an integer: '{text[:40]}'", 1207)
    return text


def _truncate(text: str, scale: int) -> str:
    # Without ROUNDEC a COPY cuts digits beyond the scale off, where PostgreSQL would round.
    whole, point, fraction = text.partition(".")
    if "_" in text or "x" in text:
        raise _WrongValueError(f"Invalid digit in a decimal: '{text[:40]}'", 1209)
    if not point or len(fraction) <= scale or not fraction.strip().isdecimal():
        return text
    if scale:
        return f"{whole}.{fraction[:scale]}"
    return whole if whole[-1:].isdecimal() else f"{whole}0"
