"""Answers of Google's, rendered once: values of a sheet as JSON in files, and where each ends.

The sandbox's own Google tells the values; any page of rows is then a slice of a file, so that who
reads pages waits for no server that makes them. `python -m benchmarks.rendering` renders in a
process of its own.
"""

from __future__ import annotations

import json
import mmap
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from benchmarks import data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.sandbox.google.drive.drive import Drive

# How many rows Google's answer is asked for at a time.
_CHUNK_ROWS = 20_000
_HEAD_ROWS = 20
OWNER = "owner@sandbox.invalid"


@dataclass(frozen=True)
class Layout:
    """How values are told: Google's options, and how far rows are indented, None if they are not.

    Columns are never indented: nobody who asks for columns wants that.
    """

    option: str
    dimension: str
    indent: int | None

    @property
    def name(self) -> str:
        """Of its files."""
        style = "compact" if self.indent is None else f"indent{self.indent}"
        return f"{self.option}-{self.dimension}-{style}".lower()

    @classmethod
    def named(cls, name: str) -> Layout:
        """The layout of a name.

        Raises:
            ValueError: it is none.
        """
        option, dimension, style = name.split("-")
        indent = None if style == "compact" else int(style.removeprefix("indent"))
        return cls(option.upper(), dimension.upper(), indent)

    @property
    def separator(self) -> bytes:
        """What stands between two values of one list."""
        return b"," if self.indent is None else b",\n"

    def value(self, value: Any) -> bytes:
        """A row, or a cell of a column, as it stands in its list."""
        if self.indent is None:
            return orjson.dumps(value)
        spaces = b" " * self.indent
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2)
        return spaces + text.replace(b"\n", b"\n" + spaces)


def create_sheet(drive: Drive, rows: int, *, wrong: bool, filled: int | None = None) -> None:
    """Make the spreadsheet in the sandbox's model; `filled` leaves the rows after so many blank."""
    from sheet_assets.sandbox.google.sheets.a1 import GridRange, column_index

    title = data.spreadsheet_id(rows, wrong=wrong)
    workbook = drive.create_spreadsheet(title, spreadsheet_id=title, owner=OWNER)
    with workbook.lock:
        sheet = workbook.worksheets[0]
        sheet.title, sheet.row_count, sheet.column_count = data.WORKSHEET, rows + 1, data.WIDTH
        sheet.write(0, 0, [list(data.NAMES)])
        sheet.append_rows(data.rows(min(rows, filled or rows), wrong=wrong))
        for letters, (kind, pattern) in data.NUMBER_FORMATS.items():
            column = column_index(letters)
            cells = GridRange(1, rows + 1, column, column + 1)
            sheet.set_number_format(cells, kind, pattern, by=OWNER)
        workbook.touch(OWNER)


def render(folder: Path, rows: int, *, wrong: bool, layouts: Sequence[Layout]) -> None:
    """Write the files that are not there yet."""
    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.limits import Limits

    place = folder / data.spreadsheet_id(rows, wrong=wrong)
    missing = [each for each in layouts if not (place / f"{each.name}.npz").exists()]
    if not missing:
        return
    place.mkdir(parents=True, exist_ok=True)
    drive = Drive(Limits.without_quota())
    create_sheet(drive, rows, wrong=wrong)
    for layout in missing:
        chunks = _chunks(drive, rows, layout.option, wrong=wrong)
        if layout.dimension == "ROWS":
            texts = (layout.value(row) for chunk in chunks for row in chunk)
            ends = _write(place / f"{layout.name}.json", texts, layout.separator)
            np.savez(place / f"{layout.name}.npz", ends=ends)
        else:
            _render_columns(place, layout, list(chunks))


