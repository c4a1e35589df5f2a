from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from client_tables import Table, columns, minutes

from sheet_assets.clients.retention import GIVEN_UP, erasable, remove
from sheet_assets.clients.s3 import VersionStore
from sheet_assets.clients.versions import versions
from sheet_assets.errors import (
    ObjectAccessError,
    ObjectStoreError,
    VersionNotFoundError,
    WarehouseError,
)
from sheet_assets.sandbox.http_faults import Fault
from sheet_assets.warehouse import manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sheet_assets.clients.retention import Removed
    from sheet_assets.sandbox import Sandbox
    from sheet_assets.warehouse.manifest import Snapshot

A = [(1, "a"), (2, None)]
B = [(1, "b"), (2, "c"), (3, "d")]
# Two parts: the first is A's own.
LONGER = [*A, (3, "c")]
NOW = dt.datetime.now(dt.UTC)
LATER = NOW + 2 * GIVEN_UP


@pytest.fixture
def sheet(table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch) -> Table:
    """A table whose versions have a part for every two rows."""
    monkeypatch.setattr("sheet_assets.clients.sheet_snapshot.ROWS_A_PART", 2)
    return table()


@pytest.fixture
def versioned(sheet: Table) -> Iterator[Table]:
    """The same in a bucket with versioning."""
    client, bucket = sheet.store._client, f"versioned-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=bucket)
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    store = VersionStore(client, bucket, "some/prefix")
    yield Table(sheet.target, sheet.source, sheet.redshift, store, sheet.folder)
    store.objects.delete(store.objects.versions(""))
    client.delete_bucket(Bucket=bucket)


def take_away(sheet: Table, *snapshots: Snapshot, now: dt.datetime = LATER, **more: Any) -> Removed:
    """Remove versions, two days after they were uploaded."""
    return remove(
        sheet.store, sheet.source.name, [each.version for each in snapshots], now=now, **more
    )


def files(sheet: Table) -> set[str]:
    """What stands under the sheet's prefix, short: `m:1f2e`, `s:1f2e`, `p:9a8b`."""
    folder = f"{manifest.folder(sheet.store.prefix, sheet.source.name)}/"
    found = (each.key.removeprefix(folder) for each in sheet.store.objects.versions(folder))
    return {
        re.sub(r"versions/(.{4}).*/(.).*", r"\2:\1", re.sub(r"parts/(.{4}).*", r"p:\1", key))
        for key in found
    }


def of(*snapshots: Snapshot) -> set[str]:
    """What these versions consist of."""
    return {
        name
        for each in snapshots
        for name in (
            f"m:{each.version[:4]}",
            f"s:{each.version[:4]}",
            *(f"p:{part.sha256[:4]}" for part in each.parts),
        )
    }


@pytest.mark.parametrize("only_theirs", [False, True])
def test_what_other_versions_need_stays(sheet: Table, only_theirs: bool) -> None:
    """A removed version takes with it only the parts that are its own."""
    one, longer, other = (sheet.upload(rows)[0] for rows in (A, LONGER, B))
    assert one.parts[0] == longer.parts[0]
    removed = take_away(sheet, longer, only_theirs=only_theirs)
    assert files(sheet) == of(one, other)
    assert removed.versions == (longer.version,)
    assert removed.parts == (longer.parts[1].file_name,)
    assert (removed.objects, removed.kept) == (3, ())
    sheet.store.verify(one)
    take_away(sheet, one, only_theirs=only_theirs)
    assert files(sheet) == of(other)


def test_equal_rows_under_two_contracts_share_their_parts(sheet: Table) -> None:
    """The part goes with the last version that needs it."""
    one, _ = sheet.upload(A)
    source = sheet.source.model_copy(
        update={"columns": columns(id="integer", comment="varchar(40)")}
    )
    other, _ = Table(sheet.target, source, sheet.redshift, sheet.store, sheet.folder).upload(A)
    take_away(sheet, one, only_theirs=True)
    assert files(sheet) == of(other)
    take_away(sheet, other, only_theirs=True)
    assert files(sheet) == set()


def test_young_parts_are_left_by_a_prune_and_not_by_an_erasure(sheet: Table) -> None:
    """An upload may be about to name what lies there since less than a day; a later prune asks again."""
    one, other = sheet.upload(A)[0], sheet.upload(B)[0]
    removed = take_away(sheet, one, now=NOW)
    assert removed.parts == ()
    assert files(sheet) == of(other) | {f"p:{one.parts[0].sha256[:4]}"}
    assert take_away(sheet, now=NOW).objects == 0
    assert take_away(sheet).parts == (one.parts[0].file_name,)
    assert files(sheet) == of(other)
    take_away(sheet, other, now=NOW, only_theirs=True)
    assert files(sheet) == set()


