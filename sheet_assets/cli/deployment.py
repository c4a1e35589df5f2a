"""A deployment: the components of a defs folder, and what a sandbox needs to stand in for them."""

from __future__ import annotations

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
    from types import ModuleType


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
            raise explained(error) from error
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


def explained(error: BaseException) -> SheetAssetsError:
    """The sentence inside an error of loading: where it is, and what is wrong there."""
    chain = []
    current: BaseException | None = error
    while current is not None:
        chain.append(current)
        current = current.__cause__ or current.__context__
    for each in chain:
        if isinstance(each, SettingError):
            return each
    # Dagster draws a tree around it; the cause has the file, the line and the field.
    cause = next((each for each in chain if type(each).__name__ != "ComponentTreeException"), error)
    if type(cause).__name__ not in {"ResolutionException", "ValidationError", "ValueError"}:
        traceback.print_exception(error, file=sys.stderr)
    return DefinitionsError(f"{cause}\nCorrect it, then try `dg check defs`.")
