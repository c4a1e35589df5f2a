"""Secret settings: their values, read from AWS where a setting says where its value is kept."""

from __future__ import annotations

from sheet_assets import settings
from sheet_assets.errors import SettingError
from sheet_assets.secret_reference import SecretReference


def get(name: str) -> str | None:
    """The value of a secret setting, or None where it has none.

    Raises:
        SettingError: it is a reference, and what it names cannot be read.
    """
    value = settings.get(name)
    try:
        reference = SecretReference.parse(value or "")
    except ValueError as error:
        raise SettingError(f"{name} is malformed: {error}.") from None
    if reference is None:
        return value
    from sheet_assets.clients import secret_manager  # noqa: PLC0415 - boto3, seldom needed

    return secret_manager.read(name, reference)


def require(name: str) -> str:
    """The value of a secret setting.

    Raises:
        SettingError: it is not set, or is a reference to what cannot be read.
    """
    settings.require(name)
    return str(get(name))
