from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from typing import TYPE_CHECKING

import pytest

from sheet_assets.sandbox.redshift import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3.client import S3Client

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


@pytest.fixture
def extended(redshift: RedshiftServer) -> Iterator[ExtendedClient]:
    """A connection over the extended protocol with an empty schema `x`."""
    with contextlib.closing(ExtendedClient(redshift)) as client:
        client.socket.sendall(wire.query("DROP SCHEMA IF EXISTS x CASCADE; CREATE SCHEMA x"))
        client.read()
        client.execute("CREATE TABLE x.target (a int, b varchar(9))")
        yield client


def test_copy(extended: ExtendedClient, put: Callable[[str, str | bytes], str]) -> None:
    """A prepared COPY loads, its own statements do not show, and the session goes on."""
    url = put("a.csv", "1,\n,b\n")
    kinds = extended.execute(f"COPY x.target FROM '{url}' IAM_ROLE default CSV")
    assert kinds == "312nNCZ"
    assert extended.execute("SELECT * FROM x.target ORDER BY a") == "312TDDCZ"
    assert extended.rows() == [["1", ""], [None, "b"]]
    extended.execute("SELECT pg_last_copy_count()")
    assert extended.rows() == [["2"]]


def test_unload(extended: ExtendedClient, client: S3Client) -> None:
    """A prepared UNLOAD writes, its own statements do not show, and a failed one fails the rest."""
    extended.execute("INSERT INTO x.target VALUES (7, 'seven')")
    unload = "UNLOAD ('SELECT * FROM x.target') TO 's3://{}' IAM_ROLE default PARALLEL OFF {}"
    place = f"sheets/extended-{id(extended)}/"
    kinds = extended.execute(unload.format(place, "CSV"), "SELECT count(*) FROM x.target")
    assert kinds == "312nNC" + "312TDCZ"
    body = client.get_object(Bucket="sheets", Key=f"{place.removeprefix('sheets/')}000")["Body"]
    assert body.read() == b"7,seven\n"
    kinds = extended.execute("DELETE FROM x.target", unload.format(place, "CSV"), "SELECT 1")
    assert kinds == "312nC" + "312nEZ"
    assert "is not empty" in extended.error()["M"]
    assert extended.execute("SELECT count(*) FROM x.target") == "312TDCZ"
    assert extended.rows() == [["1"]]


def test_several_statements_up_to_one_sync(
    extended: ExtendedClient, put: Callable[[str, str | bytes], str]
) -> None:
    """Statements up to a Sync are one transaction: a bad row undoes them all."""
    good, bad = put("good.csv", "1,b\n"), put("bad.csv", "1,b\nx,b\n")
    copy = "COPY x.target FROM '{}' IAM_ROLE default CSV"
    kinds = extended.execute(copy.format(good), copy.format(good), "SELECT count(*) FROM x.target")
    assert kinds == "312nNC" * 2 + "312TDCZ"
    kinds = extended.execute(copy.format(good), copy.format(bad), copy.format(good), "SELECT 1")
    assert kinds == "312nNC" + "312nEZ"
    assert extended.error()["M"].startswith("Load into table 'target' failed.")
    extended.execute("SELECT count(*) FROM x.target")
    assert extended.rows() == [["2"]]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SAVEPOINT a", "not supported"),
        ("COPY x.target FROM 's3://x/y' IAM_ROLE default CSV LZOP", 'option "LZOP"'),
        ("COPY x.none FROM 's3://x/y' IAM_ROLE default CSV", "nonexistent table none"),
        ("COPY x.target FROM 's3://no-bucket/y' IAM_ROLE default CSV", "NoSuchBucket"),
        ("SELECT 1; COPY x.target FROM 's3://x/y' IAM_ROLE default CSV", "multiple commands"),
    ],
)
def test_refusals(extended: ExtendedClient, sql: str, message: str) -> None:
    """A refused or failing statement is one error, and the session goes on after Sync."""
    assert extended.execute(sql)[-2:] == "EZ"
    assert message in extended.error()["M"]
    assert extended.execute("SELECT 1") == "312TDCZ"


def test_portal_is_executed_again(
    extended: ExtendedClient, put: Callable[[str, str | bytes], str]
) -> None:
    """A prepared COPY may be bound and executed several times."""
    url = put("a.csv", "1,b\n")
    copy = wire.parse("again", f"COPY x.target FROM '{url}' IAM_ROLE default CSV")
    run = wire.frame(b"B", b"\0again\0" + struct.pack("!HHH", 0, 0, 0))
    run += wire.frame(b"E", b"\0" + struct.pack("!I", 0)) + wire.frame(b"S")
    extended.socket.sendall(copy + run)
    extended.read()
    extended.socket.sendall(run)
    extended.read()
    extended.execute("SELECT count(*) FROM x.target")
    assert extended.rows() == [["2"]]
