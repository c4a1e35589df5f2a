"""The CSV that PostgreSQL is sent in a COPY."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.copy_options import CopyOptions

_CONTROLS = "\x01\x02\x03\x04"


@dataclass(frozen=True)
class Notation:
    """What separates and quotes fields; NULL is an empty field without quotes.

    It is that of the file, so that rows which need no change are passed on as they are. `default`,
    without quotes, stands for a column's default.
    """

    delimiter: str
    quote: str
    default: str

    @classmethod
    def of(cls, options: CopyOptions) -> Notation:
        """The notation for the files of a COPY."""
        taken = {options.delimiter, options.quote}
        free = (each for each in _CONTROLS if each not in taken)
        # A delimited text quotes nothing: what stands in it must not be taken for a quote.
        quote = options.quote if options.file_format == "CSV" else next(free)
        return cls(options.delimiter, quote, next(free))

    def field(self, value: str | None) -> str:
        """A value."""
        if value is None:
            return ""
        return f"{self.quote}{value.replace(self.quote, self.quote * 2)}{self.quote}"

    def row(self, fields: list[str]) -> str:
        """Fields as a row."""
        return self.delimiter.join(fields) + "\n"
