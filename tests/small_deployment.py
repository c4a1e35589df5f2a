"""A deployment of one test's own: a defs folder, its sheets, its schemas, and runs of it."""

from __future__ import annotations

import importlib
import sys
import textwrap
import uuid
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest
from dagster.components.core import load_defs

from sheet_assets.cli import execution
from sheet_assets.cli.deployment import Deployment
from sheet_assets.cli.ticks import SensorTicks
from sheet_assets.resources.redshift import Redshift
from sheet_assets.sandbox import PERSON, SERVICE_ACCOUNT
from sheet_assets.sandbox.seed import SeedTable, seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sheet_assets.sandbox import Sandbox

# Dagster uses what pydantic, and Dagster itself, call deprecated.
QUIET = [
    pytest.mark.filterwarnings("ignore::pydantic.PydanticDeprecatedSince20"),
    pytest.mark.filterwarnings("ignore:InitResourceContext.dagster_run:DeprecationWarning"),
]
PROJECT = "type: sheet_assets.SheetAssets\n"
COLUMNS = """\
    - {name: id, type: integer, required: true}
    - {name: amount, type: integer}
"""


_enriched = load_defs.get_library_json_enriched_defs


@cache
def _component_types() -> Any:
    """What Dagster tells of all types of components there are: 0.3 s with each load of a folder."""
    return _enriched(None).metadata


# Here they are the same in every load.
load_defs.get_library_json_enriched_defs = lambda tree: dg.Definitions(
    metadata=_component_types(), component_tree=tree
)


@dataclass
class SmallDeployment:
    """Write YAML with `write`, put rows into a sheet with `put`, then `run` and `tick`.

    `sheet` and `schema` are names that no other test has.
    """

    root: Path
    sandbox: Sandbox
    unique: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def __post_init__(self) -> None:
        self.sheet, self.schema = f"sheet-{self.unique}", f"raw_{self.unique}"
        self.package = f"defs_{self.unique}"
        self.folder = self.root / "project" / self.package
        self.folder.mkdir(parents=True)
        (self.folder / "__init__.py").touch()
        self.write("project", PROJECT)

    def write(self, folder: str, yaml: str, file: str = "defs.yaml") -> None:
        """One component's folder; `{sheet}` and `{schema}` in the text are this deployment's."""
        path = self.folder / folder / file
        path.parent.mkdir(exist_ok=True)
        text = textwrap.dedent(yaml).replace("{sheet}", self.sheet)
        path.write_text(text.replace("{schema}", self.schema), encoding="utf-8")

    def write_table(
        self, name: str = "orders", *, columns: str = COLUMNS, **fields: object
    ) -> None:
        """A SheetTable that reads the worksheet of its name."""
        said = {
            "name": name,
            "spreadsheet": self.sheet,
            "worksheet": name,
            "table": f"{self.schema}.{name}",
            **fields,
        }
        lines = "".join(f"  {key}: {value}\n" for key, value in said.items())
        self.write(
            name, f"type: sheet_assets.SheetTable\nattributes:\n{lines}  columns:\n{columns}"
        )

    def put(
        self,
        *rows: Sequence[Any],
        worksheet: str = "orders",
        spreadsheet: str | None = None,
        shared: bool = True,
    ) -> None:
        """Make these the worksheet's rows, header first, as a person would."""
        table = SeedTable(spreadsheet or self.sheet, worksheet, rows)
        seed(self.sandbox.google, table, share_with=[SERVICE_ACCOUNT] * shared, by=PERSON)

    @cached_property
    def deployment(self) -> Deployment:
        """What was written so far, loaded."""
        sys.path.insert(0, str(self.folder.parent))
        try:
            return Deployment(importlib.import_module(self.package))
        finally:
            sys.path.pop(0)

    def reloaded(self) -> None:
        """Forget what was loaded: the YAML has changed."""
        self.__dict__.pop("deployment", None)

    def run(self, instance: dg.DagsterInstance, *names: str, **tags: str) -> execution.RunResult:
        """Materialize a job, or assets by their names; everything by default."""
        definitions = self.deployment.definitions
        job, assets = execution.select(definitions, names or ["refresh_job"])
        return execution.execute(definitions, instance, job=job, assets=assets, tags=tags)

    def ticks(self, instance: dg.DagsterInstance) -> SensorTicks:
        """The sensor, to be ticked by hand."""
        return SensorTicks(self.deployment.definitions, instance, "sheet_changes_sensor")

    def rows(self, table: str = "orders") -> list[tuple[Any, ...]]:
        """What stands in a table of the schema, by its first column."""
        return Redshift().client().query(f"SELECT * FROM {self.schema}.{table} ORDER BY 1")


def failure(instance: dg.DagsterInstance, run_id: str, step: str) -> dg.DagsterEvent:
    """The failure event of a step, `sheet_csv/orders`."""
    return next(
        entry.dagster_event
        for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        if entry.dagster_event and entry.dagster_event.step_key == step.replace("/", "__")
    )


def materialized(instance: dg.DagsterInstance, run_id: str) -> dict[str, dict[str, Any]]:
    """The metadata that each asset of a run was materialized with, as plain values."""
    found = {}
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION):
        event = entry.asset_materialization
        if event:
            found[event.asset_key.to_user_string()] = {
                name: value.value for name, value in event.metadata.items()
            }
    return found


@pytest.fixture
def small(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallDeployment:
    """A deployment in the running sandbox, with a SheetAssets and nothing else yet."""
    deployment = SmallDeployment(tmp_path, sandbox)
    monkeypatch.setenv("SHEET_ASSETS_S3_PREFIX", deployment.unique)
    return deployment


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A Dagster instance of the test's own, in memory."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance
