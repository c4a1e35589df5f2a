"""`dg scaffold defs`: a component's defs.yaml as a template, made from the component's fields."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic.fields import FieldInfo

from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.infer.defs_yaml import comment, flow
from sheet_assets.warehouse.types import ResultColumn

# What stands in a template uncommented: the required fields, and what else nobody does without.
# {name} is the folder's.
_FILLED: dict[str, dict[str, Any]] = {
    "SheetTable": {
        "name": "{name}",
        "spreadsheet": "{name}-spreadsheet",
        "worksheet": "Sheet1",
        "table": "raw_data.{name}",
        "columns": [
            {"name": "id", "type": "integer", "required": True},
            {"name": "created_at", "type": "timestamp", "header": "Submitted at"},
            {"name": "comment", "type": "varchar(2000)"},
        ],
    },
    "SqlTable": {
        "table": "analytics.{name}",
        "query": "SELECT CAST(created_at AS date) AS date, COUNT(*) AS answers\n"
        "FROM raw_data.nps\n"
        "GROUP BY CAST(created_at AS date)\n",
        "columns": [
            {"name": "date", "type": "date"},
            {"name": "answers", "type": "bigint", "required": True},
        ],
    },
    "SheetExport": {
        "name": "{name}",
        "query": "SELECT * FROM analytics.nps_summary ORDER BY date",
        "spreadsheet": "{name}-spreadsheet",
        "worksheet": "Sheet1",
    },
    "SheetAssets": {"cron": "0 9 * * *"},
}
# What the commented fields could say, where that is not their default.
_EXAMPLES: dict[str, Any] = {
    "range": "B3:F",
    "named_range": "answers",
    "sheets_table": "Answers",
    "header_row": 3,
    "mode": "merge",
    "delete_missing": True,
    "min_rows": 100,
    "input_min_rows": {"raw_data.nps": 100},
    "input_checks": [
        {
            "name": "every_answer_has_a_day",
            "query": "SELECT id FROM raw_data.nps WHERE created_at IS NULL",
        }
    ],
    "output_checks": [
        {
            "name": "no_day_is_in_the_future",
            "query": "SELECT date FROM {rows} WHERE date > CURRENT_DATE",
        }
    ],
    "allow_empty": True,
    "extra_columns": "reject",
    "report_to_sheet": "notes",
    "diststyle": "key",
    "distkey": "id",
    "sortkey": ["created_at"],
    "grants": {"select": ["reporting", "group analysts", "role bi"]},
    "create_schema": False,
    "description": "One row per answer.",
    "owners": ["team:data"],
    "freshness_hours": 24,
    "schedule": "0 6 * * 1",
    "tags": {"domain": "sales"},
    "group_name": "sales",
    "enabled": False,
    "anchor": "B3",
    "deps": ["raw_data.nps"],
    "time_zone": "Asia/Seoul",
    "minimum_interval_seconds": 60,
    "quiet_seconds": 120,
    "queued_too_long_minutes": 30,
    "running_too_long_minutes": 240,
    "lost_after_minutes": 10,
    "keep_runs_days": 90,
    "retention_cron": "0 4 * * *",
}
# Where an export says it otherwise than a sheet.
_OF_EXPORTS: dict[str, Any] = {
    "mode": "upsert",
    "key": ["date"],
    "table": "analytics.nps_summary",
    "columns": [{"name": "date"}, {"name": "nps", "header": "NPS", "number_format": "0.0"}],
    "create_worksheet": True,
    "missing_rows": "clear",
    "on_manual_edit": "reject",
    "not_a_number": "blank",
    "stamp": True,
    "chart": {"type": "line", "x": "date", "y": ["nps"]},
}
# Of the last column in a template, which is a varchar.
_OF_COLUMNS: dict[str, Any] = {
    "required": True,
    "description": "What it says, and its unit.",
    "header": "Comment",
    "aliases": ["Remarks", "Why?"],
    "blank": "empty",
    "null_values": ["n/a", "-"],
    "formula_errors": "null",
    "format": "%d.%m.%Y",
    "as_displayed": True,
    "key": True,
    "unique": True,
    "min": 0,
    "max": 10,
    "allowed": ["yes", "no"],
    "pattern": "[A-Z]{2}[0-9]+",
    "sensitive": True,
}
_SAMPLE = "id,Submitted at,comment\n1,2026-01-31 09:30:00,Very good\n2,2026-02-01 18:05:00,\n"


class YamlTemplate(dg.Scaffolder):
    """Writes every field of a component with what it means; the optional ones are commented."""

    def scaffold(self, request: dg.ScaffoldRequest) -> None:
        """The defs.yaml, and for a SheetTable the sample.csv that the sandbox fills a sheet with.

        In Python's format it is what Dagster itself writes.
        """
        if request.scaffold_format != "yaml":
            dg.scaffold_component(request, {})
            return
        module, _, name = request.type_name.rpartition(".")
        component = getattr(import_module(module), name)
        folder = request.target_path.parent if request.append else request.target_path
        text = template(component, request.type_name, folder)
        if request.append:
            with request.target_path.open("a", encoding="utf-8") as file:
                file.write(f"---\n{text}")
            return
        (folder / "defs.yaml").write_text(text, encoding="utf-8")
        if "sample.csv" in text:
            (folder / "sample.csv").write_text(_SAMPLE, encoding="utf-8")


def template(component: type[dg.Model], type_name: str, folder: Path) -> str:
    """The text of a defs.yaml for a component, named after its folder."""
    ours = next(each.__name__ for each in component.__mro__ if each.__name__ in _FILLED)
    name = re.sub(r"[^A-Za-z0-9_]+", "_", folder.name)
    filled: dict[str, Any] = {
        field: value.replace("{name}", name) if isinstance(value, str) else value
        for field, value in _FILLED[ours].items()
    }
    examples = _EXAMPLES | (_OF_EXPORTS if ours == "SheetExport" else {})
    lines = [
        *comment((component.__doc__ or "").partition("\n")[0], indent=0),
        *_introduction(ours, name),
        f"type: {type_name.replace('sheet_assets.components.', 'sheet_assets.')}",
        "attributes:",
    ]
    for field, info in component.model_fields.items():
        lines += comment(info.description or field, indent=2)
        if field == "columns" and field in filled:
            kind = Column if ours == "SheetTable" else ResultColumn
            lines += ["  columns:", *_columns(filled[field], kind.model_fields)]
        elif field in filled:
            lines += _said(field, filled[field])
        else:
            lines.append(f"  # {field}: {flow(examples.get(field, info.get_default()))}")
    return "\n".join(lines) + "\n"


def _introduction(component: str, name: str) -> Iterator[str]:
    if component == "SheetTable":
        yield from comment(
            "`sheet-assets infer URL` writes this file from what a sheet holds. `dg check defs` "
            f"checks it, and `sheet-assets sandbox run -- sheet-assets run {name}` tries it, with "
            "the rows of sample.csv in the sheet.",
            indent=0,
        )
    else:
        yield "# `dg check defs` checks it."


def _said(field: str, value: Any) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value:
        yield f"  {field}: |"
        yield from (f"    {line}" for line in value.splitlines())
    else:
        yield f"  {field}: {flow(value)}"


def _columns(columns: list[dict[str, Any]], fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    """The columns, and what the last of them could also say."""
    for column in columns:
        yield from (
            f"    {'- ' if field == 'name' else '  '}{field}: {flow(value)}"
            for field, value in column.items()
        )
    for field, info in fields.items():
        if field not in columns[-1]:
            yield from comment(info.description or field, indent=6)
            yield f"      # {field}: {flow(_OF_COLUMNS.get(field, info.get_default()))}"
