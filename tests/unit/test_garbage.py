from __future__ import annotations

import gc
import subprocess
import sys

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


def test_a_command_ends_without_a_last_look_for_garbage(tmp_path):
    """What is left at the end is not gone through, which is seen by what Python would find."""
    program = (
        "import sys\n"
        "class Told:\n"
        "    def __init__(self):\n"
        "        self.itself = self\n"
        "    def __del__(self):\n"
        "        print('found', file=sys.__stderr__)\n"
        "{}\n"
        "Told()\n"
    )
    leave = "from sheet_assets.garbage import leave_at_exit; leave_at_exit(); leave_at_exit()"

    def said(line):
        return subprocess.run(
            [sys.executable, "-c", program.format(line)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stderr

    assert said("") == "found\n"
    assert said(leave) == ""
