"""Google's CellFormat beside the number format: colours, alignment, text format, borders."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from sheet_assets.sandbox.google.errors import UnimplementedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.sandbox.google.fields import FieldMask
    from sheet_assets.sandbox.google.sheets.message import Message

FIELDS = (
    "backgroundColor",
    "backgroundColorStyle",
    "borders",
    "padding",
    "horizontalAlignment",
    "verticalAlignment",
    "wrapStrategy",
    "textDirection",
    "textFormat",
    "hyperlinkDisplayType",
    "textRotation",
)
TEXT_FIELDS = (
    "foregroundColor",
    "foregroundColorStyle",
    "fontFamily",
    "fontSize",
    "bold",
    "italic",
    "strikethrough",
    "underline",
    "link",
)
_COLORS = {"backgroundColor": "backgroundColorStyle", "foregroundColor": "foregroundColorStyle"}


def read_cell_format(message: Message) -> dict[str, Any]:
    """The format as a sheet keeps it: a colour stands in both of Google's ways to tell it.

    Raises:
        InvalidArgumentError: a field Google does not know.
        UnimplementedError: a colour that is none of the spreadsheet's own, but of its theme.
    """
    message.allow(("numberFormat", *FIELDS))
    body = {name: value for name, value in message.fields.items() if name != "numberFormat"}
    if "textFormat" in message:
        text = message.message("textFormat").allow(TEXT_FIELDS)
        body["textFormat"] = _colored(text, dict(text.fields))
    return _colored(message, body)


def merged(
    old: Mapping[str, Any] | None, new: Mapping[str, Any], mask: FieldMask
) -> dict[str, Any] | None:
    """The old format with those fields of the new one that a mask over CellFormat names."""
    return _merged(old or {}, new, mask) or None


def color(message: Message) -> dict[str, float]:
    """Google's Color, without what is 0."""
    message.allow(("red", "green", "blue"), lacking=("alpha",))
    parts = {name: _float32(message.double(name) or 0) for name in ("red", "green", "blue")}
    return {name: part for name, part in parts.items() if part}


def color_of_style(message: Message) -> dict[str, float] | None:
    """The colour of a ColorStyle; None when it has none.

    Raises:
        UnimplementedError: it names a colour of the theme.
    """
    message.allow(("rgbColor",), lacking=("themeColor",))
    return color(message.message("rgbColor")) if "rgbColor" in message else None


def _colored(message: Message, body: dict[str, Any]) -> dict[str, Any]:
    for name, style_name in _COLORS.items():
        if style_name in message:
            told = color_of_style(message.message(style_name))
        elif name in message:
            told = color(message.message(name))
        else:
            continue
        body.pop(style_name, None)
        body.pop(name, None)
        if told is not None:
            body |= {name: told, style_name: {"rgbColor": told}}
    return body


def _merged(old: Mapping[str, Any], new: Mapping[str, Any], mask: FieldMask) -> dict[str, Any]:
    if not mask.children or "*" in mask.children:
        return dict(new)
    result = dict(old)
    for name, below in mask.children.items():
        # The two ways to tell a colour are one field.
        twin = _COLORS.get(name) or next((n for n, style in _COLORS.items() if style == name), "")
        if below.children and not twin:
            part: Any = _merged(old.get(name) or {}, new.get(name) or {}, below)
        elif below.children and name not in new:
            raise UnimplementedError(f"the cell field {name}.{next(iter(below.children))}")
        else:
            part = new.get(name)
        for each in filter(None, (name, twin)):
            value = part if each == name else new.get(each)
            if value is None or (value == {} and each == "textFormat"):
                result.pop(each, None)
            else:
                result[each] = value
    return result


def _float32(value: float) -> float:
    """The number as Google tells a 32-bit float: the shortest digits that name it."""
    single = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(6, 10):
        short = float(f"{single:.{digits}g}")
        if struct.unpack("f", struct.pack("f", short))[0] == single:
            break
    return int(short) if short.is_integer() else short
