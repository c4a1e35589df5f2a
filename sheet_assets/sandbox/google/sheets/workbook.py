"""A workbook: the spreadsheet behind one Drive file."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError, UnimplementedError
from sheet_assets.sandbox.google.sheets import a1
from sheet_assets.sandbox.google.sheets.formulas.results import Results
from sheet_assets.sandbox.google.sheets.worksheet import Worksheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.sandbox.google.sheets.charts import Chart
    from sheet_assets.sandbox.google.sheets.developer_metadata import DeveloperMetadata
    from sheet_assets.sandbox.google.sheets.filter_views import FilterView
    from sheet_assets.sandbox.google.sheets.named_ranges import NamedRange
    from sheet_assets.sandbox.google.sheets.protected_ranges import ProtectedRange
    from sheet_assets.sandbox.google.sheets.tables import Table

MOST_CELLS = 10_000_000


class Workbook:
    """Properties and worksheets of a spreadsheet, and what lies on or over their cells.

    `changed` is called with the editor's e-mail (None: the owner) after every change. `editor`
    is the account whose request is being applied; None may change what is protected, too.
    """

    def __init__(
        self,
        spreadsheet_id: str,
        title: str,
        *,
        owner: str = "",
        locale: str = "en_US",
        time_zone: str = "Etc/GMT",
        lock: threading.RLock | None = None,
        changed: Callable[[str | None], None] | None = None,
    ) -> None:
        self.spreadsheet_id = spreadsheet_id
        self.title = title
        self.owner = owner
        self.editor: str | None = None
        self.locale = locale
        self.time_zone = time_zone
        self.auto_recalc = "ON_CHANGE"
        self.lock = lock or threading.RLock()
        self.worksheets: list[Worksheet] = []
        self.developer_metadata: dict[int, DeveloperMetadata] = {}
        self.named_ranges: dict[str, NamedRange] = {}
        self.tables: dict[str, Table] = {}
        self.protected_ranges: dict[int, ProtectedRange] = {}
        self.charts: dict[int, Chart] = {}
        self.filter_views: dict[int, FilterView] = {}
        # Whether there is, or once was, a formula: without any, nothing is looked through for them.
        self.has_formulas = False
        self._results: Results | None = None
        self._changed = changed
        self.create_worksheet("Sheet1", 1000, 26, sheet_id=0)

    def belong_to(self, lock: threading.RLock, changed: Callable[[str | None], None]) -> None:
        """Take another lock, and tell of changes to somebody else."""
        self.lock = lock
        self._changed = changed

    def __getstate__(self) -> dict[str, Any]:
        """What can be written to a file: all but whom it belongs to and what is computed."""
        state = dict(vars(self))
        for name in ("lock", "_changed", "editor", "_results"):
            del state[name]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was written; `belong_to` comes next."""
        vars(self).update(state, editor=None, _results=None, _changed=None)
        self.lock = threading.RLock()

    def add_worksheet(
        self,
        title: str,
        rows: int = 1000,
        columns: int = 26,
        sheet_id: int | None = None,
        *,
        by: str | None = None,
    ) -> Worksheet:
        """Add a worksheet at the end; its id is chosen when not given.

        Raises:
            SandboxError: the title or the id is taken.
        """
        with self.lock:
            worksheet = self.create_worksheet(title, rows, columns, sheet_id=sheet_id)
            self.touch(by)
            return worksheet

    def rename(self, title: str, *, by: str | None = None) -> None:
        """Give the spreadsheet another title."""
        with self.lock:
            self.title = title
            self.touch(by)

    def worksheet(self, title: str) -> Worksheet:
        """The worksheet with exactly this title.

        Raises:
            SandboxError: there is none.
        """
        with self.lock:
            for worksheet in self.worksheets:
                if worksheet.title == title:
                    return worksheet
        raise InvalidArgumentError(f"Unable to parse range: {title}")

    @property
    def results(self) -> Results:
        """What the formulas come to now."""
        if self._results is None:
            self._results = Results()
        return self._results

    def forget_results(self) -> None:
        """Compute the formulas anew when they are asked for: something may have changed."""
        self._results = None

    def touch(self, by: str | None) -> None:
        """Tell Drive that something changed."""
        self.forget_results()
        if self._changed is not None:
            self._changed(by)

    def create_worksheet(
        self,
        title: str | None,
        rows: int,
        columns: int,
        *,
        sheet_id: int | None = None,
        index: int | None = None,
    ) -> Worksheet:
        """Add a worksheet without telling Drive; without a title it is the next SheetN."""
        if title is None:
            title = self._free_title()
        self.check_title(title)
        if sheet_id is None:
            sheet_id = self._free_sheet_id()
        elif any(sheet.sheet_id == sheet_id for sheet in self.worksheets):
            raise InvalidArgumentError(
                f"Sheet with id {sheet_id} already exists. Please use a different id."
            )
        worksheet = Worksheet(self, sheet_id, title, rows, columns)
        self.worksheets.insert(len(self.worksheets) if index is None else index, worksheet)
        self.check_cell_count()
        return worksheet

    def remove_all(self, worksheets: list[Worksheet]) -> None:
        """Remove worksheets with all that lies on them."""
        gone = {worksheet.sheet_id for worksheet in worksheets}
        self.worksheets = [each for each in self.worksheets if each.sheet_id not in gone]
        for metadata_id, entry in list(self.developer_metadata.items()):
            if entry.location.sheet_id in gone:
                del self.developer_metadata[metadata_id]
        lying: tuple[dict[Any, Any], ...] = (
            self.named_ranges,
            self.tables,
            self.protected_ranges,
            self.charts,
            self.filter_views,
        )
        for entries in lying:
            for key, each in list(entries.items()):
                if each.sheet_id in gone:
                    del entries[key]

    def copy_into(self, other: Workbook) -> None:
        """Make another workbook a copy of this one, but for its id, title and owner."""
        own = ("spreadsheet_id", "title", "owner", "lock", "editor", "_changed", "_results")
        for name, value in vars(self).items():
            if name not in own:
                setattr(other, name, dict(value) if isinstance(value, dict) else value)
        other.worksheets = [
            worksheet.copied(other, worksheet.sheet_id, worksheet.title)
            for worksheet in self.worksheets
        ]

    def check_title(self, title: str, *, but: Worksheet | None = None) -> None:
        """Raise Google's sentence when another worksheet has this title in any case."""
        for worksheet in self.worksheets:
            if worksheet is not but and worksheet.title.casefold() == title.casefold():
                raise InvalidArgumentError(
                    f'A sheet with the name "{title}" already exists. Please enter another name.'
                )

    def check_cell_count(self) -> None:
        """Raise Google's sentence when the grids have more than 10 million cells together."""
        cells = sum(sheet.row_count * sheet.column_count for sheet in self.worksheets)
        if cells > MOST_CELLS:
            raise InvalidArgumentError(
                "This action would increase the number of cells in the workbook above the limit "
                f"of {MOST_CELLS} cells."
            )

    def worksheet_by_id(self, sheet_id: int) -> Worksheet:
        """The worksheet with this id.

        Raises:
            InvalidArgumentError: there is none.
        """
        for worksheet in self.worksheets:
            if worksheet.sheet_id == sheet_id:
                return worksheet
        raise InvalidArgumentError(f"No grid with id: {sheet_id}")

    def find_range(self, text: str) -> tuple[Worksheet, a1.GridRange]:
        """The worksheet and the cells that a range in A1 notation names.

        A text that is a title means the whole worksheet, even when it looks like a cell; but the
        name of a named range goes before it, unless the title is quoted. Cells without a title
        are on the first worksheet.

        Raises:
            InvalidArgumentError: it names no worksheet, or cannot be read.
        """
        for named in self.named_ranges.values():
            if named.name.casefold() == text.casefold():
                return self.worksheet_by_id(named.sheet_id), named.cells
        whole = self.titled(text)
        if whole is not None:
            return whole, a1.GridRange()
        parts = a1.split_title(text)
        title, cells = parts if parts is not None else (None, text)
        worksheet = self.worksheets[0] if title is None else self.titled(title)
        wanted = a1.parse_cells(cells) if cells else a1.GridRange()
        if wanted is None and a1.is_r1c1(cells):
            raise UnimplementedError(f"R1C1 notation: {text}")
        if worksheet is None or wanted is None:
            raise InvalidArgumentError(f"Unable to parse range: {text}")
        return worksheet, wanted

    @contextmanager
    def edited_by(self, email: str | None) -> Iterator[None]:
        """Apply changes as this account, all or none: an error within undoes them.

        Costs a copy of each worksheet's list of rows, not of the cells.
        """
        state = {
            name: dict(value) if isinstance(value, dict) else value
            for name, value in vars(self).items()
        }
        state["worksheets"] = list(self.worksheets)
        checkpoints = [(sheet, sheet.checkpoint()) for sheet in self.worksheets]
        self.editor = email
        try:
            yield
        except BaseException:
            vars(self).update(state)
            self.forget_results()
            for sheet, checkpoint in checkpoints:
                sheet.restore(checkpoint)
            raise
        finally:
            self.editor = None

    def titled(self, title: str) -> Worksheet | None:
        """The worksheet with this title, in any case if none has it exactly."""
        for worksheet in self.worksheets:
            if worksheet.title == title:
                return worksheet
        folded = title.casefold()
        return next((each for each in self.worksheets if each.title.casefold() == folded), None)

    def _free_title(self) -> str:
        titles = {worksheet.title.casefold() for worksheet in self.worksheets}
        n = len(self.worksheets) + 1
        while f"sheet{n}" in titles:
            n += 1
        return f"Sheet{n}"

    def _free_sheet_id(self) -> int:
        taken = {worksheet.sheet_id for worksheet in self.worksheets}
        while True:
            sheet_id = 1 + secrets.randbelow(2**31 - 1)
            if sheet_id not in taken:
                return sheet_id
