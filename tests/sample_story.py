"""The story of the sample: seeded, refreshed, edited and ticked, and all that was seen of it."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from small_deployment import materialized

import sheet_assets.sample_defs
from sheet_assets.cli import execution
from sheet_assets.cli.deployment import Deployment
from sheet_assets.cli.sandboxed import seed_from
from sheet_assets.cli.ticks import SensorTicks
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import PERSON
from sheet_assets.sandbox.google.sheets.number_formats import NumberFormat

if TYPE_CHECKING:
    import dagster as dg

NAMES = {
    "NPS_SPREADSHEET": "end-to-end-nps",
    "COPY_TESTING_SPREADSHEET": "end-to-end-copy-testing",
    "RAW_DATA_SCHEMA": "end_to_end_raw",
    "ANALYTICS_SCHEMA": "end_to_end_analytics",
}
# Serial numbers count days from here (Google's epoch).
EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
PASSIVE_DAY = dt.date(2030, 1, 1)
PASSIVE_ROWS = [
    [900001, 47484.5, 7, "so-so"],
    [900002, 47484.75, 8],
    # No answer, and the text of a person who has none.
    [900003, 47484.8, None, "no score"],
]
NOTE_FORMAT = NumberFormat("PERCENT", "0.0%")


@dataclass
class Step:
    """What one tick or run did: its results, and the requests that services have seen."""

    reason: str | None
    results: list[execution.RunResult]
    said: dict[str, dict[str, Any]]
    google: Counter
    google_writes: list[str]
    s3: Counter


@dataclass
class Story:
    """Everything that was seen on the way."""

    steps: dict[str, Step] = field(default_factory=dict)
    sheets: dict[str, list[list[Any]]] = field(default_factory=dict)
    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    formats: dict[str, Any] = field(default_factory=dict)
    loads: list[tuple[Any, ...]] = field(default_factory=list)


class S3Requests(logging.Handler):
    """The requests that moto's server logs, by method and kind of object."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count one request."""
        match = re.search(r'"?([A-Z]+) (\S+) HTTP', record.getMessage())
        if match:
            kind = "part" if "/parts/" in match[2] else match[2].rpartition("/")[2]
            self.seen[match[1], kind] += 1


class Narrator:
    """Goes the demo's way, and writes down what was seen."""

    def __init__(self, sandbox, instance: dg.DagsterInstance) -> None:
        self.sandbox, self.instance, self.story = sandbox, instance, Story()
        self.deployment = Deployment(sheet_assets.sample_defs)
        self.sensor = SensorTicks(self.deployment.definitions, instance, "sheet_changes_sensor")
        self.s3 = S3Requests()

    def worksheet(self, setting: str, title: str):
        """A tab of one of the story's spreadsheets."""
        return self.sandbox.google.drive.workbook(NAMES[setting]).worksheet(title)

    @property
    def answers(self):
        """The tab that people answer in."""
        return self.worksheet("NPS_SPREADSHEET", "Responses")

    @property
    def exported(self):
        """The tab that people read."""
        return self.worksheet("COPY_TESTING_SPREADSHEET", "RedshiftToSheet")

    def run(self, name: str, **tags: str) -> None:
        """Refresh everything."""
        self._begin()
        result = execution.execute(
            self.deployment.definitions, self.instance, job="refresh_job", tags=tags
        )
        self._note(name, None, [result])

    def tick(self, name: str) -> None:
        """Let the sensor look, and do what it asks for."""
        self._begin()
        self._note(name, *self.sensor.tick())

    def look(self, name: str) -> None:
        """Write down what the tables and the exported sheet hold."""
        redshift = Redshift().client()
        for table in ("raw.nps", "raw.spreadsheet_copy_testing", "analytics.nps_summary"):
            self.story.tables[f"{name} {table}"] = redshift.query(
                f"SELECT * FROM end_to_end_{table} ORDER BY 1"
            )
        self.story.sheets[f"{name} exported"] = self.exported.values()
        self.story.loads = redshift.query(
            "SELECT table_name, version, is_current, run_id, modified_by FROM sheet_assets.loads "
            "WHERE table_schema LIKE 'end_to_end_%' ORDER BY loaded_at"
        )

    def _begin(self) -> None:
        self.sandbox.google.requests.clear()
        self.s3.seen = Counter()

    def _note(self, name: str, reason: str | None, results: list[execution.RunResult]) -> None:
        assert not [result.errors for result in results if not result.success], name
        asked = [each for each in self.sandbox.google.requests if each.path != "/token"]
        self.story.steps[name] = Step(
            reason,
            results,
            {
                asset: said
                for result in results
                for asset, said in materialized(self.instance, result.run_id).items()
            },
            Counter(re.sub(r"end-to-end-\w+(-testing)?", "{id}", each.path) for each in asked),
            [f"{each.method} {each.path}" for each in asked if each.method != "GET"],
            self.s3.seen,
        )


def told(teller: Narrator) -> Story:
    """The whole story, told once."""
    seed_from(teller.sandbox, teller.deployment)
    last = len(teller.answers.values())
    teller.answers.set_values(PASSIVE_ROWS, row=last, grow=True, by=PERSON)
    # A neighbour's column, and a format that a person chose.
    teller.exported.set_values([["ours"], ["do not touch"]], column=8, by=PERSON)
    teller.exported.set_number_format("B2:B5", NOTE_FORMAT.type, NOTE_FORMAT.pattern, by=PERSON)
    story = teller.story
    story.sheets["before exported"] = teller.exported.values()

    teller.run("refresh")
    story.sheets["answers"] = teller.answers.values()
    story.sheets["numbers"] = teller.worksheet("COPY_TESTING_SPREADSHEET", "Sheet1").values()
    story.formats["B2"] = teller.exported.number_formats.at(1, 1)
    story.formats["A400"] = teller.exported.number_formats.at(300, 0)
    teller.look("refreshed")
    teller.tick("first tick")
    teller.run("refresh again")

    day, row = _detractor(story.sheets["answers"])
    story.sheets["edited day"] = [[day, row]]
    teller.answers.set_values([[10]], row=row, column=2, by=PERSON)
    teller.tick("edited")
    story.sheets["answers edited"] = teller.answers.values()
    teller.look("edited")
    teller.tick("own write again")
    teller.tick("nothing")
    teller.run("forced", **{"sheet_assets/force": "true"})
    teller.look("forced")
    return story


def _detractor(answers: list[list[Any]]) -> tuple[dt.date, int]:
    for row, answer in enumerate(answers):
        if row and len(answer) > 2 and answer[2] == 0:
            return moment(answer[1]).date(), row
    raise AssertionError("The sample has no detractor.")


def moment(serial: float) -> dt.datetime:
    """The moment that a serial number stands for, to the second."""
    exact = EPOCH + dt.timedelta(days=serial)
    return (exact + dt.timedelta(milliseconds=500)).replace(microsecond=0)
