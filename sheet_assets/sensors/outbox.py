"""The outbox: alerts on their way to each address, put together and limited in number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel

from sheet_assets.errors import SheetAssetsError
from sheet_assets.sensors.problems import Alert  # noqa: TC001 - pydantic reads it

if TYPE_CHECKING:
    from collections.abc import Sequence

MESSAGES_AN_HOUR = 10
MOST_WAITING = 200
# Discord takes 2,000 characters, and less than most.
MESSAGE_CHARACTERS = 1_800


class Target(Protocol):
    """Where alerts go; `fingerprint` tells it apart and is no secret."""

    @property
    def fingerprint(self) -> str:
        """The same in every process."""
        ...

    def send(self, title: str, text: str) -> None:
        """Deliver a message.

        Raises:
            SheetAssetsError: it did not arrive.
        """
        ...


class Channel(BaseModel):
    """What waits for one target, and when it was sent messages in the last hour."""

    waiting: list[Alert] = []
    left_out: int = 0
    sent_at: list[float] = []


class Outbox(BaseModel):
    """What waits for whom. A target that is configured no more is forgotten."""

    channels: dict[str, Channel] = {}

    def put(self, alerts: Sequence[Alert], targets: Sequence[Target]) -> None:
        """Let alerts wait for every target; of more than 200 only the last are kept, and counted.

        A new target is told of what comes from now on.
        """
        kept = {}
        for target in targets:
            channel = kept[target.fingerprint] = self.channels.get(target.fingerprint, Channel())
            channel.waiting += alerts
            too_many = max(len(channel.waiting) - MOST_WAITING, 0)
            channel.left_out += too_many
            del channel.waiting[:too_many]
        self.channels = kept

    def deliver(self, targets: Sequence[Target], now: float) -> list[str]:
        """Send each target what waits for it, as one message; why some could not be sent.

        What could not be sent keeps waiting, and so does everything for a target that had ten
        messages within the last hour.
        """
        refused = []
        for target in targets:
            channel = self.channels[target.fingerprint]
            channel.sent_at = [at for at in channel.sent_at if now - 3600 < at <= now]
            if not channel.waiting or len(channel.sent_at) >= MESSAGES_AN_HOUR:
                continue
            try:
                target.send(*message(channel.waiting, channel.left_out))
            except SheetAssetsError as error:
                refused.append(str(error))
                continue
            channel.sent_at.append(now)
            channel.waiting, channel.left_out = [], 0
        return refused

    @property
    def waiting(self) -> int:
        """How many alerts wait, where most do."""
        return max((len(channel.waiting) for channel in self.channels.values()), default=0)


def message(alerts: Sequence[Alert], left_out: int = 0) -> tuple[str, str]:
    """The title and text of one message that tells of all of them, as far as they fit."""
    first = alerts[0].title
    total = len(alerts) + left_out
    if total == 1:
        return f"sheet_assets: {first}", _cut(alerts[0].text or first, MESSAGE_CHARACTERS)
    blocks: list[str] = []
    room = MESSAGE_CHARACTERS
    for alert in alerts:
        block = _cut(f"{alert.title}\n{alert.text}".strip(), MESSAGE_CHARACTERS // 2)
        if len(block) > room:
            break
        blocks.append(block)
        room -= len(block) + 2
    if total > len(blocks):
        blocks.append(f"… and {total - len(blocks):,} more. See the runs in the Dagster UI.")
    return f"sheet_assets: {total:,} alerts: {first}, …", "\n\n".join(blocks)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
