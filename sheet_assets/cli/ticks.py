"""A sensor's tick in this process, and the run it asks for."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from sheet_assets.cli import execution

if TYPE_CHECKING:
    from rich.console import Console


@dataclass
class SensorTicks:
    """One sensor, ticked by hand: what the daemon does, cursor and all."""

    definitions: dg.Definitions
    instance: dg.DagsterInstance
    sensor_name: str
    console: Console | None = None
    cursor: str | None = None

    def tick(self) -> tuple[str | None, list[execution.RunResult]]:
        """Evaluate it once, and run what it asks for; why nothing was asked for, and the runs.

        Raises:
            Exception: whatever the sensor raises; the cursor then stays.
        """
        repository = self.definitions.get_repository_def()
        sensor = repository.get_sensor_def(self.sensor_name)
        resources = self.definitions.resources or {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.BetaWarning)
            context = dg.build_sensor_context(
                instance=self.instance,
                cursor=self.cursor,
                repository_def=repository,
                resources={key: resources[key] for key in sensor.required_resource_keys},
                sensor_name=self.sensor_name,
            )
            with context:
                decided = sensor.evaluate_tick(context)
        self.cursor = decided.cursor
        runs = [
            execution.execute(
                self.definitions,
                self.instance,
                assets=request.asset_selection or (),
                tags={**request.tags, "dagster/sensor_name": self.sensor_name},
                console=self.console,
            )
            for request in decided.run_requests or ()
        ]
        return decided.skip_message, runs
