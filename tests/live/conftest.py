"""Real accounts, for tests that are asked for by settings; the sandbox may stand in for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from live_spreadsheet import LiveSpreadsheet

from sheet_assets import settings
from sheet_assets.clients.google_http import GoogleHTTPClient, credentials
from sheet_assets.clients.quota import QuotaLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from live_spreadsheet import Tab

SPREADSHEET = "SHEET_ASSETS_LIVE_SPREADSHEET"
SCHEMA = "SHEET_ASSETS_LIVE_SCHEMA"
PROTECTED = "SHEET_ASSETS_LIVE_PROTECTED_TAB"
# The whole suite forgets the machine's settings before each test; here they are what is tested.
REAL = {
    name: os.environ[name]
    for name in (*settings.DECLARED, settings.SETTINGS_FILE, SPREADSHEET, SCHEMA, PROTECTED)
    if os.environ.get(name)
}


@pytest.fixture
def real_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that pytest was started with."""
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def spreadsheet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSpreadsheet]:
    """The spreadsheet of the tests: shared with the service account as editor."""
    if SPREADSHEET not in REAL:
        pytest.skip(
            f"{SPREADSHEET} is not set: the id of a spreadsheet that the service account may edit. "
            "Each test adds tabs of its own to it, and removes them."
        )
    from sheet_assets.resources.google import GoogleCredentials

    with pytest.MonkeyPatch.context() as patch:
        for name, value in REAL.items():
            patch.setenv(name, value)
        key = GoogleCredentials().service_account()
        endpoint = GoogleCredentials().api_endpoint()
        limits = {
            "read": settings.number("SHEET_ASSETS_READS_PER_MINUTE"),
            "write": settings.number("SHEET_ASSETS_WRITES_PER_MINUTE"),
        }
    # One log for all tests: together they are more than a minute's quota.
    quota = QuotaLog(tmp_path_factory.mktemp("live") / "quota", key["client_email"], limits)
    http = GoogleHTTPClient(credentials(key), endpoint=endpoint, quota=quota, retry_seconds=120)
    live = LiveSpreadsheet(REAL[SPREADSHEET], http, in_sandbox=endpoint is not None)
    yield live
    http.close()


@pytest.fixture
def tab(spreadsheet: LiveSpreadsheet) -> Iterator[Tab]:
    """A new tab of 20 rows and 8 columns; this one and all that a test adds are removed."""
    yield spreadsheet.add_tab()
    spreadsheet.remove_tabs()


@pytest.fixture
def staging(spreadsheet: LiveSpreadsheet, tab: Tab) -> Tab:
    """A second tab of the test."""
    return spreadsheet.add_tab()


@pytest.fixture
def schema(real_settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The Redshift schema in which a test makes a table and drops it."""
    if SCHEMA not in REAL:
        pytest.skip(
            f"{SCHEMA} is not set: a schema of Redshift in which REDSHIFT_USER may create. A test "
            "makes a table of its own there and objects under a prefix of its own in the bucket, "
            "removes both, and leaves its lines in sheet_assets.loads."
        )
    monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", str(tmp_path))
    return REAL[SCHEMA]
