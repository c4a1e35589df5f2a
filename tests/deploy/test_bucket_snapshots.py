from __future__ import annotations

import multiprocessing
from types import SimpleNamespace

import dagster as dg
import pytest
from small_deployment import QUIET, failure, materialized
from step_host import execute, execute_elsewhere

from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.bucket_snapshots import BucketSnapshotIOManager

pytestmark = QUIET
HEADER = ["id", "amount"]
STEPS = ["sheet_csv/orders", "s3_object/orders", "{schema}/orders"]


@pytest.fixture
def apart(small, monkeypatch):
    """A deployment whose steps hand their snapshots over in the bucket."""
    monkeypatch.setenv("SHEET_ASSETS_SNAPSHOTS", "bucket")
    small.write_table()
    small.put(HEADER, [1, 10], [2, 20])
    return small


def steps(apart):
    """The names of the three steps, in their order."""
    return [name.replace("{schema}", apart.schema) for name in STEPS]


@pytest.fixture
def store(apart):
    """The bucket as the steps get it."""
    return S3Versions(credentials=AwsCredentials()).store()


def objects(store, of):
    """The objects below the deployment's prefix that have this in their key."""
    found = store.objects.versions(f"{store.prefix}/")
    return [each for each in found if of in each.key]


def test_steps_of_a_run_on_two_hosts(apart, home):
    """The sheet is read on one host, stored and loaded on another, where no file of the first is."""
    first, *later = (name.replace("/", "__") for name in steps(apart))
    with dg.DagsterInstance.from_config(str(home("launching"))) as instance:
        run = instance.create_run_for_job(
            apart.deployment.definitions.resolve_job_def("ingest_job")
        )
        execute(apart.deployment, home("reading"), run.run_id, [first])
        loading = multiprocessing.get_context("spawn").Process(
            target=execute_elsewhere, args=(apart.folder, home("loading"), run.run_id, later)
        )
        loading.start()
        loading.join()
        said = materialized(instance, run.run_id)
    assert loading.exitcode == 0
    assert [each["outcome"] for each in said.values()] == ["read", "uploaded", "loaded"]
    assert apart.rows() == [(1, 10), (2, 20)]


def test_runs_of_one_step_take_the_latest(apart, store, instance, monkeypatch):
    """Each on a host of its own; the same rows upload nothing, though no host has seen the other."""
    for outcomes in (["read", "uploaded", "loaded"], ["unchanged", "unchanged", "unchanged"]):
        said = []
        for name in steps(apart):
            monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", f"{apart.root}/{len(said)}/{outcomes[0]}")
            said += [asset.outcome for asset in apart.run(instance, name).assets]
        assert said == outcomes
    assert len(objects(store, "/parts/")) == len(objects(store, "manifest.json")) == 1
    assert not [path for path in apart.root.rglob("*") if path.name == "snapshots"]


def test_a_version_exists_only_with_its_manifest(apart, store, instance):
    """What a run has read and not stored is no version: it is not listed, and not restored."""
    read = apart.run(instance, "sheet_csv/orders")
    assert read.success
    assert objects(store, "/parts/")
    assert store.stored("orders") == {}
    assert apart.run(instance, "s3_object/orders").success
    assert len(store.stored("orders")) == 1


@pytest.mark.parametrize("gone", ["/.steps/", "/parts/"])
def test_what_has_expired_is_told(apart, store, instance, gone):
    """Never a missing key's traceback: the sentence says what to materialize together."""
    assert apart.run(instance, "sheet_csv/orders").success
    store.objects.delete(objects(store, gone))
    failed = apart.run(instance, "s3_object/orders")
    assert not failed.success
    data = failure(instance, failed.run_id, "s3_object/orders").step_failure_data
    said = data.user_failure_data.description
    assert said.startswith(
        "What sheet_csv/orders has made does not lie in S3 (at s3://"
        if gone == "/.steps/"
        else "The part "
    )
    assert "together" in said
    assert not objects(store, "manifest.json")


def test_a_bucket_that_is_not_there(sandbox, monkeypatch):
    """What cannot be handed on is a sentence, and worth no other try."""
    monkeypatch.setenv("SHEET_ASSETS_S3_BUCKET", "no-such-bucket")
    manager = BucketSnapshotIOManager(s3=S3Versions(credentials=AwsCredentials()))
    key = dg.AssetKey(["sheet_csv", "orders"])
    with dg.build_input_context(asset_key=key) as context:
        context._step_context = SimpleNamespace(run_id="run-1")
        with pytest.raises(dg.Failure, match="There is no bucket 'no-such-bucket'") as caught:
            manager.load_input(context)
    assert not caught.value.allow_retries
