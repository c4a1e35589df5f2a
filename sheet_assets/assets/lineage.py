"""Column lineage: which column a column's values come from, as Dagster shows it."""

from collections.abc import Iterable

import dagster as dg

# Where the UI looks for it, in a materialization's metadata:
# https://docs.dagster.io/guides/build/assets/metadata-and-tags/column-level-lineage
COLUMN_LINEAGE = "dagster/column_lineage"


def column_lineage(
    columns: Iterable[tuple[str, dg.AssetKey, str]],
) -> dg.TableColumnLineage:
    """From (column, the asset it comes from, the column or header there), as often as needed."""
    found: dict[str, list[dg.TableColumnDep]] = {}
    for name, key, source in columns:
        found.setdefault(name, []).append(dg.TableColumnDep(asset_key=key, column_name=source))
    return dg.TableColumnLineage(found)
