"""A plot of a table's columns, as a picture in an asset's metadata."""

from __future__ import annotations

import base64
import datetime as dt
import io
import math
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import dagster as dg

from sheet_assets import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A picture is about as wide as this in points: more of them cannot be told apart.
_POINTS = 1000
_INCHES = (8.0, 3.0)
_DOTS_PER_INCH = 100
# How much of a colour is in the dots of a line and at its edges; a picture of lines needs no more
# colours. Few where there are many lines, so that the most crowded stays below 40 KB.
_SHADES = (1.0, 0.6, 0.3, 0.1)
_FEW_SHADES = (1.0, 0.4)
_LINES = 6
_LABEL_CHARACTERS = 24
_TEXTS = 12
_MARKED = 24
_TOO_GREAT = 1e300
_HEIGHT = attrgetter("height")

_Kind = Literal["moment", "number", "text"]


def plot(
    names: Sequence[str], rows: Iterable[Sequence[Any]], *, x: str, y: Sequence[str]
) -> dg.MetadataValue:
    """Lines of the columns `y` (the first six) over the column `x`, below 40 KB, as Markdown.

    `x` may hold dates, timestamps, numbers or texts; where a `y` has no number, its line has a
    gap. Of many rows the least and the greatest are drawn, so that no spike is lost, and no more
    of them are kept than are drawn: `rows` may be a stream of any length. What cannot be plotted
    is said instead, since no picture is worth a failed run.
    """
    missing = [name for name in (x, *y) if name not in names]
    if missing or not y:
        return dg.MetadataValue.md(f"*Not plotted: there is no column {', '.join(missing)}.*")
    y = y[:_LINES]
    at, wanted = names.index(x), [names.index(name) for name in y]
    kind: _Kind | None = None
    lines = [_Line() for _ in y]
    for number, row in enumerate(rows):
        place = row[at]
        here = _kind(place)
        kind = kind or here
        if here is not None and here == kind:
            for line, index in zip(lines, wanted, strict=True):
                line.add(number, place, _number(row[index]))
    heights = (point.height for line in lines for point in line.points)
    if kind is None or all(map(math.isnan, heights)):
        return dg.MetadataValue.md("*Not plotted: there are no rows with numbers.*")
    try:
        picture = base64.b64encode(_png(x, y, lines, kind)).decode()
    except (ArithmeticError, ValueError) as error:
        # Matplotlib's limits, such as dates at the ends of the calendar.
        return dg.MetadataValue.md(f"*Not plotted: {str(error).rstrip('.')}.*")
    return dg.MetadataValue.md(f"{_titled(x, y)}{picture})")


def plot_again(before: Any, *, x: str, y: Sequence[str]) -> dg.MetadataValue | None:
    """The plot that an earlier materialization of the same rows shows; None where it has none.

    To draw costs a second of CPU, most of it for the import of matplotlib.
    """
    shows = isinstance(before, dg.MarkdownMetadataValue) and before.value is not None
    return before if shows and before.value.startswith(_titled(x, y[:_LINES])) else None


def _titled(x: str, y: Sequence[str]) -> str:
    """How a plot's Markdown begins."""
    title = f"{', '.join(y)} over {x}".translate({ord(each): " " for each in "[]\n"})
    return f"![{title}](data:image/png;base64,"


class _Point(NamedTuple):
    """Its row's number, what stands there across, and how high it is."""

    number: int
    place: Any
    height: float


