"""A column of an export: which one of the query it is, and how people see it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sheet_assets.sheets.number_format import number_format


class ExportColumn(BaseModel):
    """One column, in the order of the worksheet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="The column's name in the query.")
    header: str | None = Field(
        default=None, description="What stands above it in the worksheet; by default its name."
    )
    number_format: str | None = Field(
        default=None,
        description="A pattern such as 0.00, #,##0, 0.0% or yyyy-mm-dd. Without it the format "
        "that people gave the column stays, and dates that have none get one.",
    )

    @field_validator("number_format")
    @classmethod
    def _is_a_format(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            number_format(pattern)
        return pattern

    @property
    def title(self) -> str:
        """Its header."""
        return self.name if self.header is None else self.header


def check_export_columns(columns: tuple[ExportColumn, ...]) -> None:
    """Refuse columns that a worksheet could not tell apart.

    Raises:
        ValueError: none at all, one that stands twice, or two with the same header.
    """
    if not columns:
        raise ValueError("there must be at least one; leave the field out for all of the query's")
    for what, texts in (
        ("name", [column.name for column in columns]),
        ("header", [column.title for column in columns]),
    ):
        twice = [text for number, text in enumerate(texts) if text in texts[:number]]
        if twice:
            raise ValueError(f"the {what} {twice[0]!r} stands twice")
