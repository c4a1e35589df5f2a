"""A host that executes some steps of a run, as a step worker of Kubernetes or Celery does."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import warnings
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import create_execution_plan, execute_plan

from sheet_assets.cli.deployment import Deployment

if TYPE_CHECKING:
    from pathlib import Path


def execute(deployment: Deployment, home: Path, run_id: str, steps: list[str]) -> None:
    """Execute steps of a run with the instance of this DAGSTER_HOME."""
    job = deployment.definitions.resolve_job_def("ingest_job")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        plan = create_execution_plan(job, step_keys_to_execute=steps)
        execute_plan(plan, InMemoryJob(job), instance, run)


def execute_elsewhere(defs: Path, home: Path, run_id: str, steps: list[str]) -> None:
    """The same in a process that is another host: it finds no file of the first.

    `defs` is the folder with the defs.yaml files, as it is in every host's image.
    """
    warnings.simplefilter("ignore")
    for variable, folder in (("SHEET_ASSETS_STATE_DIR", "state"), ("TMPDIR", "tmp")):
        (home / folder).mkdir()
        os.environ[variable] = str(home / folder)
    tempfile.tempdir = None
    sys.path.insert(0, str(defs.parent))
    execute(Deployment(importlib.import_module(defs.name)), home, run_id, steps)
