"""The map: everything this deployment runs, loaded from defs/."""

from pathlib import Path

import dagster as dg

from sheet_assets.garbage import uncollected
from sheet_assets.signs_of_life import in_process_executor


@dg.definitions
def defs() -> dg.Definitions:
    """What the defs.yaml files in sheet_assets/defs/ declare."""
    with uncollected():
        return dg.Definitions.merge(
            dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
            # What is clicked in the UI runs in one process, as the jobs do.
            dg.Definitions(executor=in_process_executor),
        )
