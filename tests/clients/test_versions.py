from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from client_tables import Table, columns, minutes

from sheet_assets.clients import versions as module
from sheet_assets.clients.redshift import Session
from sheet_assets.clients.s3 import VersionStore
from sheet_assets.clients.versions import version_as_of, version_by_hash, versions
from sheet_assets.errors import ObjectStoreError, VersionNotFoundError
from sheet_assets.warehouse import manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.warehouse.history import VersionRecord
    from sheet_assets.warehouse.manifest import Snapshot

A = [(1, "a"), (2, None)]
B = [(1, "b"), (2, ""), (3, 'quoted "and\nbroken"')]


@pytest.fixture
def sheet(table: Callable[..., Table]) -> Table:
    """A table with a contract of two columns, loaded by nobody yet."""
    return table()


def history(sheet: Table) -> list[VersionRecord]:
    """The versions of the table's sheet."""
    return versions(sheet.redshift, sheet.store, sheet.target, sheet.source.name)


def delete(sheet: Table, key: str) -> None:
    """Remove an object as a lifecycle rule does."""
    sheet.store._client.delete_object(Bucket=sheet.store.bucket, Key=key)


def part_key(sheet: Table, snapshot: Snapshot) -> str:
    return manifest.part_key(sheet.store.prefix, snapshot.name, snapshot.parts[0])


def test_versions_join_s3_and_the_control_table(sheet: Table) -> None:
    """What was loaded when, by which run, of whose edit, and whether S3 has it."""
    first = sheet.load(A, minutes(0), run_id="run-1").version
    second = sheet.load(B, minutes(1), run_id="run-2").version
    never, _ = sheet.upload([(9, "never loaded")])
    newest, *rest = history(sheet)
    # It was uploaded now, and the others were read on a day of the test's own.
    assert {newest.version, *(each.version for each in rest)} == {first, second, never.version}
    found = {each.version: each for each in (newest, *rest)}
    assert found[first].first_read_at == minutes(0)
    assert (found[first].run_id, found[first].rows, found[first].mode) == ("run-1", 2, "replace")
    assert found[first].modified_by == "editor@sandbox.invalid"
    assert (found[second].is_current, found[first].is_current) == (True, False)
    assert (found[second].drive_version, found[second].pinned) == (1, False)
    assert all(each.stored for each in found.values())
    assert (found[never.version].loaded_at, found[never.version].rows) == (None, None)


def test_another_sheet_whose_name_begins_the_same_is_another(sheet: Table) -> None:
    """`nps` does not list the versions of `nps_2`."""
    longer = sheet.source.model_copy(update={"name": f"{sheet.source.name}_2"})
    Table(sheet.target, longer, sheet.redshift, sheet.store, sheet.folder).upload(A)
    assert history(sheet) == []


