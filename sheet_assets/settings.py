"""Settings: each declared once, and resolved when its value is needed.

The order is: the file named by SHEET_ASSETS_SETTINGS_FILE, the environment, the default; a secret
of either may say in which secret manager its value is kept (clients/secrets.py). The file comes
first because Dagster's commands load ./.env *over* the environment: without it a checkout
configured for production would send `sandbox run -- dagster …` to production.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import dotenv

from sheet_assets import settings_file
from sheet_assets.declared_settings import DECLARED as DECLARED  # noqa: PLC0414 - handed on
from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS_FILE = "SHEET_ASSETS_SETTINGS_FILE"


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
    value = lookup(name)
    if value and DECLARED[name].is_reference(value):
        return "secret manager"
    if name not in from_file and value:
        return "environment"
    if from_file.get(name):
        return "settings file"
    return "default" if DECLARED[name].default is not None else None


def is_missing(name: str) -> bool:
    """Whether a required setting has no value, and none of those that make it needless has one."""
    setting = DECLARED[name]
    return setting.required and not any(map(get, (name, *setting.unless)))


def is_kept_away(name: str) -> bool:
    """Whether the settings file says, by an empty value, that there is to be none."""
    from_file = _settings_file()
    return name in from_file and not from_file[name]


def number(name: str) -> int:
    """The value of a declared setting that is a whole number.

    Raises:
        SettingError: it is not set, or not such a number.
    """
    return int(valid(name))


def flag(name: str) -> bool:
    """The value of a declared setting that is true or false.

    Raises:
        SettingError: it is not set, or neither.
    """
    return valid(name).strip().lower() == "true"


def valid(name: str) -> str:
    """The value of a declared setting, which is what it must be.

    Raises:
        SettingError: it is not set, or something else.
    """
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
    except FileNotFoundError as error:
        raise SettingError(
            f"The settings file {path} is not there. A sandbox takes its own away when it ends: "
            f"start it again, or unset {SETTINGS_FILE}, which names that file."
        ) from error
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
        remedy = (
            "A .env that names DAGSTER_HOME overrides the sandbox's own: remove that line, "
            "or run from another directory."
            if "DAGSTER_HOME" in dotenv.dotenv_values(Path.cwd() / ".env")
            else f"Unset DAGSTER_HOME in this shell, or {SETTINGS_FILE}, which names that file."
        )
        raise SettingError(
            f"DAGSTER_HOME is {os.environ['DAGSTER_HOME']!r}, but the settings file says {home!r}. "
            f"{remedy}"
        )
    return _files[key]


def _read(path: Path) -> dict[str, str | None]:
    try:
        return settings_file.read(path)
    except SettingError as error:
        raise SettingError(f"{error} Or unset {SETTINGS_FILE}, which names it.") from error


_files: dict[tuple[Path, int, int], dict[str, str | None]] = {}
