"""What stands in S3 for a sheet: parts under their hash, and a manifest a version.

```
<prefix>/<name>/parts/<sha256>.csv.zst
<prefix>/<name>/versions/<version>/snapshot.json    what the version is, never changed
<prefix>/<name>/versions/<version>/manifest.json    written last: with it the version exists
```
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations
import json
from pathlib import Path  # noqa: TC003 - pydantic reads the annotations
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sheet_assets.warehouse.types import TableColumn  # noqa: TC001 - pydantic reads it


class Part(BaseModel):
    """One compressed CSV file: the hash of its bytes, how many bytes and rows."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    size_bytes: int
    rows: int

    @property
    def file_name(self) -> str:
        """Its name wherever it lies."""
        return f"{self.sha256}.csv.zst"


class Snapshot(BaseModel):
    """One version of a sheet's rows: what snapshot.json holds."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: str
    contract_hash: str
    columns: tuple[TableColumn, ...]
    rows: int
    parts: tuple[Part, ...]

    def to_json(self) -> str:
        """The text of snapshot.json, the same for the same version."""
        return self.model_dump_json(indent=2)


class Origin(BaseModel):
    """Where in a worksheet the rows of a reading stood, to name the cell that COPY refuses.

    `columns` has the zero-based column of each name. `blocks` has (first zero-based row of the
    worksheet, how many rows) in order: rows of a sheet follow one another but for blank ones.
    """

    model_config = ConfigDict(frozen=True)

    columns: dict[str, int]
    headers: dict[str, str]
    blocks: tuple[tuple[int, int], ...]

    def sheet_row(self, row: int) -> int:
        """The zero-based row of the worksheet that the row-th row (from 0) was read from.

        Raises:
            IndexError: there were not as many rows.
        """
        remaining = row
        for first, count in self.blocks:
            if remaining < count:
                return first + remaining
            remaining -= count
        raise IndexError(row)


class Reading(BaseModel):
    """When and of what a version was read; it stands in the load record only.

    `drive_version` was fetched before the sheet was read, so it is never newer than the rows.
    `origin` is None for a version that was restored and not read.
    """

    model_config = ConfigDict(frozen=True)

    read_at: dt.datetime
    drive_version: int | None = None
    modified_by: str | None = None
    spreadsheet_id: str | None = None
    worksheet: str | None = None
    origin: Origin | None = None


class SheetVersion(BaseModel):
    """A version on its way: where its parts lie, first as files, then in S3.

    `folder` is of this machine and is not part of the JSON.
    """

    model_config = ConfigDict(frozen=True)

    snapshot: Snapshot
    reading: Reading
    manifest_url: str | None = None
    folder: Path | None = Field(default=None, exclude=True)


def part_key(prefix: str, name: str, part: Part) -> str:
    """The key of a part."""
    return f"{folder(prefix, name)}/parts/{part.file_name}"


def snapshot_key(prefix: str, name: str, version: str) -> str:
    """The key of a version's snapshot.json."""
    return f"{folder(prefix, name)}/versions/{version}/snapshot.json"


def manifest_key(prefix: str, name: str, version: str) -> str:
    """The key of a version's manifest."""
    return f"{folder(prefix, name)}/versions/{version}/manifest.json"


def manifest(bucket: str, prefix: str, snapshot: Snapshot) -> str:
    """A COPY manifest: every part, all of them mandatory.

    https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html
    """
    entries: list[dict[str, Any]] = [
        {
            "url": f"s3://{bucket}/{part_key(prefix, snapshot.name, part)}",
            "mandatory": True,
            "meta": {"content_length": part.size_bytes},
        }
        for part in snapshot.parts
    ]
    return json.dumps({"entries": entries}, indent=2)


def folder(prefix: str, name: str) -> str:
    """What all keys of a sheet begin with."""
    return f"{prefix.strip('/')}/{name}" if prefix.strip("/") else name
