"""What a failure says: one of our errors, a sentence that is so, and no secret."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING

from chaos_broken import BrokenError

from sheet_assets.errors import SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOTHING = re.compile(
    r"table (keeps its last version|is as it was)|nothing was (committed|changed|loaded)"
    r"|nothing of the transaction was committed|sheet is as it was",
    re.IGNORECASE,
)


def check_failure(error: BaseException, secrets: Iterable[str], *, changed: bool) -> str:
    """Look at a failure; the name of its class.

    Args:
        error: What a step raised.
        secrets: What it must not tell.
        changed: Whether the step changed something although it failed.

    Raises:
        BrokenError: it is a stranger's, says nothing, something wrong, or a secret.
    """
    if not isinstance(error, SheetAssetsError):
        raise BrokenError(f"a {type(error).__name__} came out: {error}") from error
    text = str(error)
    if len(text.split()) < 4 or "Traceback" in text:
        raise BrokenError(f"no sentence: {text!r}") from error
    told = "".join(traceback.format_exception(error))
    if any(secret in told for secret in secrets):
        raise BrokenError(f"a {type(error).__name__} tells a secret") from error
    if changed and _NOTHING.search(text):
        raise BrokenError(f"something was changed, and the error says: {text}") from error
    return type(error).__name__
