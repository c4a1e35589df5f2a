"""A cursor that a failed tick keeps, where Dagster would drop it."""

import hashlib
from typing import TypeVar

import dagster as dg
from pydantic import BaseModel, ValidationError

from sheet_assets.errors import SheetAssetsError

State = TypeVar("State", bound=BaseModel)


class _Kept(BaseModel):
    """The cursor that a failed tick came to, and a hash of the one it began with."""

    began_with: str
    cursor: str


class KeptCursor:
    """The cursor of a sensor, also after a tick that failed once its work was done.

    Alerts that reached one address and not another must neither be sent again nor be lost, and
    the tick has to fail all the same. What such a tick came to is kept in Dagster's own
    database, and counts as long as the sensor's cursor is the one that the tick began with: a
    cursor that was reset or set by hand wins.
    """

    def __init__(self, context: dg.SensorEvaluationContext) -> None:
        origin = context.code_location_origin
        location = origin.location_name if origin else ""
        self._storage = context.instance.daemon_cursor_storage
        self._key = f"sheet_assets/{location}/{context.repository_name}/{context.sensor_name}"
        self._began_with = _hash(context.cursor)
        self.text = self._kept() or context.cursor

    def keep(self, cursor: str) -> None:
        """Keep it beyond the failure of this tick."""
        kept = _Kept(began_with=self._began_with, cursor=cursor)
        self._storage.set_cursor_values({self._key: kept.model_dump_json()})

    def _kept(self) -> str | None:
        text = self._storage.get_cursor_values({self._key}).get(self._key)
        if text is None:
            return None
        kept = _Kept.model_validate_json(text)
        return kept.cursor if kept.began_with == self._began_with else None


def parsed(model: type[State], text: str | None, sensor_name: str) -> State:
    """The cursor that an earlier tick wrote, an empty one before the first.

    Raises:
        SheetAssetsError: something else wrote it.
    """
    try:
        return model.model_validate_json(text) if text else model()
    except ValidationError:
        raise SheetAssetsError(
            f"The cursor of {sensor_name} is not one it has written: {str(text)[:80]!r}. Reset it "
            f"(in the UI, or `dagster sensor cursor --delete {sensor_name}`)."
        ) from None


def _hash(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()[:16]
