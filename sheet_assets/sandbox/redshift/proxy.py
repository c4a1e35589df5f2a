"""The listener that clients of the Redshift server connect to."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift import wire
from sheet_assets.sandbox.redshift.refusal import RefusedError
from sheet_assets.sandbox.redshift.session import Session

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from sheet_assets.sandbox.redshift.backing import Backing

_STARTUP_SECONDS = 30
# Drivers of Redshift also send client_protocol_version, driver_version, os_version and
# plugin_name, which PostgreSQL takes for settings that it does not know.
_STARTUP_PARAMETERS = {
    "application_name",
    "client_encoding",
    "database",
    "datestyle",
    "extra_float_digits",
    "options",
    "search_path",
    "statement_timeout",
    "timezone",
    "user",
}

_log = logging.getLogger(__name__)


class Proxy:
    """TLS on 127.0.0.1 in front of PostgreSQL's socket; PostgreSQL checks the passwords."""

    def __init__(self, *, socket: Path, tls: ssl.SSLContext, backing: Backing) -> None:
        self._socket = socket
        self._tls = tls
        self._backing = backing
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> int:
        """Listen on a port that the system chooses, and return it.

        Raises:
            OSError: no port could be opened.
        """
        port: Future[int] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(port)), name="redshift-proxy", daemon=True
        )
        self._thread.start()
        return port.result()

    def stop(self) -> None:
        """Close the port and every session, and end the thread."""
        if self._thread is None:
            return
        if self._loop is not None and self._stopping is not None:
            # A loop that is closed already has nothing to stop.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    async def _serve(self, port: Future[int]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        sessions: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(self._connected(reader, writer))
            sessions.add(task)
            task.add_done_callback(sessions.discard)

        try:
            server = await asyncio.start_server(connected, "127.0.0.1", 0)
        except Exception as error:  # noqa: BLE001 - start() raises it in its own thread
            port.set_exception(error)
            return
        port.set_result(server.sockets[0].getsockname()[1])
        await self._stopping.wait()
        server.close()
        for task in tuple(sessions):
            task.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
        await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        backend: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(_STARTUP_SECONDS):
                startup = await self._startup(reader, writer)
            if startup is None:
                return
            is_cancel = startup[4:8] == struct.pack("!I", wire.CANCEL_REQUEST)
            if not is_cancel and self._backing.faults.take_connection() is not None:
                writer.transport.abort()
                return
            backend_reader, backend = await asyncio.open_unix_connection(self._socket)
            backend.write(startup)
            if is_cancel:
                # PostgreSQL closes the connection when it has passed the signal on.
                await backend_reader.read()
                return
            encoding = wire.startup_parameters(startup[4:]).get("client_encoding", "")
            client, server = (reader, writer), (backend_reader, backend)
            await Session(client, server, self._backing, encoding).run()
        except RefusedError as error:
            writer.write(wire.refusal(error, severity="FATAL"))
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            _log.debug("A client of the Redshift sandbox went away: %r", error)
        except Exception:  # noqa: BLE001 - one client's session must not end the others'
            _log.exception("A session of the Redshift sandbox failed")
        finally:
            if backend is not None:
                backend.transport.abort()
            await _close(writer)

    async def _startup(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes | None:
        encrypted = False
        while True:
            length, code = struct.unpack("!II", await reader.readexactly(8))
            if not 8 <= length <= 10_000:
                raise RefusedError("invalid length of startup packet", sqlstate="08P01")
            rest = await reader.readexactly(length - 8)
            if code == wire.SSL_REQUEST and not encrypted:
                writer.write(b"S")
                await writer.start_tls(self._tls)
                encrypted = True
            elif code == wire.GSSENC_REQUEST:
                writer.write(b"N")
            elif code == wire.CANCEL_REQUEST:
                return struct.pack("!II", length, code) + rest
            elif code >> 16 != 3:
                raise RefusedError(
                    f"unsupported frontend protocol {code >> 16}.{code & 0xFFFF}",
                    sqlstate="0A000",
                )
            else:
                parameters = wire.startup_parameters(struct.pack("!I", code) + rest)
                if not encrypted:
                    raise _plain_connection(parameters)
                return wire.startup(
                    {
                        name: value
                        for name, value in parameters.items()
                        if name.lower() in _STARTUP_PARAMETERS
                    }
                )


def _plain_connection(parameters: dict[str, str]) -> RefusedError:
    user, database = parameters.get("user", ""), parameters.get("database", "")
    return RefusedError(
        f'no pg_hba.conf entry for host "127.0.0.1", user "{user}", database "{database}", SSL off',
        sqlstate="28000",
        hint="Connect with sslmode=require or verify-full.",
    )


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    # What was written last goes out; a client that does not say goodbye is not waited for.
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1):
            await writer.wait_closed()
    writer.transport.abort()
