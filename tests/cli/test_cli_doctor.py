"""`sheet-assets doctor` with each right taken away in turn: the right sentence each time."""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner
from small_deployment import QUIET, SmallDeployment

from sheet_assets import settings
from sheet_assets.cli import main
from sheet_assets.cli.doctor import findings
from sheet_assets.clients.load_record import ensure_control_table
from sheet_assets.doctor import clock
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import BUCKET, SERVICE_ACCOUNT

pytestmark = QUIET


@pytest.fixture(scope="module")
def small(running_sandbox, tmp_path_factory):
    """One deployment: a sheet whose wrong cells are shown in it, its table, and an export of it."""
    small = SmallDeployment(tmp_path_factory.mktemp("doctor"), running_sandbox)
    small.write_table("orders", report_to_sheet="notes")
    small.write(
        "report",
        """\
        type: sheet_assets.SheetExport
        attributes:
          name: report
          query: SELECT o.id FROM {schema}.orders AS o JOIN {schema}.bought AS b ON o.id = b.id
          spreadsheet: "{sheet}-report"
          worksheet: Report
        """,
    )
    small.put(["id", "amount"], [1, 10])
    small.put([], worksheet="Report", spreadsheet=f"{small.sheet}-report")
    return small


@dataclass
class Taken:
    """What a case takes a right away from."""

    small: SmallDeployment
    patch: pytest.MonkeyPatch
    folder: Path

    @property
    def drive(self):
        """The sandbox's Drive, as its owner sees it."""
        return self.small.sandbox.google.drive

    def key(self, **changes):
        """The service account's key, with other entries."""
        key = json.loads(
            Path(self.small.sandbox.settings["GOOGLE_APPLICATION_CREDENTIALS"]).read_text()
        )
        file = self.folder / "key.json"
        file.write_text(json.dumps({**key, **changes}))
        self.patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))

    def user(self, *grants):
        """Log in as a user who may do nothing but this."""
        name = f"doctor_{uuid.uuid4().hex[:8]}"
        owner = Redshift().client()
        owner.run(ensure_control_table)
        with owner.session() as session:
            for sql in (f"CREATE USER {name} PASSWORD 'Sandbox1only'", *grants):
                session.execute(sql.replace("{user}", name).replace("{schema}", self.small.schema))
        self.patch.setenv("REDSHIFT_USER", name)
        self.patch.setenv("REDSHIFT_PASSWORD", "Sandbox1only")

    def s3_rights(self, *actions):
        """Let moto look at signatures and policies, as an IAM user who may do only these."""
        s3 = self.small.sandbox.s3
        iam = boto3.client(
            "iam",
            region_name="us-east-1",
            endpoint_url=s3.endpoint_url,
            aws_access_key_id="x",
            aws_secret_access_key="x",
        )
        name = f"doctor-{uuid.uuid4().hex[:8]}"
        iam.create_user(UserName=name)
        # What S3 itself asks for a HeadBucket is s3:ListBucket.
        also = ["s3:HeadBucket"] if "s3:ListBucket" in actions else ["sns:Publish"]
        allowed = {"Effect": "Allow", "Action": [*actions, *also], "Resource": "*"}
        iam.put_user_policy(
            UserName=name,
            PolicyName="some",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
        )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        iam.close()
        self.patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        self.patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        self.patch.setattr("moto.settings.INITIAL_NO_AUTH_ACTION_COUNT", 0)


@pytest.fixture
def taken(small, sandbox, monkeypatch, tmp_path):
    """The deployment in its sandbox, shared with the account again afterwards."""
    monkeypatch.setenv("SHEET_ASSETS_S3_PREFIX", f"{small.unique}/{uuid.uuid4().hex[:8]}")
    yield Taken(small, monkeypatch, tmp_path)
    monkeypatch.undo()
    for name, value in sandbox.settings.items():
        monkeypatch.setenv(name, value)
    with Redshift().client().session() as session:
        session.execute("GRANT TEMPORARY ON DATABASE dev TO PUBLIC")
    for spreadsheet in (small.sheet, f"{small.sheet}-report"):
        sandbox.google.drive.share(spreadsheet, SERVICE_ACCOUNT)


def setting(name, value):
    return lambda taken: taken.patch.setenv(name, value)


