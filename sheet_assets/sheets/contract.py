"""The contract: which header of a worksheet becomes which typed column of a table."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sheet_assets.sheets import rules, strptime
from sheet_assets.sheets.area import WHOLE, Area
from sheet_assets.warehouse.types import TableColumn

if TYPE_CHECKING:
    from collections.abc import Sequence


_PLACES = ("worksheet", "named_range", "sheets_table")

Limit = bool | int | float | dt.date | dt.time | str


class Column(TableColumn):
    """A column of the table and the header it is filled from."""

    header: str | None = Field(
        default=None, description="The header in the sheet, when it is not the name."
    )
    aliases: tuple[str, ...] = Field(
        default=(), description="Other headers that are accepted, for example an older wording."
    )
    blank: Literal["null", "empty"] = Field(
        default="null", description="What a blank cell is in a varchar column."
    )
    null_values: tuple[str, ...] = Field(
        default=(), description="Texts that stand for NULL, for example n/a or -."
    )
    formula_errors: Literal["reject", "null"] = Field(
        default="reject", description="Whether #N/A and its like are wrong cells, or NULL."
    )
    format: str | None = Field(
        default=None,
        description="How a date or time that was typed as text is written, as Python's strptime "
        "has it: %d.%m.%Y. Real dates of the sheet are read as they are.",
    )
    as_displayed: bool = Field(
        default=False,
        description="Read what the cell shows, not what it holds: for codes whose leading zeros "
        "are only a number format. Needs a varchar.",
    )
    key: bool = Field(
        default=False,
        description="Whether it is (a part of) what tells rows apart: required, and unique "
        "together with the other key columns.",
    )
    unique: bool = Field(default=False, description="Refuse a value that stands twice.")
    min: Limit | None = Field(
        default=None, description="The smallest value allowed; a moment without a zone is UTC."
    )
    max: Limit | None = Field(default=None, description="The largest value allowed.")
    allowed: tuple[Limit, ...] = Field(default=(), description="The only values allowed.")
    pattern: str | None = Field(
        default=None, description="A regular expression that the whole text must match."
    )
    sensitive: bool = Field(
        default=False, description="Never show its values in messages, previews or logs."
    )

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, said: Any) -> Any:
        """A key is required; `formula_errors: null` without quotes is the word and not nothing."""
        if not isinstance(said, dict):
            return said
        words = {name: "null" for name in ("blank", "formula_errors") if said.get(name, "") is None}
        required = {"required": True} if said.get("key") is True else {}
        return {**said, **required, **words}

    @model_validator(mode="after")
    def _headers_say_something(self) -> Self:
        if not all(normalise_header(header) for header in self.headers):
            raise ValueError(f"column {self.name!r}: a header or alias is blank")
        return self

    @model_validator(mode="after")
    def _blank_fits(self) -> Self:
        if self.blank == "empty" and self.type.kind != "varchar":
            raise ValueError(
                f"column {self.name!r}: `blank: empty` needs a varchar, not {self.type}"
            )
        return self

    @model_validator(mode="after")
    def _reading_fits(self) -> Self:
        if self.format is not None:
            try:
                strptime.check(self.format, self.type.kind)
            except ValueError as error:
                raise ValueError(f"column {self.name!r}: `format` {error}") from None
        if self.as_displayed and self.type.kind != "varchar":
            raise ValueError(
                f"column {self.name!r}: `as_displayed` needs a varchar, not {self.type}"
            )
        return self

    @model_validator(mode="after")
    def _rules_fit(self) -> Self:
        for which, limits in (
            ("min", (self.min,)),
            ("max", (self.max,)),
            ("allowed", self.allowed),
        ):
            for limit in limits:
                if limit is not None:
                    rules.bound(self, which, limit)
        if None not in (self.min, self.max):
            smallest, largest = (
                rules.bound(self, "min", self.min),
                rules.bound(self, "max", self.max),
            )
            if smallest > largest:
                raise ValueError(
                    f"column {self.name!r}: `min` {smallest} is more than `max` {largest}"
                )
        if self.pattern is not None:
            if self.type.kind != "varchar":
                raise ValueError(
                    f"column {self.name!r}: `pattern` needs a varchar, not {self.type}"
                )
            try:
                re.compile(self.pattern)
            except (re.error, OverflowError, RecursionError) as error:
                # A repetition of 4,294,967,295 or more, parentheses hundreds deep.
                raise ValueError(f"column {self.name!r}: `pattern` {error}") from None
        return self

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that is accepted, the preferred one first."""
        return (self.header or self.name, *self.aliases)


