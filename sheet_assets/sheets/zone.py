"""A spreadsheet's time zone: what a timestamptz cell without a zone is local time of."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sheet_assets.errors import SheetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheet_assets.sheets.contract import Column

_CUSTOM = re.compile(r"GMT([+-])([0-9]{2}):([0-9]{2})")


def zone_for(contract: Sequence[Column], name: str, worksheet: str) -> dt.tzinfo:
    """The zone of that name, a name such as Asia/Seoul or Google's custom GMT+09:00.

    UTC where no column needs it.
    https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets#SpreadsheetProperties

    Raises:
        SheetError: a timestamptz column, and a time zone that is not known here.
    """
    if not any(column.type.kind == "timestamptz" for column in contract):
        return dt.UTC
    try:
        if custom := _CUSTOM.fullmatch(name):
            ahead = dt.timedelta(hours=int(custom[2]), minutes=int(custom[3]))
            return dt.timezone(ahead if custom[1] == "+" else -ahead)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise SheetError(
            f"{worksheet}: the spreadsheet's time zone {name!r} is not known here, and a "
            "timestamptz column needs it. Choose another one in File > Settings of the "
            "spreadsheet, or declare the column as timestamp."
        ) from error
