from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING

import pytest
from extended_client import ExtendedClient

from sheet_assets.sandbox.redshift import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3.client import S3Client

    from sheet_assets.sandbox.redshift import RedshiftServer


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
