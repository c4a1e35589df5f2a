"""The sheet that people edit in a case, and all that it ever held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets.sandbox import SERVICE_ACCOUNT
from sheet_assets.sheets.contract import Column, SheetSource

if TYPE_CHECKING:
    from random import Random

    from sheet_assets.sandbox.google.drive.drive import Drive
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

Row = tuple[int, int, str | None]
Rows = tuple[Row, ...]

HEADER = ["id", "revision", "text"]
WORKSHEET = "Answers"
_EDITORS = ("ann@example.com", "ben@example.com", SERVICE_ACCOUNT)
_TEXTS = (
    None,
    "x",
    "한글",
    'say "a, b"',
    "two\nlines",
    "=1+1",
    "'007",
    " blank ends ",
    "\\N",
    "🙂",
)


def columns(*, key: bool, displayed: bool, changed: bool = False) -> tuple[Column, ...]:
    """The contract: every row says in which revision it was written.

    Args:
        key: The id tells rows apart.
        displayed: The text is read as it is shown, in a request of its own.
        changed: There is one column more, and the text may be longer.
    """
    text = "varchar(120)" if changed else "varchar(80)"
    return (
        Column(name="id", type="integer", required=True, key=key),
        Column(name="revision", type="integer", required=True),
        Column(name="text", type=text, as_displayed=displayed),
        *([Column(name="note", type="varchar(20)")] if changed else []),
    )


@dataclass(frozen=True)
class Content:
    """What the sheet held from a Drive version on.

    `rows` is None where no run may take it: `refused_as` is the error that says so.
    """

    drive_version: int
    rows: Rows | None
    refused_as: str = ""


class ChaosSheet:
    """A worksheet of a workbook, edited as the draw says.

    Args:
        drive: Where the workbook is.
        workbook: Gets a tab for it.
        draw: Says what is typed.
        most_rows: How long the sheet may be.
        allow_empty: Whether a run may take a sheet without rows.
        whole: Rows are only written all at once, each with a new revision.
    """

    def __init__(
        self,
        drive: Drive,
        workbook: Workbook,
        draw: Random,
        *,
        most_rows: int,
        allow_empty: bool,
        whole: bool,
    ) -> None:
        self._drive = drive
        self.workbook = workbook
        self._draw = draw
        self.most_rows = most_rows
        self._allow_empty = allow_empty
        self._whole = whole
        self._revision = 0
        self._worksheet = workbook.add_worksheet(WORKSHEET, most_rows + 2, len(HEADER) + 1)
        self.history: list[Content] = [Content(self.drive_version, None)]
        self._write(self._drawn_rows())

    def source(self, name: str, contract: tuple[Column, ...]) -> SheetSource:
        """The sheet under a contract."""
        return SheetSource(
            name=name,
            spreadsheet_id=self.workbook.spreadsheet_id,
            worksheet=WORKSHEET,
            columns=contract,
            allow_empty=self._allow_empty,
        )

    @property
    def drive_version(self) -> int:
        """Drive's version of the spreadsheet now."""
        return self._drive.file(self.workbook.spreadsheet_id).version

    @property
    def rows(self) -> Rows | None:
        """What it holds now."""
        return self.history[-1].rows

    def since(self, drive_version: int) -> list[Rows]:
        """All that it held at that Drive version and later."""
        first = max(
            (
                place
                for place, each in enumerate(self.history)
                if each.drive_version <= drive_version
            ),
            default=0,
        )
        return [each.rows for each in self.history[first:] if each.rows is not None]

    def refusals(self, edits: int) -> set[str]:
        """How it may be refused, after so many edits and at each later one."""
        return {each.refused_as for each in self.history[edits - 1 :]}

    def edit(self) -> str:
        """Somebody edits it; what was done."""
        kinds = ["rewrite", "rewrite", "back", "tweak", "tweak", "empty", "wrong"]
        kind = self._draw.choice(kinds)
        if kind == "tweak" and (self._whole or not self.rows):
            kind = "rewrite"
        {
            "rewrite": self.rewrite,
            "back": self._back,
            "tweak": self._tweak,
            "empty": lambda: self._write(()),
            "wrong": lambda: self._write(self._drawn_rows(), wrong=True),
        }[kind]()
        return kind

    def mend(self) -> None:
        """Somebody gives it rows that a run can take, if it has none."""
        if self.rows is None:
            self.rewrite()

    def rewrite(self) -> None:
        """Somebody gives it other rows."""
        self._write(self._drawn_rows())

    def _drawn_rows(self) -> Rows:
        self._revision += 1
        count = self._draw.randint(1, self.most_rows)
        ids = self._draw.sample(range(1, self.most_rows * 2 + 1), count)
        return tuple((each, self._revision, self._draw.choice(_TEXTS)) for each in ids)

    def _back(self) -> None:
        self._write(self._draw.choice([each.rows for each in self.history if each.rows]))

    def _tweak(self) -> None:
        """One cell after the other, so that each state between is a version, too."""
        for _ in range(self._draw.randint(1, 3)):
            rows = list(self.rows or ())
            place = self._draw.randrange(len(rows))
            if self._draw.random() < 0.5:
                self._revision += 1
                rows[place] = (rows[place][0], self._revision, rows[place][2])
            else:
                rows[place] = (*rows[place][:2], self._draw.choice(_TEXTS))
            by = self._draw.choice(_EDITORS)
            self._worksheet.set_values([list(rows[place])], row=place + 1, by=by)
            self._note(tuple(rows))

    def _write(self, rows: Rows, *, wrong: bool = False) -> None:
        cells = [[*HEADER, "note"], *map(list, rows)]
        if wrong:
            cells[1][0] = "oops"
        blank = [[None] * len(HEADER)] * (self.most_rows + 1 - len(rows))
        self._worksheet.set_values([*cells, *blank], by=self._draw.choice(_EDITORS))
        if wrong:
            self._note(None, "CellError")
        elif not rows and not self._allow_empty:
            self._note(None, "TooFewRowsError")
        else:
            self._note(rows)

    def _note(self, rows: Rows | None, refused_as: str = "") -> None:
        self.history.append(Content(self.drive_version, rows, refused_as))
