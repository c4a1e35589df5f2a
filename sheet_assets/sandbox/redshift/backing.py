"""What the sessions of the Redshift server share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sheet_assets.sandbox.crossing import Crossings
    from sheet_assets.sandbox.redshift.catalog import Catalog
    from sheet_assets.sandbox.redshift.objects import Objects
    from sheet_assets.sandbox.redshift.statement_faults import StatementFaults


@dataclass(frozen=True)
class Backing:
    """S3, the catalog, threads for both, the role that may reach S3, and what tests ask for."""

    objects: Objects
    catalog: Catalog
    executor: Executor
    iam_role: str
    faults: StatementFaults
    crossings: Crossings
