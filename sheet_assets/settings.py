"""Settings: each declared once, and resolved when its value is needed.

The order is: the file named by SHEET_ASSETS_SETTINGS_FILE, the environment, the default. The
file comes first because Dagster's commands load ./.env *over* the environment: without it a
checkout configured for production would send `sandbox run -- dagster …` to production.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import dotenv

from sheet_assets import settings_file
from sheet_assets.errors import SettingError
from sheet_assets.setting_kinds import (
    ABOVE_ZERO,
    ADDRESS,
    FLAG,
    TEXT,
    TIME_ZONE,
    ZERO_OR_MORE,
    Kind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS_FILE = "SHEET_ASSETS_SETTINGS_FILE"


@dataclass(frozen=True)
class Setting:
    """One setting: its variable, what it means, whether it may be shown, and what it must be."""

    name: str
    meaning: str
    default: str | None = None
    required: bool = False
    secret: bool = False
    group: str = "sheet_assets"
    kind: Kind = TEXT

    def problem(self, value: str) -> str | None:
        """Why a value cannot be this setting's, in a sentence; None where it can."""
        if self.kind.fits(value.strip()):
            return None
        said = "set to what it cannot be" if self.secret else repr(value)
        return f"{self.name} is {said}; it must be {self.kind.must_be}."

    def shown(self, value: str | None) -> str | None:
        """A value as it may be shown: a secret is stars, always."""
        return "********" if value and self.secret else value


