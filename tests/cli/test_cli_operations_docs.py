"""docs/from-airflow-rest.md on `sheet-assets dev`: everything of ours that stands there is run."""

from __future__ import annotations

import datetime as dt
import json
import re
import urllib.request
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from checkout import BIN
from running_dev import Told, dev

if TYPE_CHECKING:
    from running_dev import Dev

__all__ = ["dev"]
# A webserver, a daemon, and five runs one after the other: a minute of two idle cores.
pytestmark = pytest.mark.timeout(480)

PAGE = Path(__file__).parents[2] / "docs" / "from-airflow-rest.md"
OLD = re.compile(r"localhost:8080|^airflow |^docker ", re.MULTILINE)
DATE = "2026-11-20"


class Block(NamedTuple):
    """A fenced block of the page: the language after its fence, and what stands in it."""

    language: str
    text: str

    @property
    def old(self) -> bool:
        """Whether it is Airflow's."""
        return bool(OLD.search(self.text))


BLOCKS = [Block(*found) for found in re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(), re.DOTALL)]
COMMANDS = [
    command
    for block in BLOCKS
    if block.language == "console"
    for command in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
]


@pytest.fixture(scope="module")
def told(dev: Dev) -> dict[str, Told]:
    """What each command of the page said, run once, in the page's order, and the page's script."""
    found = {}
    for command in COMMANDS:
        # Of the page's day nothing is stored here, of today there is.
        today = command.replace(DATE, dt.datetime.now(dt.UTC).date().isoformat())
        settings = "sheet-assets run " in command
        found[command] = dev.run("bash", "-c", today, settings=settings)
    (script,) = [block for block in BLOCKS if block.language == "python" and not block.old]
    found["python"] = dev.run(str(BIN / "python"), "-c", script.text)
    return found


def after(marker: str, told: dict[str, Told]) -> Told:
    """What the only command of the page with `marker` in it said."""
    (command,) = [each for each in told if marker in each]
    return told[command]


def test_dev_prints_its_addresses(dev: Dev) -> None:
    """`dev` prints where the UI is, and it is there."""
    assert dev.addresses["GraphQL"] == dev.addresses["Dagster"] + "/graphql"
    with urllib.request.urlopen(dev.addresses["Dagster"], timeout=30) as answer:
        assert "Dagster" in answer.read().decode()


def test_the_page_is_old_ours_or_an_answer() -> None:
    """Every block is Airflow's, or executed, or the answer of the command before it."""
    kinds = [("old" if block.old else block.language) for block in BLOCKS]
    assert set(kinds) == {"old", "console", "json", "python"}
    assert kinds.count("old") == 8
    assert len(COMMANDS) == 17


def test_every_command_of_the_page_succeeds(told: dict[str, Told]) -> None:
    """Each command and script ends with 0, and no GraphQL answer is an error."""
    for command, result in told.items():
        assert result.code == 0, (command, result)
        if command.startswith("curl"):
            assert "errors" not in json.loads(result.stdout), (command, result.stdout)


