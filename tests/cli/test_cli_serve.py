from __future__ import annotations

import datetime as dt
import ipaddress
import json
import shutil
import signal
import stat

import pytest
import requests
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sheet_assets import settings
from sheet_assets.cli import main
from sheet_assets.sandbox.redshift.certificate import _builder
from sheet_assets.webserver.users import UsersFile

DEFINITIONS = "import dagster as dg\n\n\n@dg.asset\ndef nps(): ...\n"
INSTANCE = "telemetry: {enabled: false}\nnux: {enabled: false}\n"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """An instance's folder with a workspace.yaml, and the current directory."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(INSTANCE)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.delenv("SHEET_ASSETS_STATE_DIR")
    monkeypatch.chdir(tmp_path)
    return home


def run(*args, answer=None):
    """`sheet-assets ARG…`."""
    return CliRunner().invoke(main, args, input=answer)


def add(name="ann", role="operator", *args, password=PASSWORD):
    """`sheet-assets users add`, with the password on standard input."""
    return run("users", "add", name, "--role", role, *args, answer=f"{password}\n")


def test_users_are_added_listed_and_removed(home):
    """No secret and no hash is shown but the new token, once; the file is its owner's alone."""
    assert add().exit_code == 0
    token = run("users", "add", "monitor", "--role", "viewer", "--token", "--days", "3", "--json")
    made = json.loads(token.stdout)
    assert made["token"].startswith("sheet_assets_")
    text = (home / "users.json").read_text()
    assert stat.S_IMODE((home / "users.json").stat().st_mode) == 0o600
    assert PASSWORD not in text
    # The secret may hold underscores itself.
    secret = made["token"].removeprefix("sheet_assets_").partition("_")[2]
    assert len(secret) == 43
    assert secret not in text
    assert text.count("$argon2id$") == 2
    listed = json.loads(run("users", "list", "--json").stdout)
    assert [(each["name"], each["role"], each["login"]) for each in listed] == [
        ("ann", "operator", "password"),
        ("monitor", "viewer", "token"),
    ]
    shown = run("users", "list").stdout
    assert "argon2" not in shown
    assert listed[1]["expires"] in shown
    assert run("users", "remove", "ann").exit_code == 0
    assert set(UsersFile(settings.users_file()).users()) == {"monitor"}


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (add, "There is a user ann already. Choose another name, or say --replace"),
        (lambda: add("bob", password="short"), "A password has at least 12 characters; nothing was changed."),
        (lambda: add("bob", password=""), "A password has at least 12 characters; nothing was changed."),
        (lambda: add("a:b"), "'a:b' cannot be a user's name"),
        (lambda: add("b" * 65), "A user's name has at most 64 characters."),
        (lambda: run("users", "remove", "bob"), "There is no user 'bob'. There are: ann."),
    ],
    ids=["taken", "short", "none", "colon", "long", "unknown"],
)  # fmt: skip
def test_a_wrong_user_is_a_sentence(home, again, said):
    """What cannot be is refused with the remedy, and the file stays as it was."""
    assert add().exit_code == 0
    before = (home / "users.json").read_bytes()
    result = again()
    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
    assert (home / "users.json").read_bytes() == before
    assert [path.name for path in home.iterdir() if path.name.startswith(".users")] == []


def test_a_replaced_user_has_one_password(home):
    """--replace takes the place of the old one."""
    add()
    before = UsersFile(home / "users.json").users()["ann"]
    assert add("ann", "viewer", "--replace").exit_code == 0
    (after,) = UsersFile(home / "users.json").users().values()
    assert (after.role, after.hash != before.hash) == ("viewer", True)


