"""The settings: which are missing, and which are set to what they cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets import settings
from sheet_assets.clients import secrets
from sheet_assets.doctor.finding import Finding
from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHAT = "settings"


def findings() -> Iterator[Finding]:
    """One finding for each setting that is missing or malformed; one when all are well."""
    wrong = 0
    for setting in settings.DECLARED.values():
        try:
            if settings.is_missing(setting.name):
                settings.require(setting.name)
            # A secret that is kept elsewhere is read, too.
            value = (secrets if setting.secret else settings).get(setting.name)
        except SettingError as error:
            problem: str | None = str(error)
        else:
            problem = setting.problem(value) if value else None
        if problem:
            wrong += 1
            yield Finding.failed(f"setting {setting.name}", problem)
    if not wrong:
        yield Finding.ok(_WHAT, "none is missing or malformed")
