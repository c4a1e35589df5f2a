"""A picture of a table: small, of the numbers that were given, and never a reason to fail."""

from __future__ import annotations

import base64
import datetime as dt
import io
import random
from decimal import Decimal
from itertools import pairwise

import pytest
from PIL import Image

from sheet_assets.assets.plot import plot, plot_again

DAYS = [
    (dt.date(2026, 1, 1) + dt.timedelta(days), Decimal(days % 7), days % 11) for days in range(361)
]
NAMES = ["date", "nps", "answers"]


def picture(names, rows, *, x: str, y: list[str]) -> Image.Image:
    """The decoded PNG of a plot, which is Markdown of less than 40 KB of picture."""
    value = plot(names, rows, x=x, y=y)
    alt, data = value.value.removeprefix("![").removesuffix(")").split("](data:image/png;base64,")
    assert alt == f"{', '.join(y)} over {x}"
    png = base64.b64decode(data, validate=True)
    assert len(png) < 40_000
    with Image.open(io.BytesIO(png)) as image:
        assert (image.format, image.size) == ("PNG", (800, 300))
        return image.convert("RGB")


def inked(image: Image.Image, color: tuple[int, int, int]) -> list[int]:
    """In which columns of the picture something has nearly this colour."""
    pixels = image.load()
    return [
        across
        for across in range(image.width)
        if any(
            sum(abs(a - b) for a, b in zip(pixels[across, down], color, strict=True)) < 60
            for down in range(image.height)
        )
    ]


BLUE = (31, 119, 180)


def test_other_numbers_are_another_picture():
    """The same data gives the same picture, one other value or one more line another."""
    one = picture(NAMES, DAYS, x="date", y=["nps"])
    assert one.tobytes() == picture(NAMES, list(reversed(DAYS)), x="date", y=["nps"]).tobytes()
    other = [*DAYS[:-1], (DAYS[-1][0], 9, 0)]
    assert one.tobytes() != picture(NAMES, other, x="date", y=["nps"]).tobytes()
    assert one.tobytes() != picture(NAMES, DAYS, x="date", y=["nps", "answers"]).tobytes()


@pytest.mark.parametrize(
    ("across", "names"),
    [
        ([dt.datetime(2026, 1, 1, hour, tzinfo=dt.UTC) for hour in range(24)], ["at", "n"]),
        ([Decimal("0.5") * number for number in range(24)], ["n", "m"]),
        ([f"shop {number}" for number in range(24)], ["shop", "n"]),
        ([f"가게 {number}" for number in range(24)], ["가게", "점수"]),
        (["$x^2$", "a_b", "\n", "", "x" * 500, True], ["$a$", "_b"]),
    ],
)
def test_what_stands_across(across, names):
    """Moments, numbers and texts, also in letters that the font does not have."""
    rows = [(place, number * number) for number, place in enumerate(across)]
    assert len(inked(picture(names, rows, x=names[0], y=[names[1]]), BLUE)) > 600


def test_the_most_crowded_picture_is_small_enough():
    """Six lines of noise are about the worst that can be drawn; a seventh is left out."""
    noise = random.Random(1)
    rows = [(number, *(noise.random() for _ in range(7))) for number in range(150)]
    names = ["n", *(f"line_{number}" for number in range(7))]
    picture(names, rows, x="n", y=names[1:7])
    drawn = plot(names, rows, x="n", y=names[1:])
    assert drawn == plot(names, rows, x="n", y=names[1:7])


def test_rows_without_a_number_are_a_gap():
    """NULL, NaN, infinity and text are left out, and so is a row without a place."""
    holes = [None, float("nan"), Decimal("Infinity"), "many", True, 10**400]
    rows = [(number, holes[number % 6] if 40 < number < 70 else 1) for number in range(100)]
    rows += [(None, 1), ("x", 1), (float("inf"), 1)]
    inks = inked(picture(["n", "m"], rows, x="n", y=["m"]), BLUE)
    (gap,) = [b - a for a, b in pairwise(inks) if b - a > 100]
    assert 200 < gap < 260


def test_a_million_points_are_thinned_evenly_and_keep_their_spike():
    """A stream of rows is drawn over its whole width, and its one great value is to be seen."""
    rows = ((number, 100 if number == 3333 else number % 2) for number in range(100_000))
    image = picture(["n", "m"], rows, x="n", y=["m"])
    inks = inked(image, BLUE)
    assert len(inks) > 600
    assert max(b - a for a, b in pairwise(inks)) < 60
    top = inked(image.crop((60, 0, 600, 60)), BLUE)
    assert 1 <= len(top) <= 4


@pytest.mark.parametrize(
    ("rows", "y", "said"),
    [
        ([], ["n"], "*Not plotted: there are no rows with numbers.*"),
        ([(1, None), (None, 1), (2, "x")], ["n"], "*Not plotted: there are no rows with numbers.*"),
        ([(1, 1)], ["m"], "*Not plotted: there is no column m.*"),
        ([(dt.date(1, 1, 1), 1), (dt.date(9999, 12, 31), 2)], ["n"], "*Not plotted: "),
    ],
)
def test_what_cannot_be_plotted_is_said(rows, y, said):
    """A picture is never a reason for a run to fail."""
    assert plot(["d", "n"], rows, x="d", y=y).value.startswith(said)


def test_an_earlier_picture_stands_for_the_same_columns_only():
    """Another chart of the same rows, or a plot that could not be drawn, is drawn."""
    drawn = plot(["d", "n", "m"], [(1, 1, 2)], x="d", y=["n"])
    assert plot_again(drawn, x="d", y=["n"]) is drawn
    assert plot_again(drawn, x="d", y=["m"]) is None
    assert plot_again(drawn, x="d", y=["n", "m"]) is None
    assert plot_again(plot(["d"], [], x="d", y=["n"]), x="d", y=["n"]) is None
    assert plot_again(None, x="d", y=["n"]) is None
