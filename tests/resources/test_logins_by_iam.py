"""Logins that are given for a while: Redshift's by IAM, an assumed role, and Google's defaults."""

from __future__ import annotations

import json
import shutil
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from sheet_assets.clients import aws
from sheet_assets.errors import SettingError, SheetAssetsError
from sheet_assets.resources.aws import AwsCredentials, S3Versions
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import BUCKET, SERVICE_ACCOUNT


@pytest.fixture
def cluster(sandbox, monkeypatch):
    """A provisioned cluster that the sandbox's AWS knows, and no password."""
    name = f"cluster-{uuid.uuid4().hex[:8]}"
    client = aws.account().client("redshift")
    client.create_cluster(ClusterIdentifier=name, NodeType="ra3.large", MasterUsername="awsuser", MasterUserPassword="Sandbox1only", ClusterType="single-node")  # fmt: skip
    client.close()
    monkeypatch.setenv("REDSHIFT_CLUSTER_IDENTIFIER", name)
    monkeypatch.delenv("REDSHIFT_PASSWORD")
    return name


def test_a_cluster_gives_each_connection_a_login(cluster, sandbox, monkeypatch):
    """User and password come from GetClusterCredentials, anew each time, and are what is sent."""
    first, second = Redshift().connection(), Redshift().connection()
    assert first["user"] == second["user"] == "IAM:awsuser"
    assert first["password"] != second["password"]
    sent = []
    client = Redshift().client()
    monkeypatch.setattr("psycopg2.connect", lambda **said: sent.append(said["password"]) or 1 / 0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            client.query("SELECT 1")
    assert len(set(sent)) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"REDSHIFT_CLUSTER_IDENTIFIER": "nothing"}, r"no login for Redshift's cluster nothing \(ClusterNotFound.*\)\. Correct REDSHIFT_CLUSTER_IDENTIFIER, or allow redshift:GetClusterCredentials on it"),
        ({"REDSHIFT_WORKGROUP": "both"}, "REDSHIFT_CLUSTER_IDENTIFIER and REDSHIFT_WORKGROUP are both set"),
        ({"REDSHIFT_PASSWORD": "own"}, "REDSHIFT_CLUSTER_IDENTIFIER and REDSHIFT_PASSWORD are both set. Set one login"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_a_sentence(cluster, monkeypatch, changes, said):
    """An unknown cluster, two ways to log in: which settings to correct."""
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=said):
        Redshift().client().query("SELECT 1")


@pytest.fixture
def amazon(sandbox, monkeypatch):
    """The two calls that moto does not serve, over HTTP, with a login that works; what was asked."""
    asked = []
    user, password = sandbox.redshift.user, sandbox.redshift.password

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append(
                (self.headers.get("X-Amz-Target", ""), body, self.headers["Authorization"])
            )
            if "X-Amz-Target" in self.headers:
                answer = json.dumps({"dbUser": user, "dbPassword": password})
            else:
                answer = f"<R><GetClusterCredentialsWithIAMResult><DbUser>{user}</DbUser><DbPassword>{password}</DbPassword></GetClusterCredentialsWithIAMResult></R>"
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    for name in ("REDSHIFT_PASSWORD", "REDSHIFT_USER"):
        monkeypatch.delenv(name)
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_workgroup_gives_a_login(amazon, sandbox, monkeypatch):
    """Serverless needs neither user nor password: GetCredentials tells both, and Redshift takes them."""
    monkeypatch.setenv("REDSHIFT_WORKGROUP", "reports")
    assert Redshift().client().query("SELECT current_user") == [(sandbox.redshift.user,)]
    ((target, body, authorization),) = amazon
    assert target.endswith(".GetCredentials")
    assert json.loads(body) == {"workgroupName": "reports", "dbName": "dev"}
    assert "/redshift-serverless/aws4_request" in authorization


def test_a_cluster_without_a_user_logs_in_as_the_identity(amazon, monkeypatch):
    """Without REDSHIFT_USER it is GetClusterCredentialsWithIAM."""
    monkeypatch.setenv("REDSHIFT_CLUSTER_IDENTIFIER", "reports")
    assert Redshift().client().query("SELECT 1") == [(1,)]
    assert "Action=GetClusterCredentialsWithIAM" in amazon[0][1]


