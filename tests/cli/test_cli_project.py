"""Whose defs a command works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import sheet_assets.defs
from sheet_assets.cli.project import Project, current_project
from sheet_assets.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path

OURS = Project("sheet_assets.defs", "sheet_assets.definitions", "sheet_assets")
PROJECT = '[tool.dg]\ndirectory_type = "project"\n[tool.dg.project]\n'


def at(folder: Path, monkeypatch: pytest.MonkeyPatch, file: str = "", text: str = "") -> Project:
    """The project of a folder below the one that has this file."""
    below = folder / "project" / "src"
    below.mkdir(parents=True)
    if file:
        (below.parent / file).write_text(text)
    monkeypatch.chdir(below)
    return current_project()


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("pyproject.toml", PROJECT + 'root_module = "theirs"\n', ("theirs.defs", "theirs.definitions", "project")),
        ("dg.toml", 'directory_type = "project"\n[project]\nroot_module = "theirs"\n', ("theirs.defs", "theirs.definitions", "project")),
        (
            "pyproject.toml",
            PROJECT + 'root_module = "theirs"\ndefs_module = "theirs.sheets"\ncode_location_name = "sheets"\ncode_location_target_module = "theirs.map"\n',
            ("theirs.sheets", "theirs.map", "sheets"),
        ),
        ("pyproject.toml", PROJECT + 'defs_module = "theirs.sheets"\n', ("theirs.sheets", "theirs.definitions", "project")),
    ],
    ids=["pyproject", "dg.toml", "names of its own", "defs_module alone"],
)  # fmt: skip
def test_the_project_around(tmp_path, monkeypatch, file, text, expected):
    """The nearest configuration of dg says where defs and code location are, as it tells `dg`."""
    found = at(tmp_path, monkeypatch, file, text)
    assert (found.defs_name, found.definitions_name, found.location_name) == expected
    assert found.file == tmp_path / "project" / file


@pytest.mark.parametrize("source", ["", "src/"])
def test_where_the_defs_are(tmp_path, monkeypatch, source):
    """Regression: of a project with its code in src/, `infer` named a folder that does not exist."""
    (tmp_path / "project" / source / "theirs").mkdir(parents=True)
    below = tmp_path / "project" / "docs"
    below.mkdir()
    (tmp_path / "project" / "pyproject.toml").write_text(PROJECT + 'root_module = "theirs"\n')
    monkeypatch.chdir(below)
    assert current_project().defs_folder() == tmp_path / "project" / source / "theirs" / "defs"


def test_where_our_own_defs_are(tmp_path, monkeypatch):
    """Regression: from a folder without a project, `infer` named sheet_assets/defs below it."""
    monkeypatch.chdir(tmp_path)
    assert str(current_project().defs_folder()) in list(sheet_assets.defs.__path__)


@pytest.mark.parametrize("text", ["", "[project]\nname = 'other'\n"], ids=["no file", "no dg"])
def test_without_a_project_it_is_ours(tmp_path, monkeypatch, text):
    """Where no dg project is around, a command works on this package's own defs."""
    found = at(tmp_path, monkeypatch, "pyproject.toml" if text else "", text)
    assert found == OURS
    assert found.defs_module() is sheet_assets.defs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tool.dg]\ndirectory_type = "workspace"\n', "Change into the folder of the project"),
        ("[tool.dg\n", "cannot be read"),
    ],
    ids=["workspace", "no TOML"],
)
def test_a_file_that_names_no_project(tmp_path, monkeypatch, text, said):
    """It is named, with what to do."""
    with pytest.raises(SettingError, match=said) as refused:
        at(tmp_path, monkeypatch, "pyproject.toml", text)
    assert "pyproject.toml" in str(refused.value)


@pytest.mark.parametrize("name", ["nowhere_to_be_found.defs", "sheet_assets.nowhere"])
def test_a_project_that_is_not_installed(name, tmp_path):
    """The sentence says how to install it; what is missing inside of a project is no such case."""
    file = tmp_path / "pyproject.toml"
    with pytest.raises(SettingError, match=r"pip install -e \.") as refused:
        Project(name, "", "", file).defs_module()
    assert str(file) in str(refused.value)


def test_something_missing_inside_of_a_project(tmp_path, monkeypatch):
    """An import that fails in the project's own code is told as it is."""
    (tmp_path / "theirs_broken").mkdir()
    (tmp_path / "theirs_broken" / "__init__.py").write_text("import nowhere_to_be_found\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="nowhere_to_be_found"):
        Project("theirs_broken", "", "").defs_module()
