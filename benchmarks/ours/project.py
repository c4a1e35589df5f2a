"""A Dagster project in a folder, as a user has it: a defs.yaml in a folder for each component."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PACKAGE = "bench_project"
_PYPROJECT = f"""\
[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "{PACKAGE}"
"""


def write(folder: Path, components: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
    """Write a project: for each folder of its defs, a component's type and attributes.

    What configures resources, sensors and jobs is added.
    """
    (folder / "pyproject.toml").write_text(_PYPROJECT)
    defs = folder / PACKAGE / "defs"
    defs.mkdir(parents=True, exist_ok=True)
    for package in (defs.parent, defs):
        (package / "__init__.py").touch()
    for name, (kind, attributes) in {"project": ("SheetAssets", {}), **components}.items():
        (defs / name).mkdir(exist_ok=True)
        # JSON is YAML.
        said = {"type": f"sheet_assets.{kind}", "attributes": attributes}
        (defs / name / "defs.yaml").write_text(json.dumps(said))
