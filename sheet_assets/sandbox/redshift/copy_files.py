"""The objects that a COPY loads: under a prefix, or of a manifest.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-source-s3.html
https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.s3_url import S3Url

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift.copy import CopyCommand
    from sheet_assets.sandbox.redshift.objects import Objects, StoredObject


def find_files(command: CopyCommand, objects: Objects) -> list[StoredObject]:
    """The objects that a COPY loads, in their order.

    Raises:
        RefusedError: there is none, one that is mandatory is missing, or S3 refuses.
    """
    options = command.options
    objects.check_region(command.url.bucket, options.region_name)
    if options.manifest:
        return _in_manifest(command, objects)
    # A key that ends in a slash is what consoles make to show a folder.
    found = [each for each in objects.under(command.url) if not each.url.key.endswith("/")]
    if not found:
        raise RefusedError(f"The specified S3 prefix '{command.url.key}' does not exist")
    return found


def _in_manifest(command: CopyCommand, objects: Objects) -> list[StoredObject]:
    options = command.options
    found: list[StoredObject] = []
    for entry in _entries(command.url, objects):
        url = S3Url.parse(entry["url"])
        objects.check_region(url.bucket, options.region_name)
        stored = objects.find(url)
        if stored is not None:
            if options.file_format == "PARQUET":
                _check_length(entry, stored, command.url)
            found.append(stored)
        elif entry["mandatory"]:
            raise RefusedError(
                f"Problem reading manifest file - The file '{url}' is mandatory and does not exist"
            )
    if not found:
        raise RefusedError(f"None of the files in the manifest '{command.url}' exists")
    return found


def _check_length(entry: dict[str, Any], stored: StoredObject, manifest: S3Url) -> None:
    meta = entry.get("meta")
    length = meta.get("content_length") if isinstance(meta, dict) else None
    if not isinstance(length, int):
        raise _malformed(manifest, f"meta.content_length of '{stored.url}' is missing")
    if length != stored.size:
        raise _malformed(
            manifest,
            f"meta.content_length of '{stored.url}' is {length}, but it has {stored.size} bytes",
        )


def _entries(url: S3Url, objects: Objects) -> list[dict[str, Any]]:
    try:
        manifest = json.loads(objects.read(url))
    except RefusedError as error:
        message = f"Problem reading manifest file - {error.message}"
        raise RefusedError(message, detail=error.detail) from error
    except ValueError as error:
        raise _malformed(url, f"it is not JSON: {error}") from error
    entries = manifest.get("entries") if isinstance(manifest, dict) else None
    if not isinstance(entries, list) or not entries:
        raise _malformed(url, "it has no entries")
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
            raise _malformed(url, "an entry has no url")
        entry.setdefault("mandatory", False)
        if not isinstance(entry["mandatory"], bool):
            raise _malformed(url, "'mandatory' is neither true nor false")
    return entries


def _malformed(url: S3Url, reason: str) -> RefusedError:
    return RefusedError(f"The manifest '{url}' is malformed: {reason}")
