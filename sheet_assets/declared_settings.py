"""Every setting, declared once: its name, what it means, and what it must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheet_assets import secret_reference
from sheet_assets.secret_reference import SecretReference
from sheet_assets.setting_kinds import (
    ABOVE_ZERO,
    ADDRESS,
    FLAG,
    HOST_OR_BUCKET,
    POSTGRES_URL,
    TEXT,
    TIME_ZONE,
    ZERO_OR_MORE,
    Kind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Setting:
    """One setting: its variable, what it means, whether it may be shown, and what it must be.

    A required one is not needed where one of `unless` is set.
    """

    name: str
    meaning: str
    default: str | None = None
    required: bool = False
    unless: tuple[str, ...] = ()
    secret: bool = False
    group: str = "sheet_assets"
    kind: Kind = TEXT

    def problem(self, value: str) -> str | None:
        """Why a value cannot be this setting's, in a sentence; None where it can."""
        kind = self.kind
        if self.is_reference(value):
            return None
        if self.secret and secret_reference.is_malformed(value.strip()):
            kind = Kind(f"the secret itself, or {secret_reference.MUST_BE}", lambda _: False)
        if kind.fits(value.strip()):
            return None
        said = "set to what it cannot be" if self.secret else repr(value)
        return f"{self.name} is {said}; it must be {kind.must_be}."

    def is_reference(self, value: str) -> bool:
        """Whether a secret's value is kept in a secret manager that the value names."""
        try:
            return self.secret and SecretReference.parse(value.strip()) is not None
        except ValueError:
            return False

    def shown(self, value: str | None) -> str | None:
        """A value as it may be shown: a secret is stars, always."""
        return "********" if value and self.secret else value


