"""The versions of a case in S3: whether each is whole."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from chaos_broken import BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def check_versions(bucket: str, objects: Mapping[str, bytes], loaded: Iterable[str]) -> int:
    """Look at all objects below a case's prefix; how many versions there are.

    Raises:
        BrokenError: a manifest names a part that is not there or not whole, a version has no
            snapshot.json, or one that was loaded has no manifest.
    """
    manifests = {key: text for key, text in objects.items() if key.endswith("/manifest.json")}
    for key, text in manifests.items():
        for entry in json.loads(text)["entries"]:
            part = entry["url"].removeprefix(f"s3://{bucket}/")
            data = objects.get(part)
            if data is None:
                raise BrokenError(f"{key} names {part}, which is not there")
            digest = hashlib.sha256(data).hexdigest()
            if digest not in part or len(data) != entry["meta"]["content_length"]:
                raise BrokenError(f"{part} has {len(data)} bytes with the hash {digest}")
        if key.replace("/manifest.json", "/snapshot.json") not in objects:
            raise BrokenError(f"{key} has no snapshot.json beside it")
    there = {key.split("/")[-2] for key in manifests}
    for version in loaded:
        if version not in there:
            raise BrokenError(f"the version {version[:12]} was loaded and has no manifest")
    return len(there)
