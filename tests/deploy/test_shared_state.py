"""The quota and the locks of several hosts, in a PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from small_deployment import QUIET

from sheet_assets import settings
from sheet_assets.clients import quota
from sheet_assets.clients.shared_postgres import SharedPostgres
from sheet_assets.clients.shared_quota import SharedQuotaLog
from sheet_assets.doctor import shared_state as doctor
from sheet_assets.errors import (
    SettingError,
    SharedStateUnavailableError,
    SheetUnavailableError,
)
from sheet_assets.resources.google import GoogleCredentials, GoogleSheets
from sheet_assets.sandbox import SERVICE_ACCOUNT
from sheet_assets.sandbox.google import GoogleServer, Limits

pytestmark = QUIET
LIMIT = 4
WINDOW_SECONDS = 0.4
GOOGLES_LIMIT = 20
# What each of two hosts does: it waits for its turns, with a clock of its own, and then reads as
# often as it is let. The account and the places come as JSON.
HOST = """
import json, sys, time
from sheet_assets.clients.google import GoogleClient
from sheet_assets.clients.shared_postgres import SharedPostgres
from sheet_assets.clients.shared_quota import SharedQuotaLog
from sheet_assets.errors import SheetQuotaError
url, endpoint, account, limit, window_seconds, googles_limit, clock_off_seconds = json.loads(sys.argv[1])
right = time.time
time.time = lambda: right() + clock_off_seconds
log = SharedQuotaLog(SharedPostgres(url), "window", {"read": limit}, window_seconds=window_seconds)
for _ in range(6):
    log.acquire("read")
time.time = right
quota = SharedQuotaLog(SharedPostgres(url), "host", {"read": googles_limit}, patience_seconds=0)
client = GoogleClient(account, quota=quota, endpoint=endpoint)
read = 0
try:
    for _ in range(googles_limit):
        client.spreadsheet("nps")
        read += 1
except SheetQuotaError:
    pass
client.close()
print(read)
"""


@pytest.fixture
def google():
    """A Google of this test's own, with a quota."""
    server = GoogleServer(Limits(reads_per_minute_per_user=GOOGLES_LIMIT))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def log(database):
    """Makes a log; all share the database."""

    def log(url=database.url, **window):
        window = {"window_seconds": 60, "patience_seconds": 0, "outage_seconds": 0, **window}
        return SharedQuotaLog(
            SharedPostgres(url), "account", {"read": LIMIT, "write": LIMIT}, **window
        )

    return log


def test_hosts_share_one_window(database, google, log):
    """Whatever their clocks say: no window holds more than the limit, and Google refuses nobody."""
    SharedQuotaLog(SharedPostgres(database.url), "another", {"read": 1}).acquire("read")
    database.query("CREATE TABLE history (account text, sent_at double precision)")
    database.query(
        "CREATE RULE remember AS ON INSERT TO sheet_assets_google_requests "
        "DO ALSO INSERT INTO history VALUES (new.account, new.sent_at)"
    )
    account = google.add_service_account("host@sandbox.iam.gserviceaccount.com")
    book = google.drive.create_spreadsheet("NPS answers", spreadsheet_id="nps")
    google.drive.share(book.spreadsheet_id, account["client_email"])
    hosts = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                HOST,
                json.dumps(
                    [database.url, google.url, account, LIMIT, WINDOW_SECONDS, GOOGLES_LIMIT, off]
                ),
            ],
            stdout=subprocess.PIPE,
        )
        for off in (-7200, 7200)
    ]
    read = [json.loads(host.communicate(timeout=120)[0]) for host in hosts]
    sent = [
        at
        for (at,) in database.query(
            "SELECT sent_at FROM history WHERE account = 'window' ORDER BY 1"
        )
    ]
    assert len(sent) == 12
    for first, one_too_many in zip(sent, sent[LIMIT:], strict=False):
        assert one_too_many - first > WINDOW_SECONDS - 1e-6
    assert sum(read) == GOOGLES_LIMIT
    asked = [each.status for each in google.requests if each.path.startswith("/v4/")]
    assert asked == [200] * GOOGLES_LIMIT


@pytest.fixture
def shared(sandbox, database, monkeypatch):
    """The settings of one of several hosts."""
    monkeypatch.setenv("SHEET_ASSETS_POSTGRES_URL", database.url)
    return GoogleSheets(credentials=GoogleCredentials())