def wrong_clock(taken):
    """Two hours ahead: Google's sign-in looks at what a login says the time is."""
    ahead = dt.timedelta(hours=2)
    taken.patch.setattr(clock, "now", lambda: dt.datetime.now(dt.UTC) + ahead)
    taken.patch.setattr(
        "google.auth._helpers.utcnow", lambda: dt.datetime.now(dt.UTC).replace(tzinfo=None) + ahead
    )


def other_private_key(taken):
    other = taken.small.sandbox.google.add_service_account("other@sandbox.iam.gserviceaccount.com")
    taken.key(private_key=other["private_key"])


def unknown(taken):
    taken.patch.delitem(taken.drive.files, taken.small.sheet)


def renamed_tab(taken):
    worksheet = taken.drive.files[taken.small.sheet].workbook.worksheet("orders")
    taken.patch.setattr(worksheet, "title", "Orders 2026")


def elsewhere(taken):
    """A bucket in another region."""
    name = f"doctor-{uuid.uuid4().hex[:8]}"
    client = taken.small.sandbox.s3._client()
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.close()
    taken.patch.setenv("SHEET_ASSETS_S3_BUCKET", name)


CONTROL = (
    "GRANT USAGE ON SCHEMA sheet_assets TO {user}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sheet_assets.loads TO {user}",
)
MADE = ("CREATE SCHEMA IF NOT EXISTS {schema}", *CONTROL)
ORDERS = (
    "CREATE TABLE IF NOT EXISTS {schema}.orders (id integer)",
    "GRANT USAGE ON SCHEMA {schema} TO {user}",
)
EMAIL = SERVICE_ACCOUNT
ALL_S3 = (
    "s3:ListBucket",
    "s3:PutObject",
    "s3:GetObject",
    "s3:ListBucketVersions",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
)

