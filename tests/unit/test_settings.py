from __future__ import annotations

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets import settings, settings_file
from sheet_assets.errors import SettingError

NAME = "REDSHIFT_DATABASE"  # its default is `dev`
AWKWARD = st.text(alphabet="ab '\"\\#$={}\n\r\t`%!한", max_size=12)
TEXTS = AWKWARD | st.text(alphabet=st.characters(codec="utf-8"))


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a settings file, and use it."""
    monkeypatch.chdir(tmp_path)

    def write(text):
        path = tmp_path / "settings.env"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv(settings.SETTINGS_FILE, str(path))
        return path

    return write


def test_file_then_environment_then_default(write, monkeypatch):
    """The settings file wins over the environment, which wins over the default."""
    assert settings.get(NAME) == "dev"
    monkeypatch.setenv(NAME, "of_the_environment")
    assert settings.get(NAME) == "of_the_environment"
    write(f"{NAME}=of_the_file\n")
    assert settings.get(NAME) == "of_the_file"
    write("REDSHIFT_USER=someone\n")
    assert settings.get(NAME) == "of_the_environment"


def test_empty_in_the_file_stops_the_lookup(write, monkeypatch):
    """A variable that stands empty in the file hides production's value in the environment."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv(NAME, "production")
    write(f'AWS_PROFILE=\n{NAME}=""\n')
    assert settings.get("AWS_PROFILE") is None
    assert settings.get(NAME) == "dev"


def test_empty_in_the_environment_is_not_set(monkeypatch):
    """An empty variable counts as not set."""
    monkeypatch.setenv(NAME, "")
    assert settings.get(NAME) == "dev"
    monkeypatch.setenv("REDSHIFT_HOST", "")
    with pytest.raises(SettingError, match=r"^REDSHIFT_HOST is not set: The cluster's"):
        settings.require("REDSHIFT_HOST")


def test_undeclared_setting():
    """A setting that is not declared is a mistake of this package."""
    with pytest.raises(KeyError):
        settings.get("REDSHIFT_HOTS")


def test_required_setting_is_named():
    """A missing setting is named, with what it means and where to set it."""
    with pytest.raises(
        SettingError, match=r"SHEET_ASSETS_S3_BUCKET is not set: The bucket .* \.env"
    ):
        settings.require("SHEET_ASSETS_S3_BUCKET")


def test_file_is_read_again_when_it_changes(write):
    """A rewritten settings file counts at the next look."""
    write(f"{NAME}=one\n")
    assert settings.get(NAME) == "one"
    write(f"{NAME}=another\n")
    assert settings.get(NAME) == "another"


def test_file_is_not_interpolated(write):
    """A dollar in a password is a dollar."""
    write("REDSHIFT_PASSWORD='a$HOME${HOME}'\n")
    assert settings.get("REDSHIFT_PASSWORD") == "a$HOME${HOME}"


def test_the_settings_file_of_a_sandbox_that_has_ended(write, monkeypatch):
    """A named file that is gone is told as such: never the environment's production values."""
    monkeypatch.setenv(NAME, "production")
    write(f"{NAME}=sandbox\n").unlink()
    for look in (settings.get, settings.require, settings.for_yaml):
        with pytest.raises(SettingError, match=r"is not there\. A sandbox takes its"):
            look(NAME)


@pytest.mark.parametrize("make", ["directory", "not UTF-8", "malformed"])
def test_settings_file_that_cannot_be_read(write, tmp_path, monkeypatch, make):
    """A named file that cannot be read is an error: never the environment's production values."""
    monkeypatch.setenv(NAME, "production")
    path = write(f"{NAME}=sandbox\nREDSHIFT_PASSWORD='open\n")
    if make == "directory":
        path.unlink()
        path.mkdir()
    if make == "not UTF-8":
        path.write_bytes(b"A=\xff\n")
    for look in (settings.get, settings.require, settings.for_yaml):
        with pytest.raises(SettingError, match=r"settings file .*settings.env cannot be read"):
            look(NAME)
    with pytest.raises(SettingError, match="cannot be read"):
        settings.use_file(path)


