from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from google_faults import GRANTED, TOKEN, VALUES, FaultyGoogle, error

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
from sheet_assets.sandbox.google.accounts import Accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

EMAIL = "loader@sandbox.invalid"
SHEETS = "/v4/spreadsheets"
FINE = (200, json.dumps(VALUES).encode())
BUSY = error(503, "The service is currently unavailable.", status="UNAVAILABLE")


@pytest.fixture(scope="module")
def service_account() -> dict[str, str]:
    """A key that no server knows: the faulty one asks for none."""
    return Accounts().add(EMAIL)


class CountingQuota:
    """A quota that is never used up, and counts."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def acquire(self, kind: str) -> float:
        """Count one request."""
        self.kinds.append(kind)
        return 0.0


@pytest.fixture
def ask(service_account: dict[str, str]) -> Any:
    """Opens a client on a server of faults that answers these paths so."""

    @contextmanager
    def opened(
        answers: dict[str, list[tuple[int, bytes | None]]], retry_seconds: float = 10
    ) -> Iterator[tuple[GoogleClient, FaultyGoogle, list[str]]]:
        quota = CountingQuota()
        with FaultyGoogle(answers) as server:
            client = GoogleClient(
                service_account, quota=quota, endpoint=server.url, retry_seconds=retry_seconds
            )
            try:
                yield client, server, quota.kinds
            finally:
                client.close()

    return opened


@pytest.mark.parametrize(
    "fault",
    [
        BUSY,
        error(500, "Internal error encountered."),
        (502, b"<html>502. That's an error.</html>"),
        error(429, "Quota exceeded for quota metric 'Read requests'"),
        error(403, "Rate Limit Exceeded", errors=[{"reason": "userRateLimitExceeded"}]),
        (200, b'{"values": [["id"], ['),
        (200, None),
    ],
)
def test_passing_fault_is_asked_again(ask: Any, fault: tuple[int, bytes | None]) -> None:
    """What may pass is asked again, each time counted in the quota, until it is answered whole."""
    with ask({SHEETS: [fault, fault, FINE]}) as (client, server, counted):
        assert client.values("one", "Sheet1") == [["id"], [1]]
        assert server.asked[SHEETS] == 3
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
        ((400, b"not json"), SheetError, r"\(400\): not json"),
    ],
)
def test_refusal_is_not_asked_again(
    ask: Any, fault: tuple[int, bytes], kind: type[SheetAssetsError], said: str
) -> None:
    """A refusal is final: one request, and a sentence with what to do."""
    with ask({SHEETS: [fault]}) as (client, server, _):
        with pytest.raises(kind, match=said) as refused:
            client.values("one", "Sheet1")
        assert not refused.value.transient
        # google-auth renews the token once or twice by itself when it is not accepted.
        assert server.asked[SHEETS] == (1 if kind is not SettingError else 3)


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (BUSY, SheetUnavailableError, "answered 503 to every try. Nothing was changed"),
        ((200, None), SheetUnavailableError, "did not answer.*Nothing was changed"),
        (error(429, "Quota exceeded."), SheetQuotaError, "quota is used up: Quota exceeded."),
        (
            error(403, "Rate Limit Exceeded", errors=[{"reason": "rateLimitExceeded"}]),
            SheetQuotaError,
            "quota is used up: Rate Limit Exceeded",
        ),
    ],
)
def test_lasting_fault_ends_within_the_budget(
    ask: Any, fault: tuple[int, bytes | None], kind: type[SheetAssetsError], said: str
) -> None:
    """A fault that does not pass ends in a transient error when the budget is used up."""
    started = time.monotonic()
    with ask({SHEETS: [fault]}, retry_seconds=0.8) as (client, server, _):
        with pytest.raises(kind, match=said) as failed:
            client.values("one", "Sheet1")
        assert failed.value.transient
        assert 1 <= server.asked[SHEETS] < 30
    assert time.monotonic() - started < 3


def test_write_without_answer_claims_nothing(ask: Any) -> None:
    """A write that was not answered may have been applied, and the sentence says so."""
    with ask({SHEETS: [(200, None)]}, retry_seconds=0.3) as (client, _, counted):
        with pytest.raises(SheetUnavailableError, match=r"Whether .* applied is not known"):
            client.batch_update("one", [{"updateCells": {}}])
        assert set(counted) == {"write"}


def test_busy_sign_in_is_asked_again(ask: Any) -> None:
    """A token endpoint that fails with a page of HTML is asked again."""
    page = (502, b"<html>502. That's an error.</html>")
    answers = {TOKEN: [page, page, GRANTED], SHEETS: [FINE]}
    with ask(answers) as (client, server, _):
        assert client.values("one", "Sheet1") == [["id"], [1]]
        assert server.asked[TOKEN] == 3


def test_sign_in_that_stays_busy_is_no_wrong_key(ask: Any) -> None:
    """A token endpoint that goes on failing is unavailable; nothing is said of the key."""
    page = (502, b"<html>502. That's an error.</html>")
    with (
        ask({TOKEN: [page]}, retry_seconds=0.3) as (client, _, _),
        pytest.raises(SheetUnavailableError, match="sign-in did not answer") as failed,
    ):
        client.values("one", "Sheet1")
    assert "html" not in str(failed.value)


def test_revoked_key_is_a_setting(ask: Any, service_account: dict[str, str]) -> None:
    """A key that Google does not know is told once, by the account's name and without the key."""
    refusal = (
        400,
        b'{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}',
    )
    with ask({TOKEN: [refusal], SHEETS: [FINE]}) as (client, server, _):
        with pytest.raises(SettingError, match=rf"refuses the key of {EMAIL}.*clock") as refused:
            client.values("one", "Sheet1")
        assert server.asked[TOKEN] == 1
        assert server.asked[SHEETS] == 0
    assert service_account["private_key"][40:80] not in str(refused.value)


def test_drive_is_not_counted_as_a_sheets_request(ask: Any) -> None:
    """Drive has a quota of its own: only Sheets requests are counted."""
    answers = {"/drive/v3/changes/startPageToken": [(200, b'{"startPageToken": "7"}')]}
    with ask(answers) as (client, _, counted):
        assert client.start_page_token() == "7"
        assert counted == []
        assert client.api_calls == 1


def test_call_about_no_spreadsheet_names_none(ask: Any) -> None:
    """A refusal of a call that is about no spreadsheet does not ask to share one."""
    answers = {"/drive/v3/changes": [error(403, "The user has no Drive.")]}
    with (
        ask(answers) as (client, _, _),
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
