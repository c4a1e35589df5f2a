from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from sheet_assets.warehouse import manifest
from sheet_assets.warehouse.manifest import Part, Reading, SheetVersion, Snapshot
from sheet_assets.warehouse.types import TableColumn

PARTS = (Part(sha256="a" * 64, size_bytes=10, rows=2), Part(sha256="b" * 64, size_bytes=20, rows=3))
SNAPSHOT = Snapshot(
    name="nps",
    version="c" * 64,
    contract_hash="d" * 64,
    columns=(TableColumn(name="score", type="int4", required=True),),
    rows=5,
    parts=PARTS,
)


@pytest.mark.parametrize(
    ("prefix", "folder"),
    [("sheet_assets", "sheet_assets/nps"), ("/a/b/", "a/b/nps"), ("", "nps"), ("/", "nps")],
)
def test_keys(prefix, folder):
    """Parts lie under their hash, a version's files under the version; no key begins with a slash."""
    assert manifest.part_key(prefix, "nps", PARTS[0]) == f"{folder}/parts/{'a' * 64}.csv.zst"
    assert manifest.manifest_key(prefix, "nps", "v1") == f"{folder}/versions/v1/manifest.json"
    assert manifest.snapshot_key(prefix, "nps", "v1") == f"{folder}/versions/v1/snapshot.json"


def test_manifest_makes_every_part_mandatory():
    """COPY fails when a part is missing, instead of loading the rest."""
    entries = json.loads(manifest.manifest("bucket", "p", SNAPSHOT))["entries"]
    assert entries == [
        {
            "url": f"s3://bucket/p/nps/parts/{part.sha256}.csv.zst",
            "mandatory": True,
            "meta": {"content_length": part.size_bytes},
        }
        for part in PARTS
    ]


def test_snapshot_reads_back():
    """snapshot.json holds the whole snapshot, the same text each time, types as SQL."""
    text = SNAPSHOT.to_json()
    assert Snapshot.model_validate_json(text) == SNAPSHOT
    assert Snapshot.model_validate_json(text).to_json() == text
    assert json.loads(text)["columns"][0]["type"] == "integer"


def test_folder_stays_on_its_machine():
    """The JSON of a version on its way has no path in it."""
    reading = Reading(read_at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC), drive_version=7)
    version = SheetVersion(snapshot=SNAPSHOT, reading=reading, folder=Path("/somewhere/else"))
    assert "/somewhere/else" not in version.model_dump_json()
    assert SheetVersion.model_validate_json(version.model_dump_json()) == version.model_copy(
        update={"folder": None}
    )