class KilledError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("only_theirs", [False, True])
@pytest.mark.parametrize("requests", [1, 2])
def test_a_removal_that_is_cut_off_is_finished_by_the_next(
    sheet: Table, monkeypatch: pytest.MonkeyPatch, requests: int, only_theirs: bool
) -> None:
    """Wherever it ends, no version looks whole that is not, and the same call again removes the rest."""
    one, longer, other = (sheet.upload(rows)[0] for rows in (A, LONGER, B))
    delete, done = sheet.store.objects.delete, []

    def killed(objects: list[Any]) -> None:
        if len(done) == requests:
            raise KilledError
        done.append(len(objects))
        delete(objects)

    with monkeypatch.context() as patched:
        patched.setattr(sheet.store.objects, "delete", killed)
        with pytest.raises(KilledError):
            take_away(sheet, longer, only_theirs=only_theirs)
    assert set(sheet.store.stored(sheet.source.name)) == {one.version, other.version}
    assert f"s:{longer.version[:4]}" in files(sheet)
    take_away(sheet, longer, only_theirs=only_theirs)
    assert files(sheet) == of(one, other)
    assert take_away(sheet, longer, only_theirs=only_theirs).objects == 0


def test_a_prune_finishes_what_any_other_has_left(sheet: Table) -> None:
    """An upload that was given up, and a removal of yesterday, without being named."""
    one, longer = sheet.upload(A)[0], sheet.upload(LONGER)[0]
    key = manifest.manifest_key(sheet.store.prefix, sheet.source.name, longer.version)
    sheet.store._client.delete_object(Bucket=sheet.store.bucket, Key=key)
    assert take_away(sheet, now=NOW).objects == 0, "an upload may be under way"
    assert take_away(sheet).objects == 2
    assert files(sheet) == of(one)


def test_an_upload_under_way_keeps_the_parts_it_has_named(sheet: Table) -> None:
    """Its snapshot.json is there and its manifest is not yet: what it needs is known."""
    one, longer = sheet.upload(A)[0], sheet.upload(LONGER)[0]
    key = manifest.manifest_key(sheet.store.prefix, sheet.source.name, longer.version)
    sheet.store._client.delete_object(Bucket=sheet.store.bucket, Key=key)
    take_away(sheet, one, now=NOW, only_theirs=True)
    assert files(sheet) == of(longer) - {f"m:{longer.version[:4]}"}


def test_a_version_that_is_uploaded_meanwhile_keeps_its_parts(
    sheet: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a run uploads between the first look and the last is asked about, too."""
    one = sheet.upload(A)[0]
    delete, uploaded = sheet.store.objects.delete, []

    def slow(objects: list[Any]) -> None:
        delete(objects)
        if not uploaded:
            uploaded.append(sheet.upload(LONGER)[0])

    monkeypatch.setattr(sheet.store.objects, "delete", slow)
    take_away(sheet, one)
    assert files(sheet) == of(*uploaded)
    sheet.store.verify(uploaded[0])


def test_a_version_that_is_put_back_meanwhile_is_kept_whole(
    sheet: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that has read it again wins, and it is told."""
    one = sheet.upload(A)[0]
    delete = sheet.store.objects.delete

    def slow(objects: list[Any]) -> None:
        delete(objects)
        sheet.upload(A)

    monkeypatch.setattr(sheet.store.objects, "delete", slow)
    removed = take_away(sheet, one, only_theirs=True)
    assert (removed.versions, removed.kept) == ((), (one.version,))
    sheet.store.verify(one)


@pytest.mark.parametrize("only_theirs", [False, True])
def test_in_a_bucket_with_versioning_nothing_is_left(versioned: Table, only_theirs: bool) -> None:
    """All versions of each object go, and markers of what was deleted by hand, too."""
    one, other = versioned.upload(A)[0], versioned.upload(B)[0]
    key = manifest.part_key(versioned.store.prefix, one.name, one.parts[0])
    versioned.store.objects.write(key, b"an older mistake")
    versioned.store._client.delete_object(Bucket=versioned.store.bucket, Key=key)
    versioned.upload(A)
    assert len(versioned.store.objects.versions(key)) == 4
    removed = take_away(versioned, one, only_theirs=only_theirs)
    assert removed.objects == 6
    assert files(versioned) == of(other)


def test_what_was_deleted_by_hand_in_such_a_bucket_can_be_erased(versioned: Table) -> None:
    """Nobody sees the version any more, but its rows are there until it is erased."""
    one, other = versioned.upload(A)[0], versioned.upload(B)[0]
    for each in versioned.store.objects.versions(""):
        if one.version in each.key or one.parts[0].sha256 in each.key:
            versioned.store._client.delete_object(Bucket=versioned.store.bucket, Key=each.key)
    assert set(versioned.store.stored(one.name)) == {other.version}
    whole = erasable(versioned.store, [], versioned.target, one.name, one.version[:6])
    assert whole == one.version
    take_away(versioned, one, only_theirs=True)
    assert files(versioned) == of(other)


def test_a_manifest_that_cannot_be_read_stops_it(sheet: Table) -> None:
    """What another version needs is then not known: nothing is removed."""
    one, other = sheet.upload(A)[0], sheet.upload(B)[0]
    key = manifest.manifest_key(sheet.store.prefix, other.name, other.version)
    sheet.store.objects.write(key, b'{"entries": 5}')
    with pytest.raises(ObjectStoreError, match="cannot be read, so it is not known which parts"):
        take_away(sheet, one)
    assert files(sheet) == of(one, other)


@pytest.mark.parametrize("only_theirs", [False, True])
def test_a_manifest_that_is_listed_and_is_said_not_to_be_there_stops_it(
    sheet: Table, sandbox: Sandbox, only_theirs: bool
) -> None:
    """One wrong 404, of a proxy, cost a version that was whole its parts (chaos, seed 700043)."""
    one, longer = sheet.upload(A)[0], sheet.upload(LONGER)[0]
    sandbox.s3.faults.add(Fault("answer", f"{longer.version}/manifest.json", "GET", status=404))
    with pytest.raises(ObjectStoreError, match="answers that it is not there"):
        take_away(sheet, one, only_theirs=only_theirs)
    assert files(sheet) == of(one, longer)
    take_away(sheet, one, only_theirs=only_theirs)
    assert files(sheet) == of(longer)


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDenied", ObjectAccessError), ("InternalError", ObjectStoreError)]
)
def test_what_s3_keeps_is_told(
    sheet: Table, monkeypatch: pytest.MonkeyPatch, code: str, kind: type[ObjectStoreError]
) -> None:
    """S3 refuses single objects inside a request that succeeds: never taken for done."""
    one = sheet.upload(A)[0]
    refusal = {"Key": "some/key", "Code": code, "Message": "no"}
    monkeypatch.setattr(
        sheet.store._client, "delete_objects", lambda **asked: {"Errors": [refusal]}
    )
    with pytest.raises(
        ObjectStoreError, match=r"S3 kept 1 of 1 objects.*DeleteObjectVersion"
    ) as no:
        take_away(sheet, one)
    assert type(no.value) is kind


