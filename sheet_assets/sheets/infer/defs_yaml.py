"""The proposal as the text of a defs.yaml, with its doubts as comments."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

import yaml

from sheet_assets.sheets.shown import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sheet_assets.sheets.contract import Column
    from sheet_assets.sheets.infer.proposal import Proposal, ProposedColumn

_WIDTH = 100
# What begins a template of Dagster's, and the template that stands for those two characters.
_TEMPLATE = re.compile(r"\{[{%#]")


def defs_yaml(proposal: Proposal, attributes: Mapping[str, Any], remarks: Mapping[str, str]) -> str:
    """A SheetTable in YAML: these attributes, and the proposal's columns.

    `remarks` are comments behind attributes, by their names. The text can be saved as it is.
    """
    lines = [
        *comment(
            f"Proposed by `sheet-assets infer` from {proposal.rows:,} rows. Read it before you "
            "trust it: a comment says what is unsure. `required: true` stands where no cell is "
            "blank today; take it away where one may be.",
            indent=0,
        ),
        "type: sheet_assets.SheetTable",
        "attributes:",
    ]
    for name, value in attributes.items():
        remark = f"  # {printable(remarks[name])}" if name in remarks else ""
        lines.append(f"  {name}: {flow(_escaped(value))}{remark}")
    lines.append("  columns:")
    for each in proposal.columns:
        lines += _column_lines(each)
    return "\n".join(lines) + "\n"


def column_fields(column: Column) -> dict[str, Any]:
    """What the YAML says of a column: the fields that are not as by default."""
    fields: dict[str, Any] = column.model_dump(mode="json", exclude_defaults=True)
    first: dict[str, Any] = {"name": fields.pop("name"), "type": str(fields.pop("type"))}
    if first["type"] == "double precision":
        first["type"] = "double"
    if "header" in fields:
        first["header"] = fields.pop("header")
    return {**first, **fields}


def _column_lines(proposed: ProposedColumn) -> Iterator[str]:
    if proposed.column is None:
        header = f'"{proposed.header}"' if proposed.header else "without a header"
        said = f"Column {proposed.letters}, {header}, is left out. {' '.join(proposed.notes)}"
        yield from comment(said, indent=4)
        return
    for note in proposed.notes:
        yield from comment(note, indent=4)
    fields = _escaped(column_fields(proposed.column))
    line = f"    - {flow(fields)}"
    if len(line) <= _WIDTH:
        yield line
        return
    for index, (name, value) in enumerate(fields.items()):
        yield f"    {'- ' if index == 0 else '  '}{name}: {flow(value)}"


def comment(text: str, *, indent: int) -> Iterator[str]:
    """A comment in lines of at most 100 characters."""
    margin = " " * indent + "# "
    yield from textwrap.wrap(
        printable(text),
        _WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def flow(value: Any) -> str:
    """A value in one line, quoted where YAML would take it for something else."""
    dumped: str = yaml.safe_dump(
        [value],
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
    )
    return dumped.strip()[1:-1]


def _escaped(value: Any) -> Any:
    """The same with texts that Dagster does not take for templates."""
    if isinstance(value, str):
        return _TEMPLATE.sub(lambda found: f"{{{{ '{found[0]}' }}}}", value)
    if isinstance(value, dict):
        return {name: _escaped(each) for name, each in value.items()}
    return [_escaped(each) for each in value] if isinstance(value, list | tuple) else value
