from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from botocore.exceptions import ClientError

from sheet_assets.clients.aws import Account
from sheet_assets.clients.s3 import VersionStore
from sheet_assets.errors import (
    BucketNotFoundError,
    ObjectAccessError,
    ObjectCredentialsError,
    ObjectStoreError,
    ObjectStoreUnavailableError,
    SettingError,
)
from sheet_assets.sandbox.http_faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from client_tables import Table

    from sheet_assets.sandbox import Sandbox
    from sheet_assets.warehouse.manifest import Snapshot

ROWS = [(1, '한글, "quoted"\nand a line'), (2, None), (3, "")]


@pytest.fixture
def sheet(table: Callable[..., Table]) -> Table:
    """A sheet whose versions are put into the sandbox's bucket."""
    return table()


def keys(store: VersionStore, name: str) -> dict[str, Any]:
    """What stands under a sheet's prefix: the ETag and time of each object by its key."""
    prefix = f"{store.prefix}/{name}/"
    found = store._client.list_objects_v2(Bucket=store.bucket, Prefix=prefix)
    return {
        each["Key"].removeprefix(prefix): (each["ETag"], each["LastModified"])
        for each in found.get("Contents", [])
    }


def body(store: VersionStore, key: str) -> bytes:
    """An object's bytes."""
    with store._client.get_object(Bucket=store.bucket, Key=key)["Body"] as stream:
        return stream.read()


def test_version_is_parts_snapshot_and_manifest(sheet: Table, store: VersionStore) -> None:
    """Parts lie under the hash of their bytes; the manifest names them all as mandatory."""
    snapshot, url = sheet.upload(ROWS)
    (part,) = snapshot.parts
    folder = f"versions/{snapshot.version}"
    assert set(keys(store, sheet.source.name)) == {
        f"parts/{part.sha256}.csv.zst",
        f"{folder}/manifest.json",
        f"{folder}/snapshot.json",
    }
    key = url.removeprefix(f"s3://{store.bucket}/")
    (entry,) = json.loads(body(store, key))["entries"]
    assert entry["mandatory"] is True
    part_key = entry["url"].removeprefix(f"s3://{store.bucket}/")
    data = body(store, part_key)
    assert len(data) == part.size_bytes == entry["meta"]["content_length"]
    text = zstandard.ZstdDecompressor().decompressobj().decompress(data).decode()
    assert text == 'id,comment\n1,"한글, ""quoted""\nand a line"\n2,@NULL@\n3,""\n'
    kept = json.loads(body(store, key.replace("manifest.json", "snapshot.json")))
    assert kept == json.loads(snapshot.to_json())


def test_second_upload_changes_nothing(sheet: Table, store: VersionStore) -> None:
    """The same rows again upload nothing, and no object is written again."""
    sheet.upload(ROWS)
    before = keys(store, sheet.source.name)
    snapshot, url = sheet.upload(ROWS)
    stored = store.put(snapshot, sheet.folder)
    assert (stored.uploaded_objects, stored.uploaded_bytes) == (0, 0)
    assert stored.manifest_url == url
    assert keys(store, sheet.source.name) == before


def test_every_version_stays(sheet: Table, store: VersionStore) -> None:
    """Another version leaves all objects of the first as they are."""
    sheet.upload(ROWS)
    before = keys(store, sheet.source.name)
    sheet.upload(ROWS[:1])
    after = keys(store, sheet.source.name)
    assert len(after) == 6
    assert {key: after[key] for key in before} == before


