"""The main job on the packaged sample: sheet, S3, Redshift, summary, sheet; edited, and again."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import dagster as dg
import pytest
from sample_story import EPOCH, NAMES, NOTE_FORMAT, PASSIVE_DAY, Narrator, Step, Story, moment, told
from small_deployment import QUIET

from sheet_assets.sandbox import PERSON

pytestmark = QUIET


@pytest.fixture(scope="module")
def story(running_sandbox, tmp_path_factory) -> Story:
    """The whole story, told once: seed, refresh, refresh, edit, tick, tick, tick, force."""
    folder = tmp_path_factory.mktemp("story")
    log = logging.getLogger("werkzeug")
    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        for name, value in {**running_sandbox.settings, **NAMES}.items():
            patch.setenv(name, value)
        patch.setenv("DAGSTER_HOME", str(folder))
        patch.setenv("SHEET_ASSETS_STATE_DIR", str(folder))
        # What is tested is not how long the quota lets a story of this many reads wait.
        patch.setenv("SHEET_ASSETS_READS_PER_MINUTE", "600")
        teller = Narrator(running_sandbox, instance)
        patch.setattr(log, "level", logging.INFO)
        log.addHandler(teller.s3)
        try:
            return told(teller)
        finally:
            log.removeHandler(teller.s3)


def _summary(answers: list[list[Any]]) -> list[tuple[Any, ...]]:
    """NPS as the facts define it, without SQL: date, nps, responses, and the three kinds."""
    scores = defaultdict(list)
    for answer in answers[1:]:
        if len(answer) > 2 and answer[2] is not None:
            scores[moment(answer[1]).date()].append(answer[2])
    found = []
    for day, given in sorted(scores.items()):
        promoters = sum(score >= 9 for score in given)
        detractors = sum(score <= 6 for score in given)
        nps = Decimal(100 * (promoters - detractors)) / len(given)
        found.append(
            (
                day,
                nps.quantize(Decimal("0.01"), ROUND_HALF_UP),
                len(given),
                promoters,
                len(given) - promoters - detractors,
                detractors,
            )
        )
    return found


def _as_cells(summary: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [
        [(dt.datetime.combine(row[0], dt.time()) - EPOCH).days, float(row[1]), *row[2:]]
        for row in summary
    ]


def _outcomes(step: Step) -> dict[str, str]:
    return {asset: said["outcome"] for asset, said in step.said.items()}


def test_every_run_succeeds_in_one_dagster_run(story):
    """Each step is at most one run, and no run fails."""
    for name, step in story.steps.items():
        assert len(step.results) <= 1, name
        assert all(result.success for result in step.results), (name, step.results)


def test_the_sheets_rows_are_in_the_table_value_by_value(story):
    """Every answer of the sheet is a row in Redshift: whole numbers, moments, NULL, Korean text."""
    answers = [[*row, None, None][:4] for row in story.sheets["answers"][1:]]
    expected = [(row[0], moment(row[1]), row[2], row[3]) for row in answers]
    assert story.tables["refreshed raw.nps"] == sorted(expected)
    assert len(expected) > 4800
    assert any(re.search("[가-힣]", row[3] or "") for row in expected)
    assert any(row[2] is None for row in expected)


def test_the_four_columns_of_whole_numbers_are_copied(story):
    """spreadsheet_copy_testing is in Redshift as it is in the sheet."""
    header, *rows = story.sheets["numbers"]
    assert list(header) == ["col1", "col2", "col3", "col4"]
    assert story.tables["refreshed raw.spreadsheet_copy_testing"] == sorted(map(tuple, rows))
    assert rows


def test_the_summary_is_what_python_computes_from_the_sheet(story):
    """nps_summary is NPS by the definition, computed without SQL from the sheet's own cells."""
    expected = _summary(story.sheets["answers"])
    assert story.tables["refreshed analytics.nps_summary"] == expected
    assert len(expected) > 300


def test_a_day_of_passives_alone_is_zero_and_blank_scores_do_not_count(story):
    """A day with 7 and 8 only has the NPS 0 of two answers: the third has no score."""
    (row,) = [
        row for row in story.tables["refreshed analytics.nps_summary"] if row[0] == PASSIVE_DAY
    ]
    assert row == (PASSIVE_DAY, Decimal("0.00"), 2, 0, 2, 0)


def test_the_exported_sheet_is_the_table(story):
    """The exported sheet has the table's rows, all of them and in order, below its header."""
    before = [row[:6] for row in story.sheets["before exported"]]
    header, *rows = [row[:6] for row in story.sheets["refreshed exported"]]
    table = story.tables["refreshed analytics.nps_summary"]
    assert header == ["date", "nps", "responses", "promoters", "passives", "detractors"]
    assert rows == _as_cells(table)
    assert len(before) < 70 < len(rows)


def test_other_peoples_cells_and_formats_stay(story):
    """An export leaves a neighbour's column and a chosen number format alone."""
    for when in ("refreshed exported", "edited exported", "forced exported"):
        assert [row[8] for row in story.sheets[when][:2]] == ["ours", "do not touch"]
    assert story.formats["B2"] == NOTE_FORMAT


def test_new_rows_of_the_export_have_the_columns_date_format(story):
    """A date written below what stood there before is shown as a date."""
    assert story.formats["A400"].type == "DATE"