def test_malformed_line_is_named(write):
    """The sentence has the line's number."""
    write("A=1\nB=2\nC='open\n")
    with pytest.raises(SettingError, match=r"\(line 3 is not NAME=value\)"):
        settings.get(NAME)


def test_dotenv_that_names_the_settings_file(write, tmp_path):
    """A .env that would turn child processes away from the sandbox is refused."""
    write(f"{NAME}=sandbox\n")
    (tmp_path / ".env").write_text(f"export {settings.SETTINGS_FILE}=/elsewhere\n")
    for look in (
        lambda: settings.get(NAME),
        lambda: settings.check_dotenv(tmp_path),
        lambda: settings.load_dotenv(tmp_path),
    ):
        with pytest.raises(SettingError, match=f"names {settings.SETTINGS_FILE}"):
            look()
    assert os.environ[settings.SETTINGS_FILE] != "/elsewhere"


def test_dotenv_goes_over_the_environment(tmp_path, monkeypatch):
    """Our own commands load .env as Dagster's do; without one nothing happens."""
    settings.load_dotenv(tmp_path)
    monkeypatch.setenv(NAME, "of_the_shell")
    (tmp_path / ".env").write_text(f"{NAME}=of_dotenv\n")
    settings.load_dotenv(tmp_path)
    assert settings.get(NAME) == "of_dotenv"


def test_another_dagster_home_is_refused(write, tmp_path, monkeypatch):
    """A .env that names DAGSTER_HOME would mix the sandbox's state with production's."""
    write(f"DAGSTER_HOME={tmp_path}/sandbox\n{NAME}=sandbox\n")
    assert settings.get(NAME) == "sandbox"
    monkeypatch.setenv("DAGSTER_HOME", f"{tmp_path}/sandbox")
    assert settings.get(NAME) == "sandbox"
    monkeypatch.setenv("DAGSTER_HOME", f"{tmp_path}/production")
    with pytest.raises(
        SettingError,
        match=r"DAGSTER_HOME is '.*production', but the settings file says '.*sandbox'",
    ):
        settings.get(NAME)


