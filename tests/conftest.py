"""One sandbox for the whole suite, and an environment that names no other service."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sheet_assets import settings
from sheet_assets.sandbox import Sandbox
from sheet_assets.sandbox.google import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The files that take longest, or wait longest for processes. A worker that took one of them last
# would work on it alone.
FIRST = (
    "operations/test_killed_daemon.py",
    "browser/test_browser_dev.py",
    "chaos/test_chaos.py",
    "cli/test_cli_operations_docs.py",
    "cli/test_cli_decoys.py",
    "cli/test_cli_sandbox_run.py",
    "cli/test_cli_demo.py",
    "sensors/test_sheet_changes.py",
    "library/test_library.py",
    "clients/test_sheet_export_readers.py",
    "kills/test_processes_at_once.py",
    "deploy/test_bucket_snapshots.py",
    "properties/test_any_contract.py",
    "malformed/test_malformed_sheets.py",
    "sensors/test_edits_meanwhile.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest files; the rest stays in its order."""
    rank = {config.rootpath / "tests" / name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(item.path, len(FIRST)))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine reaches a test, and no test writes outside its folder."""
    for name in (*settings.DECLARED, settings.SETTINGS_FILE, "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", str(tmp_path / "state"))
    # Where google-auth looks for application-default credentials.
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("NO_GCE_CHECK", "true")


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    """The servers: started once, shared by all tests. Ask for `sandbox` instead."""
    # Every test has a quota log of its own and would not keep below what all of them share.
    with Sandbox(limits=Limits.without_quota()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sandbox:
    """The sandbox as this process's settings; use names of your own for sheets and tables.

    The quota log is the test's own, so that tests do not wait for one another.
    """
    for name, value in running_sandbox.settings.items():
        if value:
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name, raising=False)
    home = tmp_path / "dagster_home"
    home.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SHEET_ASSETS_RETRY_SECONDS", "2")
    assert os.environ["GOOGLE_API_ENDPOINT"] == running_sandbox.google.url
    return running_sandbox
