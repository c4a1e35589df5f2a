"""The soak's verdict: what grows is found, what only wobbles is not."""

from __future__ import annotations

import random

import pytest
from soak_verdict import ALLOWED, AllSeries, Series

WHOLE = 3600.0
TIMES = [WHOLE * step / 240 for step in range(241)]


def series(figure, value_at):
    """A figure over an hour, a value every 15 s."""
    made = Series("daemon", figure)
    for at in TIMES:
        made.add(at, value_at(at / WHOLE))
    return made


GROWING = {
    "a leak in every request": ("MB", lambda x: 150 + 80 * x),
    "a leak that begins late": ("MB", lambda x: 150 if x < 0.6 else 150 + 200 * (x - 0.6)),
    "a file a minute": ("files", lambda x: 40 + 60 * x),
    "a thread every ten minutes": ("threads", lambda x: 12 + int(12 * x)),
    "connections that are not given back": ("connections", lambda x: 3 + int(20 * x)),
    "processes left behind": ("processes", lambda x: 2 + int(6 * x)),
    "workers that do not end": ("workers", lambda x: 5 + 60 * x),
    "runs that nobody removes": ("stored runs", lambda x: 10 + 120 * x),
    "growth under a sawtooth": ("MB", lambda x: 150 + 90 * x + 20 * ((x * 12) % 1)),
}
FLAT = {
    "warming up, then flat": ("MB", lambda x: 90 + min(x, 0.2) * 500),
    "noise": ("MB", lambda x: 150 + random.Random(x).gauss(0, 8)),
    "a sawtooth": ("stored runs", lambda x: 20 + 15 * ((x * 8) % 1)),
    "a peak in the end": ("files", lambda x: 90 if x > 0.97 else 40),
    "shrinking": ("MB", lambda x: 200 - 60 * x),
}


@pytest.mark.parametrize("kind", GROWING)
def test_what_grows_is_a_leak(kind):
    """Also slowly, also late, also in steps."""
    figure, value_at = GROWING[kind]
    made = series(figure, value_at)
    assert made.leaks(WHOLE)
    assert made.slope_per_hour(WHOLE) > 0


@pytest.mark.parametrize("kind", FLAT)
def test_what_does_not_grow_is_none(kind):
    """The first quarter may be anything, and a single value, too."""
    figure, value_at = FLAT[kind]
    assert not series(figure, value_at).leaks(WHOLE)


@pytest.mark.parametrize("figure", ALLOWED)
def test_each_figure_has_a_bound(figure):
    """What doubles from 100 every quarter is a leak of any figure."""
    assert series(figure, lambda x: 100 * 2 ** (4 * x)).leaks(WHOLE)


def test_a_soak_of_several_series():
    """Each is judged by itself; what is there only now and then by the values it has."""
    soak = AllSeries()
    for number, at in enumerate(TIMES):
        sample = {("daemon", "MB"): 150.0, ("webserver", "MB"): 100 + number / 2}
        if number % 7 == 0:
            sample["run worker", "MB"] = 180.0
        soak.add(at, sample)
        soak.add(at, {("run worker", "files"): 5 + number / 2})
    assert [each.of for each in soak.leaks] == ["webserver"]
    (told,) = [
        each.as_json(soak.seconds)
        for each in soak
        if (each.of, each.figure) == ("run worker", "MB")
    ]
    assert (told["first"], told["second_quarter"], told["last_quarter"]) == (180, 180, 180)
    assert told["slope_per_hour"] == pytest.approx(0)
    assert soak.enough


def test_too_few_samples_are_no_verdict():
    """A soak that ended at once says nothing."""
    soak = AllSeries()
    for at in range(5):
        soak.add(at, {("daemon", "MB"): 1.0})
    assert not soak.enough
