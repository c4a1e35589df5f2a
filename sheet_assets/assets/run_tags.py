"""What a run is asked for by its tags: in the launchpad, over GraphQL, and by the commands."""

from dataclasses import dataclass

import dagster as dg

from sheet_assets.errors import SheetAssetsError

FORCE_TAG = "sheet_assets/force"
ALLOW_REBUILD_TAG = "sheet_assets/allow_rebuild"
AS_OF_TAG = "sheet_assets/as_of"
VERSION_TAG = "sheet_assets/version"
LATEST_TAG = "sheet_assets/latest"


@dataclass(frozen=True)
class Asked:
    """What the tags say.

    Args:
        force: Load what is loaded already.
        allow_rebuild: Change a table although that loses data.
        as_of: A date: load the newest version that was read before its end, and pin the table.
        version: The same with the version that begins so.
        latest: Load what the sheet holds now, and unpin the table.
    """

    force: bool = False
    allow_rebuild: bool = False
    as_of: str | None = None
    version: str | None = None
    latest: bool = False

    @property
    def restores(self) -> bool:
        """Whether an earlier version is asked for, and the sheet is not read."""
        return bool(self.as_of or self.version)


def asked(context: dg.AssetExecutionContext) -> Asked:
    """What this run is asked for.

    Raises:
        SheetAssetsError: tags that exclude one another.
    """
    tags = context.run.tags
    said = Asked(
        force=tags.get(FORCE_TAG) == "true",
        allow_rebuild=tags.get(ALLOW_REBUILD_TAG) == "true",
        as_of=tags.get(AS_OF_TAG),
        version=tags.get(VERSION_TAG),
        latest=tags.get(LATEST_TAG) == "true",
    )
    if bool(said.as_of) + bool(said.version) + said.latest > 1:
        raise SheetAssetsError(
            f"A run has one of the tags {AS_OF_TAG}, {VERSION_TAG} and {LATEST_TAG}, not several: "
            "they say which version of the sheet it loads."
        )
    return said
