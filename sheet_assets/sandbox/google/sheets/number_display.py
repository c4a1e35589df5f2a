"""How a number is displayed: without a format, and by a section of a pattern."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sheet_assets.sandbox.google.sheets.number_shapes import is_digit, shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sandbox.google.sheets.number_shapes import Shape, Simple
    from sheet_assets.sandbox.google.sheets.patterns import Token

# The longest double has 309 digits before the point.
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)
_FILLING = {"0": "0", "#": "", "?": " "}


def automatic(value: float) -> str:
    """A number in a cell without a format.

    Ten significant digits, as the 0.3333333333 of 1/3, or all digits before the point if there are
    more; from 1e15 on, and below 1e-9, with an exponent.
    """
    size = abs(value)
    if size and not 1e-9 <= size < 1e15:
        mantissa, exponent = f"{value:.5e}".split("e")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}E{int(exponent):+03d}"
    if isinstance(value, int):
        return str(value)
    if size >= 1e9:
        return str(Decimal(repr(value)).quantize(Decimal(1), context=_EXACT))
    digits = f"{value:.10g}"
    return digits if "e" not in digits else f"{_EXACT.create_decimal(digits):f}"


def rendered(section: str, value: float, *, signed: bool) -> str:
    """A number by a section; a negative one has its sign before everything, if it is to have one.

    What is displayed as zero has no sign.
    """
    shape = shape_of(section)
    amount = _EXACT.scaleb(abs(Decimal(repr(value))), shape.scale)
    sign = "-" if signed and value < 0 and not _vanishes(shape, amount) else ""
    if shape.simple is not None and shape.places is not None:
        return sign + _simple(shape.simple, _rounded(amount, shape.places), grouped=shape.grouped)
    if shape.is_general:
        number = automatic(abs(value))
        return sign + "".join(
            number if token.kind == "general" else token.text for token in shape.tokens
        )
    if shape.exponent is not None:
        return sign + _scientific(shape, shape.exponent, amount)
    if shape.slash is not None:
        return sign + _fraction(shape, shape.slash, amount)
    return sign + _fixed(shape.tokens, amount, grouped=shape.grouped)


def _vanishes(shape: Shape, amount: Decimal) -> bool:
    """Whether digits are displayed, and all of them are zeros."""
    return shape.places is not None and not _rounded(amount, shape.places)


def _simple(shape: Simple, rounded: Decimal, *, grouped: bool) -> str:
    whole, point, fraction = f"{rounded:{',' if grouped else ''}f}".partition(".")
    return f"{shape.before}{whole.rjust(shape.least, '0')}{point}{fraction}{shape.after}"


def _rounded(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), context=_EXACT)


def _fixed(tokens: Sequence[Token], amount: Decimal, *, grouped: bool) -> str:
    point = next((at for at, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    decimals = tokens[point + 1 :]
    places = sum(token.kind == "digit" for token in decimals)
    whole, _, fraction = f"{_rounded(amount, places):f}".partition(".")
    text = _whole(tokens[:point], whole.lstrip("0"), grouped=grouped)
    return text + ("." if point < len(tokens) else "") + _decimals(decimals, fraction)


def _whole(tokens: Sequence[Token], digits: str, *, grouped: bool = False) -> str:
    """Digits in the places before the point, from the right; the first takes what is left."""
    places = sum(token.kind == "digit" for token in tokens)
    pieces: list[str] = []
    done = 0
    for token in reversed(tokens):
        if token.kind != "digit":
            pieces.append(token.text)
            continue
        places -= 1
        taken = (digits if places == 0 else digits[-1:]) or _FILLING[token.text]
        digits = "" if places == 0 else digits[:-1]
        for digit in reversed(taken):
            if grouped and done and done % 3 == 0 and digit != " ":
                pieces.append(",")
            pieces.append(digit)
            done += 1
    return "".join(reversed(pieces))


def _decimals(tokens: Sequence[Token], digits: str) -> str:
    """Digits in the places behind the point, from the left."""
    significant = len(digits.rstrip("0"))
    place = 0
    pieces = []
    for token in tokens:
        if token.kind != "digit":
            pieces.append(token.text)
            continue
        pieces.append(digits[place] if place < significant else _FILLING[token.text])
        place += 1
    return "".join(pieces)


def _scientific(shape: Shape, at: int, amount: Decimal) -> str:
    """With several places before the point the exponent is a multiple of their number."""
    mantissa, mark, places = shape.tokens[:at], shape.tokens[at].text, shape.tokens[at + 1 :]
    before_point = [token.kind for token in mantissa]
    if "point" in before_point:
        before_point = before_point[: before_point.index("point")]
    step = max(before_point.count("digit"), 1)
    decimals = sum(token.kind == "digit" for token in mantissa) - before_point.count("digit")
    exponent = 0
    if amount:
        exponent = amount.adjusted() // step * step
        if _rounded(_EXACT.scaleb(amount, -exponent), decimals).adjusted() >= step:
            exponent += step
    digits = _fixed(mantissa, _EXACT.scaleb(amount, -exponent), grouped=shape.grouped)
    sign = "-" if exponent < 0 else "+" if mark[1] == "+" else ""
    return digits + mark[0] + sign + _whole(places, str(abs(exponent)).lstrip("0"))


def _fraction(shape: Shape, slash: int, amount: Decimal) -> str:
    """Whole, numerator and denominator; the last two are left out when the numerator is 0."""
    tokens = shape.tokens
    first, end = slash, slash + 1
    while first and tokens[first - 1].kind == "digit":
        first -= 1
    while end < len(tokens) and is_digit(tokens[end]):
        end += 1
    before, numerators, denominators = tokens[:first], tokens[first:slash], tokens[slash + 1 : end]
    fixed = "".join(token.text for token in denominators)
    exact = Fraction(amount)
    mixed = any(token.kind == "digit" for token in before)
    whole = int(exact) if mixed else 0
    if fixed.isdecimal() and int(fixed):
        parts = Fraction((exact - whole) * int(fixed) + Fraction(1, 2)).__floor__()
        fraction, denominator = parts, int(fixed)
    else:
        near = (exact - whole).limit_denominator(10 ** len(denominators) - 1)
        fraction, denominator = near.numerator, near.denominator
    if mixed and fraction == denominator:
        whole, fraction = whole + 1, 0
    rest = "".join(token.text for token in tokens[end:])
    if mixed and fraction == 0:
        kept = before[: max(at + 1 for at, token in enumerate(before) if token.kind == "digit")]
        return (_whole(kept, str(whole).lstrip("0")) or "0") + rest
    bottom = str(denominator)
    if not fixed.isdecimal() or not int(fixed):
        bottom = bottom.ljust(len(denominators)) if "?" in fixed else bottom
    return (
        _whole(before, str(whole).lstrip("0"))
        + _whole(numerators, str(fraction).lstrip("0"))
        + "/"
        + bottom
        + rest
    )
