"""A deployment: the components of a defs folder, and what a sandbox needs to stand in for them."""

from __future__ import annotations

import re
import sys
import traceback
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from sheet_assets.assets import exported_sheet, sheet_csv
from sheet_assets.components import SheetExport, SheetTable
from sheet_assets.errors import SettingError, SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


# One problem in pydantic's report, and the part of its path that names a branch of a union.
_PROBLEM = re.compile(r"^`attributes\.(\S.*?) at .*:(\d+)`\n\s+(.*?)(?: \[type=.*)?$", re.MULTILINE)
_UNION = re.compile(r"\.list\[.*\](?=\.)")


class DefinitionsError(SheetAssetsError):
    """A defs.yaml cannot be loaded; the text names its folder and field."""


@dataclass
class Deployment:
    """What `defs_module` declares; loading it is put off until it is asked for.

    Raises:
        DefinitionsError, SettingError: when something of it is wrong.
    """

    defs_module: ModuleType
    _tree: dg.ComponentTree = field(init=False)

    def __post_init__(self) -> None:
        self.folder = Path(next(iter(self.defs_module.__path__)))
        self._tree = dg.ComponentTree.from_module(self.defs_module, self.folder.parent.parent)

    @cached_property
    def definitions(self) -> dg.Definitions:
        """The loaded definitions."""
        try:
            with warnings.catch_warnings():
                # Dagster warns of parts of itself that are not final.
                warnings.simplefilter("ignore", dg.BetaWarning)
                warnings.simplefilter("ignore", dg.PreviewWarning)
                definitions = self._tree.build_defs()
                definitions.get_repository_def()
        except Exception as error:
            raise explained(error, self.folder) from error
        return definitions

    @cached_property
    def tables(self) -> list[tuple[SheetTable, Path]]:
        """Every SheetTable, with the folder of its defs.yaml."""
        return [
            (table, self._folder_of(sheet_csv.asset_key(table.name)))
            for table in self._tree.get_all_components(SheetTable)
        ]

    @cached_property
    def exports(self) -> list[tuple[SheetExport, Path]]:
        """Every SheetExport, with the folder of its defs.yaml."""
        return [
            (export, self._folder_of(exported_sheet.asset_key(export.name)))
            for export in self._tree.get_all_components(SheetExport)
        ]

    def _folder_of(self, key: dg.AssetKey) -> Path:
        graph = self.definitions.get_repository_def().asset_graph
        recorded: Any = graph.get(key).metadata[sheet_csv.FOLDER]
        return self.folder / str(getattr(recorded, "value", recorded))


def explained(error: BaseException, folder: Path) -> SheetAssetsError:
    """The sentence inside an error of loading `folder`: which defs.yaml, which field, what."""
    chain = list(_chain(error))
    where = next(filter(None, (_component(each) for each in chain)), "")
    for each in chain:
        if isinstance(each, SettingError):
            return SettingError(f"{where}{each}")
    # Dagster draws trees and excerpts around it; the innermost has the field.
    mistakes = [each for each in chain if _is_mistake(each)]
    if not mistakes:
        # No mistake in a YAML: whoever wrote the code needs the traceback.
        traceback.print_exception(error, file=sys.stderr)
    placed = (each for each in chain if _PROBLEM.search(str(each)))
    cause = next(placed, mistakes[-1] if mistakes else chain[-1])
    where = where or _mentioning(folder, str(cause))
    return DefinitionsError(f"{where}{_problems(str(cause))} `dg check defs` checks them all.")


def _mentioning(folder: Path, said: str) -> str:
    """The defs.yaml with the type that Dagster does not find, since Dagster does not say which."""
    match = re.search(r"Module `(\S+)` has no attribute `(\S+)`", said)
    for path in sorted(folder.rglob("defs.yaml")) if match else ():
        if match and f"{match[1]}.{match[2]}" in path.read_text():
            return f"{path.relative_to(folder)}: "
    return ""


def _is_mistake(error: BaseException) -> bool:
    return isinstance(error, ValueError) or type(error).__name__ == "DagsterUnresolvableSymbolError"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _component(error: BaseException) -> str:
    """`nps/defs.yaml: `, from the first line of Dagster's own exception."""
    if type(error).__name__ != "ComponentTreeException":
        return ""
    match = re.search(r"(?:component|for) ([^\s\[\]:]+)", str(error).partition("\n")[0])
    return f"{match[1]}/defs.yaml: " if match else ""


def _problems(text: str) -> str:
    """Pydantic's report as sentences: the fields by their names, the rest left out."""
    found = _PROBLEM.findall(text)
    # A list may also come from a template: that it is not a text says nothing.
    found = [each for each in found if not each[0].endswith(".str")] or found
    if not found:
        return text.strip().removesuffix(".") + "."
    said = "; ".join(
        f"{_UNION.sub('', field)} (line {line}): {what.removeprefix('Value error, ')}"
        for field, line, what in found
    )
    return f"{said}."
