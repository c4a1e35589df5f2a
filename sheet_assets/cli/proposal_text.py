"""The text that `infer` prints: a defs.yaml, or the proposal as JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from sheet_assets.sheets.contract import Column, SheetSource, spreadsheet_id
from sheet_assets.sheets.infer.defs_yaml import column_fields, defs_yaml
from sheet_assets.sheets.infer.header import snake_case
from sheet_assets.warehouse.types import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.clients.sheet_inference import Inferred

# A contract has columns; these are what is to be found out.
_UNKNOWN = Column(name="unknown", type=ColumnType("varchar", length=1))

# What Google calls a first tab, in some languages; in others nothing of it but the digit is ASCII.
_DEFAULT_TITLE = re.compile(r"(?:sheet|tabellenblatt|feuille|hoja|foglio)?_?[0-9]*")


def source(spreadsheet: str, places: Mapping[str, Any]) -> SheetSource:
    """Where to read, as far as the arguments say; without a place it is the first worksheet.

    Raises:
        click.UsageError: they do not go together.
    """
    said = {field: value for field, value in places.items() if value is not None}
    if not said.keys() & {"named_range", "sheets_table"}:
        said.setdefault("worksheet", 0)
    try:
        found = spreadsheet_id(spreadsheet)
        if not re.fullmatch(r"[A-Za-z0-9_-]+", found):
            raise click.UsageError(f"{spreadsheet!r} is no spreadsheet's id or address.")
        return SheetSource(name="infer", spreadsheet_id=found, columns=(_UNKNOWN,), **said)
    except ValidationError as error:
        # The sentence begins with the field of a defs.yaml that is an option here.
        field, _, text = error.errors()[0]["msg"].removeprefix("Value error, ").partition(": ")
        raise click.UsageError(f"--{field.replace('_', '-')}: {text}.") from None
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None


def attributes(found: Inferred, name: str | None, table: str | None) -> dict[str, Any]:
    """The fields of the SheetTable, but for its columns."""
    place = found.place
    titles = [place[key] for key in ("named_range", "sheets_table", "worksheet") if key in place]
    made = [snake_case(title) for title in (*titles, found.spreadsheet.title)]
    named = name or next((each for each in made if not _DEFAULT_TITLE.fullmatch(each)), "sheet")
    return {
        "name": named,
        "spreadsheet": found.spreadsheet.spreadsheet_id,
        **place,
        "table": table or f"raw_data.{named.lower()}",
    }


def as_yaml(found: Inferred, said: Mapping[str, Any]) -> str:
    """The defs.yaml, ready to be saved."""
    remarks = {"spreadsheet": f'"{found.spreadsheet.title}"'}
    if "worksheet" in said:
        remarks["worksheet"] = f"its gid, {found.worksheet.sheet_id}, would survive a new title"
    if "header_row" in said:
        remarks["header_row"] = "what stands above looks like no header"
    return defs_yaml(found.proposal, said, remarks)


def as_json(found: Inferred, said: Mapping[str, Any]) -> str:
    """The same for programs, with what the comments say."""
    proposal = found.proposal
    contract = [column_fields(column) for column in proposal.contract]
    body = {
        "type": "sheet_assets.SheetTable",
        "attributes": {**said, "columns": contract},
        "rows": proposal.rows,
        "columns": [
            {
                "column": each.letters,
                "header": each.header,
                "name": each.column.name if each.column else None,
                "notes": each.notes,
            }
            for each in proposal.columns
        ],
        "wrong_cells": [cell.address for cell in proposal.wrong],
    }
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
