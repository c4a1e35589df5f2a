"""The counts of a load as an asset check: CSV, COPY and table have the same rows."""

import dagster as dg

from sheet_assets.checks.contract import ContractCheck
from sheet_assets.errors import CellError, CopyRejectedError, RowCountError, SheetAssetsError

BROKEN_BY: tuple[type[SheetAssetsError], ...] = (CopyRejectedError, CellError, RowCountError)
HAS_EVERY_ROW = ContractCheck(
    "has_every_row_that_was_read",
    "COPY took every row of the CSV, and the table holds as many as its load recorded; otherwise "
    "nothing was committed.",
    broken_by=BROKEN_BY,
)


def loaded(rows: int) -> dg.AssetCheckResult:
    """It holds, with this many rows in the table."""
    return dg.AssetCheckResult(
        check_name=HAS_EVERY_ROW.name, passed=True, metadata={"rows_in_table": rows}
    )
