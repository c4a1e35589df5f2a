from __future__ import annotations

import inspect
import re

import pytest

from sheet_assets import errors
from sheet_assets.errors import SheetAssetsError, WrongCell


def drawn():
    """Name to (parent, transient), as the module's docstring draws the tree."""
    tree = errors.__doc__.split("```")[1].strip().splitlines()
    found, path = {}, []
    for line in tree:
        name, star = re.search(r"(\w+Error)(\*?)", line).groups()
        depth = (line.index(name) + 3) // 4
        path[depth:] = [name]
        found[name] = (path[depth - 1] if depth else "Exception", bool(star))
    return found


def test_the_tree_is_as_drawn():
    """Every error, its parent and whether it is transient stand in the docstring as in the code."""
    classes = {
        name: (each.__bases__[0].__name__, each.transient)
        for name, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, SheetAssetsError)
    }
    assert drawn() == classes
    assert len(classes) > 10


@pytest.mark.parametrize("name", drawn())
def test_every_error_says_what_it_is(name):
    """Each class has a docstring, and is caught as the package's own error."""
    error = getattr(errors, name)
    assert error.__doc__
    assert issubclass(error, SheetAssetsError)


def test_wrong_cell_is_a_line():
    """Where, which column, what stands there, what is wrong with it."""
    cell = WrongCell("Responses", "C5", "Score", "'x'", "is not a whole number")
    assert str(cell) == "Responses!C5 \"Score\": 'x' is not a whole number"


def test_cell_error_carries_its_cells():
    """The text is the sentence; the cells are all there."""
    cells = [WrongCell("R", "A1", "a", "x", "y"), WrongCell("R", "A2", "a", "x", "y")]
    error = errors.CellError("2 wrong cells", cells)
    assert str(error) == "2 wrong cells"
    assert error.cells == tuple(cells)
