"""The reference of the components' fields, made from their models: docs/reference.md.

`python -m sheet_assets.cli.reference_text` writes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_export.chart import Chart
from sheet_assets.components import SheetAssets, SheetExport, SheetTable, SqlTable
from sheet_assets.components.sql_check import SqlCheck
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.export_column import ExportColumn
from sheet_assets.warehouse.types import ResultColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

PAGE = Path("docs/reference.md")
_BEGINNING = """\
# The fields of a defs.yaml

What each type of component takes, as `dg check yaml` and editors know it too. Made from the code;
`dg scaffold defs sheet_assets.SheetTable NAME` writes a template with all of it.
"""


def page() -> str:
    """The whole page."""
    tables: list[tuple[str, type[BaseModel]]] = [
        ("sheet_assets.SheetTable", SheetTable),
        ("A column of a SheetTable", Column),
        ("sheet_assets.SqlTable", SqlTable),
        ("A column of a SqlTable", ResultColumn),
        ("A check of a SqlTable", SqlCheck),
        ("sheet_assets.SheetExport", SheetExport),
        ("A column of a SheetExport", ExportColumn),
        ("The chart of a SheetExport", Chart),
        ("sheet_assets.SheetAssets", SheetAssets),
    ]
    return _BEGINNING + "".join(
        f"\n## {title}\n\n{_sentence(model)}\n\n{_table(model)}" for title, model in tables
    )


def _sentence(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").split("\n\n", 1)[0].strip().replace("\n    ", "\n")


def _table(model: type[BaseModel]) -> str:
    return "| Field | Meaning | Default |\n|---|---|---|\n" + "".join(_rows(model))


def _rows(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        meaning = (field.description or "").replace("|", "\\|")
        default = "**Required.**" if field.is_required() else _default(field)
        yield f"| `{name}` | {meaning}{_choices(field)} | {default} |\n"


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True)
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`" if value not in (None, "", (), [], {}) else ""


def _choices(field: FieldInfo) -> str:
    """The words that a field takes, where its description does not have them all."""
    annotation = str(field.annotation)
    words = re.findall(r"'(\w+)'", annotation) if "Literal" in annotation else []
    if all(word in (field.description or "") for word in words):
        return ""
    return f" One of {', '.join(f'`{word}`' for word in words)}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
