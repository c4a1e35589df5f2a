from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sheet_assets.webserver as package
from sheet_assets.errors import ServeError
from sheet_assets.webserver import dagster_names

FOLDER = Path(next(iter(package.__path__)))
PRIVATE = ("dagster.", "dagster_")


def private_imports(path):
    """`module:name` of every import from Dagster that is not of its public package."""
    for node in ast.walk(ast.parse(path.read_text())):
        module = getattr(node, "module", None)
        if isinstance(node, ast.ImportFrom) and (module or "").startswith(PRIVATE):
            yield from (f"{module}:{each.name}" for each in node.names)


@pytest.mark.parametrize("name", dagster_names.NAMES)
def test_dagster_has_the_names_we_build_on(name):
    """The installed Dagster has every private name; the test's own name says which it lacks."""
    assert dagster_names.missing((name,)) == []


def test_one_module_touches_them_and_all_are_listed():
    """No other module of the package imports Dagster's private names, and this one no other names."""
    found = {path.name: set(private_imports(path)) for path in FOLDER.glob("*.py")}
    imported = found.pop("dagster_private.py")
    assert not any(found.values()), found
    listed = {name.removesuffix(".API_GRPC") for name in dagster_names.NAMES}
    assert imported - listed == set()


def test_what_is_gone_is_named(monkeypatch):
    """A Dagster that lacks a name is refused with it, before anything starts."""
    gone = "dagster_webserver.webserver:DagsterWebserver.no_such_name"
    monkeypatch.setattr(dagster_names, "missing", lambda: [gone])
    with pytest.raises(ServeError, match="no_such_name"):
        dagster_names.check()
    monkeypatch.undo()
    assert dagster_names.missing((gone, "no_such_module:x")) == [gone, "no_such_module:x"]
