from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import sheet_assets

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(sheet_assets.__path__, "sheet_assets.")
)
PURE = [
    name
    for name in MODULES
    if name.startswith(("sheet_assets.sheets", "sheet_assets.warehouse", "sheet_assets.clients"))
    or name in {"sheet_assets.errors", "sheet_assets.settings"}
]
# What opening a connection, a database, a process or a credential looks like to Python's audit
# hooks. What a library does while it is itself imported is its own affair (urllib3 binds a socket
# to see whether there is IPv6), unless it reads a credential.
WATCH = """
import importlib, json, sys
names, own, credentials = json.loads(sys.argv[1])
seen = []

def is_ours(frame):
    while frame:
        file = frame.f_code.co_filename
        if file.startswith(own):
            return True
        if file.startswith("<frozen importlib"):
            return False
        frame = frame.f_back

def watch(event, arguments):
    if event == "open" and any(each in str(arguments[0]) for each in credentials):
        seen.append(event)
    if event.split(".")[0] in {"socket", "sqlite3", "subprocess"} and is_ours(sys._getframe(1)):
        seen.append(event)

sys.addaudithook(watch)
for name in names:
    importlib.import_module(name)
print(json.dumps([seen, sorted(sys.modules)]))
"""


def imported(names, home, own=sheet_assets.__path__[0]):
    """What was opened while a new process imported these modules, and all that it has imported."""
    keys = {
        "GOOGLE_APPLICATION_CREDENTIALS": str(home / "key.json"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "aws_credentials"),
        "AWS_CONFIG_FILE": str(home / "aws_config"),
        "SHEET_ASSETS_SETTINGS_FILE": str(home / "settings.env"),
    }
    for path in keys.values():
        Path(path).write_text("REDSHIFT_PASSWORD='malformed, if anybody reads it")
    process = subprocess.run(
        [sys.executable, "-c", WATCH, json.dumps([names, str(own), list(keys.values())])],
        env={**os.environ, **keys, "HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def test_the_watch_sees(tmp_path):
    """A module that does at import what none may do is noticed, also through a library."""
    (tmp_path / "planted.py").write_text(
        "import os, sqlite3, urllib3, socket\n"
        "open(os.environ['GOOGLE_APPLICATION_CREDENTIALS']).close()\n"
        "sqlite3.connect(':memory:').close()\n"
        "with socket.socket() as server:\n"
        "    server.bind(('127.0.0.1', 0))\n"
        "try:\n"
        "    urllib3.request('GET', 'http://127.0.0.1:9', retries=False)\n"
        "except urllib3.exceptions.HTTPError:\n"
        "    pass\n"
    )
    seen, _ = imported(["planted"], tmp_path, own=tmp_path)
    assert {"open", "sqlite3.connect", "socket.bind", "socket.connect"} <= set(seen)


def test_pure_modules_know_no_dagster(tmp_path):
    """The engine can be called from any script: importing it imports no Dagster."""
    assert len(PURE) > 15
    seen, modules = imported(PURE, tmp_path)
    assert not [name for name in modules if name.split(".")[0] in {"dagster", "dagster_aws"}]
    assert seen == []


def test_cells_and_statements_need_no_vendor(tmp_path):
    """Importing sheets and warehouse loads no client of Google, S3, Redshift or SQLite."""
    names = [
        name for name in PURE if name.startswith(("sheet_assets.sheets", "sheet_assets.warehouse"))
    ]
    _, modules = imported(names, tmp_path)
    assert not {
        "boto3",
        "gspread",
        "google.auth",
        "psycopg2",
        "requests",
        "sqlite3",
        "pandas",
    } & set(modules)


def test_importing_opens_nothing(tmp_path):
    """No module of the package opens a socket, a database, a process or a credential at import."""
    seen, modules = imported(MODULES, tmp_path)
    assert seen == []
    assert set(MODULES) <= set(modules)


def test_package_itself_is_light(tmp_path):
    """`import sheet_assets` loads none of its parts: its names are looked up when they are used."""
    _, modules = imported(["sheet_assets"], tmp_path)
    assert [module for module in modules if module.startswith("sheet_assets.")] == []


def test_a_load_imports_what_it_needs(tmp_path):
    """A small sheet's way needs no frames, and a large one's none but Polars: each takes 0.1 s."""
    way = [
        f"sheet_assets.clients.{name}"
        for name in ("google", "sheet_snapshot", "aws", "s3", "redshift", "table_load")
    ]
    frames = {"polars", "pandas", "numpy", "pyarrow", "matplotlib", "sqlglot"}
    assert frames & set(imported(way, tmp_path)[1]) == set()
    large = [*way, "sheet_assets.sheets.paged", "sheet_assets.warehouse.csv_columns"]
    assert frames & set(imported(large, tmp_path)[1]) == {"polars"}
