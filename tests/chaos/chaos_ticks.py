"""The ticks of the sensor in a case."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dagster as dg

from sheet_assets.sensors.sheet_changes import _Tick
from sheet_assets.sensors.sheet_changes_cursor import Cursor

if TYPE_CHECKING:
    from chaos_world import World

    from sheet_assets.clients.redshift import RedshiftClient
    from sheet_assets.warehouse.target import Target

TICK_SECONDS = 40
# Of a tick's context only the log is asked.
_CONTEXT: Any = SimpleNamespace(log=logging.getLogger("chaos"))


class Ticks:
    """The sensor over one sheet, with its cursor."""

    def __init__(
        self, world: World, redshift: RedshiftClient, spreadsheet_id: str, target: Target
    ) -> None:
        self._world = world
        self._redshift: Any = SimpleNamespace(client=lambda **_: redshift)
        key = dg.AssetKey(["sheet_csv", target.table])
        self._sheets = {spreadsheet_id: {key: (target.schema, target.table)}}
        self._cursor = Cursor().model_dump_json()
        self._now = 1_000_000.0

    def tick(self) -> str:
        """Look at Drive; whether a run is due."""
        self._now += TICK_SECONDS
        cursor = Cursor.model_validate_json(self._cursor)
        with self._world.google(lambda *_: None) as client:
            _Tick(_CONTEXT, self._redshift, self._sheets, cursor, self._now).look(client, 0)
        # A tick that fails leaves the cursor as it was.
        self._cursor = cursor.model_dump_json()
        return "due" if cursor.pending else "quiet"
