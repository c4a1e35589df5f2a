"""`sheet-assets sandbox run`: what the command gets, and what is left of it."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from checkout import BIN

if TYPE_CHECKING:
    from checkout import Checkout

RUN = ("sandbox", "run", "--empty", "--")


@pytest.mark.parametrize(
    ("command", "code", "sentence"),
    [
        ("no-such-command", 127, "There is no command 'no-such-command' here or on the PATH."),
        (__file__, 126, "is not an executable file."),
    ],
)
def test_an_impossible_command_starts_nothing(
    checkout: Checkout, command: str, code: int, sentence: str
) -> None:
    """What cannot be started is told in a sentence before any server is up."""
    result = checkout.run(*RUN, command)
    assert result.returncode == code
    assert sentence in result.stderr
    assert "sandbox started" not in result.stderr


def test_an_empty_sandbox_and_a_command_that_a_signal_ends(checkout: Checkout) -> None:
    """--empty: what defs/ names does not exist, and Dagster is not loaded.

    A command that a signal ends gives 128 and the signal's number, and what it has put into the
    background does not outlive the sandbox.
    """
    script = (
        "import os, signal, subprocess, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "import by_hand, gspread\n"
        "try: by_hand.google().open_by_key('nps-survey')\n"
        "except gspread.SpreadsheetNotFound: print('there is none', flush=True)\n"
        "subprocess.Popen(['sleep', '300'], stdout=subprocess.DEVNULL)\n"
        "os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    result = checkout.run(*RUN, sys.executable, "-c", script, str(Path(__file__).parent))
    assert (result.returncode, result.stdout) == (143, "there is none\n"), result.stderr
    assert "sample rows" not in result.stderr
    checkout.assert_nothing_left()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything(checkout: Checkout, number: signal.Signals) -> None:
    """SIGTERM, Ctrl-C and a closed terminal stop command and servers at once; no file stays."""
    script = "echo up; exec sleep 300"
    with checkout.start(*RUN, "sh", "-c", script) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert len(checkout.left()) > 5
        sent = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=20) == 128 + number
        assert time.monotonic() - sent < 10
        checkout.assert_nothing_left()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_servers_start_leaves_nothing(
    checkout: Checkout, number: signal.Signals
) -> None:
    """A signal in the middle of the start ends it without a traceback and with nothing left."""
    with checkout.start(*RUN, "sleep", "300") as process:
        deadline = time.monotonic() + 20
        while not list(checkout.tmp.glob("sheet-assets-postgres-*")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert "Traceback" not in stderr
    checkout.assert_nothing_left()


def test_a_second_ctrl_c_while_it_stops_leaves_nothing(checkout: Checkout) -> None:
    """An impatient user's further signals do not interrupt the stop."""
    with checkout.start(*RUN, "sh", "-c", "echo up; exec sleep 300") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
    # The last of them may meet Python itself on its way out.
    assert process.returncode in {128 + signal.SIGTERM, 128 + signal.SIGINT, -signal.SIGINT}
    checkout.assert_nothing_left()


def test_ctrl_c_on_a_terminal_is_the_commands_to_answer(checkout: Checkout) -> None:
    """On a terminal the command gets Ctrl-C once, may go on, and decides the exit code itself."""
    script = (
        "import sys, time\n"
        "try:\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt: print('interrupted', flush=True)\n"
        "time.sleep(0.5)\n"
        "sys.exit(7)\n"
    )
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [BIN / "sheet-assets", *RUN, sys.executable, "-c", script],
            env=checkout.env,
            cwd=checkout.cwd,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_at_a_terminal,  # noqa: PLW1509 - two calls
        ) as process:
            said = _read_until(ours, "ready")
            os.write(ours, b"\x03")
            said += _read_until(ours, "interrupted")
            assert process.wait(timeout=20) == 7
    finally:
        os.close(ours)
        os.close(theirs)
    assert "starting Google, S3 and Redshift" in said, "a terminal shows the progress"


def _at_a_terminal() -> None:
    """Stdin is the terminal, and Ctrl-C is heard, also where pytest is a shell's background job."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _read_until(terminal: int, word: str) -> str:
    said = ""
    deadline = time.monotonic() + 30
    while word not in said:
        readable, _, _ = select.select([terminal], [], [], deadline - time.monotonic())
        assert readable, said
        said += os.read(terminal, 4096).decode(errors="replace")
    return said


def test_two_at_once_do_not_meet(checkout: Checkout) -> None:
    """Two sandboxes started at the same moment have ports and folders of their own."""
    script = "echo $GOOGLE_API_ENDPOINT $AWS_ENDPOINT_URL_S3 $REDSHIFT_PORT $DAGSTER_HOME"
    args = (*RUN, "sh", "-c", script)
    with checkout.start(*args) as one, checkout.start(*args) as other:
        seen = [process.communicate(timeout=60)[0].split() for process in (one, other)]
    assert one.returncode == other.returncode == 0
    assert len(seen[0]) == 4
    assert not set(seen[0]) & set(seen[1])


def test_start_keeps_it_up_for_commands_of_other_shells(checkout: Checkout) -> None:
    """`sandbox start` prints its settings as one line of JSON; Ctrl-C ends it, without an error."""
    with checkout.start("sandbox", "start", "--json", stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        started = json.loads(process.stdout.readline())
        values = {name: value for name, value in started.items() if value}
        result = checkout.run("run", "nps", "--json", env=values)
        assert result.returncode == 0, result.stderr
        loaded = json.loads(result.stdout)["assets"][-1]
        assert (loaded["asset"], loaded["outcome"], loaded["rows"]) == (
            "raw_data/nps",
            "loaded",
            4862,
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    checkout.assert_nothing_left()


def test_an_error_inside_stops_the_sandbox(own_checkout: Checkout) -> None:
    """When the sheets of a broken defs.yaml cannot be seeded, the sentence is all that is left."""
    path = own_checkout.defs / "nps" / "defs.yaml"
    path.write_text(path.read_text().replace("type: smallint", "type: smallish"))
    result = own_checkout.run("sandbox", "run", "--", "echo", "never")
    assert (result.returncode, result.stdout) == (1, "")
    last = result.stderr.splitlines()[-1]
    assert last.startswith("Error: nps/defs.yaml: columns.2.type (line 10): 'smallish' is not")
    own_checkout.assert_nothing_left()