class SheetSource(BaseModel):
    """A worksheet and what is taken from it.

    Exactly one of `worksheet`, `named_range` and `sheets_table` says where; `range` is a part
    of the worksheet, such as B3:F. `header_row` counts the worksheet's rows from 1; by default
    it is the first row of what is read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    spreadsheet_id: str
    worksheet: str | int | None = None
    range: str | None = None
    named_range: str | None = None
    sheets_table: str | None = None
    header_row: int | None = Field(default=None, ge=1)
    columns: tuple[Column, ...]
    extra_columns: Literal["ignore", "reject"] = "ignore"
    min_rows: int = Field(default=0, ge=0)
    allow_empty: bool = False

    @model_validator(mode="after")
    def _columns_fit(self) -> Self:
        check_columns(self.columns)
        return self

    @model_validator(mode="after")
    def _place_fits(self) -> Self:
        said = [name for name in _PLACES if getattr(self, name) is not None]
        if len(said) != 1:
            told = " and ".join(said) or "none"
            raise ValueError(
                f"{said[0] if said else 'worksheet'}: exactly one of {', '.join(_PLACES)} says "
                f"where the rows are, and here is {told}"
            )
        if self.range is not None and self.worksheet is None:
            raise ValueError(f"range: it is a part of a worksheet, and a {said[0]} has no parts")
        try:
            area = self.area
        except ValueError as error:
            raise ValueError(f"range: {error}") from None
        if self.allow_empty and self.min_rows:
            raise ValueError("min_rows: with `allow_empty` it is 0")
        if self.header_row is not None:
            if self.sheets_table is not None:
                raise ValueError("header_row: the first row of a sheets_table is its header")
            if not area.has_row(self.header_row - 1):
                raise ValueError(
                    f"header_row: row {self.header_row} is not in the range {self.range}"
                )
        return self

    @property
    def area(self) -> Area:
        """The declared part of the worksheet; all of it where none is declared."""
        return WHOLE if self.range is None else Area.parse(self.range)


def spreadsheet_id(id_or_url: str) -> str:
    """The id in a spreadsheet's address, or the id itself.

    Raises:
        ValueError: an address without an id, such as that of a page published to the web.
    """
    match = re.search(r"/spreadsheets/(?:u/[0-9]+/)?d/(?!e/)([A-Za-z0-9_-]+)", id_or_url)
    if match is None and "/" in id_or_url:
        raise ValueError(
            f"{id_or_url!r} holds no spreadsheet's id; copy the address from the browser while "
            "the spreadsheet is open (https://docs.google.com/spreadsheets/d/…/edit)"
        )
    return match[1] if match else id_or_url.strip()


def normalise_header(cell: object) -> str:
    """A header as it is compared, read from a cell or from the contract.

    One space stands for any run of blanks (NBSP and newlines too). Accents and Hangul are
    composed (NFC), since macOS types them decomposed. A number or boolean is what it looks
    like in the sheet: 2026, TRUE.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_columns(columns: Sequence[TableColumn]) -> None:
    """Refuse a contract whose columns collide.

    Raises:
        ValueError: no column, a name twice, or a header claimed by two columns.
    """
    if not columns:
        raise ValueError("a contract has at least one column")
    for what, counted in (
        ("column name", Counter(column.name for column in columns)),
        (
            "header",
            Counter(
                header
                for column in columns
                if isinstance(column, Column)
                for header in {normalise_header(header) for header in column.headers}
            ),
        ),
    ):
        twice = [name for name, count in counted.items() if count > 1]
        if twice:
            raise ValueError(f"{what} {twice[0]!r} stands twice in the contract")


def contract_hash(columns: Sequence[TableColumn]) -> str:
    """The sha256, in hex, of what the columns say.

    Defaults are left out, so that a field this package gains later changes no hash;
    so are descriptions, which no value depends on.
    """
    said = [
        column.model_dump(mode="json", exclude_defaults=True, exclude={"description"})
        for column in columns
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
