"""docs/getting-started.md: its SQL, its policies and its commands are what they have to be."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from click.testing import CliRunner
from small_deployment import QUIET, SmallDeployment

import sheet_assets
from sheet_assets import settings
from sheet_assets.cli import main
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import Sandbox
from sheet_assets.sandbox.google import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = QUIET

PAGE = (Path(__file__).parents[1] / "docs" / "getting-started.md").read_text()
POLICIES = dict(re.findall(r"<!-- file: (\S+) -->\n```json\n(.*?)```", PAGE, re.DOTALL))
SQL = re.findall(r"(?<!not in the sandbox -->\n)```sql\n(.*?)```", PAGE, re.DOTALL)
# Lines that end with a backslash go on.
COMMANDS = [
    line.replace("\\\n", " ")
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for line in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]
OURS = [shlex.split(line.partition(" > ")[0])[1:] for line in COMMANDS if line.startswith("sheet-assets ")]  # fmt: skip
# What each of our own requests to S3 needs: clients/bucket.py.
REQUESTS = {
    "s3:GetObject": "object",
    "s3:PutObject": "object",
    "s3:DeleteObject": "object",
    "s3:DeleteObjectVersion": "object",
    "s3:ListBucket": "bucket",
    "s3:ListBucketVersions": "bucket",
}


def allowed(policy: str) -> set[tuple[str, str]]:
    """The actions that a policy allows, and whether on the bucket or below the prefix."""
    found = set()
    for statement in json.loads(policy)["Statement"]:
        actions = statement["Action"]
        resource = (
            "object" if statement.get("Resource", "").endswith("/sheet_assets/*") else "bucket"
        )
        found |= {(name, resource) for name in ([actions] if isinstance(actions, str) else actions)}
    return found


def test_the_policies_are_policies_and_allow_what_is_done(running_sandbox: Sandbox) -> None:
    """IAM takes all three; they allow each request of ours, on the resource that it is about."""
    commands = "\n".join(COMMANDS)
    assert set(re.findall(r"file://(\S+)", commands)) == set(POLICIES)
    assert set(REQUESTS.items()) <= allowed(POLICIES["loader-policy.json"])
    copying = {("s3:GetObject", "object"), ("s3:ListBucket", "bucket")}
    assert copying <= allowed(POLICIES["copy-policy.json"])
    s3 = running_sandbox.s3
    # The same server knows IAM, too. moto's own mocks would forget the suite's buckets.
    iam = boto3.client(
        "iam",
        region_name="us-east-1",
        endpoint_url=s3.endpoint_url,
        aws_access_key_id=s3.access_key_id,
        aws_secret_access_key=s3.secret_access_key,
    )
    trust = POLICIES["trust-policy.json"]
    iam.create_role(RoleName="sheet-assets-copy", AssumeRolePolicyDocument=trust)
    for name in ("loader-policy.json", "copy-policy.json"):
        iam.create_policy(PolicyName=name, PolicyDocument=POLICIES[name])
    iam.close()


def test_the_settings_and_commands_are_there() -> None:
    """Every line of an .env is a setting; every command of ours exists, with its options."""
    lines = "".join(re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)).splitlines()
    assert {line.partition("=")[0] for line in lines} <= set(settings.DECLARED)
    assert len(lines) == 10
    for arguments in OURS:
        words = [arguments[0], *(["run"] if arguments[:2] == ["sandbox", "run"] else [])]
        assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox in which nothing was loaded yet, as this process's settings."""
    with Sandbox(limits=Limits.without_quota()) as sandbox:
        for name, value in sandbox.settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", str(tmp_path))
        monkeypatch.delenv("DAGSTER_HOME")
        yield sandbox


def test_the_first_sheet(own: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's SQL makes a user who can load, and its commands lead from a sheet to a table."""

    def run_all(sql: list[str]) -> None:
        client = Redshift().client()
        for statement in filter(str.strip, "".join(sql).split(";")):
            client.run(lambda session, text=statement: session.execute(text))

    run_all(["CREATE SCHEMA marketing; CREATE TABLE marketing.clicks (id integer);", *SQL])
    monkeypatch.setenv("REDSHIFT_USER", "sheet_assets_loader")
    (password,) = re.findall(r"PASSWORD '(.*?)'", PAGE)
    monkeypatch.setenv("REDSHIFT_PASSWORD", password)
    assert Redshift().client().query("SELECT count(*) FROM marketing.clicks") == [(0,)]

    small = SmallDeployment(tmp_path, own)
    small.put(["id", "customer", "amount"], [1, "Ada", 12.5], [2, "Grace", 7], worksheet="Orders")
    (proposing,) = (line for line in OURS if line[0] == "infer" and "--name" in line)
    said = CliRunner().invoke(
        main, [small.sheet if "https:" in word else word for word in proposing]
    )
    assert said.exit_code == 0, said.output
    small.write("orders", said.stdout)
    monkeypatch.setitem(sys.modules, "sheet_assets.defs", small.deployment.defs_module)
    monkeypatch.setattr(sheet_assets, "defs", small.deployment.defs_module, raising=False)

    assert [line for line in OURS if line[0] in {"run", "versions"}] == [
        ["run", "orders"],
        ["versions", "orders"],
    ]
    outcomes = []
    for _ in range(2):
        result = CliRunner().invoke(main, ["run", "orders", "--json"])
        assert result.exit_code == 0, result.output
        outcomes.append([each["outcome"] for each in json.loads(result.stdout)["assets"]])
    assert outcomes == [["read", "uploaded", "loaded"], ["read", "unchanged", "unchanged"]]
    told = CliRunner().invoke(main, ["versions", "orders"])
    assert told.exit_code == 0, told.output
    rows = Redshift().client().query("SELECT id, customer FROM raw_data.orders ORDER BY id")
    assert rows == [(1, "Ada"), (2, "Grace")]
