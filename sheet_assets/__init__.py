"""Google Sheets and Amazon Redshift kept in step, both ways, as Dagster assets."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["SheetAssets", "SheetExport", "SheetTable", "SqlTable"]


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for (PEP 562): Dagster costs a second."""
    if name in __all__:
        try:
            return getattr(import_module("sheet_assets.components"), name)
        except AttributeError as error:
            # hasattr() would take a fault inside for a name that is not there.
            raise ImportError(f"sheet_assets.{name} cannot be imported: {error}") from error
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