def test_what_s3_has_lost_is_listed_as_such(sheet: Table) -> None:
    """Its record stays, and says that it is not there."""
    version = sheet.load(A).version
    sheet.load(B, minutes(1))
    delete(sheet, manifest.manifest_key(sheet.store.prefix, sheet.source.name, version))
    assert [each.stored for each in history(sheet)] == [True, False]


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_requests_does_not_grow(
    sheet: Table, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One listing of S3, and one query of the loads beside the look whether they are there."""
    for number in range(count):
        sheet.load([(number, "x")], minutes(number))
    asked: list[str] = []
    query, listed = Session.named, sheet.store.objects.listed
    monkeypatch.setattr(
        Session,
        "named",
        lambda self, sql, params=None: asked.append("SQL") or query(self, sql, params),
    )
    monkeypatch.setattr(
        sheet.store.objects, "listed", lambda prefix: asked.append("S3") or listed(prefix)
    )
    assert len(history(sheet)) == count
    assert sorted(asked) == ["S3", "SQL", "SQL"]


def test_more_versions_than_a_page_of_s3(sheet: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 lists 1,000 objects a page; the listing goes on."""
    for number in range(5):
        sheet.upload([(number, "x")])
    monkeypatch.setattr(sheet.store._client, "list_objects_v2", _small_pages(sheet))
    assert len(sheet.store.stored(sheet.source.name)) == 5


def _small_pages(sheet: Table) -> Callable[..., object]:
    whole = sheet.store._client.list_objects_v2
    return lambda **asked: whole(**{**asked, "MaxKeys": 3})


def test_a_control_table_that_is_not_there_is_an_empty_history(
    sheet: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was ever loaded into this warehouse: what S3 has is told, and no error."""
    monkeypatch.setattr(module.statements, "CONTROL_SCHEMA", "no_such_schema")
    assert history(sheet) == []
    snapshot, _ = sheet.upload(A)
    (only,) = history(sheet)
    assert (only.version, only.loaded_at, only.stored) == (snapshot.version, None, True)


def test_a_version_as_of_a_moment_is_emitted_again(sheet: Table) -> None:
    """Its snapshot, when it was read, and its manifest in S3: what reading the sheet would give."""
    snapshot, url = sheet.upload(A)
    sheet.load(A, minutes(0), drive_version=7)
    sheet.load(B, minutes(10))
    found = version_as_of(sheet.redshift, sheet.store, sheet.target, sheet.source.name, minutes(5))
    assert found.snapshot == snapshot
    assert (found.manifest_url, found.folder) == (url, None)
    reading = found.reading
    assert (reading.read_at, reading.drive_version) == (minutes(0), 7)
    assert (reading.modified_by, reading.origin) == ("editor@sandbox.invalid", None)


def test_no_version_is_as_old_as_that(sheet: Table) -> None:
    """The oldest there is is told."""
    version = sheet.load(A, minutes(0)).version
    with pytest.raises(
        VersionNotFoundError, match=f"oldest in S3 is {version[:8]}, read 2026-11-20"
    ):
        version_as_of(sheet.redshift, sheet.store, sheet.target, sheet.source.name, minutes(-1))


@pytest.mark.parametrize("said", ["hash", "beginning", "current", "previous"])
def test_a_version_by_its_hash(sheet: Table, said: str) -> None:
    """Its whole hash, the beginning of it, or a word."""
    first = sheet.load(A, minutes(0)).version
    second = sheet.load(B, minutes(1)).version
    asked, expected = {
        "hash": (first, first),
        "beginning": (first[:6], first),
        "current": ("current", second),
        "previous": ("previous", first),
    }[said]
    found = version_by_hash(sheet.redshift, sheet.store, sheet.target, sheet.source.name, asked)
    assert found.snapshot.version == expected


def test_a_version_that_was_never_loaded_can_be_taken(sheet: Table) -> None:
    """It was read when it was stored, as far as anything knows."""
    snapshot, _ = sheet.upload(A)
    found = version_by_hash(
        sheet.redshift, sheet.store, sheet.target, sheet.source.name, snapshot.version[:8]
    )
    assert found.snapshot == snapshot
    assert dt.datetime.now(dt.UTC) - found.reading.read_at < dt.timedelta(minutes=2)


def test_rows_come_back_as_they_were_written(sheet: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Part by part, in order, NULL and the empty text apart."""
    monkeypatch.setattr("sheet_assets.clients.sheet_snapshot.ROWS_A_PART", 2)
    snapshot, _ = sheet.upload(B)
    assert len(snapshot.parts) == 2
    assert list(sheet.store.rows(snapshot)) == [(str(number), text) for number, text in B]
    (null,) = {row[1] for row in sheet.store.rows(sheet.upload(A)[0])} - {"a"}
    assert null is None


def test_no_rows_are_read_as_none(sheet: Table) -> None:
    """A version without rows has one part, which holds the header alone."""
    snapshot, _ = sheet.upload([])
    assert list(sheet.store.rows(snapshot)) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("part gone", "parts/"),
        ("part cut off", "bytes instead of"),
        ("manifest gone", "manifest.json is missing"),
    ],
)
def test_what_is_not_whole_is_named(sheet: Table, damage: str, said: str) -> None:
    """`verify` looks at the manifest and each part, and says which object is wrong."""
    snapshot, url = sheet.upload(A)
    sheet.store.verify(snapshot)
    key = part_key(sheet, snapshot)
    if damage == "part gone":
        delete(sheet, key)
    elif damage == "part cut off":
        sheet.store.objects.write(key, b"x")
    else:
        delete(sheet, url.removeprefix(f"s3://{sheet.store.bucket}/"))
    with pytest.raises(ObjectStoreError, match="is not whole in S3") as refused:
        sheet.store.verify(snapshot)
    assert said in str(refused.value)
    assert "Choose another version" in str(refused.value)


@pytest.mark.parametrize("damage", [b"", b"x", None], ids=str)
def test_a_damaged_part_gives_no_rows(sheet: Table, damage: bytes | None) -> None:
    """Bytes are compared with their hash before any row of them is used."""
    snapshot, _ = sheet.upload(A)
    key = part_key(sheet, snapshot)
    if damage is None:
        delete(sheet, key)
    else:
        sheet.store.objects.write(key, damage)
    with pytest.raises(ObjectStoreError, match="missing" if damage is None else "damaged"):
        next(sheet.store.rows(snapshot))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is missing"),
        (b"{", "somebody has changed it"),
        (b"{}", "somebody has changed it"),
        (b"another", "somebody has copied it there"),
    ],
)
def test_a_snapshot_that_is_not_ours(sheet: Table, text: bytes | None, said: str) -> None:
    """A snapshot.json that is gone, broken, or another version's is never loaded."""
    snapshot, _ = sheet.upload(A)
    key = manifest.snapshot_key(sheet.store.prefix, snapshot.name, snapshot.version)
    if text is None:
        delete(sheet, key)
    elif text == b"another":
        sheet.store.objects.write(key, sheet.upload(B)[0].to_json().encode())
    else:
        sheet.store.objects.write(key, text)
    with pytest.raises(ObjectStoreError, match=said) as refused:
        sheet.store.snapshot(snapshot.name, snapshot.version)
    assert isinstance(refused.value, VersionNotFoundError) == (text is None)


def test_an_upload_makes_whole_what_was_pruned_beneath_it(
    sheet: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that is removed while its new version is uploaded is put back: none is half there."""
    snapshot, _ = sheet.upload(A)
    typed = columns(id="integer", comment="varchar(40)")
    other = sheet.source.model_copy(update={"columns": typed})
    again = Table(sheet.target, other, sheet.redshift, sheet.store, sheet.folder)
    write = sheet.store.objects.write

    def pruned_meanwhile(key: str, *rest: object) -> None:
        delete(sheet, part_key(sheet, snapshot))
        write(key, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(
            sheet.store.objects,
            "write",
            lambda key, *rest: (pruned_meanwhile if key.endswith("snapshot.json") else write)(
                key, *rest
            ),
        )
        second, _ = again.upload(A)
    assert second.parts == snapshot.parts
    assert second.version != snapshot.version
    VersionStore(sheet.store._client, sheet.store.bucket, sheet.store.prefix).verify(second)
