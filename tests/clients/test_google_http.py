from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from google_faults import answer, error, going_wrong

from sheet_assets.clients.google import GoogleClient
from sheet_assets.errors import (
    SettingError,
    SheetAssetsError,
    SheetError,
    SheetNotFoundError,
    SheetPermissionError,
    SheetQuotaError,
    SheetUnavailableError,
)
from sheet_assets.sandbox.google import Fault, GoogleServer, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EMAIL = "loader@sandbox.invalid"
SHEETS = "/v4/spreadsheets"
TOKEN = "/token"
BUSY = Fault("503")
SILENT = Fault("drop")
PAGE = Fault("502 html")


class CountingQuota:
    """A quota that is never used up, and counts."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def acquire(self, kind: str) -> float:
        """Count one request."""
        self.kinds.append(kind)
        return 0.0


@pytest.fixture(scope="module")
def server() -> Iterator[GoogleServer]:
    """Google, with one spreadsheet that the account may change."""
    google = GoogleServer(Limits.without_quota())
    workbook = google.drive.create_spreadsheet("One", spreadsheet_id="one")
    workbook.worksheet("Sheet1").set_values([["id"], [1]])
    google.drive.share("one", EMAIL)
    google.start()
    yield google
    google.stop()


@pytest.fixture(scope="module")
def service_account(server: GoogleServer) -> dict[str, str]:
    """The account's key."""
    return server.add_service_account(EMAIL)


@pytest.fixture
def ask(server: GoogleServer, service_account: dict[str, str]) -> Any:
    """Opens a client whose requests meet these faults, and what counts them by their path."""

    @contextmanager
    def opened(
        faults: dict[str, list[Fault]], retry_seconds: float = 10, *, lasting: bool = False
    ) -> Iterator[tuple[GoogleClient, Callable[[str], int], list[str]]]:
        quota = CountingQuota()
        with going_wrong(server, faults, lasting=lasting) as asked:
            client = GoogleClient(
                service_account, quota=quota, endpoint=server.url, retry_seconds=retry_seconds
            )
            try:
                yield client, asked, quota.kinds
            finally:
                client.close()

    return opened


@pytest.mark.parametrize(
    "fault",
    [
        BUSY,
        Fault("500"),
        PAGE,
        Fault("429"),
        error(403, "Rate Limit Exceeded", errors=[{"reason": "userRateLimitExceeded"}]),
        answer(200, '{"values": [["id"], ['),
        Fault("truncate"),
        SILENT,
    ],
)
def test_passing_fault_is_asked_again(ask: Any, fault: Fault) -> None:
    """What may pass is asked again, each time counted in the quota, until it is answered whole."""
    with ask({SHEETS: [fault, fault]}) as (client, asked, counted):
        assert client.values("one", "Sheet1") == [["id"], [1]]
        assert asked(SHEETS) == 3
        assert counted == ["read"] * 3
        assert client.api_calls == 3


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (error(400, "Invalid value"), SheetError, r"refused the request \(400\): Invalid value"),
        (error(404, "Requested entity was not found."), SheetNotFoundError, "id one"),
        (
            error(403, "The caller does not have permission"),
            SheetPermissionError,
            f"not shared with {EMAIL} as viewer.*add that address as viewer",
        ),
        (
            error(
                403,
                "Google Sheets API has not been used in project 1 before or it is disabled.",
                details=[{"@type": "x", "reason": "SERVICE_DISABLED"}],
            ),
            SheetPermissionError,
            "not enabled in the Google project",
        ),
        (
            error(400, "Unable to parse range: 'Sheet1'"),
            SheetNotFoundError,
            "does not find the worksheet.*renamed.*Run again",
        ),
        (error(401, "Invalid credentials."), SettingError, f"sign-in of {EMAIL}"),
        (answer(400, "not json"), SheetError, r"\(400\): not json"),
        (answer(400, '{"error": "no such host"}'), SheetError, r"\(400\): .*no such host"),
        (answer(400, '{"error": {"reason": "blocked"}}'), SheetError, r"\(400\): .*blocked"),
        (answer(403, '["blocked"]'), SheetPermissionError, "not shared with"),
    ],
)
def test_refusal_is_not_asked_again(
    ask: Any, fault: Fault, kind: type[SheetAssetsError], said: str
) -> None:
    """A refusal is final: one request, and a sentence with what to do."""
    with ask({SHEETS: [fault]}, lasting=True) as (client, asked, _):
        with pytest.raises(kind, match=said) as refused:
            client.values("one", "Sheet1")
        assert not refused.value.transient
        # google-auth renews the token once or twice by itself when it is not accepted.
        assert asked(SHEETS) == (1 if kind is not SettingError else 3)


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (BUSY, SheetUnavailableError, "answered 503 to every try. Nothing was changed"),
        (SILENT, SheetUnavailableError, "did not answer.*Nothing was changed"),
        (error(429, "Quota exceeded."), SheetQuotaError, "quota is used up: Quota exceeded."),
        (
            error(403, "Rate Limit Exceeded", errors=[{"reason": "rateLimitExceeded"}]),
            SheetQuotaError,
            "quota is used up: Rate Limit Exceeded",
        ),
    ],
)
def test_lasting_fault_ends_within_the_budget(
    ask: Any, fault: Fault, kind: type[SheetAssetsError], said: str
) -> None:
    """A fault that does not pass ends in a transient error when the budget is used up."""
    started = time.monotonic()
    with ask({SHEETS: [fault]}, retry_seconds=0.8, lasting=True) as (client, asked, _):
        with pytest.raises(kind, match=said) as failed:
            client.values("one", "Sheet1")
        assert failed.value.transient
        assert 1 <= asked(SHEETS) < 30
    assert time.monotonic() - started < 3