class _Line:
    """The points of one line: of every so many rows the least and the greatest."""

    def __init__(self) -> None:
        self._points: list[_Point] = []
        self._least: _Point | None = None
        self._greatest: _Point | None = None
        self._rows_a_pair = 1
        self._rows = 0

    @property
    def points(self) -> list[_Point]:
        last = (each for each in (self._least, self._greatest) if each)
        return self._points + sorted(set(last))

    def add(self, number: int, place: Any, height: float) -> None:
        self._rows += 1
        if not self._least or not self._greatest or math.isnan(self._least.height):
            self._least = self._greatest = _Point(number, place, height)
        elif height < self._least.height:
            self._least = _Point(number, place, height)
        elif height > self._greatest.height:
            self._greatest = _Point(number, place, height)
        if self._rows == self._rows_a_pair:
            self._points += sorted({self._least, self._greatest})
            self._least, self._greatest, self._rows = None, None, 0
            if len(self._points) > 2 * _POINTS:
                self._thin()

    def _thin(self) -> None:
        """Keep half, and of what comes as few."""
        fours = (self._points[start : start + 4] for start in range(0, len(self._points), 4))
        self._points = [point for four in fours for point in _extremes(four)]
        self._rows_a_pair = max(4, 2 * self._rows_a_pair)


def _extremes(points: list[_Point]) -> list[_Point]:
    """The least and the greatest of them, in the order of their rows."""
    known = [point for point in points if not math.isnan(point.height)]
    if not known:
        return points[:1]
    least = min(known, key=_HEIGHT)
    greatest = max(known, key=_HEIGHT)
    return [least] if least is greatest else sorted([least, greatest])


def _kind(value: Any) -> _Kind | None:
    if isinstance(value, dt.date):
        return "moment"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        # Beyond it, matplotlib's own arithmetic overflows. NaN is not below anything.
        return "number" if -_TOO_GREAT < value < _TOO_GREAT else None
    return None if value is None else "text"


def _number(value: Any) -> float:
    """NaN where there is none, which matplotlib leaves out."""
    return float(value) if _kind(value) == "number" else math.nan


def _across(point: _Point, kind: _Kind) -> Any:
    if kind == "text":
        return point.number
    if kind == "number":
        return float(point.place)
    moment = point.place
    if not isinstance(moment, dt.datetime):
        return dt.datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - as written
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _png(x: str, y: Sequence[str], lines: Sequence[_Line], kind: _Kind) -> bytes:
    # A second of CPU and 55 MB, which only a plot needs. Without pyplot, which keeps each figure.
    # It writes a list of the fonts down, and would do so in the user's home.
    settings.keep_in_state_dir("MPLCONFIGDIR", "matplotlib")
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.colors import to_rgb  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    figure = Figure(figsize=_INCHES, dpi=_DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    for number, (name, line) in enumerate(zip(y, lines, strict=True), 1):
        points = sorted((_across(point, kind), point.height) for point in line.points)
        axes.plot(
            [across for across, _ in points],
            [height for _, height in points],
            marker="." if len(points) <= _MARKED else "",
            linewidth=1.2,
            label=_label(name, f"line {number}"),
        )
    if kind == "text":
        texts = lines[0].points
        shown = texts[:: -(-len(texts) // _TEXTS)]
        labels = [_label(str(point.place), str(point.number + 1)) for point in shown]
        axes.set_xticks([point.number for point in shown], labels)
    axes.set_xlabel(_label(x, ""))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    drawn, file = io.BytesIO(), io.BytesIO()
    FigureCanvasAgg(figure).print_png(drawn)  # type: ignore[no-untyped-call]  # matplotlib's
    palette = Image.new("P", (1, 1))
    palette.putpalette(
        [
            round(255 * (1 - shade * (1 - part)))
            for color in ["black", *dict.fromkeys(line.get_color() for line in axes.lines)]
            for shade in (_SHADES if len(lines) < 3 else _FEW_SHADES)
            for part in to_rgb(color)
        ]
        + [255, 255, 255]
    )
    image = Image.open(drawn).convert("RGB")
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _label(text: str, instead: str) -> str:
    """A text that the font of every matplotlib can draw, without TeX; else another."""
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415

    known = get_font(findfont(FontProperties())).get_charmap()
    if not text.isprintable() or any(ord(character) not in known for character in text):
        return instead
    cut = text if len(text) <= _LABEL_CHARACTERS else f"{text[: _LABEL_CHARACTERS - 1]}…"
    # Matplotlib leaves out what begins with an underscore.
    return (" " if cut.startswith("_") else "") + cut.replace("$", r"\$")
