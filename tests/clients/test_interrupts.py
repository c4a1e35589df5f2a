"""Signals that come while libpq waits for an answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from sheet_assets.clients.redshift import RedshiftClient
from sheet_assets.resources.redshift import Redshift

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.sandbox import Sandbox

SLEEP = "SELECT pg_sleep(60)"
pytestmark = pytest.mark.usefixtures("sandbox")


class ToldToEndError(BaseException):
    """As Dagster's interrupt, it is no Exception."""


@contextmanager
def told_to_end(number: int, after_seconds: float = 0.5) -> Iterator[None]:
    """This process gets a signal meanwhile, whose handler raises."""

    def handler(*_: object) -> None:
        raise ToldToEndError

    before = signal.signal(number, handler)
    timer = threading.Timer(after_seconds, os.kill, (os.getpid(), number))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        signal.signal(number, before)


def client() -> RedshiftClient:
    """One that tries once."""
    return RedshiftClient(Redshift().connection(), retry_seconds=0.5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_statement(number: int) -> None:
    """Regression: who was told to end waited for the end of the statement, or was killed."""
    started = time.monotonic()
    with pytest.raises(ToldToEndError), told_to_end(number):
        client().query(SLEEP)
    assert time.monotonic() - started < 20
    assert signal.set_wakeup_fd(-1) == -1
    assert not [each for each in threading.enumerate() if each.name == "signals for statements"]


def test_the_statement_of_either_of_two_sessions() -> None:
    """Whichever of several connections is at work."""
    with client().session() as outer, client().session() as inner:
        assert outer.value("SELECT 1") == 1
        with pytest.raises(ToldToEndError), told_to_end(signal.SIGTERM):
            inner.query(SLEEP)
    with client().session() as outer:
        with client().session() as inner:
            assert inner.value("SELECT 1") == 1
        with pytest.raises(ToldToEndError), told_to_end(signal.SIGTERM):
            outer.query(SLEEP)


def test_other_signals_end_nothing() -> None:
    """A window's new size, a child's end: the statement goes on."""
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    assert client().query("SELECT 1 FROM (SELECT pg_sleep(0.6)) AS slept") == [(1,)]
    timer.join()
    signal.signal(signal.SIGUSR1, before)


def test_who_listens_already_goes_on(sandbox: Sandbox) -> None:
    """An event loop's own listening is left as it is, and a thread changes nothing."""
    code = """
import asyncio, signal
from sheet_assets.clients.redshift import RedshiftClient
from sheet_assets.resources.redshift import Redshift

async def main():
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: None)
    listens = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(listens)
    client = RedshiftClient(Redshift().connection())
    assert client.query("SELECT 1") == [(1,)]
    assert await asyncio.to_thread(client.query, "SELECT 1") == [(1,)]
    assert signal.set_wakeup_fd(listens) == listens

asyncio.run(main())
"""
    environment = {**os.environ, **sandbox.settings}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=60)
