"""Data validation: the rules that cells are to keep, and the request that sets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import InvalidArgumentError
from sheet_assets.sandbox.google.sheets.grid_range import read_grid_range

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.sheets.message import Message
    from sheet_assets.sandbox.google.sheets.workbook import Workbook

# https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/other#ConditionType
_CONDITIONS = (
    "",
    "NUMBER_GREATER",
    "NUMBER_GREATER_THAN_EQ",
    "NUMBER_LESS",
    "NUMBER_LESS_THAN_EQ",
    "NUMBER_EQ",
    "NUMBER_NOT_EQ",
    "NUMBER_BETWEEN",
    "NUMBER_NOT_BETWEEN",
    "TEXT_CONTAINS",
    "TEXT_NOT_CONTAINS",
    "TEXT_EQ",
    "TEXT_IS_EMAIL",
    "TEXT_IS_URL",
    "DATE_EQ",
    "DATE_BEFORE",
    "DATE_AFTER",
    "DATE_ON_OR_BEFORE",
    "DATE_ON_OR_AFTER",
    "DATE_BETWEEN",
    "DATE_NOT_BETWEEN",
    "DATE_IS_VALID",
    "ONE_OF_RANGE",
    "ONE_OF_LIST",
    "CUSTOM_FORMULA",
    "BOOLEAN",
)


def set_data_validation(request: Message, workbook: Workbook) -> None:
    """Request setDataValidation: without a rule the cells lose theirs."""
    request.allow(("range", "rule", "filteredRowsIncluded"))
    worksheet, cells = read_grid_range(request.message("range"), workbook)
    worksheet.check_editable(cells)
    worksheet.validations.put(cells, read_rule(request.message("rule")))


def read_rule(message: Message) -> dict[str, Any] | None:
    """A DataValidationRule as a sheet keeps it; None for an empty one.

    Raises:
        InvalidArgumentError: it has no condition, or one that Google does not know.
    """
    message.allow(("condition", "inputMessage", "strict", "showCustomUi"))
    if not message.fields:
        return None
    condition = message.message("condition").allow(("type", "values"))
    kind = condition.enum("type", _CONDITIONS, "ConditionType")
    if not kind:
        raise InvalidArgumentError("A condition must be specified.")
    values: list[dict[str, Any]] = []
    for value in condition.messages("values"):
        value.allow(("userEnteredValue",), lacking=("relativeDate",))
        values.append({"userEnteredValue": value.text("userEnteredValue") or ""})
    rule: dict[str, Any] = {"condition": {"type": kind, **({"values": values} if values else {})}}
    if message.text("inputMessage"):
        rule["inputMessage"] = message.text("inputMessage")
    rule |= {name: True for name in ("strict", "showCustomUi") if message.boolean(name)}
    return rule
