"""What is wrong at the moment, and when people are told of it."""

from __future__ import annotations

import pytest

from sheet_assets.sensors.problems import MOST_PROBLEMS, Alert, Finding, Problems, duration

HOUR, DAY = 3600, 24 * 3600


def finding(cause="C17", name="nps"):
    return Finding(f"{name} failed", f"wrong: {cause}", f"{name} works again", cause)


def test_a_problem_is_told_once():
    """The first time it is seen; the same again is no news."""
    problems = Problems()
    assert problems.observe("nps", finding(), 0) == Alert(title="nps failed", text="wrong: C17")
    assert [problems.observe("nps", finding(), minute * 60) for minute in range(1, 60)] == [
        None
    ] * 59


def test_another_cause_is_told_at_most_hourly():
    """A sheet that is broken in a new way each minute does not flood anybody."""
    problems = Problems()
    problems.observe("nps", finding("C1"), 0)
    assert problems.observe("nps", finding("C2"), HOUR - 1) is None
    told = problems.observe("nps", finding("C3"), HOUR)
    assert told == Alert(title="nps failed, for another reason", text="wrong: C3")
    assert problems.observe("nps", finding("C4"), HOUR + 60) is None


def test_an_old_problem_is_told_again_once_a_day():
    """It says since when."""
    problems = Problems()
    problems.observe("nps", finding(), 0)
    assert problems.observe("nps", finding(), DAY - 1) is None
    told = problems.observe("nps", finding(), DAY)
    assert told == Alert(title="nps failed, still", text="wrong: C17\nThe same for 24 h.")
    assert problems.observe("nps", finding(), DAY + HOUR) is None


def test_the_end_of_a_problem_is_told_with_its_length():
    """How often and how long; nothing, when there was no problem."""
    problems = Problems()
    for at in (0, 60, 180):
        problems.observe("nps", finding(), at)
    assert problems.resolve("nps", 600, counted="failure") == Alert(
        title="nps works again after 3 failures in 10 min"
    )
    assert problems.resolve("nps", 700) is None
    problems.observe("nps", finding(), 800)
    assert problems.resolve("nps", 840, counted="failure").title.endswith("after 1 failure in 40 s")
    problems.observe("nps", finding(), 900)
    assert problems.resolve("nps", 940).title == "nps works again after 40 s"


def test_what_was_not_told_does_not_end():
    """With patience, something that is over at once is never heard of."""
    problems = Problems()
    assert problems.settle({"nps": finding()}, 0, patience=2) == []
    assert problems.settle({}, 30, patience=2) == []
    assert problems.settle({"nps": finding()}, 60, patience=2) == []
    (told,) = problems.settle({"nps": finding()}, 90, patience=2)
    assert told.title == "nps failed"
    (over,) = problems.settle({}, 120, patience=2)
    assert over.title == "nps works again after 1 min"


def test_problems_beyond_a_number_are_one():
    """The cursor, which is kept with every tick, stays small; it ends with the others."""
    problems = Problems()
    names = [f"sheet {number}" for number in range(MOST_PROBLEMS + 50)]
    alerts = [problems.observe(name, finding(name=name), 0) for name in names]
    told = [alert.title for alert in alerts if alert]
    assert len(told) == MOST_PROBLEMS + 1
    assert told[-1] == f"More than {MOST_PROBLEMS} things are wrong at once"
    assert len(problems.model_dump_json()) < 40_000
    for name in names:
        problems.resolve(name, 60)
    assert problems.found == {}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (7100, "118 min"),
        (7200, "2 h"),
        (11_100, "3 h 5 min"),
        (2 * DAY, "2 days"),
    ],
)
def test_durations_are_in_words(seconds, text):
    """In the largest unit that tells enough."""
    assert duration(seconds) == text
