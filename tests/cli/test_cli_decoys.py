"""A checkout configured for production: no command that starts a sandbox connects to it."""

from __future__ import annotations

import json
import socket
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from checkout import CONTROL
from decoys import Decoys, decoyed

if TYPE_CHECKING:
    import subprocess


BY_HAND = Path(__file__).with_name("by_hand.py")
# A vendor's client goes by the proxy of the environment, also on loopback.
DIRECTLY = "env -u HTTP_PROXY -u HTTPS_PROXY -u http_proxy -u https_proxy"
STORY = f"""
set -e
env > "$0/env"
cp "$DAGSTER_HOME/dagster.yaml" "$0"
{DIRECTLY} {sys.executable} {BY_HAND} > "$0/by_hand"
sheet-assets run refresh_job --json > "$0/ours"
dagster job execute -m sheet_assets.definitions -j refresh_job > "$0/dagsters" 2>&1
echo done
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands of the story put what they say."""
    return tmp_path_factory.mktemp("said")


@pytest.fixture(scope="module")
def story(
    copied_project: Path, said: Path, tmp_path_factory: pytest.TempPathFactory
) -> subprocess.CompletedProcess[str]:
    """One `sandbox run` of a script: its settings, vendors' clients, our command and Dagster's."""
    with decoyed(copied_project, tmp_path_factory.mktemp("production")) as checkout:
        args = ("sandbox", "run", "--", "sh", "-c", STORY, str(said))
        return checkout.run(*args, env={"AWS_PROFILE": "production"}, timeout=180)


def test_the_decoys_see_connections() -> None:
    """A decoy that is connected to says so: the other tests here can fail."""
    with ExitStack() as stack:
        decoys = Decoys(stack)
        for name, port in decoys.ports.items():
            socket.create_connection(("127.0.0.1", port)).close()
            while name not in decoys.seen:
                time.sleep(0.01)


def test_the_exit_code_and_the_output_are_the_commands(
    story: subprocess.CompletedProcess[str],
) -> None:
    """Nothing else is on stdout; progress goes to stderr, plain."""
    assert (story.returncode, story.stdout) == (0, "done\n"), story.stderr
    assert "3 worksheets have sample rows" in story.stderr
    assert not CONTROL.search(story.stderr)


def test_the_command_sees_the_settings(
    story: subprocess.CompletedProcess[str], said: Path, copied_project: Path
) -> None:
    """Every setting is the sandbox's; from any directory DAGSTER_HOME has the checkout's yaml."""
    shown = dict(line.split("=", 1) for line in (said / "env").read_text().splitlines())
    assert shown["GOOGLE_API_ENDPOINT"].startswith("http://127.0.0.1:")
    assert shown["AWS_ENDPOINT_URL_S3"].startswith("http://127.0.0.1:")
    assert shown["REDSHIFT_HOST"] == "127.0.0.1"
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "DAGSTER_HOME", "SHEET_ASSETS_SETTINGS_FILE"):
        assert shown[name].startswith(shown["TMPDIR"])
    assert "AWS_PROFILE" not in shown
    assert (said / "dagster.yaml").read_text() == (copied_project / "dagster.yaml").read_text()


def test_vendors_clients_read_and_write_all_three_services(
    story: subprocess.CompletedProcess[str], said: Path
) -> None:
    """gspread, boto3 and psycopg2 work with the sandbox's settings and no code of this package."""
    assert "sheet_assets" not in BY_HAND.read_text()
    assert json.loads((said / "by_hand").read_text()) == {
        "header": ["id", "created_at", "score", "comment"],
        "cell": "by hand",
        "object": "1,one\n2,two\n",
        "rows": [[1, "one"], [2, "two"]],
    }


def test_a_run_of_ours(story: subprocess.CompletedProcess[str], said: Path) -> None:
    """`sheet-assets run refresh_job` loads the sheets of the sandbox."""
    run = json.loads((said / "ours").read_text())
    assert run["status"] == "SUCCESS"
    outcomes = {asset["asset"]: asset["outcome"] for asset in run["assets"]}
    assert (outcomes["raw_data/nps"], outcomes["exported_sheet/nps_summary"]) == (
        "loaded",
        "written",
    )


def test_a_job_of_dagsters_own_command(story: subprocess.CompletedProcess[str], said: Path) -> None:
    """`dagster job execute …` succeeds, although Dagster loads .env, too."""
    assert "RUN_SUCCESS" in (said / "dagsters").read_text()
