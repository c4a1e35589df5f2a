"""A client of the extended query protocol."""

from __future__ import annotations

import socket
import ssl
import struct
from typing import TYPE_CHECKING

from sheet_assets.sandbox.redshift import wire

if TYPE_CHECKING:
    from sheet_assets.sandbox.redshift import RedshiftServer


class ExtendedClient:
    """A driver that prepares its statements, as redshift_connector and JDBC do."""

    def __init__(self, server: RedshiftServer) -> None:
        context = ssl.create_default_context(cafile=server.certificate_authority)
        plain = socket.create_connection((server.host, server.port), timeout=10)
        plain.sendall(struct.pack("!II", 8, wire.SSL_REQUEST))
        assert plain.recv(1) == b"S"
        self.socket = context.wrap_socket(plain, server_hostname="127.0.0.1")
        self.buffer = wire.FrameBuffer()
        self.socket.sendall(wire.startup({"user": server.user, "database": server.database}))
        self.socket.sendall(wire.frame(b"p", wire.terminated(server.password)))
        self.read()

    def close(self) -> None:
        """Close the socket without a farewell."""
        self.socket.close()

    def read(self) -> list[wire.Frame]:
        """Frames up to ReadyForQuery, whose payload comes last."""
        frames = []
        while not frames or frames[-1].kind != b"Z":
            received = self.socket.recv(1 << 16)
            assert received, "the server closed the connection"
            frames += self.buffer.feed(received)
        return frames

    def execute(self, *statements: str) -> str:
        """Prepares and executes statements up to one Sync, and returns the kinds answered."""
        for index, sql in enumerate(statements):
            name = f"s{index}"
            bind = wire.terminated("") + wire.terminated(name) + struct.pack("!HHH", 0, 0, 0)
            self.socket.sendall(
                wire.frame(b"C", b"S" + wire.terminated(name))
                + wire.parse(name, sql)
                + wire.frame(b"B", bind)
                + wire.frame(b"D", b"P\0")
                + wire.frame(b"E", b"\0" + struct.pack("!I", 0))
            )
        self.socket.sendall(wire.frame(b"S"))
        self.frames = self.read()
        return "".join(frame.kind.decode() for frame in self.frames)

    def rows(self) -> list[list[str | None]]:
        """The rows of the last answer."""
        return [wire.row(frame.payload) for frame in self.frames if frame.kind == b"D"]

    def error(self) -> dict[str, str]:
        """The fields of the error in the last answer."""
        return next(wire.fields(frame.payload) for frame in self.frames if frame.kind == b"E")