def _render_columns(place: Path, layout: Layout, chunks: Sequence[Sequence[Sequence[Any]]]) -> None:
    arrays = {}
    for column in range(data.WIDTH):
        cells = [row[column] if column < len(row) else "" for chunk in chunks for row in chunk]
        path = place / f"{layout.name}.{column}.json"
        arrays[f"ends{column}"] = _write(path, map(layout.value, cells), layout.separator)
        filled = np.fromiter((cell != "" for cell in cells), bool, len(cells))
        # Of each cell: how many rows its column has up to it once blank ones at the end are gone.
        arrays[f"filled{column}"] = np.maximum.accumulate(
            np.where(filled, np.arange(1, len(cells) + 1), 0)
        )
    np.savez(place / f"{layout.name}.npz", **arrays)


def _chunks(drive: Drive, rows: int, option: str, *, wrong: bool) -> Iterator[list[list[Any]]]:
    from sheet_assets.sandbox.google.call import Call
    from sheet_assets.sandbox.google.sheets import values

    spreadsheet_id = data.spreadsheet_id(rows, wrong=wrong)
    workbook = drive.workbook(spreadsheet_id)
    for first in range(1, rows + 2, _CHUNK_ROWS):
        last = min(first + _CHUNK_ROWS - 1, rows + 1)
        asked = {"spreadsheet_id": spreadsheet_id, "range": f"{data.WORKSHEET}!A{first}:J{last}"}
        yield values.get(Call(asked, {"valueRenderOption": [option]}, b"", OWNER), workbook)[
            "values"
        ]


def _write(path: Path, texts: Iterator[bytes] | map[bytes], separator: bytes) -> Any:
    """The texts, a separator after each; where each ends, with its separator."""
    ends, end = [0], 0
    with path.open("wb") as file:
        for text in texts:
            end += file.write(text + separator)
            ends.append(end)
    return np.array(ends, np.uint64)


class Rendered:
    """One layout of one sheet, mapped into memory."""

    def __init__(self, folder: Path, layout: Layout) -> None:
        self._layout = layout
        paths = [folder / f"{layout.name}.json"]
        if layout.dimension == "COLUMNS":
            paths = [folder / f"{layout.name}.{place}.json" for place in range(data.WIDTH)]
        self._texts = [_mapped(path) for path in paths]
        with np.load(folder / f"{layout.name}.npz") as arrays:
            self._arrays = {name: arrays[name] for name in arrays.files}

    def values(self, first: int, end: int, columns: range) -> bytes:
        """The list of values of these rows, the header being row 0, and columns, as JSON.

        Raises:
            ValueError: some columns of rows are asked for, which is not rendered.
        """
        if self._layout.dimension == "ROWS":
            if len(columns) != data.WIDTH:
                raise ValueError("rows are rendered with all their columns")
            return self._list([self._slice(0, self._arrays["ends"], first, end)])
        lists, most = [], 0
        for column in columns:
            filled = int(self._arrays[f"filled{column}"][end - 1])
            cells = self._slice(column, self._arrays[f"ends{column}"], first, max(filled, first))
            lists.append(self._list([cells]))
            most = len(lists) if cells else most
        return self._list(lists[:most])

    def _slice(self, text: int, ends: Any, first: int, end: int) -> bytes:
        if end <= first:
            return b""
        return self._texts[text][int(ends[first]) : int(ends[end]) - len(self._layout.separator)]

    def _list(self, inner: Sequence[bytes]) -> bytes:
        """A JSON list of what stands in it already, indented as Google does."""
        joined = self._layout.separator.join(inner)
        if self._layout.indent is None:
            return b"[" + joined + b"]"
        return b"[\n" + joined + b"\n" + b" " * (self._layout.indent - 2) + b"]"


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def head(drive: Drive, rows: int, *, wrong: bool) -> None:
    """The spreadsheet without most of its values: for what is asked about it beside them."""
    create_sheet(drive, rows, wrong=wrong, filled=_HEAD_ROWS)


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    render(
        Path(asked["folder"]),
        asked["rows"],
        wrong=asked["wrong"],
        layouts=[Layout.named(name) for name in asked["layouts"]],
    )
