"""A query's result as rows of cells, in a file: what an export is going to show."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from sheet_assets.clients.sheet_export import lines
from sheet_assets.clients.sheet_export.lines import Lines
from sheet_assets.errors import QueryError, SheetError, SheetTooLargeError
from sheet_assets.sheets import encode, serials
from sheet_assets.sheets.number_format import number_format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sheet_assets.clients.sheet_export.target import ExportTarget
    from sheet_assets.sheets.export_column import ExportColumn

_KEPT_ROWS = 10
# Encoded together, by columns.
_ENCODED_ROWS = 1000


class Result:
    """The header and the rows, each a line of cells.

    Args:
        target: How it is shown.
        names: The query's columns.
        rows: Their values, as psycopg2 gives them; read once, and not kept.

    Raises:
        QueryError: two columns have one name, a column that is asked for is missing, or there
            are no rows where there must be some.
        SheetError: a value fits no cell.
    """

    def __init__(
        self, target: ExportTarget, names: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        places = _places(target, names)
        self.key = target.key
        self.names = tuple(names[place] for place in places)
        shown = {column.name: column for column in target.columns or ()}
        self.headers = tuple(shown[name].title if name in shown else name for name in self.names)
        self.formats: list[dict[str, str] | None] = [
            _declared(shown.get(name)) for name in self.names
        ]
        self.declared_formats = tuple(each is not None for each in self.formats)
        self.first_rows: list[tuple[Any, ...]] = []
        self.header = lines.line(self.headers)
        self._files = ExitStack()
        self._rows = self.new_lines()
        fingerprint = lines.Fingerprint()
        fingerprint.update(self.header)
        try:
            for texts in self._encoded(target, rows, places):
                self._rows.extend(texts)
                fingerprint.extend(texts)
            _check_rows(target, self.rows)
        except BaseException:
            self._files.close()
            raise
        self.fingerprint = fingerprint.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self._files.close()

    def new_lines(self) -> Lines:
        """A file for more lines, that goes with the result."""
        return self._files.enter_context(Lines())

    @property
    def rows(self) -> int:
        """How many there are below the header."""
        return self._rows.count

    @property
    def size_bytes(self) -> int:
        """Of all lines."""
        return len(self.header) + self._rows.size_bytes

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.names)

    def __iter__(self) -> Iterator[bytes]:
        """The lines of the rows."""
        return iter(self._rows)

    def values(self) -> Iterator[list[Any]]:
        """The rows, with dates instead of serial numbers."""
        dates = [
            place
            for place, number_format in enumerate(self.formats)
            if number_format and number_format["type"] in {"DATE", "DATE_TIME"}
        ]
        for text in self:
            row = lines.cells(text)
            for place in dates:
                if isinstance(row[place], int | float):
                    row[place] = serials.to_datetime(row[place])
            yield row

    def with_header(self) -> Iterator[bytes]:
        """The header's line, and then those of the rows."""
        yield self.header
        yield from self._rows

    @property
    def key_places(self) -> list[int]:
        """Which of its columns are the key."""
        return [self.names.index(name) for name in self.key]

    def at(self, start: int) -> bytes:
        """The line of a row that `by_key` has given the beginning of."""
        return self._rows.at(start)

    def by_key(self) -> dict[bytes, int]:
        """Where the row of each key begins.

        Raises:
            QueryError: several rows have the same key, or one has none.
        """
        key, columns = self.key, self.key_places
        found: dict[bytes, int] = {}
        start = 0
        for text in self._rows:
            cells = lines.cells(text)
            values = [cells[column] for column in columns]
            if any(value == "" for value in values):
                raise QueryError(
                    f"A row of the query has no {' and '.join(key)}, which is its `key`. Leave "
                    "such rows out of the query. The sheet is as it was."
                )
            found[lines.line(values)] = start
            start += len(text) + 1
        if len(found) != self.rows:
            raise QueryError(
                f"{self.rows - len(found):,} of the query's {self.rows:,} rows have the key of "
                f"another one ({', '.join(key)}), so an upsert cannot tell which to show. Make it "
                "unique in the query, or add columns to `key`. The sheet is as it was."
            )
        return found

    def _encoded(
        self, target: ExportTarget, rows: Iterable[Sequence[Any]], places: Sequence[int]
    ) -> Iterator[list[bytes]]:
        """The lines of some rows, and of the next ones."""
        undecided = {place for place, each in enumerate(self.formats) if each is None}
        source = iter(rows)
        while some := [*islice(source, _ENCODED_ROWS)]:
            chosen = [*zip(*some, strict=True)]
            columns = [chosen[place] for place in places]
            head = [column[: _KEPT_ROWS - len(self.first_rows)] for column in columns]
            self.first_rows += zip(*head, strict=True)
            for place in list(undecided):
                for value in columns[place]:
                    if value is not None:
                        self.formats[place] = encode.number_format(value)
                        undecided.remove(place)
                        break
            try:
                cells = [_encoded(column) for column in columns]
            except (ValueError, SheetTooLargeError):
                choice = target.not_a_number
                yield [
                    lines.line(self._carefully(row, choice)) for row in zip(*columns, strict=True)
                ]
            else:
                yield [*map(lines.line, zip(*cells, strict=True))]

    def _carefully(self, row: Sequence[Any], choice: encode.NotANumber) -> list[encode.CellValue]:
        """The cells of a row in which something needs a choice, or is refused."""
        try:
            return [encode.cell_value(value, not_a_number=choice) for value in row]
        except (ValueError, SheetTooLargeError):
            raise self._refusal(row, choice) from None

    def _refusal(self, row: Sequence[Any], choice: encode.NotANumber) -> SheetError:
        """Which column it was: not looked at before, since that would cost every row."""
        for name, value in zip(self.names, row, strict=True):
            begin = f'The column "{name}" of the result cannot be written'
            try:
                encode.cell_value(value, not_a_number=choice)
            except SheetTooLargeError as error:
                return SheetTooLargeError(f"{begin}. {error} The sheet is as it was.")
            except ValueError as error:
                return SheetError(f"{begin}: {error}. The sheet is as it was.")
        raise AssertionError("no value of the row is refused")