@given(st.dictionaries(st.from_regex(r"[A-Z][A-Z0-9_]{0,8}", fullmatch=True), TEXTS, max_size=4))
def test_written_settings_read_back(tmp_path_factory, values):
    """Quotes, newlines, # and $ in a secret survive the settings file."""
    path = tmp_path_factory.mktemp("settings") / "settings.env"
    settings_file.write(path, values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(settings.SETTINGS_FILE, str(path))
        patch.setenv("DAGSTER_HOME", values.get("DAGSTER_HOME") or "")
        for name, value in values.items():
            assert settings.lookup(name) == (value or None)


@pytest.mark.parametrize("name", ["A B", "#A", "", "A=B"])
def test_names_that_cannot_be_written(tmp_path, name):
    """What would not be read back is refused, and nothing is written."""
    path = tmp_path / "settings.env"
    with pytest.raises(SettingError):
        settings_file.write(path, {"FINE": "1", name: "x"})
    assert not path.exists()


@pytest.mark.parametrize("there_before", [False, True])
def test_settings_file_is_its_owners_alone(tmp_path, there_before):
    """The file has mode 0600, also where it lay open before; what stood there is gone."""
    path = tmp_path / "settings.env"
    if there_before:
        path.write_text("OLD=1\n")
        path.chmod(0o644)
    settings_file.write(path, {"NEW": "2"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "OLD" not in path.read_text()


def test_use_file_takes_dagster_home(tmp_path, monkeypatch):
    """This process and its children use the file, and its DAGSTER_HOME."""
    monkeypatch.setenv(settings.SETTINGS_FILE, "before")
    monkeypatch.setenv("DAGSTER_HOME", "before")
    assert settings.passed_on() == {settings.SETTINGS_FILE: "before"}
    path = tmp_path / "settings.env"
    settings_file.write(path, {"DAGSTER_HOME": str(tmp_path), NAME: "sandbox"})
    settings.use_file(path)
    assert os.environ["DAGSTER_HOME"] == str(tmp_path)
    assert settings.passed_on() == {settings.SETTINGS_FILE: str(path)}
    assert settings.get(NAME) == "sandbox"


def test_nothing_is_passed_on_without_a_file():
    """Without a settings file a child needs nothing."""
    assert settings.passed_on() == {}


def test_environment_of_a_child(monkeypatch):
    """A child has our environment with the changes; an empty one removes a variable."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("KEPT_EMPTY", "")
    child = settings.environment({"AWS_PROFILE": "", "AWS_REGION": "eu-west-1"})
    assert "AWS_PROFILE" not in child
    assert child["AWS_REGION"] == "eu-west-1"
    assert child["KEPT_EMPTY"] == ""
    assert os.environ["AWS_PROFILE"] == "production"


@pytest.mark.parametrize(
    ("text", "number"), [("1", 1), (" 5439 ", 5439), ("007", 7), ("9" * 18, 10**18 - 1)]
)
def test_number(monkeypatch, text, number):
    """A whole number above zero."""
    monkeypatch.setenv("REDSHIFT_PORT", text)
    assert settings.number("REDSHIFT_PORT") == number


@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5", "1e3", "five", "\u0663", "1_000", " ", "9" * 5000]
)
def test_what_is_no_number(monkeypatch, text):
    """Anything else is a sentence that names the setting."""
    monkeypatch.setenv("REDSHIFT_PORT", text)
    with pytest.raises(
        SettingError, match=r"^REDSHIFT_PORT is .*; it must be a whole number above zero"
    ):
        settings.number("REDSHIFT_PORT")


def test_number_of_a_missing_setting():
    """A setting without a value is told as missing, not as malformed."""
    with pytest.raises(SettingError, match="REDSHIFT_USER is not set"):
        settings.number("REDSHIFT_USER")


def test_setting_in_yaml(write, monkeypatch):
    """`{{ setting('NAME') }}` takes any variable in the same order, then its own default."""
    assert settings.for_yaml("SHEET_ID", "none") == "none"
    assert settings.for_yaml("SHEET_ID", "") == ""
    assert settings.for_yaml(NAME) == "dev"
    assert settings.for_yaml(NAME, "other") == "other"
    monkeypatch.setenv("SHEET_ID", "of_the_environment")
    assert settings.for_yaml("SHEET_ID", "none") == "of_the_environment"
    write("SHEET_ID=of_the_file\n")
    assert settings.for_yaml("SHEET_ID") == "of_the_file"


def test_missing_setting_in_yaml():
    """The sentence shows how it was asked for, and how to give a default."""
    with pytest.raises(SettingError) as caught:
        settings.for_yaml("SHEET_ID")
    assert "SHEET_ID is not set" in str(caught.value)
    assert "{{ setting('SHEET_ID') }}" in str(caught.value)
    assert "{{ setting('SHEET_ID', '…') }}" in str(caught.value)


def test_state_dir(monkeypatch, tmp_path):
    """Its own setting, else DAGSTER_HOME, else a folder at home; ~ is home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", "~/state")
    assert settings.state_dir() == tmp_path / "state"
    monkeypatch.delenv("SHEET_ASSETS_STATE_DIR")
    assert settings.state_dir() == tmp_path / ".sheet_assets"
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    assert settings.state_dir() == tmp_path / "dagster"


def test_declarations():
    """Every setting is a variable's name with a sentence; what has a default is not required."""
    for name, setting in settings.DECLARED.items():
        assert name == setting.name == name.upper()
        assert setting.meaning.endswith(".")
        assert not (setting.required and setting.default)
        assert not (setting.secret and setting.default)
    secrets = {
        "GOOGLE_SERVICE_ACCOUNT_JSON",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "REDSHIFT_PASSWORD",
    }
    assert secrets <= {name for name, setting in settings.DECLARED.items() if setting.secret}
