"""Frames of the PostgreSQL wire protocol, version 3."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROTOCOL_3 = 3 << 16
CANCEL_REQUEST = 80877102
SSL_REQUEST = 80877103
GSSENC_REQUEST = 80877104

_LENGTH = struct.Struct("!I")


# What a client may send, and how long it may be, as PostgreSQL has it.
_LARGE, _SMALL = (1 << 30) - 1, 10_000
FROM_CLIENTS = {**dict.fromkeys(b"QPBFd", _LARGE), **dict.fromkeys(b"DECSHXcfp", _SMALL)}


class Frame(NamedTuple):
    """One message: the byte that says what it is, and all of its bytes."""

    kind: bytes
    raw: bytes

    @property
    def payload(self) -> bytes:
        """What follows the kind and the length."""
        return self.raw[5:]


class FrameBuffer:
    """Bytes as they arrive, cut into frames; of these kinds and lengths only, if they are given."""

    def __init__(self, known: Mapping[int, int] | None = None) -> None:
        self._bytes = bytearray()
        self._known = known or {}

    def feed(self, received: bytes) -> Iterator[Frame]:
        """Add bytes and give the frames that are complete.

        Raises:
            RefusedError: a kind or a length that no frame has; the stream cannot be read on.
        """
        self._bytes += received
        data = self._bytes
        position, end = 0, len(data)
        try:
            while end - position >= 5:
                (length,) = _LENGTH.unpack_from(data, position + 1)
                if length < 4 or (self._known and length > self._longest(data[position])):
                    raise malformed("invalid message length")
                if end - position <= length:
                    break
                following = position + 1 + length
                raw = bytes(data[position:following])
                position = following
                yield Frame(raw[:1], raw)
        finally:
            del data[:position]

    def _longest(self, kind: int) -> int:
        if kind not in self._known:
            raise malformed(f"invalid frontend message type {kind}")
        return self._known[kind]


def malformed(why: str) -> RefusedError:
    """What ends a session whose client does not speak the protocol."""
    return RefusedError(why, sqlstate="08P01")


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """A message of the wire."""
    return kind + _LENGTH.pack(len(payload) + 4) + payload


def terminated(text: str) -> bytes:
    """A text as the protocol writes it, in UTF-8 and ended by a zero byte."""
    return text.encode("utf-8", "surrogateescape") + b"\0"


def query(sql: str) -> bytes:
    """A simple query."""
    return frame(b"Q", terminated(sql))


def parse(statement: str, sql: str, rest: bytes = b"\0\0") -> bytes:
    """A Parse; `rest` is the parameters' types, none if not given."""
    return frame(b"P", terminated(statement) + terminated(sql) + rest)


def prepare_and_execute(name: str, sql: str, *, describe: bool = False) -> bytes:
    """Five messages that run a statement without parameters: Close twice, Parse, Bind, Execute.

    `describe` puts a Describe before the last. Statement and portal have the same name, which is
    closed first: it may have been used before.
    """
    text = terminated(name)
    return (
        frame(b"C", b"S" + text)
        + frame(b"C", b"P" + text)
        + parse(name, sql)
        + frame(b"B", text * 2 + struct.pack("!HHH", 0, 0, 0))
        + (frame(b"D", b"P" + text) if describe else b"")
        + frame(b"E", text + _LENGTH.pack(0))
    )


def copy_data(data: bytes) -> bytes:
    """A CopyData."""
    return frame(b"d", data)


def split_terminated(payload: bytes, count: int) -> tuple[list[str], bytes]:
    """The first `count` texts of a payload, and what follows them.

    Raises:
        RefusedError: there are not as many.
    """
    parts = payload.split(b"\0", count)
    if len(parts) <= count:
        raise malformed("invalid string in message")
    return [part.decode("utf-8", "surrogateescape") for part in parts[:count]], parts[count]


def row(payload: bytes) -> list[str | None]:
    """The values of a DataRow in text format."""
    (count,) = struct.unpack_from("!H", payload)
    values: list[str | None] = []
    position = 2
    for _ in range(count):
        (length,) = struct.unpack_from("!i", payload, position)
        position += 4
        if length < 0:
            values.append(None)
        else:
            values.append(payload[position : position + length].decode())
            position += length
    return values


def described(payload: bytes) -> list[tuple[str, int, int]]:
    """The columns of a RowDescription: name, number and modifier of the type."""
    (count,) = struct.unpack_from("!H", payload)
    found: list[tuple[str, int, int]] = []
    position = 2
    for _ in range(count):
        end = payload.index(b"\0", position)
        _, _, type_id, _, modifier, _ = struct.unpack_from("!IhIhih", payload, end + 1)
        found.append((payload[position:end].decode(), type_id, modifier))
        position = end + 19
    return found


def fields(payload: bytes) -> dict[str, str]:
    """The fields of an ErrorResponse or a NoticeResponse by their letter."""
    parts = payload.rstrip(b"\0").split(b"\0")
    return {chr(part[0]): part[1:].decode("utf-8", "replace") for part in parts if part}


def response(kind: bytes, values: Mapping[str, str]) -> bytes:
    """An ErrorResponse (`E`) or a NoticeResponse (`N`); empty fields are left out."""
    given = [letter.encode() + terminated(value) for letter, value in values.items() if value]
    return frame(kind, b"".join(given) + b"\0")


def refusal(error: RefusedError, *, severity: str = "ERROR") -> bytes:
    """The ErrorResponse for a refusal."""
    return response(
        b"E",
        {
            "S": severity,
            "V": severity,
            "C": error.sqlstate,
            "M": error.message,
            "D": error.detail,
            "H": error.hint,
        },
    )


def startup_parameters(body: bytes) -> dict[str, str]:
    """The parameters of a startup message, whose body begins with the protocol's version."""
    texts = body[4:].rstrip(b"\0").split(b"\0")
    decoded = [text.decode("utf-8", "surrogateescape") for text in texts]
    return dict(zip(decoded[::2], decoded[1::2], strict=False))


def startup(parameters: Mapping[str, str]) -> bytes:
    """A startup message."""
    body = _LENGTH.pack(PROTOCOL_3)
    for name, value in parameters.items():
        body += terminated(name) + terminated(value)
    body += b"\0"
    return _LENGTH.pack(len(body) + 4) + body