def _encoded(values: Sequence[Any]) -> list[encode.CellValue]:
    """A column's cells; nearly always its values are of one type."""
    kinds = {*map(type, values)}
    if len(kinds) == 1:
        return [*map(encode.encoder(kinds.pop()), values)]
    return [encode.encoder(type(value))(value) for value in values]


def _places(target: ExportTarget, names: Sequence[str]) -> list[int]:
    """Where the columns that are shown stand in the query."""
    twice = [name for number, name in enumerate(names) if name in names[:number]]
    if twice:
        raise QueryError(
            f'The query of {target.name} gives two columns "{twice[0]}". Name one of them '
            "differently (AS …), since people could not tell them apart. The sheet is as it was."
        )
    wanted = list(names) if target.columns is None else [each.name for each in target.columns]
    used = {"columns": wanted, "key": target.key}
    used["chart"] = target.chart.columns if target.chart else ()
    for option, columns in used.items():
        missing = [name for name in columns if name not in names]
        if missing:
            raise QueryError(
                f'The query of {target.name} gives no column "{missing[0]}", which `{option}` '
                f"names; it gives {', '.join(names)}. The sheet is as it was."
            )
    return [list(names).index(name) for name in wanted]


def _check_rows(target: ExportTarget, rows: int) -> None:
    if not rows and not target.allow_empty:
        raise QueryError(
            f"The query of {target.name} returned no rows, and the sheet is as it was. Where that "
            "is right, set `allow_empty: true`, and its rows are cleared."
        )


def _declared(column: ExportColumn | None) -> dict[str, str] | None:
    return number_format(column.number_format) if column and column.number_format else None
