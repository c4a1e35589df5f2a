"""The resources in assets that somebody else wrote, and where their values come from."""

from __future__ import annotations

import time

import dagster as dg
import pytest
from small_deployment import QUIET

from sheet_assets.clients.aws import Account
from sheet_assets.errors import SettingError, SheetUnavailableError, WarehouseUnavailableError
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.resources.redshift import Redshift

pytestmark = QUIET


@pytest.fixture
def resources():
    return {
        "google": GoogleSheets(credentials=GoogleCredentials()),
        "s3": S3Versions(credentials=AwsCredentials()),
        "redshift": Redshift(),
    }


def test_other_peoples_assets_use_them_as_they_are(small, instance, resources):
    """An asset of a user's own reads a sheet, lists the bucket, and queries Redshift."""
    small.put(["id"], [1], [2])
    found = {}

    @dg.asset
    def theirs(google: GoogleSheets, s3: S3Versions, redshift: Redshift) -> None:
        with google.client() as client:
            found["values"] = client.values(small.sheet, "orders")
        s3_client = s3.get_client()
        found["buckets"] = [each["Name"] for each in s3_client.list_buckets()["Buckets"]]
        s3_client.close()
        found["frame"] = redshift.client().frame("SELECT 1 AS one, NULL AS nothing")
        found["dagster_aws"] = redshift.get_client().execute_query("SELECT 2", fetch_results=True)

    assert dg.materialize([theirs], resources=resources, instance=instance).success
    assert found["values"] == [["id"], [1], [2]]
    assert small.sandbox.settings["SHEET_ASSETS_S3_BUCKET"] in found["buckets"]
    assert found["frame"].to_dict("records") == [{"one": 1, "nothing": None}]
    assert found["dagster_aws"] == [(2,)]


def test_fields_come_before_settings(monkeypatch):
    """Two Redshifts or buckets in one project: what is given as a field is taken."""
    monkeypatch.setenv("REDSHIFT_HOST", "from-setting")
    monkeypatch.setenv("REDSHIFT_USER", "user")
    monkeypatch.setenv("REDSHIFT_PASSWORD", "password")
    monkeypatch.setenv("SHEET_ASSETS_S3_BUCKET", "from-setting")
    given = Redshift(host="given", port=1234, database="other")
    connection = given.connection()
    assert (connection["host"], connection["port"], connection["dbname"]) == (
        "given",
        1234,
        "other",
    )
    assert Redshift().connection()["host"] == "from-setting"
    aws = AwsCredentials()
    assert S3Versions(credentials=aws, bucket="given").store().bucket == "given"
    assert S3Versions(credentials=aws).store().bucket == "from-setting"


def test_optional_settings_may_all_be_unset(monkeypatch):
    """Only the host, the user and the password of Redshift are needed; the rest has defaults."""
    for name in ("HOST", "USER", "PASSWORD"):
        monkeypatch.setenv(f"REDSHIFT_{name}", name.lower())
    connection = Redshift().connection()
    assert (connection["port"], connection["dbname"], connection["sslmode"]) == (
        5439,
        "dev",
        "require",
    )
    assert Redshift().iam_role() == "default"
    assert GoogleCredentials().api_endpoint() is None
    assert AwsCredentials().account() == Account("us-east-1")


def test_nothing_is_resolved_before_it_is_needed():
    """Resources are built, and their project loads, without a single setting."""
    google = GoogleSheets(credentials=GoogleCredentials())
    with pytest.raises(SettingError, match="No Google service account"), google.client():
        pass
    with pytest.raises(SettingError, match="REDSHIFT_HOST is not set"):
        Redshift().client()
    with pytest.raises(SettingError, match="SHEET_ASSETS_S3_BUCKET is not set"):
        S3Versions(credentials=AwsCredentials()).store()


def test_a_profile_that_does_not_exist_is_a_setting(monkeypatch):
    """AWS_PROFILE names no profile: the sentence names it."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(SettingError, match="nobody"):
        S3Versions(credentials=AwsCredentials(), bucket="b").get_client()


def test_a_caller_in_a_hurry_is_not_kept_waiting(sandbox, monkeypatch):
    """The sensor's budget is below the setting: a warehouse that is down is told in time."""
    monkeypatch.setenv("REDSHIFT_PORT", "9")
    monkeypatch.setenv("SHEET_ASSETS_RETRY_SECONDS", "300")
    started = time.perf_counter()
    with pytest.raises(WarehouseUnavailableError):
        Redshift().client(most_retry_seconds=1).query("SELECT 1")
    assert time.perf_counter() - started < 10


def test_a_client_is_closed_when_its_block_fails(sandbox):
    """Connections do not outlive an asset that failed: a leak is a ResourceWarning here."""

    def fail() -> None:
        with GoogleSheets(credentials=GoogleCredentials()).client() as client:
            client.start_page_token()
            raise dg.Failure("something else")

    with pytest.raises(dg.Failure):
        fail()


def test_exports_into_one_spreadsheet_wait_for_one_another(sandbox, monkeypatch):
    """A second one waits, and gives up in a sentence; another spreadsheet's goes on at once."""
    monkeypatch.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
    google = GoogleSheets(credentials=GoogleCredentials())
    sentence = "Another export into the spreadsheet one"
    with (
        google.alone("one"),
        google.alone("other"),
        pytest.raises(SheetUnavailableError, match=sentence),
        google.alone("one"),
    ):
        pass
    with google.alone("one"):
        pass