def shape(value: Any) -> Any:
    """The keys of a JSON, of a list those of its first element."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def test_the_answers_are_as_shown(told: dict[str, Told]) -> None:
    """A JSON on the page has the keys and types of what the command before it really answers."""
    shown = 0
    for before, block in pairwise(BLOCKS):
        if block.language == "json":
            command = before.text.removeprefix("$ ")
            assert shape(json.loads(told[command].stdout)) == shape(json.loads(block.text))
            shown += 1
    assert shown == 3


def test_the_instance_is_healthy(told: dict[str, Told]) -> None:
    """Of an instance that is up `health` says so."""
    answer = json.loads(after("sheet-assets health", told).stdout)
    assert answer["metadatabase"]["status"] == answer["scheduler"]["status"] == "healthy"
    assert (answer["status"], answer["problems"]) == ("healthy", [])


def test_the_job_has_run(told: dict[str, Told]) -> None:
    """`trigger --wait` tells what the run did to every asset, and how many rows it has."""
    result = after("refresh_job --wait", told)
    lines = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines()[1:]}
    assert len(lines) == 8
    # The sensor may have been faster.
    assert lines["raw_data/spreadsheet_copy_testing"] in (["loaded", "4"], ["unchanged", "4"])
    assert "done in" in result.stderr


def test_the_script_lists_what_is_active(dev: Dev, told: dict[str, Told]) -> None:
    """The page's script and `list --active` name the same schedules and sensors."""
    active = json.loads(dev.run("sheet-assets", "list", "--active", "--json").stdout)
    names = [each["name"] for kind in ("schedules", "sensors") for each in active[kind]]
    assert sorted(told["python"].stdout.split()) == sorted(names)
    assert {"daily_refresh_schedule", "sheet_changes_sensor"} <= set(names)
    listed = after("list --active", told).stdout
    assert all(name in listed for name in names)


def test_a_date_reaches_the_run(dev: Dev, told: dict[str, Told]) -> None:
    """The runs that the page starts for a date, by command and by curl, have its tag."""
    runs = json.loads(dev.run("sheet-assets", "runs", "--json").stdout)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    launched = json.loads(after("launchRun", told).stdout)["data"]["launchRun"]["run"]["runId"]
    dated = {each["run_id"]: each for each in runs if "sheet_assets/as_of" in each["tags"]}
    assert len(dated) == 2
    assert {each["tags"]["sheet_assets/as_of"] for each in dated.values()} == {today}
    assert dated[launched]["job"] == "ingest_job"
    (command,) = [each for each in dated.values() if each["run_id"] != launched]
    assert command["assets"] == ["raw_data/nps", "s3_object/nps", "sheet_csv/nps"]


def test_a_run_launched_over_graphql_ends_in_success(dev: Dev, told: dict[str, Told]) -> None:
    """What the page's curl launches is taken from the queue, and run."""
    launched = json.loads(after("launchRun", told).stdout)["data"]["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess"
    query = f'{{ runOrError(runId: "{launched["run"]["runId"]}") {{ ... on Run {{ status }} }} }}'
    answer = dev.waited_for(query, "SUCCESS", "FAILURE", "CANCELED")
    assert json.loads(answer)["runOrError"]["status"] == "SUCCESS"


def test_the_daemon_ticks(dev: Dev) -> None:
    """The schedule is on, and the sensor on and has ticked without a failure."""
    selector = '{{repositoryLocationName: "sheet_assets", repositoryName: "__repository__", {}}}'
    schedule = selector.format('scheduleName: "daily_refresh_schedule"')
    sensor = selector.format('sensorName: "sheet_changes_sensor"')
    status = dev.query(
        f"{{ scheduleOrError(scheduleSelector: {schedule}) "
        "{ ... on Schedule { scheduleState { status } } } }"
    )
    assert status["scheduleOrError"]["scheduleState"]["status"] == "RUNNING"
    answer = dev.waited_for(
        f"{{ sensorOrError(sensorSelector: {sensor}) "
        "{ ... on Sensor { sensorState { status ticks(limit: 5) { status } } } } }",
        "SKIPPED",
    )
    assert '"status": "RUNNING"' in answer
    assert "FAILURE" not in answer


def test_a_date_before_the_first_version_is_refused(dev: Dev, told: dict[str, Told]) -> None:
    """With the instance's own settings a day without a version is refused, and no run starts."""
    before = dev.run("sheet-assets", "runs", "--json").stdout.count("run_id")
    result = dev.run("sheet-assets", "trigger", "nps", "--as-of", "2020-01-01", settings=True)
    assert (result.code, result.stdout) == (1, "")
    assert "No version of nps was read before 2020-01-02 00:00 UTC" in result.stderr
    assert dev.run("sheet-assets", "runs", "--json").stdout.count("run_id") == before
