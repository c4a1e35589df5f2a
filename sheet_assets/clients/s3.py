"""S3: the store that keeps every version of a sheet's rows."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import zstandard
from pydantic import ValidationError

from sheet_assets.clients.bucket import Bucket
from sheet_assets.errors import ObjectStoreError, VersionNotFoundError
from sheet_assets.warehouse import manifest
from sheet_assets.warehouse import rows as csv_rows
from sheet_assets.warehouse.manifest import Part, Snapshot

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Stored:
    """A version as it stands in S3: the manifest's URL, and what had to be uploaded."""

    manifest_url: str
    uploaded_objects: int
    uploaded_bytes: int


class VersionStore:
    """Versions under one prefix of one bucket; `client` is boto3's, with its own retries.

    Beside the errors that a method names, each raises what `Bucket` says.
    """

    def __init__(self, client: S3Client, bucket: str, prefix: str) -> None:
        self._client = client
        self.bucket = bucket
        self.prefix = prefix
        self.objects = Bucket(client, bucket, prefix)

    def put(self, snapshot: Snapshot, folder: Path | None) -> Stored:
        """Upload a version: what `put_parts` does, and last the manifest.

        What stands there already is left alone, so a second upload changes nothing. Without a
        `folder` the parts must be there already.

        Raises:
            BucketNotFoundError, ObjectAccessError, ObjectStoreUnavailableError: S3 said so.
            ObjectStoreError: a part is neither in S3 nor in the folder.
        """
        # Looked for also when the manifest is there: a lifecycle rule may have removed a part.
        uploaded = self.put_parts(snapshot, folder)
        key = manifest.manifest_key(self.prefix, snapshot.name, snapshot.version)
        text = manifest.manifest(self.bucket, self.prefix, snapshot)
        if written := self._put_text(key, text):
            # Before it was there, a prune could not know that the rest is needed.
            uploaded += [*written, *self.put_parts(snapshot, folder)]
        return Stored(self.objects.url(key), len(uploaded), sum(uploaded))

    def put_parts(self, snapshot: Snapshot, folder: Path | None) -> list[int]:
        """Upload the parts, which `folder` holds under their file names, and snapshot.json.

        How many bytes each has that was not there. Without its manifest the version does not
        exist yet, and is taken for given up after a day.

        Raises:
            BucketNotFoundError, ObjectAccessError, ObjectStoreUnavailableError: S3 said so.
            ObjectStoreError: a part is neither in S3 nor in the folder.
        """
        uploaded = []
        for part in snapshot.parts:
            key = manifest.part_key(self.prefix, snapshot.name, part)
            if self.objects.size_bytes(key) is None:
                with _opened(part, folder) as body:
                    self.objects.write(key, body)
                uploaded.append(part.size_bytes)
        key = manifest.snapshot_key(self.prefix, snapshot.name, snapshot.version)
        return uploaded + self._put_text(key, snapshot.to_json())

    def stored(self, name: str) -> dict[str, dt.datetime]:
        """The versions of a sheet, and when the manifest of each was written: one listing."""
        folder = f"{manifest.folder(self.prefix, name)}/versions/"
        return {
            key.removeprefix(folder).partition("/")[0]: written_at
            for key, written_at in self.objects.listed(folder).items()
            if key.endswith("/manifest.json")
        }

    def snapshot(self, name: str, version: str) -> Snapshot:
        """What a version is, from its snapshot.json.

        Raises:
            VersionNotFoundError: it is not there.
            ObjectStoreError: it is not what was written there.
        """
        key = manifest.snapshot_key(self.prefix, name, version)
        text, url = self.objects.read(key), self.objects.url(key)
        if text is None:
            raise VersionNotFoundError(
                f"There is no version {version[:12]} of {name} in S3: {url} is missing."
            )
        try:
            snapshot = Snapshot.model_validate_json(text)
        except ValidationError as error:
            raise ObjectStoreError(
                f"{url} is no snapshot.json of ours: somebody has changed it. Choose another "
                "version."
            ) from error
        if (snapshot.name, snapshot.version) != (name, version):
            raise ObjectStoreError(
                f"{url} is that of the version {snapshot.version[:12]} of {snapshot.name}: "
                "somebody has copied it there. Choose another version."
            )
        return snapshot

    def verify(self, snapshot: Snapshot) -> None:
        """Look whether all of a version is there, each part with as many bytes as it had.

        Raises:
            ObjectStoreError: names what is not.
        """
        key = manifest.manifest_key(self.prefix, snapshot.name, snapshot.version)
        sizes: dict[str, int | None] = {key: None}
        for part in snapshot.parts:
            sizes[manifest.part_key(self.prefix, snapshot.name, part)] = part.size_bytes
        wrong = []
        for key, expected in sizes.items():
            there = self.objects.size_bytes(key)
            if there is None:
                wrong.append(f"{self.objects.url(key)} is missing")
            elif expected not in {None, there}:
                wrong.append(f"{self.objects.url(key)} has {there:,} bytes instead of {expected:,}")
        if wrong:
            raise ObjectStoreError(
                f"The version {snapshot.version[:12]} of {snapshot.name} is not whole in S3: "
                f"{'; '.join(wrong)}. Choose another version, or delete what is wrong there: "
                f"while the sheet holds these rows, `sheet-assets run {snapshot.name}` uploads "
                "what is missing."
            )

    def rows(self, snapshot: Snapshot) -> Iterator[tuple[str | None, ...]]:
        """A version's rows as the texts of their CSV, in the order of its columns.

        One compressed part at a time is in memory.

        Raises:
            ObjectStoreError: a part is missing, or its bytes are not those that were uploaded.
        """
        for part in snapshot.parts:
            key = manifest.part_key(self.prefix, snapshot.name, part)
            data = self.objects.read(key)
            if data is None or hashlib.sha256(data).hexdigest() != part.sha256:
                raise ObjectStoreError(
                    f"{self.objects.url(key)} is {'missing' if data is None else 'damaged'}, so "
                    f"the version {snapshot.version[:12]} of {snapshot.name} cannot be read. "
                    "Choose another version."
                )
            with zstandard.ZstdDecompressor().stream_reader(data) as stream:
                text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
                rows = csv_rows.parsed(text)
                next(rows)  # the header
                yield from rows

    def _put_text(self, key: str, text: str) -> list[int]:
        """Write an object of JSON if it is not there; how many bytes it has."""
        if self.objects.size_bytes(key) is not None:
            return []
        self.objects.write(key, text.encode(), "application/json")
        return [len(text.encode())]


def _opened(part: Part, folder: Path | None) -> BinaryIO:
    why = "is not in S3"
    if folder is not None:
        try:
            return (folder / part.file_name).open("rb")
        except OSError as error:
            why = f"cannot be read on this machine ({error.strerror})"
    raise ObjectStoreError(
        f"The part {part.file_name} {why}. Read the sheet again: materialize its sheet_csv "
        "together with its s3_object."
    )
