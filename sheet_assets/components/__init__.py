"""The YAML surface: what a defs.yaml may say."""

from sheet_assets.components.sheet_assets import SheetAssets
from sheet_assets.components.sheet_export import SheetExport
from sheet_assets.components.sheet_table import SheetTable
from sheet_assets.components.sql_table import SqlTable

__all__ = ["SheetAssets", "SheetExport", "SheetTable", "SqlTable"]
