"""Problems: what is wrong at the moment, since when, and whether people were told."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Mapping

# The same problem with another cause is told at once an hour, and an old one once a day.
ANOTHER_CAUSE_SECONDS = 3600
REMINDER_SECONDS = 24 * 3600
# A cursor is stored with every tick: beyond this many, problems are one.
MOST_PROBLEMS = 200
_TOO_MANY = "too many"


class Alert(BaseModel):
    """What people are told: a line, and lines of detail."""

    title: str
    text: str = ""


class Finding(NamedTuple):
    """Something wrong that was seen: what to say of it, and what to say once it is over.

    Two findings with the same `cause` are the same news; by default that is the text.
    """

    title: str
    text: str
    again: str
    cause: str = ""


class Problem(BaseModel):
    """Something wrong that is not over yet."""

    again: str
    since: float
    times: int = 0
    told_at: float | None = None
    told_cause: str = ""


class Problems(BaseModel):
    """All that is wrong, by a key of the watcher's own."""

    found: dict[str, Problem] = {}

    def observe(self, key: str, finding: Finding, now: float, *, patience: int = 1) -> Alert | None:
        """Note that it was seen; the alert, when people have to be told.

        They are when it was seen `patience` times, when its cause is another one, and once a
        day as long as it is seen.
        """
        if key not in self.found and len(self.found) >= MOST_PROBLEMS:
            key, finding = _TOO_MANY, _too_many()
        problem = self.found.setdefault(key, Problem(again=finding.again, since=now))
        problem.times += 1
        if problem.times < patience:
            return None
        cause = _short_hash(finding.cause or finding.text)
        age = None if problem.told_at is None else now - problem.told_at
        if age is None:
            alert = Alert(title=finding.title, text=finding.text)
        elif cause != problem.told_cause and age >= ANOTHER_CAUSE_SECONDS:
            alert = Alert(title=f"{finding.title}, for another reason", text=finding.text)
        elif age >= REMINDER_SECONDS:
            since = f"The same for {duration(now - problem.since)}."
            alert = Alert(title=f"{finding.title}, still", text=f"{finding.text}\n{since}".strip())
        else:
            return None
        problem.told_at, problem.told_cause = now, cause
        return alert

    def resolve(self, key: str, now: float, *, counted: str = "") -> Alert | None:
        """Note that it is over; the alert, when people had been told of it.

        `counted` is what was counted, such as `failure`: how often it was seen is then said.
        """
        problem = self.found.pop(key, None)
        if self.found.keys() == {_TOO_MANY}:
            self.found.clear()
        if problem is None or problem.told_at is None:
            return None
        times = f" {problem.times} {counted}{'' if problem.times == 1 else 's'} in" * bool(counted)
        return Alert(title=f"{problem.again} after{times} {duration(now - problem.since)}")

    def settle(
        self, findings: Mapping[str, Finding], now: float, *, patience: int = 1
    ) -> list[Alert]:
        """Note that exactly these are wrong now: what is not among them is over."""
        over = self.found.keys() - findings.keys() - {_TOO_MANY}
        alerts = [self.resolve(key, now) for key in sorted(over)]
        alerts += [
            self.observe(key, finding, now, patience=patience) for key, finding in findings.items()
        ]
        return [alert for alert in alerts if alert]


def duration(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 5 min` or `2 days`."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return f"{max(round(seconds), 0)} s"
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes // (24 * 60)} days"


def _too_many() -> Finding:
    return Finding(
        f"More than {MOST_PROBLEMS} things are wrong at once",
        "The others are not told one by one. Look at the runs in the Dagster UI.",
        "There are fewer problems again",
    )


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
