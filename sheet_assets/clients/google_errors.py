"""Google's refusals and silences as this package's errors: what happened, and what to do."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import gspread
import requests
from google.auth.exceptions import GoogleAuthError

from sheet_assets.clients import google_http
from sheet_assets.errors import (
    SettingError,
    SheetAssetsError,
    SheetError,
    SheetNotFoundError,
    SheetPermissionError,
    SheetQuotaError,
    SheetUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Right = Literal["viewer", "editor"]


@contextmanager
def translated(
    email: str, spreadsheet_id: str | None, *, right: Right, writes: bool
) -> Iterator[None]:
    """Raise this package's errors instead of gspread's, requests' and google-auth's.

    Args:
        email: The service account, which a spreadsheet is shared with.
        spreadsheet_id: The spreadsheet asked for; None where a call is about no single one.
        right: What the account needs on it.
        writes: Whether a request without an answer may have changed something.

    Raises:
        SheetError: Google refused, or did not answer.
        SettingError: Google does not know the account's key.
    """
    try:
        yield
    except gspread.exceptions.APIError as error:
        raise _refusal(error, email, spreadsheet_id, right=right, writes=writes) from error
    except (requests.RequestException, json.JSONDecodeError) as error:
        raise SheetUnavailableError(
            f"Google did not answer ({type(error).__name__}). {_after(writes=writes)}"
        ) from error
    except GoogleAuthError as error:
        if google_http.is_transient(error):
            raise SheetUnavailableError(
                f"Google's sign-in did not answer ({type(error).__name__}). Nothing was changed; "
                "the next run tries again."
            ) from error
        said = error.args[0] if error.args else error
        raise SettingError(
            f"Google refuses the key of {email}: {said}. Check that the key was not deleted and "
            "that this machine's clock is right."
        ) from error


@contextmanager
def understood(*, writes: bool = False) -> Iterator[None]:
    """While an answer is taken apart; `writes` is whether its request may have changed something.

    Raises:
        SheetUnavailableError: it is JSON, but not what Google answers.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise SheetUnavailableError(
            "An answer in Google's name is not one of Google's API "
            f"({type(error).__name__}: {error}). Does a proxy answer, or does GOOGLE_API_ENDPOINT "
            f"lead elsewhere? {_after(writes=writes)}"
        ) from error


def _refusal(
    error: gspread.exceptions.APIError,
    email: str,
    spreadsheet_id: str | None,
    *,
    right: Right,
    writes: bool,
) -> SheetAssetsError:
    status, message = error.response.status_code, str(error.error.get("message", ""))
    reasons = google_http.reasons(error)
    if "SERVICE_DISABLED" in reasons:
        return SheetPermissionError(f"An API is not enabled in the Google project: {message}")
    if status == 429 or reasons & google_http.QUOTA_REASONS:
        return SheetQuotaError(f"Google's quota is used up: {message} The next run tries again.")
    if google_http.is_transient(error):
        return SheetUnavailableError(
            f"Google answered {status} to every try. {_after(writes=writes)}"
        )
    if status == 401:
        return SettingError(
            f"Google does not accept the sign-in of {email}: {message} Check that the account was "
            "not disabled and that this machine's clock is right."
        )
    if spreadsheet_id is None:
        return SheetError(f"Google refused the request of {email} ({status}): {message}")
    if status == 404:
        return SheetNotFoundError(
            f"There is no spreadsheet with the id {spreadsheet_id}. Copy the id or the whole "
            "address from the browser into `spreadsheet` in the defs.yaml."
        )
    if status == 403:
        return SheetPermissionError(
            f"The spreadsheet {spreadsheet_id} is not shared with {email} as {right}. "
            f"Open it, choose Share, add that address as {right}, and run again."
        )
    if status == 400 and message.startswith("Unable to parse range"):
        return SheetNotFoundError(
            f"Google does not find the worksheet any more ({message}). Was it renamed just now? "
            "Run again."
        )
    return SheetError(f"Google refused the request ({status}): {message}")


def _after(*, writes: bool) -> str:
    if writes:
        return (
            "Whether the last write was applied is not known; it was applied as a whole or not "
            "at all, and the next run makes it right."
        )
    return "Nothing was changed; the next run tries again."
