"""Edits: what somebody types into the sheets, and whether it has arrived in Redshift."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Mapping

    # The rows of a SELECT.
    Query = Callable[[str], list[tuple[Any, ...]]]

_PATIENCE_SECONDS = 180
_COMMENTS = (
    "nps-survey",
    "Responses",
    "SELECT id, comment FROM raw_data.nps WHERE comment LIKE 'edit %'",
)
_NUMBERS = (
    "spreadsheet-copy-testing",
    "Sheet1",
    "SELECT col4, col1 FROM raw_data.spreadsheet_copy_testing",
)


class Person:
    """Edits spreadsheets as the sandbox's page does: as their owner, whom no quota counts."""

    def __init__(self, google_url: str) -> None:
        self._url = google_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._token = ""

    def type(self, spreadsheet_id: str, a1: str, values: list[Any]) -> None:
        """Put a row of values into cells; again, as people do, until Google has taken it."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        said: list[str] = []
        while True:
            try:
                answer = self._sent("PUT", spreadsheet_id, a1, json={"values": [values]})
                if answer.status_code == 401:
                    self._token = ""
                elif answer.ok:
                    return
                said.append(f"{answer.status_code}: {answer.text[:200]}")
            except requests.RequestException as error:
                said.append(str(error))
            if time.monotonic() > deadline:
                raise TimeoutError(f"{a1} of {spreadsheet_id} cannot be edited: {said}")
            time.sleep(1)

    def read(self, spreadsheet_id: str, a1: str) -> list[list[Any]]:
        """The values that stand there."""
        answer = self._sent("GET", spreadsheet_id, a1)
        answer.raise_for_status()
        rows: list[list[Any]] = answer.json().get("values", [])
        return rows

    def _sent(self, method: str, spreadsheet_id: str, a1: str, **kwargs: Any) -> requests.Response:
        if not self._token:
            answer = self._session.post(
                f"{self._url}/spreadsheets/token", headers={"Origin": self._url}, timeout=30
            )
            answer.raise_for_status()
            self._token = answer.json()["access_token"]
        return self._session.request(
            method,
            f"{self._url}/v4/spreadsheets/{spreadsheet_id}/values/{quote(a1)}",
            params={"valueInputOption": "RAW"}
            if method == "PUT"
            else {"valueRenderOption": "UNFORMATTED_VALUE"},
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=30,
            **kwargs,
        )


@dataclass
class Edits:
    """Edits with a number each, of random rows of two sheets; which of them Redshift has shown."""

    person: Person
    chance: random.Random
    made: int = 0
    loaded: set[int] = field(default_factory=set)
    _last: dict[tuple[str, int], int] = field(default_factory=dict)
    _replaced: set[int] = field(default_factory=set)

    def make(self) -> None:
        """One more, in whichever sheet."""
        self.made += 1
        if self.chance.random() < 0.7:
            id_ = self.chance.randint(1, 4886)
            cells = [self.chance.randint(0, 10), f"edit {self.made}"]
            self.person.type(_COMMENTS[0], f"{_COMMENTS[1]}!C{id_ + 1}:D{id_ + 1}", cells)
            self._made((_COMMENTS[0], id_))
        else:
            row = self.chance.randint(1, 3)
            self.person.type(_NUMBERS[0], f"{_NUMBERS[1]}!A{row + 1}", [100 + self.made])
            self._made((_NUMBERS[0], 4 * row))

    def look(self, query: Query) -> None:
        """See what has been loaded by now."""
        shown = {(_COMMENTS[0], id_): int(comment[5:]) for id_, comment in query(_COMMENTS[2])}
        shown |= {(_NUMBERS[0], key): number - 100 for key, number in query(_NUMBERS[2])}
        self.loaded |= {number for number in shown.values() if number > 0}

    def waiting(self) -> list[int]:
        """Those that nothing has replaced, and that Redshift has not shown."""
        return sorted(set(self._last.values()) - self.loaded)

    def as_json(self) -> Mapping[str, int]:
        """The counts: an edit may be replaced by another of the same cell before it is loaded."""
        return {
            "made": self.made,
            "loaded": len(self.loaded),
            "replaced before they were loaded": len(self._replaced - self.loaded),
            "lost": len(self.waiting()),
        }

    def _made(self, cell: tuple[str, int]) -> None:
        if cell in self._last:
            self._replaced.add(self._last[cell])
        self._last[cell] = self.made


def exported(person: Person) -> list[list[float]]:
    """The figures of the exported sheet, without their dates."""
    rows = person.read("spreadsheet-copy-testing", "RedshiftToSheet!B2:F")
    return [[float(cell) for cell in row] for row in rows if row]


def summary(query: Query) -> list[list[float]]:
    """The same figures in Redshift."""
    rows: Iterable[tuple[Any, ...]] = query(
        "SELECT nps, responses, promoters, passives, detractors FROM analytics.nps_summary "
        "ORDER BY date"
    )
    return [[float(cell) for cell in row] for row in rows]