def test_the_setting_decides_where_requests_are_counted(shared, sandbox, database):
    """With it they are counted in PostgreSQL, and no file of this host is written."""
    book = sandbox.google.drive.create_spreadsheet("NPS answers")
    sandbox.google.drive.share(book.spreadsheet_id, SERVICE_ACCOUNT)
    with shared.client() as client:
        client.spreadsheet(book.spreadsheet_id)
    counted = database.query("SELECT account, kind FROM sheet_assets_google_requests")
    assert counted == [(SERVICE_ACCOUNT, "read")]
    assert not settings.state_dir().exists()
    assert [each.status for each in doctor.findings()] == ["ok"]


def test_exports_of_two_hosts_wait_for_one_another(shared, database, monkeypatch):
    """They share no file; and a host that is gone does not hold a spreadsheet for ever."""
    monkeypatch.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
    with shared.alone("one"), shared.alone("other"):
        monkeypatch.setenv("SHEET_ASSETS_STATE_DIR", "of/the/other/host")
        with pytest.raises(SheetUnavailableError, match="Another export into the spreadsheet one"):
            shared.alone("one").__enter__()
        database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'sheet_assets' AND datname = current_database()"
        )
        with shared.alone("one"):
            pass


def test_an_outage_is_waited_for(log, database, running_postgres, monkeypatch):
    """PostgreSQL that comes back within the patience is no error, a request is then counted once."""
    everywhere = replace(database, name="postgres")
    allow = f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS "
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        everywhere.query(allow + "true")

    monkeypatch.setattr(quota, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    everywhere.query(allow + "false")
    log(outage_seconds=60).acquire("read")
    assert len(slept) == 1
    assert database.query("SELECT count(*) FROM sheet_assets_google_requests") == [(1,)]


def read_only(database):
    database.query(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    return database.url


def nobody_there(database):
    return database.url.replace(f":{database.port}/", ":1/")


def wrong_password(database):
    return database.url.replace(database.password, "wrong-password")


def no_such_database(database):
    return f"{database.url}_2"


def no_right(database):
    database.query(f"CREATE ROLE {database.name} LOGIN PASSWORD 'other-password'")
    parts = urlsplit(database.url)
    return parts._replace(
        netloc=f"{database.name}:other-password@{database.host}:{database.port}"
    ).geturl()


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (
            nobody_there,
            SharedStateUnavailableError,
            "did not answer at 127.0.0.1:1/shared_.*the next run tries",
        ),
        (read_only, SharedStateUnavailableError, "read-only transaction"),
        (
            wrong_password,
            SettingError,
            "refuses it at .*password authentication failed.*SHEET_ASSETS_POSTGRES_URL",
        ),
        (no_such_database, SettingError, "does not exist"),
        (no_right, SettingError, "permission denied for schema public"),
    ],
)
def test_what_postgres_refuses_is_a_sentence(log, database, monkeypatch, *, change, kind, said):
    """Nothing is sent uncounted; what a retry may help is transient; no password is told."""
    url = change(database)
    with pytest.raises(kind, match=said) as caught:
        log(url).acquire("read")
    assert "password@" not in str(caught.value)
    assert urlsplit(url).password not in str(caught.value)
    assert caught.value.transient == (kind is SharedStateUnavailableError)
    monkeypatch.setenv("SHEET_ASSETS_POSTGRES_URL", url)
    assert [(each.status, each.sentence) for each in doctor.findings()] == [
        ("failed", str(caught.value))
    ]


def test_whoever_may_not_create_tables_may_use_one(database, log):
    """The table can be made by another user."""
    log().acquire("write")
    url = no_right(database)
    database.query(
        f"GRANT SELECT, INSERT, DELETE ON sheet_assets_google_requests TO {database.name}"
    )
    log(url).acquire("write")
    assert database.query("SELECT count(*) FROM sheet_assets_google_requests") == [(2,)]


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        # pragma: allowlist nextline secret - made up
        ("postgresql://dagster:s%40cret@db:5432/dagster?sslmode=verify-full", True),
        ("postgres://db/dagster", True),
        ("aws-secretsmanager:dagster#url", True),
        ("postgresql+psycopg2://db/dagster", False),
        ("postgresql://dagster:s@cret@db/dagster", False),
        ("postgresql://dagster:s/cret@db/dagster", False),
        ("postgresql://dagster:1/cret@db/dagster", False),
        ("postgresql://dagster:cret#@db/dagster", False),
        # pragma: allowlist nextline secret - made up
        ("postgresql://dagster:s3cret@db", False),
        ("db:5432/dagster", False),
    ],
)
def test_an_address_that_would_be_misread_is_refused(url, fits):
    """A password that is not percent-encoded would be taken for a host, and told in an error."""
    problem = settings.DECLARED["SHEET_ASSETS_POSTGRES_URL"].problem(url)
    assert (problem is None) == fits
    assert fits or "cret" not in problem
