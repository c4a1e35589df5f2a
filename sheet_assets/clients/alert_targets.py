"""Where alerts go: the addresses of SHEET_ASSETS_ALERT_URLS, through apprise."""

from __future__ import annotations

import hashlib
import logging
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SettingError, SheetAssetsError

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTING = "SHEET_ASSETS_ALERT_URLS"
_BEFORE_A_URL = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_SCHEMA = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://\S+")
_STATUS = re.compile(r"\berror=(\d{3})\b")


@dataclass(frozen=True)
class AlertTarget:
    """One address, such as a Slack channel; its URL is a secret, its `name` is not."""

    name: str
    fingerprint: str
    _service: Any = field(repr=False)

    def send(self, title: str, text: str) -> None:
        """Deliver a message.

        Raises:
            SheetAssetsError: it did not arrive; the sentence has no part of the URL.
        """
        import apprise  # noqa: PLC0415 - half a second, for whoever has something to tell

        sender = apprise.Apprise()
        sender.add(self._service)
        with unlogged() as lines:
            arrived = bool(
                sender.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT)
            )
        if arrived:
            return
        answered = next((found[1] for line in lines if (found := _STATUS.search(line))), None)
        why = f"it answered {answered}" if answered else "it did not take the message"
        raise SheetAssetsError(
            f"An alert could not be sent to {self.name}: {why}. It is sent again with the next "
            f"tick; correct {SETTING} if this goes on."
        )


def alert_targets(text: str) -> list[AlertTarget]:
    """The addresses in a setting's value: apprise URLs, with blanks or commas between them.

    Raises:
        SettingError: one of them is none that apprise takes; it is named by its place only.
    """
    urls = [url for url in _BEFORE_A_URL.split(text.strip(" \t\r\n,")) if url]
    return [_target(url, number, len(urls)) for number, url in enumerate(urls, 1)]


def _target(url: str, number: int, count: int) -> AlertTarget:
    found = _SCHEMA.fullmatch(url)
    place = f"URL {number} of {count} in {SETTING}"
    service = _service(url) if found else None
    if found is None or service is None:
        kind = f" ({found[1].lower()}://…)" if found else ""
        raise SettingError(
            f"{place}{kind} is not one that apprise takes: its kind is unknown, or a part is "
            "missing. https://appriseit.com lists them; separate several by blanks."
        )
    return AlertTarget(
        f"{found[1].lower()} ({place})",
        hashlib.sha256(url.encode()).hexdigest()[:12],
        service,
    )


def _service(url: str) -> Any:
    import apprise  # noqa: PLC0415 - half a second

    with unlogged(), warnings.catch_warnings():
        # Its e-mail plugin imports imghdr.
        warnings.simplefilter("ignore", DeprecationWarning)
        return apprise.Apprise.instantiate(url, suppress_exceptions=True)


@contextmanager
def unlogged() -> Iterator[list[str]]:
    """Keep apprise's lines out of every log, since they hold URLs; what they were.

    urllib3 writes the path of every request when somebody wants to debug.
    """
    lines: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        lines.append(record.getMessage())
        return False

    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3.connectionpool")]
    for logger in loggers:
        logger.addFilter(keep)
    try:
        yield lines
    finally:
        for logger in loggers:
            logger.removeFilter(keep)
