"""What the sessions of the Redshift server share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sheet_assets.sandbox.redshift.catalog import Catalog
    from sheet_assets.sandbox.redshift.objects import Objects


@dataclass(frozen=True)
class Backing:
    """S3, the catalog, threads for both, and the role that may reach S3."""

    objects: Objects
    catalog: Catalog
    executor: Executor
    iam_role: str
