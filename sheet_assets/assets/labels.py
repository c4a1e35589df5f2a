"""What an asset is filed under in the UI: group, owners, tags, and how fresh it has to be."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import dagster as dg

STEP_TAG = "sheet_assets/step"


@dataclass(frozen=True)
class Labels:
    """The same for all assets of one component.

    `freshness_hours` is how old the last materialization of its table, or its exported sheet,
    may become before Dagster calls it stale.
    """

    group_name: str | None = None
    owners: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    freshness_hours: float | None = None

    def tags_of(self, step: str) -> dict[str, str]:
        """The tags, and the step that jobs choose by: ingest, summary or export."""
        return {**self.tags, STEP_TAG: step}

    def freshness_policy(self) -> dg.FreshnessPolicy | None:
        """For the asset that people look at, and not for those on the way to it."""
        if self.freshness_hours is None:
            return None
        return dg.FreshnessPolicy.time_window(fail_window=dt.timedelta(hours=self.freshness_hours))
