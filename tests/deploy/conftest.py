"""Several hosts: the fixtures of postgres.py and small_deployment.py, and homes with deploy/'s file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from postgres import Database, dagster_database, database, running_postgres
from small_deployment import instance, small

if TYPE_CHECKING:
    from collections.abc import Callable

    from sheet_assets.sandbox import Sandbox

__all__ = ["dagster_database", "database", "home", "instance", "running_postgres", "small"]

DAGSTER_YAML = Path(__file__).parents[2] / "deploy" / "dagster.yaml"


@pytest.fixture
def home(
    sandbox: Sandbox, dagster_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Path]:
    """Makes the DAGSTER_HOME of a host; all are homes of one instance."""
    for name, value in {
        "DAGSTER_PG_HOST": dagster_database.host,
        "DAGSTER_PG_PORT": str(dagster_database.port),
        "DAGSTER_PG_USERNAME": dagster_database.user,
        "DAGSTER_PG_PASSWORD": dagster_database.password,
        "DAGSTER_PG_DB": dagster_database.name,
    }.items():
        monkeypatch.setenv(name, value)

    def made(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(DAGSTER_YAML, folder)
        return folder

    return made