_DECLARED = (
    Setting(
        "GOOGLE_APPLICATION_CREDENTIALS",
        "The file with the service account's JSON key.",
        group="Google",
    ),
    Setting(
        "GOOGLE_SERVICE_ACCOUNT_JSON",
        "The JSON key itself, instead of a file.",
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
    Setting("AWS_ENDPOINT_URL_S3", "Where S3 is, when not at Amazon.", group="AWS"),
    Setting(
        "SHEET_ASSETS_S3_BUCKET", "The bucket that keeps every version.", required=True, group="AWS"
    ),
    Setting(
        "SHEET_ASSETS_S3_PREFIX",
        "What every key begins with.",
        default="sheet_assets",
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
    Setting("REDSHIFT_USER", "The user.", required=True, group="Redshift"),
    Setting(
        "REDSHIFT_PASSWORD", "The user's password.", required=True, secret=True, group="Redshift"
    ),
    Setting(
        "REDSHIFT_SSLMODE",
        "libpq's sslmode; `verify-full` needs REDSHIFT_SSLROOTCERT.",
        default="require",
        group="Redshift",
    ),
    Setting("REDSHIFT_SSLROOTCERT", "The file with the CA that is trusted.", group="Redshift"),
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


def get(name: str) -> str | None:
    """The value of a declared setting, or None where it has none.

    Raises:
        SettingError: the settings file is named but cannot be read.
        KeyError: the setting is not declared.
    """
    return lookup(name, DECLARED[name].default)


def require(name: str) -> str:
    """The value of a declared setting.

    Raises:
        SettingError: it is not set; says what it is and where to set it.
    """
    value = get(name)
    if value is None:
        raise SettingError(
            f"{name} is not set: {DECLARED[name].meaning} "
            "Set it in the environment or in .env (see .env.example)."
        )
    return value


def source(name: str) -> str | None:
    """Where a declared setting's value comes from; None where it has none."""
    from_file = _settings_file()
    if name not in from_file and os.environ.get(name):
        return "environment"
    if from_file.get(name):
        return "settings file"
    return "default" if DECLARED[name].default is not None else None


def number(name: str) -> int:
    """The value of a declared setting that is a whole number.

    Raises:
        SettingError: it is not set, or not such a number.
    """
    return int(_valid(name))


def flag(name: str) -> bool:
    """The value of a declared setting that is true or false.

    Raises:
        SettingError: it is not set, or neither.
    """
    return _valid(name).strip().lower() == "true"


def _valid(name: str) -> str:
    value = require(name)
    problem = DECLARED[name].problem(value)
    if problem:
        raise SettingError(problem)
    return value


def lookup(name: str, default: str | None = None) -> str | None:
    """The value of any variable, in the order of settings; an empty one counts as not set.

    A variable that stands empty in the settings file is not looked for any further: so the
    sandbox keeps production's values away.
    """
    from_file = _settings_file()
    if name in from_file:
        return from_file[name] or default
    return os.environ.get(name) or default


def for_yaml(name: str, default: str | None = None) -> str:
    """`{{ setting('NAME') }}` in a defs.yaml: any variable, declared or not.

    Raises:
        SettingError: it is not set and has no default.
    """
    if default is None and name in DECLARED:
        default = DECLARED[name].default
    value = lookup(name, default)
    if value is None:
        raise SettingError(
            f"{name} is not set, and a defs.yaml asks for it with {{{{ setting('{name}') }}}}. "
            "Set it in the environment or in .env, or give a default: "
            f"{{{{ setting('{name}', '…') }}}}."
        )
    return value


def state_dir() -> Path:
    """The directory for this package's own state."""
    named = get("SHEET_ASSETS_STATE_DIR") or lookup("DAGSTER_HOME")
    return Path(named).expanduser() if named else Path.home() / ".sheet_assets"


def keep_in_state_dir(variable: str, folder: str) -> None:
    """Let a library keep its own files there, instead of in the user's home.

    Args:
        variable: Of the environment, by which the library is told; one that is set stays.
        folder: Below the state directory.
    """
    os.environ.setdefault(variable, str(state_dir() / folder))


def users_file() -> Path:
    """The file with the users of the webserver."""
    named = get("SHEET_ASSETS_USERS_FILE")
    return Path(named).expanduser() if named else state_dir() / "users.json"


def check_dotenv(directory: Path) -> None:
    """Refuse a .env that would turn this process away from its settings file.

    Raises:
        SettingError: the .env names SHEET_ASSETS_SETTINGS_FILE.
    """
    path = directory / ".env"
    if path.is_file() and SETTINGS_FILE in dotenv.dotenv_values(path):
        raise SettingError(
            f"{path} names {SETTINGS_FILE}. Dagster's commands load .env over the environment, "
            "so it would override the settings a sandbox passes. Remove that line, and export "
            "the variable in the shell instead."
        )


def load_dotenv(directory: Path) -> None:
    """Load ./.env over the environment, as Dagster's own commands do.

    Raises:
        SettingError: see `check_dotenv`.
    """
    check_dotenv(directory)
    dotenv.load_dotenv(directory / ".env", override=True)


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child process: ours with `changes`, an empty value removes."""
    merged = {**os.environ, **changes}
    return {name: value for name, value in merged.items() if value or name not in changes}


def use_file(path: Path) -> None:
    """Let this process and its children read a settings file, as a sandbox's own commands do.

    Raises:
        SettingError: it cannot be read.
    """
    home = _read(path).get("DAGSTER_HOME")
    os.environ[SETTINGS_FILE] = str(path)
    if home:
        os.environ["DAGSTER_HOME"] = home


def passed_on() -> dict[str, str]:
    """What a child process needs in its environment to use the same settings file."""
    return {SETTINGS_FILE: os.environ[SETTINGS_FILE]} if SETTINGS_FILE in os.environ else {}


def _settings_file() -> Mapping[str, str | None]:
    """What the settings file says; read again when it has changed.

    DAGSTER_HOME is compared at every look, since Dagster may load a .env after the first.
    """
    named = os.environ.get(SETTINGS_FILE)
    if not named:
        return {}
    path = Path(named)
    try:
        status = path.stat()
    except OSError as error:
        raise SettingError(
            f"{settings_file.unreadable(path, error.strerror)} Or unset {SETTINGS_FILE}, which "
            "names it."
        ) from error
    key = (path, status.st_mtime_ns, status.st_size)
    if key not in _files:
        check_dotenv(Path.cwd())
        values = _read(path)
        _files.clear()
        _files[key] = values
    home = _files[key].get("DAGSTER_HOME")
    if home and os.environ.get("DAGSTER_HOME", home) != home:
        raise SettingError(
            f"DAGSTER_HOME is {os.environ['DAGSTER_HOME']!r}, but the settings file says {home!r}. "
            "A .env that names DAGSTER_HOME overrides the sandbox's own: remove that line, "
            "or run from another directory."
        )
    return _files[key]


def _read(path: Path) -> dict[str, str | None]:
    try:
        return settings_file.read(path)
    except SettingError as error:
        raise SettingError(f"{error} Or unset {SETTINGS_FILE}, which names it.") from error


_files: dict[tuple[Path, int, int], dict[str, str | None]] = {}
