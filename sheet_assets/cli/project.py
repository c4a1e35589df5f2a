"""The Dagster project that a command works on: the one around the current directory, else ours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheet_assets.errors import SettingError
from sheet_assets.garbage import uncollected

if TYPE_CHECKING:
    from types import ModuleType

    from sheet_assets.cli.deployment import Deployment

_FILES = ("dg.toml", "pyproject.toml")


@dataclass(frozen=True)
class Project:
    """What `dg` and Dagster are told of a project: where its defs are, and what loads them.

    `file` is where that stands; None for this package's own, where no project is around.
    """

    defs_name: str
    definitions_name: str
    location_name: str
    file: Path | None = None

    def defs_module(self) -> ModuleType:
        """The package of its defs folder.

        Raises:
            SettingError: it is not installed here, or there is none of that name.
        """
        try:
            module = import_module(self.defs_name)
        except ModuleNotFoundError as error:
            # What is missing inside of a defs folder is another matter.
            if error.name is None or not f"{self.defs_name}.".startswith(f"{error.name}."):
                raise
            raise SettingError(
                f"{self.file} names the defs of {self.defs_name}, and there is no module "
                f"{error.name!r} here. Install the project beside sheet_assets (`uv pip install "
                "-e .` or `pip install -e .` in its folder), or correct [tool.dg.project]."
            ) from error
        return module

    def defs_folder(self) -> Path:
        """Where its defs are, or are to be: below `src`, where its code is there."""
        if self.file is None:
            return Path(__file__).parents[1] / "defs"
        parts = self.defs_name.split(".")
        below_src = self.file.parent / "src"
        root = below_src if (below_src / parts[0]).is_dir() else self.file.parent
        return root.joinpath(*parts)


def current_project() -> Project:
    """What the nearest dg.toml or pyproject.toml with a dg project says, looked for upwards.

    Raises:
        SettingError: that file cannot be read, or is of a workspace of several projects.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        for name in _FILES:
            said = _said(folder / name)
            if said is not None:
                return _project(folder / name, said)
    return Project("sheet_assets.defs", "sheet_assets.definitions", "sheet_assets")


def deployment() -> Deployment:
    """What the current project's defs folder declares.

    Raises:
        SettingError: see `current_project` and `Project.defs_module`.
    """
    with uncollected():
        from sheet_assets.cli.deployment import Deployment  # noqa: PLC0415 - Dagster costs a second

    return Deployment(current_project().defs_module())


def _said(file: Path) -> dict[str, Any] | None:
    """A file's configuration of dg, None where it has none."""
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{file} cannot be read: {error}. Correct it.") from error
    said: dict[str, Any] | None = read if file.name == "dg.toml" else read.get("tool", {}).get("dg")
    return said


def _project(file: Path, said: dict[str, Any]) -> Project:
    project = said.get("project", {})
    root, defs = project.get("root_module"), project.get("defs_module")
    if not (root or defs):
        raise SettingError(
            f"{file} is of no single dg project: it has no root_module. Change into the folder of "
            "the project that is meant, or name its root_module in [tool.dg.project]."
        )
    root = root or defs.split(".")[0]
    return Project(
        defs or f"{root}.defs",
        project.get("code_location_target_module") or f"{root}.definitions",
        project.get("code_location_name") or file.parent.name,
        file,
    )