def test_upload_that_ends_before_the_manifest_is_no_version(
    sheet: Table, store: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest is written last: an upload cut off anywhere before has none, and is completed."""
    put_object = store._client.put_object
    written: list[str] = []

    class KilledError(Exception):
        pass

    def killed(**arguments: Any) -> Any:
        if arguments["Key"].endswith(tuple(allowed)):
            written.append(arguments["Key"])
            return put_object(**arguments)
        raise KilledError

    monkeypatch.setattr(store._client, "put_object", killed)
    allowed: list[str] = []
    for more in (".zst", "snapshot.json", "manifest.json"):
        with pytest.raises(KilledError):
            sheet.upload(ROWS)
        assert not any(key.endswith("manifest.json") for key in keys(store, sheet.source.name))
        allowed.append(more)
    sheet.upload(ROWS)
    assert [key.rpartition(".")[2] for key in written] == ["zst", "json", "json"]
    assert written[-1].endswith("/manifest.json")


def test_part_that_a_lifecycle_rule_removed_is_uploaded_again(
    sheet: Table, store: VersionStore
) -> None:
    """A version whose part is gone is made whole by the next upload of the same rows."""
    snapshot, _ = sheet.upload(ROWS)
    before = set(keys(store, sheet.source.name))
    part = f"{store.prefix}/{sheet.source.name}/parts/{snapshot.parts[0].file_name}"
    store._client.delete_object(Bucket=store.bucket, Key=part)
    stored = store.put(snapshot, sheet.folder)
    assert stored.uploaded_objects == 1
    assert set(keys(store, sheet.source.name)) == before


def test_parts_that_are_not_here_are_told(sheet: Table, store: VersionStore) -> None:
    """A part that was removed from this machine: the sentence says to read the sheet again."""
    snapshot, _ = sheet.upload(ROWS)
    elsewhere = VersionStore(store._client, store.bucket, f"{store.prefix}/elsewhere")
    (sheet.folder / snapshot.parts[0].file_name).unlink()
    with pytest.raises(ObjectStoreError, match=r"cannot be read on this machine.*sheet_csv"):
        elsewhere.put(snapshot, sheet.folder)


def test_missing_bucket_is_named_with_its_setting(sheet: Table, store: VersionStore) -> None:
    """A bucket that is not there: its name, and SHEET_ASSETS_S3_BUCKET."""
    snapshot, _ = sheet.upload(ROWS)
    missing = VersionStore(store._client, "no-such-bucket", "x")
    with pytest.raises(BucketNotFoundError, match=r"no bucket 'no-such-bucket'.*_S3_BUCKET"):
        missing.put(snapshot, sheet.folder)


def failing(store: VersionStore, monkeypatch: pytest.MonkeyPatch, code: str, status: int) -> None:
    """Let every look at an object fail as S3 does; moto checks neither keys nor policies."""

    def fail(**arguments: Any) -> None:
        raise ClientError(
            {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
            "HeadObject",
        )

    monkeypatch.setattr(store._client, "head_object", fail)


@pytest.mark.parametrize("code", ["403", "AccessDenied"])
def test_refused_access_names_the_rights(
    sheet: Table, store: VersionStore, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Refused credentials: the actions and the resource that a policy must allow."""
    failing(store, monkeypatch, code, 403)
    with pytest.raises(ObjectAccessError) as refused:
        sheet.upload(ROWS)
    assert "s3:PutObject" in str(refused.value)
    assert f"arn:aws:s3:::{store.bucket}/{store.prefix}/*" in str(refused.value)
    assert store._client._request_signer._credentials.secret_key not in str(refused.value)


@pytest.mark.parametrize(
    "code", ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"]
)
def test_credentials_that_are_not_accepted(
    sheet: Table, store: VersionStore, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """Regression: it named rights for a policy, and no policy helps a wrong or expired key."""
    failing(store, monkeypatch, code, 403)
    with pytest.raises(ObjectCredentialsError) as refused:
        sheet.upload(ROWS)
    assert f"does not accept the credentials for the bucket {store.bucket!r} ({code})" in str(
        refused.value
    )
    assert "AWS_SECRET_ACCESS_KEY" in str(refused.value)
    assert "s3:" not in str(refused.value)


def test_busy_s3_is_transient(
    sheet: Table, store: VersionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An S3 that asks to slow down, after botocore's own tries, may work later."""
    failing(store, monkeypatch, "SlowDown", 503)
    with pytest.raises(ObjectStoreUnavailableError, match="next run") as busy:
        sheet.upload(ROWS)
    assert busy.value.transient


def client(endpoint_url: str, **arguments: Any) -> Any:
    """A client that tries once."""
    account = Account("us-east-1", endpoint_url, **arguments)
    return account.client("s3", max_attempts=1)


def test_object_that_is_cut_off_is_transient(
    sheet: Table, store: VersionStore, sandbox: Sandbox
) -> None:
    """A body that ends too early is no shorter object, and no stranger's error."""
    snapshot, _ = sheet.upload(ROWS)
    sandbox.s3.faults.add(Fault("truncate", "snapshot.json", "GET"))
    with pytest.raises(ObjectStoreUnavailableError, match=r"S3 did not answer.*next run") as failed:
        store.snapshot(sheet.source.name, snapshot.version)
    assert failed.value.transient
    assert store.snapshot(sheet.source.name, snapshot.version) == snapshot


def test_nobody_answers(sheet: Table) -> None:
    """Where nothing listens, S3 did not answer, and the next run tries again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nowhere = client(
        f"http://127.0.0.1:{port}", aws_access_key_id="a", aws_secret_access_key="sandbox-only"
    )
    snapshot, _ = sheet.upload(ROWS)
    with pytest.raises(ObjectStoreUnavailableError, match="did not answer") as failed:
        VersionStore(nowhere, "b", "p").put(snapshot, sheet.folder)
    nowhere.close()
    assert "sandbox-only" not in str(failed.value)


def test_missing_keys_are_named(
    sheet: Table, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any credentials: which variables to set, or an instance role."""
    snapshot, _ = sheet.upload(ROWS)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(sheet.folder / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(sheet.folder / "none"))
    keyless = client(sandbox.s3.endpoint_url)
    with pytest.raises(ObjectAccessError, match=r"AWS_ACCESS_KEY_ID and.*instance role"):
        VersionStore(keyless, "b", "p").put(snapshot, sheet.folder)
    keyless.close()


def test_unknown_profile_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that this machine lacks is named; with a key given it is not looked for."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_PROFILE", "analytics")
    with pytest.raises(SettingError, match=r"analytics.*AWS_PROFILE"):
        client("http://127.0.0.1:1", profile_name="analytics")
    client("http://127.0.0.1:1", aws_access_key_id="a", aws_secret_access_key="b").close()


def test_prefix_may_be_empty_or_have_slashes(sheet: Table, store: VersionStore) -> None:
    """However the prefix is written, keys have no empty folder in them."""
    snapshot, _ = sheet.upload(ROWS)

    def url(prefix: str, snapshot: Snapshot = snapshot) -> str:
        return (
            VersionStore(store._client, store.bucket, prefix)
            .put(snapshot, sheet.folder)
            .manifest_url
        )

    name = f"{snapshot.name}/versions/{snapshot.version}/manifest.json"
    assert url("") == f"s3://{store.bucket}/{name}"
    assert url("/a/b/") == f"s3://{store.bucket}/a/b/{name}"
