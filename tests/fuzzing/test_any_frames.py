"""Any bytes, on the wire of the sandbox's Redshift."""

from __future__ import annotations

import contextlib
import itertools
import logging
import socket
import ssl
import struct
from typing import TYPE_CHECKING

import psycopg2
import pytest
from any_data import ODD_TEXTS
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from sheet_assets.sandbox.redshift import wire
from sheet_assets.sandbox.redshift.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg2 import extensions

    from sheet_assets.sandbox import Sandbox
    from sheet_assets.sandbox.redshift import RedshiftServer

KINDS = st.sampled_from([bytes([kind]) for kind in b"QPBEDCSHXFdcfp"]) | st.binary(
    min_size=1, max_size=1
)
TEXTS = st.sampled_from([*ODD_TEXTS, "SELECT 1", "COPY a FROM STDIN", "LISTAGG()", "(" * 3000])
PAYLOADS = st.one_of(
    st.binary(max_size=30),
    st.lists(TEXTS, max_size=3).map(
        lambda texts: b"".join(text.encode("utf-8", "surrogatepass") + b"\0" for text in texts)
    ),
    st.just(b"\0\0" + struct.pack("!HHH", 0, 0, 0)),
    st.just(b"P\0"),
    st.just(b"\0" + struct.pack("!I", 0)),
)
FRAMES = st.builds(wire.frame, KINDS, PAYLOADS)
LENGTHS = st.builds(
    lambda kind, length: kind + struct.pack("!I", length), KINDS, st.integers(0, 2**32 - 1)
)


def fed(buffer: wire.FrameBuffer, pieces: Sequence[bytes]) -> tuple[list[wire.Frame], str]:
    """The frames, and what ended them."""
    frames: list[wire.Frame] = []
    try:
        for piece in pieces:
            frames.extend(buffer.feed(piece))
    except RefusedError as refused:
        return frames, refused.message
    return frames, ""


@examples(100)
@given(
    st.lists(FRAMES | LENGTHS | st.binary(max_size=9), max_size=6).map(b"".join),
    st.lists(st.integers(0, 200), max_size=8),
    st.booleans(),
)
def test_any_split_gives_the_same_frames(data: bytes, cuts: list[int], strict: bool) -> None:
    """However the bytes arrive; together they are the beginning of what was sent."""
    known = wire.FROM_CLIENTS if strict else None
    places = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    pieces = [data[start:end] for start, end in itertools.pairwise(places)]
    frames, ended = fed(wire.FrameBuffer(known), pieces)
    assert (frames, ended) == fed(wire.FrameBuffer(known), [data])
    assert (frames, ended) == fed(wire.FrameBuffer(known), [bytes([byte]) for byte in data])
    assert data.startswith(b"".join(frame.raw for frame in frames))


@pytest.fixture(scope="module")
def redshift(running_sandbox: Sandbox) -> RedshiftServer:
    """The sandbox's."""
    return running_sandbox.redshift


@pytest.fixture(scope="module")
def watching(redshift: RedshiftServer) -> Iterator[extensions.connection]:
    """A session that was there before."""
    with contextlib.closing(
        psycopg2.connect(
            host=redshift.host, port=redshift.port, dbname=redshift.database,
            user=redshift.user, password=redshift.password, sslmode="require",
        )
    ) as connection:  # fmt: skip
        connection.autocommit = True
        yield connection


@pytest.fixture(scope="module")
def failures() -> Iterator[list[str]]:
    """What the server has logged as a failure of its own."""
    said: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: said.append(f"{record.getMessage()}: {record.exc_info}")
    logger = logging.getLogger("sheet_assets.sandbox.redshift")
    logger.addHandler(handler)
    yield said
    logger.removeHandler(handler)


@examples(25)
@given(
    sent=st.lists(st.one_of(FRAMES, FRAMES, FRAMES, LENGTHS, st.binary(max_size=20)), max_size=6),
    step=st.sampled_from(["plain", "encrypted", "logged in", "logged in"]),
)
@example(sent=[wire.frame(b"Q", b"never terminated")], step="logged in")
@example(sent=[b"Q" + struct.pack("!I", 2**31)], step="logged in")
@example(sent=[wire.query("(" * 3000)], step="logged in")
def test_any_bytes_end_in_an_answer(
    redshift: RedshiftServer,
    watching: extensions.connection,
    failures: list[str],
    sent: list[bytes],
    step: str,
) -> None:
    """At any step of a session: its own end at most, and no other's."""
    context = ssl.create_default_context(cafile=redshift.certificate_authority)
    with socket.create_connection((redshift.host, redshift.port), timeout=10) as plain:
        connection: socket.socket = plain
        if step != "plain":
            plain.sendall(struct.pack("!II", 8, wire.SSL_REQUEST))
            assert plain.recv(1) == b"S"
            connection = context.wrap_socket(plain, server_hostname="localhost")
        with connection:
            if step == "logged in":
                connection.sendall(
                    wire.startup({"user": redshift.user, "database": redshift.database})
                    + wire.frame(b"p", wire.terminated(redshift.password))
                )
            _say(connection, b"".join(sent))
    with watching.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]
    assert not failures


def _say(connection: socket.socket, data: bytes) -> None:
    """Send it and hang up; whatever is answered until then."""
    with contextlib.suppress(OSError):
        connection.sendall(data)
        # Sync and Terminate: what can be understood until there comes to its end.
        connection.sendall(wire.frame(b"S") + wire.frame(b"X"))
        connection.settimeout(0.3)
        while connection.recv(1 << 16):
            pass
