"""Column lineage: which column a column's values come from, as Dagster shows it."""

from collections.abc import Iterable, Mapping, Sequence

import dagster as dg

from sheet_assets.warehouse.column_sources import Source

# Where the UI looks for it, in a materialization's metadata:
# https://docs.dagster.io/guides/build/assets/metadata-and-tags/column-level-lineage
COLUMN_LINEAGE = "dagster/column_lineage"


def column_lineage(
    columns: Iterable[tuple[str, dg.AssetKey, str]],
) -> dg.TableColumnLineage:
    """From (column, the asset it comes from, the column or header there)."""
    return dg.TableColumnLineage(
        {
            name: [dg.TableColumnDep(asset_key=key, column_name=source)]
            for name, key, source in columns
        }
    )


def query_lineage(sources: Mapping[str, Sequence[Source]]) -> dg.TableColumnLineage:
    """From the columns of tables that each column of a query comes from."""
    return dg.TableColumnLineage(
        {
            name: [
                dg.TableColumnDep(
                    asset_key=dg.AssetKey([each.schema, each.table]), column_name=each.column
                )
                for each in found
            ]
            for name, found in sources.items()
            if found
        }
    )