def test_a_users_file_that_is_open_to_others_is_refused(home):
    """No command reads or writes it until its mode is right; the sentence says how."""
    add()
    (home / "users.json").chmod(0o640)
    for command in (["users", "list"], ["users", "remove", "ann"], ["serve"]):
        (home.parent / "workspace.yaml").touch()
        result = run(*command)
        assert result.exit_code == 1
        assert "is open to others than its owner (mode 0640)" in result.output
        assert f"`chmod 600 {home / 'users.json'}`" in result.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "Without users, everybody who reaches 0.0.0.0 could start runs."),
        (["--host", "dagster.example"], "Without users, everybody who reaches dagster.example could"),
        (["--host", "::"], "Without users, everybody who reaches :: could start runs."),
        (["--path-prefix", "dagster"], "--path-prefix is 'dagster'; it must be like /dagster"),
        (["--ssl-keyfile", "key.pem"], "--ssl-keyfile needs the certificate, too"),
        (["--ssl-certfile", "none.pem"], "The certificate none.pem cannot be used (No such file"),
        (["--ssl-certfile", "workspace.yaml"], "The certificate workspace.yaml cannot be used"),
        (["-w", "none.yaml"], "There is no none.yaml. Name a workspace.yaml with --workspace"),
        (["-m", "x", "--grpc-port", "1"], "Name one of --workspace, --module-name and --grpc-port."),
        (["--grpc-host", "x"], "--grpc-host needs --grpc-port."),
    ],
)  # fmt: skip
def test_what_is_unsafe_or_missing_does_not_start(home, options, said):
    """One sentence with the remedy, and nothing listens."""
    (home.parent / "workspace.yaml").write_text("load_from: []\n")
    result = run("serve", *options)
    assert result.exit_code > 0
    assert said in " ".join(result.output.split())


def test_an_instance_is_needed(monkeypatch, home):
    """No DAGSTER_HOME, or one that is not there, is a sentence."""
    monkeypatch.setenv("DAGSTER_HOME", "/no/such/home")
    assert "DAGSTER_HOME is '/no/such/home', and there is no such folder" in run("serve").output
    monkeypatch.delenv("DAGSTER_HOME")
    assert "DAGSTER_HOME is not set" in run("serve").output


def certificate(folder):
    """A certificate for 127.0.0.1, signed by itself, and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        _builder(name, name, key.public_key(), dt.datetime.now(dt.UTC))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"


def test_it_serves_over_tls_and_ends_without_a_trace(checkout, tmp_path):
    """With users and a certificate: https, a login, /health without one; SIGTERM ends it and its code server."""
    cert, key = certificate(tmp_path)
    home = checkout.tmp / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text(INSTANCE)
    (home / "small.py").write_text(DEFINITIONS)
    (home / "workspace.yaml").write_text(f"load_from:\n  - python_file: {home / 'small.py'}\n")
    env = {"DAGSTER_HOME": str(home)}
    token = json.loads(
        checkout.run(
            "users", "add", "ann", "--role", "operator", "--token", "--json", env=env
        ).stdout
    )["token"]
    options = ["--port", "0", "--ssl-certfile", str(cert), "--ssl-keyfile", str(key)]
    with checkout.start("serve", *options, "-w", str(home / "workspace.yaml"), env=env) as process:
        # The code server's log comes first.
        said = next((line for line in process.stdout if line.startswith("https://127.0.0.1:")), "")
        assert "(1 user)" in said
        url = said.split()[0]
        assert requests.get(f"{url}/health", verify=cert, timeout=30).status_code == 503
        assert requests.get(url, verify=cert, timeout=30).status_code == 401
        answer = requests.post(
            f"{url}/graphql",
            json={"query": "{ assetNodes { assetKey { path } } }"},
            headers={"Authorization": f"Bearer {token}"},
            verify=cert,
            timeout=30,
        )
        assert answer.json() == {"data": {"assetNodes": [{"assetKey": {"path": ["nps"]}}]}}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 128 + signal.SIGTERM
        assert "Traceback" not in process.stderr.read()
    shutil.rmtree(home)
    checkout.assert_nothing_left()