_IAM_LOGINS = ("REDSHIFT_CLUSTER_IDENTIFIER", "REDSHIFT_WORKGROUP")
_DECLARED = (
    Setting(
        "GOOGLE_APPLICATION_CREDENTIALS",
        "The file with the service account's JSON key; without a key, application-default "
        "credentials are used.",
        group="Google",
    ),
    Setting(
        "GOOGLE_SERVICE_ACCOUNT_JSON",
        "The JSON key itself, instead of a file; or aws-secretsmanager:NAME, or aws-ssm:NAME.",
        secret=True,
        group="Google",
    ),
    Setting(
        "GOOGLE_API_ENDPOINT",
        "Where all of Google's hosts are, when not at Google. The sandbox sets it.",
        group="Google",
    ),
    Setting(
        "AWS_ACCESS_KEY_ID",
        "The access key; without it boto3's own chain is used (profile, instance role, …).",
        group="AWS",
    ),
    Setting("AWS_SECRET_ACCESS_KEY", "The key's secret.", secret=True, group="AWS"),
    Setting("AWS_SESSION_TOKEN", "The token of temporary credentials.", secret=True, group="AWS"),
    Setting("AWS_PROFILE", "The profile in ~/.aws to use.", group="AWS"),
    Setting("AWS_REGION", "The bucket's region.", default="us-east-1", group="AWS"),
    Setting("AWS_ENDPOINT_URL", "Where all of AWS is, when not at Amazon.", group="AWS"),
    Setting("AWS_ENDPOINT_URL_S3", "Where S3 is, when not at Amazon.", group="AWS"),
    Setting(
        "SHEET_ASSETS_AWS_ROLE_ARN", "The role that the credentials assume, if any.", group="AWS"
    ),
    Setting("SHEET_ASSETS_AWS_EXTERNAL_ID", "The external id that the role asks for.", group="AWS"),
    Setting(
        "SHEET_ASSETS_S3_BUCKET", "The bucket that keeps every version.", required=True, group="AWS"
    ),
    Setting(
        "SHEET_ASSETS_S3_PREFIX",
        "What every key begins with.",
        default="sheet_assets",
        group="AWS",
    ),
    Setting(
        "SHEET_ASSETS_S3_BUCKET_OWNER",
        "The account that the bucket must belong to: every request to S3 says so.",
        group="AWS",
    ),
    Setting(
        "SHEET_ASSETS_S3_KMS_KEY_ID",
        "The KMS key that objects are encrypted with; without it, as the bucket says.",
        group="AWS",
    ),
    Setting("REDSHIFT_HOST", "The cluster's or workgroup's host.", required=True, group="Redshift"),
    Setting(
        "REDSHIFT_PORT",
        "Its port.",
        default="5439",
        group="Redshift",
        kind=ABOVE_ZERO,
    ),
    Setting("REDSHIFT_DATABASE", "The database.", default="dev", group="Redshift"),
    Setting(
        "REDSHIFT_USER",
        "The user; not needed with a login of IAM.",
        required=True,
        unless=_IAM_LOGINS,
        group="Redshift",
    ),
    Setting(
        "REDSHIFT_PASSWORD",
        "The user's password, or aws-secretsmanager:NAME#json_key, or aws-ssm:NAME; none with a "
        "login of IAM.",
        required=True,
        unless=_IAM_LOGINS,
        secret=True,
        group="Redshift",
    ),
    Setting(
        "REDSHIFT_CLUSTER_IDENTIFIER",
        "The provisioned cluster: log in by IAM, as REDSHIFT_USER, or else as the IAM identity.",
        group="Redshift",
    ),
    Setting("REDSHIFT_WORKGROUP", "The Serverless workgroup: log in by IAM.", group="Redshift"),
    Setting(
        "REDSHIFT_SSLMODE",
        "libpq's sslmode; by default `verify-full` at *.amazonaws.com, else `require`.",
        group="Redshift",
    ),
    Setting(
        "REDSHIFT_SSLROOTCERT",
        "The file with the CA that is trusted; by default, at *.amazonaws.com, certifi's.",
        group="Redshift",
    ),
    Setting(
        "REDSHIFT_IAM_ROLE",
        "The role that COPY reads S3 with; `default` is the cluster's default role.",
        default="default",
        group="Redshift",
    ),
    Setting(
        "SHEET_ASSETS_TIME_ZONE",
        "The time zone of schedules and dates.",
        default="UTC",
        kind=TIME_ZONE,
    ),
    Setting(
        "SHEET_ASSETS_STATE_DIR",
        "Where the quota log and the users file lie; by default DAGSTER_HOME, else "
        "~/.sheet_assets.",
    ),
    Setting(
        "SHEET_ASSETS_POSTGRES_URL",
        "The PostgreSQL in which several hosts share the quota log and the locks of exports, "
        "postgresql://USER@HOST:PORT/DATABASE with `:PASSWORD` behind the user; without it they "
        "are files in SHEET_ASSETS_STATE_DIR.",
        secret=True,
        kind=POSTGRES_URL,
    ),
    Setting(
        "SHEET_ASSETS_SNAPSHOTS",
        "Where a step leaves what the next one takes: `host`, in SHEET_ASSETS_STATE_DIR; or "
        "`bucket`, where the steps of a run may be on several hosts.",
        default="host",
        kind=HOST_OR_BUCKET,
    ),
    Setting(
        "SHEET_ASSETS_USERS_FILE",
        "The users of `sheet-assets serve`; by default users.json in SHEET_ASSETS_STATE_DIR.",
    ),
    Setting(
        "SHEET_ASSETS_SHOW_INSTANCE_CONFIG",
        "Whether `sheet-assets serve` shows operators the instance's configuration: true or false.",
        default="false",
        kind=FLAG,
    ),
    Setting(
        "SHEET_ASSETS_READS_PER_MINUTE",
        "Reads a minute that Google's quota gives this service account.",
        default="60",
        kind=ABOVE_ZERO,
    ),
    Setting(
        "SHEET_ASSETS_WRITES_PER_MINUTE",
        "Writes a minute that Google's quota gives this service account.",
        default="60",
        kind=ABOVE_ZERO,
    ),
    Setting(
        "SHEET_ASSETS_RETRY_SECONDS",
        "How long a failing service is tried again, in all, before a run fails.",
        default="300",
        kind=ABOVE_ZERO,
    ),
    Setting(
        "SHEET_ASSETS_WEBSERVER_URL",
        "Where the Dagster webserver is that health, list, runs, trigger, start and stop ask.",
        default="http://127.0.0.1:3000",
        kind=ADDRESS,
    ),
    Setting("SHEET_ASSETS_WEBSERVER_USER", "The user to ask it as, where it wants a login."),
    Setting("SHEET_ASSETS_WEBSERVER_PASSWORD", "That user's password.", secret=True),
    Setting(
        "SHEET_ASSETS_WEBSERVER_TOKEN", "A user's token, instead of user and password.", secret=True
    ),
    Setting(
        "SHEET_ASSETS_QUIET_SECONDS",
        "How long nobody may have edited a sheet before its change is loaded.",
        default="60",
        kind=ZERO_OR_MORE,
    ),
    Setting(
        "SHEET_ASSETS_ALERT_URLS",
        "Where alerts go: apprise URLs, separated by blanks.",
        secret=True,
    ),
    Setting(
        "SHEET_ASSETS_UI_URL",
        "What links in alerts begin with; without it SHEET_ASSETS_WEBSERVER_URL.",
        kind=ADDRESS,
    ),
    Setting(
        "SHEET_ASSETS_HEARTBEAT_URL",
        "The dead-man's switch that is asked (GET) as long as all is well.",
        secret=True,
        kind=ADDRESS,
    ),
)

DECLARED: Mapping[str, Setting] = {setting.name: setting for setting in _DECLARED}