@pytest.mark.parametrize(
    ("host", "mode", "has_bundle"),
    [
        ("c.abc.eu-west-1.redshift.amazonaws.com", "verify-full", True),
        ("w.123.us-east-1.redshift-serverless.amazonaws.com.", "verify-full", True),
        ("c.abc.cn-north-1.redshift.amazonaws.com.cn", "verify-full", True),
        ("warehouse.example.com", "require", False),
        ("amazonaws.com.example.com", "require", False),
    ],
)
def test_amazons_hosts_are_verified(monkeypatch, host, mode, has_bundle):
    """At Amazon the server must be the one that was named, by roots that certifi brings; a setting comes first."""
    monkeypatch.setenv("REDSHIFT_HOST", host)
    monkeypatch.setenv("REDSHIFT_USER", "user")
    monkeypatch.setenv("REDSHIFT_PASSWORD", "password")
    found = Redshift().connection()
    assert found["sslmode"] == mode
    assert bool(found["sslrootcert"]) == has_bundle
    if has_bundle:
        assert "Amazon Root CA 1" in Path(found["sslrootcert"]).read_text()
    monkeypatch.setenv("REDSHIFT_SSLMODE", "verify-ca")
    monkeypatch.setenv("REDSHIFT_SSLROOTCERT", "/own.pem")
    found = Redshift().connection()
    assert (found["sslmode"], found["sslrootcert"]) == ("verify-ca", "/own.pem")


def test_s3_is_used_as_the_role(sandbox, monkeypatch):
    """With SHEET_ASSETS_AWS_ROLE_ARN requests are signed with the role's keys, and its external id is said."""
    monkeypatch.setenv("SHEET_ASSETS_AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/loader")
    monkeypatch.setenv("SHEET_ASSETS_AWS_EXTERNAL_ID", "external")
    client = S3Versions(credentials=AwsCredentials()).get_client()
    sent = []
    client.meta.events.register("before-send.s3", lambda request, **_: sent.append(request.headers))
    client.list_objects_v2(Bucket=BUCKET, MaxKeys=1)
    client.close()
    assert b"Credential=ASIA" in sent[0]["Authorization"]
    assert sandbox.settings["AWS_ACCESS_KEY_ID"].encode() not in sent[0]["Authorization"]
    assert sent[0]["X-Amz-Security-Token"]


def test_a_role_that_refuses_is_a_sentence(sandbox, monkeypatch):
    """Which settings name the role, and what the role lacks."""
    monkeypatch.setenv("SHEET_ASSETS_AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/loader")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(aws, "MAX_ATTEMPTS", 1)
    store = S3Versions(credentials=AwsCredentials()).store()
    with pytest.raises(SheetAssetsError, match=r"role/loader cannot be assumed.*Correct SHEET_ASSETS_AWS_ROLE_ARN"):  # fmt: skip
        store.objects.read("any")


def test_every_call_says_owner_and_key(sandbox, monkeypatch):
    """The bucket's owner goes with every request, and the KMS key with each that writes."""
    monkeypatch.setenv("SHEET_ASSETS_S3_BUCKET_OWNER", "123456789012")
    monkeypatch.setenv("SHEET_ASSETS_S3_KMS_KEY_ID", "alias/sheets")
    client = S3Versions(credentials=AwsCredentials()).get_client()
    sent = []
    client.meta.events.register("before-send.s3", lambda request, **_: sent.append(request))
    key = uuid.uuid4().hex
    client.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    assert client.head_object(Bucket=BUCKET, Key=key)["SSEKMSKeyId"].endswith("alias/sheets")
    client.get_object(Bucket=BUCKET, Key=key)["Body"].close()
    client.list_objects_v2(Bucket=BUCKET)
    client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key}]})
    client.close()
    assert len(sent) == 5
    for request in sent:
        assert request.headers["x-amz-expected-bucket-owner"] in {"123456789012", b"123456789012"}
    with_key = [
        request.method for request in sent if "x-amz-server-side-encryption" in request.headers
    ]
    assert with_key == ["PUT"]


def test_application_default_credentials(sandbox, monkeypatch, tmp_path):
    """Without a key, what gcloud left is used; a settings file that wants no key keeps it away."""
    key = sandbox.settings["GOOGLE_APPLICATION_CREDENTIALS"]
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    google = GoogleSheets(credentials=GoogleCredentials())
    with pytest.raises(SettingError, match="No Google service account is set"), google.client():
        pass
    gcloud = tmp_path / "gcloud"
    gcloud.mkdir()
    shutil.copy(key, gcloud / "application_default_credentials.json")
    with google.client() as client:
        assert client.email == SERVICE_ACCOUNT
        assert client.start_page_token()
    file = tmp_path / "settings.env"
    file.write_text('GOOGLE_APPLICATION_CREDENTIALS=""\n')
    monkeypatch.setenv("SHEET_ASSETS_SETTINGS_FILE", str(file))
    with pytest.raises(SettingError, match="No Google service account is set"), google.client():
        pass
