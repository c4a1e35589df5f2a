"""A deployment: the components of a defs folder, and what a sandbox needs to stand in for them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import dagster as dg

from sheet_assets.assets import exported_sheet, sheet_csv
from sheet_assets.cli.mistakes import explained
from sheet_assets.components import SheetExport, SheetTable, SqlTable
from sheet_assets.garbage import uncollected

if TYPE_CHECKING:
    from types import ModuleType


Kind = TypeVar("Kind", bound=dg.Component)


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
            with uncollected(), warnings.catch_warnings():
                # Parts of Dagster are not final and say so; others use what is old in pydantic.
                warnings.simplefilter("ignore", dg.BetaWarning)
                warnings.simplefilter("ignore", dg.PreviewWarning)
                warnings.simplefilter("ignore", DeprecationWarning)
                definitions = self._tree.build_defs()
                definitions.get_repository_def()
        except Exception as error:
            raise explained(error, self.folder) from error
        return definitions

    @cached_property
    def tables(self) -> list[tuple[SheetTable, Path]]:
        """Every SheetTable that is enabled, with the folder of its defs.yaml."""
        return [
            (table, self._folder_of(sheet_csv.asset_key(table.name)))
            for table in self._components(SheetTable)
            if table.enabled
        ]

    @cached_property
    def exports(self) -> list[tuple[SheetExport, Path]]:
        """Every SheetExport, with the folder of its defs.yaml."""
        return [
            (export, self._folder_of(exported_sheet.asset_key(export.name)))
            for export in self._components(SheetExport)
        ]

    @cached_property
    def sql_tables(self) -> list[SqlTable]:
        """Every SqlTable."""
        return self._components(SqlTable)

    def _components(self, kind: type[Kind]) -> list[Kind]:
        # What is wrong with one of them is explained where the definitions are loaded.
        _ = self.definitions
        return self._tree.get_all_components(kind)

    def _folder_of(self, key: dg.AssetKey) -> Path:
        graph = self.definitions.get_repository_def().asset_graph
        recorded: Any = graph.get(key).metadata[sheet_csv.FOLDER]
        return self.folder / str(getattr(recorded, "value", recorded))