def test_the_first_refresh_loads_everything_and_says_where(story):
    """Each asset's materialization has an outcome, the rows, a version, and what it cost."""
    said = story.steps["refresh"].said
    assert _outcomes(story.steps["refresh"]) == {
        "sheet_csv/nps": "read",
        "s3_object/nps": "uploaded",
        "end_to_end_raw/nps": "loaded",
        "sheet_csv/spreadsheet_copy_testing": "read",
        "s3_object/spreadsheet_copy_testing": "uploaded",
        "end_to_end_raw/spreadsheet_copy_testing": "loaded",
        "end_to_end_analytics/nps_summary": "loaded",
        "exported_sheet/nps_summary": "written",
    }
    rows = len(story.sheets["answers"]) - 1
    for asset in ("sheet_csv/nps", "s3_object/nps", "end_to_end_raw/nps"):
        assert said[asset]["dagster/row_count"] == rows
        assert said[asset]["version"] == said["sheet_csv/nps"]["version"]
    assert said["sheet_csv/nps"]["api_calls"] == 3
    assert {"fetch_seconds", "decode_seconds", "write_seconds"} <= said["sheet_csv/nps"].keys()
    for asset in ("s3_object/nps", "end_to_end_raw/nps", "exported_sheet/nps_summary"):
        assert said[asset]["seconds"] > 0


def test_previews_are_ten_rows(story):
    """A preview shows ten rows below header and rule, however many there are."""
    for asset in ("sheet_csv/nps", "exported_sheet/nps_summary"):
        assert len(story.steps["refresh"].said[asset]["preview"].splitlines()) == 12


def test_our_own_write_costs_one_run_that_does_nothing(story):
    """The export changes a watched spreadsheet: one more read, nothing uploaded or written."""
    for name in ("first tick", "own write again"):
        step = story.steps[name]
        assert len(step.results) == 1
        assert set(_outcomes(step).values()) == {"unchanged"}
        assert step.google_writes == []
        assert not any(method == "PUT" for method, _ in step.s3)


def test_an_unchanged_refresh_says_so_and_moves_nothing(story):
    """Eight materializations say "unchanged"; no PUT to S3, no COPY, no write to Google."""
    step = story.steps["refresh again"]
    assert len(step.said) == 8
    assert set(_outcomes(step).values()) == {"unchanged"}
    assert step.google_writes == []
    assert not any(method == "PUT" for method, _ in step.s3), step.s3
    # A COPY reads its manifest and its parts; looking whether they are there is a HEAD.
    assert not any(method == "GET" for method, _ in step.s3), step.s3


def test_the_first_refresh_did_move_something(story):
    """The logs that show nothing on an unchanged refresh show everything on the first."""
    step = story.steps["refresh"]
    assert step.s3["PUT", "part"] == 2
    assert step.s3["PUT", "manifest.json"] == 2
    assert step.s3["GET", "manifest.json"] >= 2
    # The rows, and then the chart that the tab had not.
    assert len(step.google_writes) == 2


def test_the_first_tick_looks_at_every_sheet(story):
    """It takes its place in Drive's list, and finds what was written since it was read."""
    step = story.steps["first tick"]
    assert step.google["/drive/v3/changes/startPageToken"] == 1
    assert {asset for asset in step.said if asset.startswith("sheet_csv/")} == {
        "sheet_csv/spreadsheet_copy_testing"
    }


def test_an_edit_is_followed_into_the_tables_and_the_exported_sheet(story):
    """A person's edit is found by one changes.list, and its day changes everywhere."""
    step = story.steps["edited"]
    assert step.google["/drive/v3/changes"] == 1
    assert set(step.said) == {
        "sheet_csv/nps",
        "s3_object/nps",
        "end_to_end_raw/nps",
        "end_to_end_analytics/nps_summary",
        "exported_sheet/nps_summary",
    }
    assert "unchanged" not in _outcomes(step).values()
    ((day, _),) = story.sheets["edited day"]
    before = {row[0]: row for row in story.tables["refreshed analytics.nps_summary"]}
    after = {row[0]: row for row in story.tables["edited analytics.nps_summary"]}
    assert {each for each in after if after[each] != before[each]} == {day}
    assert after[day][3:6:2] == (before[day][3] + 1, before[day][5] - 1)
    assert list(after.values()) == _summary(story.sheets["answers edited"])
    exported = [row[:6] for row in story.sheets["edited exported"][1:]]
    assert exported == _as_cells(story.tables["edited analytics.nps_summary"])
    assert step.said["exported_sheet/nps_summary"]["cells_changed"] == 3


def test_who_edited_last_stands_in_the_load_record(story):
    """The control table has one current record a table, and names the person who edited."""
    current = {load[0]: load for load in story.loads if load[2]}
    assert len([load for load in story.loads if load[2]]) == len(current) == 3
    assert current["nps"][4] == PERSON
    edited = story.steps["edited"].said["end_to_end_raw/nps"]["version"]
    assert current["nps"][1] == edited


def test_a_tick_without_changes_asks_google_once(story):
    """Nothing has changed: one changes.list, no run, and the reason says so."""
    step = story.steps["nothing"]
    assert step.results == []
    assert step.reason == "No watched sheet changed."
    assert step.google == {"/drive/v3/changes": 1}


def test_a_forced_refresh_loads_what_is_loaded_already(story):
    """The tag that `--force` sets loads every table again, with the same rows."""
    outcomes = _outcomes(story.steps["forced"])
    tables = [asset for asset in outcomes if asset.startswith("end_to_end")]
    assert {outcomes[asset] for asset in tables} == {"loaded"}
    assert len(tables) == 3
    for table in ("raw.nps", "analytics.nps_summary"):
        assert story.tables[f"forced {table}"] == story.tables[f"edited {table}"]
