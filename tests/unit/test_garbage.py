from __future__ import annotations

import gc

import pytest

from sheet_assets.garbage import uncollected


@pytest.fixture
def _as_it_was():
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


@pytest.mark.usefixtures("_as_it_was")
@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_as_it_was_before_also_after_an_error(on):
    """A program's own decision about its collector holds."""
    (gc.enable if on else gc.disable)()
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled() is on
    with pytest.raises(ValueError, match="midway"), uncollected():
        raise ValueError("midway")
    assert gc.isenabled() is on
