"""What the commands say when they are asked, or asked wrongly."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from sheet_assets.cli import main

COMMANDS = (
    (),
    ("demo",),
    ("dev",),
    ("diff",),
    ("health",),
    ("infer",),
    ("list",),
    ("restore",),
    ("run",),
    ("runs",),
    ("sandbox",),
    ("sandbox", "run"),
    ("sandbox", "start"),
    ("settings",),
    ("settings", "list"),
    ("start",),
    ("stop",),
    ("trigger",),
    ("versions",),
    ("versions", "list"),
    ("versions", "prune"),
    ("versions", "erase"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_teaches(command: tuple[str, ...]) -> None:
    """Every command explains itself and each of its options, at 80 columns, uncut."""
    result = CliRunner(env={"COLUMNS": "80"}).invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")
    assert "..." not in result.output.partition("\n\n")[2], "a short help is cut off"
    for line in result.output.splitlines():
        words = line.split()
        if words and words[0].startswith("--"):
            assert len(words) > 2, f"{words[0]} is not explained"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nope"], "No such command 'nope'"),
        (["run"], "Missing argument 'ASSET|JOB"),
        (["run", "nps", "--nope"], "No such option"),
        (["sandbox", "run"], "Missing argument '-- CMD ARG"),
        (["sandbox", "nope"], "No such command 'nope'"),
        (["dev", "--port", "70000"], "70000 is not in the range"),
        (["demo", "extra"], "unexpected extra argument (extra)"),
    ],
)
def test_wrong_arguments(args: list[str], said: str) -> None:
    """A wrong argument is named, with the way to the help; the exit code is 2."""
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 2
    assert said in result.output
    assert "--help" in result.output


def test_help_and_wrong_arguments_do_not_import_dagster() -> None:
    """Help and complaints answer at once: Dagster is imported for work only."""
    script = (
        "import sys\n"
        "from sheet_assets.cli import main\n"
        "for args in [[*command, '--help'] for command in COMMANDS] + [['nope'], ['run']]:\n"
        "    try: main(args)\n"
        "    except SystemExit: pass\n"
        "heavy = {'dagster', 'pandas', 'polars', 'boto3', 'gspread', 'moto'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    ).replace("COMMANDS", repr(COMMANDS))
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == 0, result.stderr
