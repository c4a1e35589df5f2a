"""The signals that end a command."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def raised() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as Ctrl-C does: by an exception that runs every `finally`.

    Python itself raises KeyboardInterrupt for SIGINT.
    """

    def leave(number: int, _frame: Any) -> None:
        raise SystemExit(128 + number)

    with _handled(leave, _ENDING[1:]):
        yield


@contextmanager
def held() -> Iterator[None]:
    """A signal that comes in the block takes effect when it is left: nothing is half started."""
    came: list[int] = []
    try:
        with _handled(lambda number, _: came.append(number), _ENDING):
            yield
    finally:
        if came:
            signal.raise_signal(came[0])


@contextmanager
def ignored() -> Iterator[None]:
    """A signal in the block does nothing: what stops already need not be told to."""
    with _handled(lambda _number, _frame: None, _ENDING):
        yield


@contextmanager
def handled(handler: Callable[[int], None], *numbers: int) -> Iterator[None]:
    """The signals call `handler` with their number while the block runs."""
    with _handled(lambda number, _: handler(number), numbers):
        yield


@contextmanager
def _handled(handler: Callable[[int, Any], Any], numbers: tuple[int, ...]) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in numbers}
    # Whoever started us with a signal ignored (nohup, a script's background job) means it.
    before = {number: was for number, was in before.items() if was != signal.SIG_IGN}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)