# What is taken away; what fails then, and what is said of the first of it.
CASES = {
    "a sheet is not shared": (lambda t: t.drive.unshare(t.small.sheet, EMAIL), ["sheet orders"], f"is not shared with {EMAIL} as editor. Open it, choose Share"),
    "an export's sheet is not shared": (lambda t: t.drive.unshare(f"{t.small.sheet}-report", EMAIL), ["sheet report"], "add that address as editor"),
    "an export may only read": (lambda t: t.drive.share(f"{t.small.sheet}-report", EMAIL, "reader"), ["sheet report"], f"{EMAIL} may only view the spreadsheet"),
    "why it must write": (lambda t: t.drive.share(f"{t.small.sheet}-report", EMAIL, "reader"), ["sheet report"], "the export report writes into it. Open https://docs.google.com/spreadsheets/d/"),
    "a sheet with notes may only be read": (lambda t: t.drive.share(t.small.sheet, EMAIL, "reader"), ["sheet orders"], "report_to_sheet shows wrong cells in it"),
    "no such spreadsheet": (unknown, ["sheet orders"], "There is no spreadsheet with the id"),
    "no such tab": (renamed_tab, ["sheet orders"], "has no worksheet 'orders'; it has \"Orders 2026\""),
    "no key file": (setting("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json"), ["Google key"], "/nowhere/key.json) cannot be read"),
    "a key of somebody else": (other_private_key, ["Google token"], f"Google refuses the key of {EMAIL}: invalid_grant: Invalid JWT Signature."),
    "a key that is no key": (lambda t: t.key(private_key="nonsense"), ["Google key"], "The service account's key is not usable"),
    "the clock is off": (wrong_clock, ["Google token", "clock, against Google", "clock, against S3"], "in a reasonable timeframe"),
    "no bucket": (setting("SHEET_ASSETS_S3_BUCKET", "nowhere-at-all"), ["S3 bucket"], "There is no bucket 'nowhere-at-all'. Create it, or correct SHEET_ASSETS_S3_BUCKET."),
    "a bucket elsewhere": (elsewhere, ["S3 bucket"], "is in eu-west-1, and AWS_REGION says us-east-1. Set AWS_REGION=eu-west-1"),
    "nothing in S3": (lambda t: t.s3_rights(), ["S3 bucket", "S3 put"], "S3 refuses access to the bucket"),
    "a wrong secret key": (lambda t: (t.s3_rights(*ALL_S3), t.patch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")), ["S3 bucket", "S3 put"], "S3 refuses access to the bucket"),
    "no s3:PutObject": (lambda t: t.s3_rights("s3:ListBucket"), ["S3 put"], '{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::' + BUCKET),
    "no s3:GetObject": (lambda t: t.s3_rights(*(set(ALL_S3) - {"s3:GetObject"})), ["S3 get"], '"Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::'),
    "no s3:DeleteObject": (lambda t: t.s3_rights("s3:ListBucket", "s3:PutObject", "s3:GetObject"), ["S3 delete"], '"Action": ["s3:DeleteObjectVersion"]'),
    "a wrong password": (setting("REDSHIFT_PASSWORD", "wrong"), ["Redshift login"], "Check REDSHIFT_USER, REDSHIFT_PASSWORD and REDSHIFT_DATABASE."),
    "no host": (lambda t: t.patch.delenv("REDSHIFT_HOST"), ["setting REDSHIFT_HOST", "Redshift login"], "REDSHIFT_HOST is not set"),
    "nobody at the port": (setting("REDSHIFT_PORT", "9"), ["Redshift login"], "Connection refused. Check REDSHIFT_HOST and REDSHIFT_PORT"),
    "another CA": (lambda t: t.patch.setenv("REDSHIFT_SSLROOTCERT", __file__), ["Redshift login"], "REDSHIFT_SSLROOTCERT"),
    "no schema may be made": (lambda t: t.user("DROP SCHEMA IF EXISTS {schema} CASCADE", *CONTROL), ["schema {schema}"], 'GRANT CREATE ON DATABASE "dev" TO "doctor_'),
    "no CREATE on the schema": (lambda t: t.user(*MADE), ["schema {schema}"], 'GRANT USAGE, CREATE ON SCHEMA "{schema}" TO "doctor_'),
    "no right on the table": (lambda t: t.user(*MADE, *ORDERS), ["schema {schema}"], 'GRANT SELECT, INSERT, UPDATE, DELETE ON "{schema}"."orders" TO "doctor_'),
    "no right on what is read": (lambda t: t.user(*MADE, *ORDERS, "GRANT ALL ON {schema}.orders TO {user}", "CREATE TABLE {schema}.bought (id integer)"), ["schema {schema}"], 'run: GRANT SELECT ON "{schema}"."bought" TO "doctor_'),
    "no right on the control table": (lambda t: t.user(*MADE, "GRANT USAGE, CREATE ON SCHEMA {schema} TO {user}", "GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {user}", "REVOKE UPDATE ON sheet_assets.loads FROM {user}"), ["schema sheet_assets"], 'GRANT UPDATE ON "sheet_assets"."loads" TO "doctor_'),
    "no right to COPY": (setting("REDSHIFT_IAM_ROLE", "arn:aws:iam::000000000000:role/other"), ["Redshift COPY"], "associate that role with the cluster"),
    "the GRANT to COPY": (setting("REDSHIFT_IAM_ROLE", "arn:aws:iam::000000000000:role/other"), ["Redshift COPY"], "GRANT ASSUMEROLE ON 'arn:aws:iam::000000000000:role/other' TO \"awsuser\" FOR COPY;"),
    "no temporary tables": (lambda t: t.user(*MADE, "GRANT USAGE, CREATE ON SCHEMA {schema} TO {user}", "GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {user}", "REVOKE TEMPORARY ON DATABASE dev FROM PUBLIC"), ["Redshift COPY"], 'GRANT TEMPORARY ON DATABASE "dev" TO "doctor_'),
    "a secret that is not there": (setting("SHEET_ASSETS_HEARTBEAT_URL", "aws-ssm:/nothing"), ["setting SHEET_ASSETS_HEARTBEAT_URL"], "is kept in the SSM parameter /nothing, and AWS refuses to give it (ParameterNotFound)"),
    "no right to a KMS key": (lambda t: (t.patch.setenv("SHEET_ASSETS_S3_KMS_KEY_ID", "arn:aws:kms:us-east-1:123456789012:key/sheets"), t.s3_rights("s3:ListBucket")), ["S3 put"], '"Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "arn:aws:kms:us-east-1:123456789012:key/sheets"'),
    "a role that cannot be assumed": (lambda t: (t.patch.setenv("SHEET_ASSETS_AWS_ROLE_ARN", "none"), None), ["S3 bucket"], "The role none cannot be assumed"),
    "no such cluster": (lambda t: (t.patch.setenv("REDSHIFT_CLUSTER_IDENTIFIER", "none"), t.patch.delenv("REDSHIFT_PASSWORD")), ["Redshift login"], "AWS gives no login for Redshift's cluster none"),
    "no key and no default credentials": (lambda t: t.patch.delenv("GOOGLE_APPLICATION_CREDENTIALS"), ["Google key"], "No Google service account is set."),
    "a malformed setting": (setting("SHEET_ASSETS_QUIET_SECONDS", "soon"), ["setting SHEET_ASSETS_QUIET_SECONDS"], "it must be a whole number, 0 or more"),
}  # fmt: skip


@pytest.mark.parametrize(("take", "failed", "said"), CASES.values(), ids=CASES)
def test_each_right_in_turn(taken, take, failed, said):
    """What fails is just what needs the right, its sentence has the remedy, and none has a secret."""
    _ = taken.small.deployment.definitions
    take(taken)
    found = list(findings(taken.small.deployment))
    names = [name.replace("{schema}", taken.small.schema) for name in failed]
    assert [each.what for each in found if each.status == "failed"] == names, "\n".join(
        map(str, found)
    )
    sentence = next(each.sentence for each in found if each.what == names[0])
    assert said.replace("{schema}", taken.small.schema) in sentence
    secrets = [os.environ.get(name, "") for name, each in settings.DECLARED.items() if each.secret]
    shown = "\n".join(each.sentence for each in found)
    assert not [secret for secret in secrets if len(secret) > 8 and secret in shown]


def without_aws_credentials(taken):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        taken.patch.delenv(name, raising=False)
    taken.patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        taken.patch.setenv(name, str(taken.folder / "none"))


def wrong_secret_key(taken):
    taken.s3_rights(*ALL_S3)
    taken.patch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")


@pytest.mark.parametrize(
    ("take", "check", "said"),
    [
        (without_aws_credentials, "S3 bucket", "No usable AWS credentials were found"),
        (wrong_secret_key, "S3 put", "AWS does not accept the credentials"),
    ],
)
def test_credentials_are_no_policy(taken, take, check, said):
    """Regression: without credentials, a statement was proposed for the policy of nobody."""
    take(taken)
    found = {each.what: each for each in findings(taken.small.deployment)}
    assert said in found[check].sentence
    assert not any("Add to the policy" in each.sentence for each in found.values())
    assert {found[name].status for name in ("S3 get", "S3 list", "S3 delete")} == {"skipped"}


def test_all_is_well(taken):
    """With every right each finding is ok, and nothing is left in the bucket, the sheets or Redshift."""
    versions = {name: file.version for name, file in taken.drive.files.items()}
    found = list(findings(taken.small.deployment))
    assert {each.status for each in found} == {"ok"}, found
    assert len(found) > 15
    assert {name: file.version for name, file in taken.drive.files.items()} == versions
    client = taken.small.sandbox.s3._client()
    assert "Contents" not in client.list_objects_v2(
        Bucket=BUCKET, Prefix=settings.require("SHEET_ASSETS_S3_PREFIX")
    )
    client.close()


def test_the_command(taken, monkeypatch):
    """A table or JSON of all findings; exit code 0 only when all is well."""
    monkeypatch.setattr("sheet_assets.cli.deployment.Deployment", lambda _: taken.small.deployment)
    monkeypatch.chdir(taken.folder)
    told = CliRunner().invoke(main, ["doctor"])
    assert told.exit_code == 0, told.output
    assert "Redshift COPY" in told.stdout
    taken.drive.unshare(taken.small.sheet, SERVICE_ACCOUNT)
    told = CliRunner().invoke(main, ["doctor", "--json"])
    assert told.exit_code == 1
    (failed,) = [row for row in json.loads(told.stdout) if row["status"] == "failed"]
    assert failed["check"] == "sheet orders"
    assert SERVICE_ACCOUNT in failed["message"]


def test_broken_definitions_do_not_hide_the_rest(taken, tmp_path):
    """A wrong defs.yaml is one finding; credentials are looked at nevertheless."""
    broken = SmallDeployment(tmp_path, taken.small.sandbox)
    broken.write_table("orders", mode="sideways")
    found = {each.what: each for each in findings(broken.deployment)}
    assert found["definitions"].status == "failed"
    assert "mode" in found["definitions"].sentence
    assert found["Google token"].status == found["Redshift COPY"].status == "ok"
