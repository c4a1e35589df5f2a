"""Pages of a list: how many entries one has, and where the next begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.errors import InvalidArgumentError

if TYPE_CHECKING:
    from sheet_assets.sandbox.google.call import Call


def page_token(call: Call, default: int | None = None) -> int:
    """The parameter pageToken: a number.

    Raises:
        InvalidArgumentError: it is none, or is missing and has no default.
    """
    text = call.parameter("pageToken")
    if text is None:
        if default is None:
            raise InvalidArgumentError(
                "Required parameter: pageToken", reason="required", location="pageToken"
            )
        return default
    if not text.isascii() or not text.isdigit():
        raise InvalidArgumentError("Invalid Value", location="pageToken")
    return int(text)


def page_size(call: Call) -> int:
    """The parameter pageSize: 100, when it is not given.

    Raises:
        InvalidArgumentError: it is not between 1 and 1000.
    """
    text = call.parameter("pageSize") or "100"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise InvalidArgumentError(
            f"Invalid value '{text}'. Values must be within the range: [1, 1000]",
            reason="invalidParameter",
            location="pageSize",
        )
    return int(text)
