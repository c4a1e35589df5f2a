"""Secrets that AWS keeps: read when a connection opens, from the sandbox's Secrets Manager and SSM."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner

from sheet_assets import settings
from sheet_assets.cli import main
from sheet_assets.clients import aws, secret_manager, secrets
from sheet_assets.errors import SettingError
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.resources.redshift import Redshift


@pytest.fixture
def keep(sandbox):
    """Keep a text in Secrets Manager, or SSM; its name."""

    def kept(text, service="secretsmanager"):
        name = f"sheet-assets/{uuid.uuid4().hex[:8]}"
        client = aws.account().client(service)
        if service == "ssm":
            client.put_parameter(Name=f"/{name}", Value=text, Type="SecureString")
            name = f"/{name}"
        else:
            client.create_secret(Name=name, SecretString=text)
        client.close()
        return name

    return kept


def test_services_are_reached_with_what_aws_keeps(sandbox, keep, monkeypatch):
    """Redshift's password as a key of a JSON secret or a parameter, Google's key as a secret: each logs in."""
    password = sandbox.settings["REDSHIFT_PASSWORD"]
    secret = keep(json.dumps({"username": "awsuser", "password": password}))
    for value in (f"aws-secretsmanager:{secret}#password", f"aws-ssm:{keep(password, 'ssm')}"):
        monkeypatch.setenv("REDSHIFT_PASSWORD", value)
        assert Redshift().client().query("SELECT 1") == [(1,)]
    key = Path(sandbox.settings["GOOGLE_APPLICATION_CREDENTIALS"]).read_text()
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS")
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_JSON", f"aws-secretsmanager:{keep(key)}")
    with GoogleSheets(credentials=GoogleCredentials()).client() as client:
        assert client.start_page_token()


def test_a_secret_is_kept_for_a_minute(keep, monkeypatch):
    """It is read once for the steps of a run, and anew when it may have been rotated."""
    name = keep("first")
    monkeypatch.setenv("REDSHIFT_PASSWORD", f"aws-secretsmanager:{name}")
    assert secrets.require("REDSHIFT_PASSWORD") == "first"
    client = aws.account().client("secretsmanager")
    client.put_secret_value(SecretId=name, SecretString="second")
    client.close()
    assert secrets.require("REDSHIFT_PASSWORD") == "first"
    now = secret_manager.time.monotonic()
    monkeypatch.setattr(secret_manager.time, "monotonic", lambda: now + 61)
    assert secrets.require("REDSHIFT_PASSWORD") == "second"


def test_a_list_asks_nobody(sandbox, monkeypatch, tmp_path):
    """`settings list` says `secret manager`, shows stars, and needs no AWS."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("REDSHIFT_PASSWORD", "aws-secretsmanager:redshift#password")
    monkeypatch.setenv("SHEET_ASSETS_HEARTBEAT_URL", "aws-ssm:/heartbeat")
    told = json.loads(CliRunner().invoke(main, ["settings", "list", "--json"]).output)
    found = {entry["name"]: (entry["value"], entry["source"]) for entry in told}
    assert found["REDSHIFT_PASSWORD"] == ("********", "secret manager")
    assert found["SHEET_ASSETS_HEARTBEAT_URL"] == ("********", "secret manager")
    assert settings.DECLARED["SHEET_ASSETS_HEARTBEAT_URL"].problem("aws-ssm:/heartbeat") is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("aws-secretsmanager:nothing-there", "the secret nothing-there, and AWS refuses to give it (ResourceNotFoundException). Create it in us-east-1"),
        ("aws-ssm:/nothing", "the SSM parameter /nothing, and AWS refuses to give it (ParameterNotFound)"),
        ("aws-ssm:/nothing", "allow ssm:GetParameter on it"),
        ("aws-secretsmanager:", "REDSHIFT_PASSWORD is malformed: a reference is aws-secretsmanager:NAME"),
        ("aws-ssm:/name#key", "REDSHIFT_PASSWORD is malformed"),
        ("{kept}#pass", "no JSON text with a key 'pass'. Correct what stands behind the #"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_sentence(keep, monkeypatch, value, said):
    """Which setting, which secret, and what to do; never what stands in it."""
    kept = f"aws-secretsmanager:{keep(json.dumps({'password': 'hidden-word'}))}"
    monkeypatch.setenv("REDSHIFT_PASSWORD", value.replace("{kept}", kept))
    with pytest.raises(SettingError) as refused:
        Redshift().client()
    assert said in str(refused.value)
    assert "hidden-word" not in str(refused.value)
    if value.startswith("aws-secretsmanager:") and len(value) < 20:
        problem = settings.DECLARED["REDSHIFT_PASSWORD"].problem(value)
        assert "it must be the secret itself, or aws-secretsmanager:NAME" in problem


def test_nobody_answers(sandbox, monkeypatch):
    """An AWS that is not there is told as such; the key that asks cannot be a reference itself."""
    monkeypatch.setenv("REDSHIFT_PASSWORD", "aws-ssm:/name")
    monkeypatch.setattr(aws, "MAX_ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(SettingError, match=r"AWS cannot be asked for it .*Check AWS_REGION"):
        Redshift().client()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "aws-ssm:/name")
    with pytest.raises(SettingError, match="AWS_SECRET_ACCESS_KEY is a reference to a secret"):
        Redshift().client()
