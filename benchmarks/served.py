"""Servers in processes of their own, so that their work is not that of whoever is measured."""

from __future__ import annotations

import importlib
import multiprocessing
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from multiprocessing.connection import Connection


class Served:
    """A server in a process of its own, as a context manager.

    `make` gives the context manager that it is; `ask` calls a function with it in its process.
    Both are named as `module:function`, so that only that process imports them: the kernel never
    tells the memory of a process as less than that of who has started it.
    """

    def __init__(self, make: str, *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(make, arguments, theirs))

    @property
    def process_id(self) -> int:
        """Of the server."""
        return self._process.pid or 0

    def ask(self, function: str, *arguments: Any) -> Any:
        """What a function of the server and these arguments returns.

        Raises:
            RuntimeError: the function failed, or the server has ended.
        """
        try:
            self._pipe.send((function, arguments))
            is_good, answer = self._pipe.recv()
        except (OSError, EOFError) as error:
            raise RuntimeError("the server has ended") from error
        if not is_good:
            raise RuntimeError(f"{function}: {answer}")
        return answer

    def __enter__(self) -> Self:
        """Start, and wait until it has started."""
        self._process.start()
        try:
            is_good, answer = self._pipe.recv()
        except EOFError as error:
            raise RuntimeError("the server did not start") from error
        if not is_good:
            raise RuntimeError(f"the server did not start: {answer}")
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop, and wait until it has stopped."""
        with suppress(OSError):  # it has ended already
            self._pipe.send(None)
        self._process.join()


def _serve(make: str, arguments: tuple[Any, ...], pipe: Connection) -> None:
    try:
        context: AbstractContextManager[Any] = _named(make)(*arguments)
        server = context.__enter__()
    except Exception as error:  # noqa: BLE001 - told to who has started it
        pipe.send((False, repr(error)))
        return
    try:
        pipe.send((True, None))
        while (asked := pipe.recv()) is not None:
            function, given = asked
            try:
                pipe.send((True, _named(function)(server, *given)))
            except Exception as error:  # noqa: BLE001 - as above
                pipe.send((False, repr(error)))
    finally:
        context.__exit__(None, None, None)


def _named(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