def test_a_policy_that_does_not_let_list_names_the_rights(
    sheet: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Removing needs more rights than loading; the sentence says which."""

    def refuse(**asked: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListObjectVersions")

    monkeypatch.setattr(sheet.store._client, "list_object_versions", refuse)
    with pytest.raises(ObjectAccessError, match="s3:ListBucketVersions"):
        take_away(sheet)


def test_more_objects_than_one_request_takes(sheet: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """1,000 is S3's limit; here it is 2."""
    monkeypatch.setattr("sheet_assets.clients.bucket._DELETED_AT_ONCE", 2)
    snapshots = [sheet.upload([(number, "x")])[0] for number in range(3)]
    assert take_away(sheet, *snapshots).objects == 9
    assert files(sheet) == set()


def test_other_sheets_and_foreign_files_are_left_alone(sheet: Table) -> None:
    """What no version wrote, and what stands under a longer name, is not ours to remove."""
    longer = sheet.source.model_copy(update={"name": f"{sheet.source.name}_2"})
    second = Table(sheet.target, longer, sheet.redshift, sheet.store, sheet.folder)
    theirs = second.upload(A)[0]
    one = sheet.upload(A)[0]
    foreign = f"{manifest.folder(sheet.store.prefix, sheet.source.name)}/notes.txt"
    sheet.store.objects.write(foreign, b"keep")
    take_away(sheet, one)
    assert files(sheet) == {"notes.txt"}
    assert files(second) == of(theirs)


def chosen(sheet: Table, said: str) -> str:
    """What `erase` would remove."""
    records = versions(sheet.redshift, sheet.store, sheet.target, sheet.source.name)
    return erasable(sheet.store, records, sheet.target, sheet.source.name, said)


def test_what_the_table_holds_is_not_erased(sheet: Table) -> None:
    """The record of the table would point to nothing; another version has to be loaded first."""
    first = sheet.load(A, minutes(0)).version
    second = sheet.load(B, minutes(1)).version
    assert chosen(sheet, first[:6]) == first
    with pytest.raises(WarehouseError, match=r"holds now, so it is not erased. Load another"):
        chosen(sheet, second[:6])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("current", "'current' names no version"),
        ("abc", "at least 4 hexadecimal digits"),
        ("0000000", "No version of"),
    ],
)
def test_only_a_hash_is_erased(sheet: Table, said: str, sentence: str) -> None:
    """No word and no guess: what is removed for good is named by its hash."""
    sheet.load(A)
    with pytest.raises(VersionNotFoundError, match=sentence):
        chosen(sheet, said)


def test_an_erased_version_may_come_back(sheet: Table) -> None:
    """The sheet is set back to it: it is uploaded and loaded as if it had never been there."""
    first = sheet.load(A, minutes(0)).version
    sheet.load(B, minutes(1))
    remove(sheet.store, sheet.source.name, [first], now=NOW, only_theirs=True)
    assert sheet.load(A, minutes(2)).outcome == "loaded"
    assert [
        each.stored
        for each in versions(sheet.redshift, sheet.store, sheet.target, sheet.source.name)
    ] == [True, True, True]