def test_write_without_answer_claims_nothing(ask: Any) -> None:
    """A write that was not answered may have been applied, and the sentence says so."""
    with ask({SHEETS: [SILENT]}, retry_seconds=0.3, lasting=True) as (client, _, counted):
        with pytest.raises(SheetUnavailableError, match=r"Whether .* applied is not known"):
            client.batch_update("one", [{"updateCells": {}}])
        assert set(counted) == {"write"}


def test_busy_sign_in_is_asked_again(ask: Any) -> None:
    """A token endpoint that fails with a page of HTML is asked again."""
    with ask({TOKEN: [PAGE, PAGE]}) as (client, asked, _):
        assert client.values("one", "Sheet1") == [["id"], [1]]
        assert asked(TOKEN) == 3


def test_sign_in_that_stays_busy_is_no_wrong_key(ask: Any) -> None:
    """A token endpoint that goes on failing is unavailable; nothing is said of the key."""
    with (
        ask({TOKEN: [PAGE]}, retry_seconds=0.3, lasting=True) as (client, _, _),
        pytest.raises(SheetUnavailableError, match="sign-in did not answer") as failed,
    ):
        client.values("one", "Sheet1")
    assert "html" not in str(failed.value)


def test_revoked_key_is_a_setting(ask: Any, service_account: dict[str, str]) -> None:
    """A key that Google does not know is told once, by the account's name and without the key."""
    refusal = answer(
        400, '{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}'
    )
    with ask({TOKEN: [refusal]}, lasting=True) as (client, asked, _):
        with pytest.raises(SettingError, match=rf"refuses the key of {EMAIL}.*clock") as refused:
            client.values("one", "Sheet1")
        assert asked(TOKEN) == 1
        assert asked(SHEETS) == 0
    assert service_account["private_key"][40:80] not in str(refused.value)


def test_drive_is_not_counted_as_a_sheets_request(ask: Any) -> None:
    """Drive has a quota of its own: only Sheets requests are counted."""
    with ask({}) as (client, _, counted):
        assert client.start_page_token().isdigit()
        assert counted == []
        assert client.api_calls == 1


@pytest.mark.parametrize("body", ["{}", "[]", '"ok"', "null", '{"valueRanges": [{}]}'])
@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.drive_file("one"),
        lambda client: client.spreadsheet("one"),
        lambda client: client.values("one", "Sheet1"),
        lambda client: client.batch_values("one", ["Sheet1"]),
        lambda client: client.start_page_token(),
        lambda client: client.changes("7"),
        lambda client: client.update_values("one", "Sheet1!A9", [b'["x"]']),
    ],
)
def test_json_of_somebody_else(ask: Any, call: Callable[[GoogleClient], Any], body: str) -> None:
    """Regression: a proxy's 200 was a KeyError, an empty sheet, or no change of any."""
    with (
        ask({SHEETS: [answer(200, body)], "/drive": [answer(200, body)]}) as (client, _, _),
        pytest.raises(SheetUnavailableError, match=r"not one of Google's API.*proxy"),
    ):
        call(client)


def test_call_about_no_spreadsheet_names_none(ask: Any) -> None:
    """A refusal of a call that is about no spreadsheet does not ask to share one."""
    faults = {"/drive/v3/changes": [error(403, "The user has no Drive.")]}
    with (
        ask(faults) as (client, _, _),
        pytest.raises(SheetError, match="The user has no Drive") as refused,
    ):
        client.changes("7")
    assert "None" not in str(refused.value)
    assert "shared" not in str(refused.value)


def test_no_json_key_is_a_setting() -> None:
    """A JSON that is no service account's key is refused without showing any of it."""
    client = GoogleClient(
        {"client_email": EMAIL, "token_uri": "x", "private_key": "private words"},
        quota=CountingQuota(),
    )
    with pytest.raises(SettingError, match=r"key is not usable.*Download") as refused:
        client.values("one", "Sheet1")
    client.close()
    assert "private words" not in str(refused.value)
