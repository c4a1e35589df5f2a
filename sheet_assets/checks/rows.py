"""The checks of a query's table, and of what it reads, as asset checks: all of them blocking."""

from collections.abc import Iterator

import dagster as dg

from sheet_assets.errors import RowCheckError
from sheet_assets.warehouse.row_checks import RowCheck, RowChecks


def spec(check: RowCheck, key: dg.AssetKey) -> dg.AssetCheckSpec:
    """As the asset declares it."""
    return dg.AssetCheckSpec(
        check.name,
        asset=key,
        description=check.description,
        blocking=True,
        metadata={"query": dg.MetadataValue.md(f"```sql\n{check.query.strip()}\n```")},
    )


def passed_results(checks: RowChecks) -> Iterator[dg.AssetCheckResult]:
    """All of them hold."""
    for check in checks.all:
        yield dg.AssetCheckResult(check_name=check.name, passed=True)


def known_results(checks: RowChecks, error: RowCheckError) -> Iterator[dg.AssetCheckResult]:
    """What a refused load tells of them: how many rows break them, and never a value.

    Nothing is told of the result when what it reads breaks one, since the query was not run.
    """
    broken = {each.check: each for each in error.broken}
    before = {check.name for check in checks.input}
    for check in checks.input if before.issuperset(broken) else checks.all:
        found = broken.get(check.name)
        yield dg.AssetCheckResult(
            check_name=check.name,
            passed=found is None,
            metadata={"found": found.count} if found else {},
        )
