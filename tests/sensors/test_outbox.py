"""Alerts on their way: put together, limited in number, and never lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from sheet_assets.errors import SheetAssetsError
from sheet_assets.sensors.outbox import (
    MESSAGE_CHARACTERS,
    MESSAGES_AN_HOUR,
    MOST_WAITING,
    Outbox,
    message,
)
from sheet_assets.sensors.problems import Alert


@dataclass
class Recorder:
    """A target that remembers, and may be out of order."""

    fingerprint: str
    broken: bool = False
    got: list[tuple[str, str]] = field(default_factory=list)

    def send(self, title, text):
        """Remember it, or refuse."""
        if self.broken:
            raise SheetAssetsError(f"{self.fingerprint} is broken.")
        self.got.append((title, text))


def alerts(*titles):
    return [Alert(title=title, text=f"about {title}") for title in titles]


def test_all_alerts_of_a_tick_are_one_message():
    """A thousand broken sheets send one."""
    outbox, target = Outbox(), Recorder("a")
    outbox.put(alerts("one failed", "two failed"), [target])
    assert outbox.deliver([target], 0) == []
    assert target.got == [
        (
            "sheet_assets: 2 alerts: one failed, …",
            "one failed\nabout one failed\n\ntwo failed\nabout two failed",
        )
    ]
    assert outbox.deliver([target], 1) == []
    assert len(target.got) == 1


def test_a_target_that_is_out_of_order_loses_nothing():
    """The other one gets each alert once; the broken one gets all of them when it works."""
    outbox, good, bad = Outbox(), Recorder("good"), Recorder("bad", broken=True)
    for number in range(3):
        outbox.put(alerts(f"{number} failed"), [good, bad])
        assert outbox.deliver([good, bad], number) == ["bad is broken."]
        outbox = Outbox.model_validate_json(outbox.model_dump_json())
    assert [title for title, _ in good.got] == [f"sheet_assets: {n} failed" for n in range(3)]
    bad.broken = False
    assert outbox.deliver([good, bad], 9) == []
    ((title, text),) = bad.got
    assert title.startswith("sheet_assets: 3 alerts")
    assert "0 failed" in text
    assert "2 failed" in text


def test_ten_messages_an_hour_are_the_most():
    """What comes above that waits for the hour to pass, and comes as one."""
    outbox, target = Outbox(), Recorder("a")
    for number in range(30):
        outbox.put(alerts(f"{number} failed"), [target])
        outbox.deliver([target], number)
    assert len(target.got) == MESSAGES_AN_HOUR
    assert outbox.waiting == 20
    outbox.deliver([target], 3601)
    assert target.got[-1][0].startswith("sheet_assets: 20 alerts")
    assert outbox.waiting == 0


def test_a_target_that_was_removed_is_forgotten_and_a_new_one_starts_empty():
    """Old news is not sent to an address that was added today."""
    outbox, old, new = Outbox(), Recorder("old", broken=True), Recorder("new")
    outbox.put(alerts("one"), [old])
    outbox.deliver([old], 0)
    outbox.put(alerts("two"), [new])
    outbox.deliver([new], 1)
    assert [title for title, _ in new.got] == ["sheet_assets: two"]
    assert list(outbox.channels) == ["new"]


def test_what_waits_is_bounded_and_counted():
    """An address that is dead for months does not blow up the cursor, and says how many there were."""
    outbox, target = Outbox(), Recorder("a", broken=True)
    outbox.put(alerts(*(f"{number} failed" for number in range(MOST_WAITING + 7))), [target])
    target.broken = False
    outbox.deliver([target], 0)
    ((title, text),) = target.got
    assert title == f"sheet_assets: {MOST_WAITING + 7} alerts: 7 failed, …"
    assert len(text) < MESSAGE_CHARACTERS + 100
    assert text.endswith("more. See the runs in the Dagster UI.")


def test_a_message_fits_where_little_fits():
    """Long ones are cut; those that do not fit are counted."""
    long = Alert(title="one failed", text="x" * 5000)
    assert len(message([long])[1]) == MESSAGE_CHARACTERS
    _, text = message([long] * 5)
    assert len(text) < MESSAGE_CHARACTERS + 100
    assert text.count("one failed") == 1
    assert text.endswith("… and 4 more. See the runs in the Dagster UI.")


def test_an_alert_without_text_has_its_title_for_one():
    """Some services refuse an empty body."""
    assert message([Alert(title="nps works again")])[1] == "nps works again"
