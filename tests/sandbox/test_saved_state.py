from __future__ import annotations

import multiprocessing
import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import psycopg2
import pytest

from sheet_assets.errors import SandboxError
from sheet_assets.sandbox import BUCKET, Sandbox
from sheet_assets.sandbox.google import GoogleServer
from sheet_assets.sandbox.google.sheets.a1 import GridRange
from sheet_assets.sandbox.google.sheets.cell import Formula
from sheet_assets.sandbox.google.sheets.named_ranges import create

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def s3(sandbox: Sandbox) -> S3Client:
    """A client of the sandbox's S3."""
    return boto3.client(
        "s3",
        endpoint_url=sandbox.s3.endpoint_url,
        aws_access_key_id=sandbox.s3.access_key_id,
        aws_secret_access_key=sandbox.s3.secret_access_key,
        region_name="us-east-1",
    )


def query(sandbox: Sandbox, *statements: str) -> list[tuple[object, ...]]:
    """Run statements on the sandbox's Redshift and return the rows of the last."""
    redshift = sandbox.redshift
    connection = psycopg2.connect(
        host=redshift.host,
        port=redshift.port,
        dbname=redshift.database,
        user=redshift.user,
        password=redshift.password,
        sslmode="verify-full",
        sslrootcert=redshift.certificate_authority,
    )
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def test_a_sandbox_goes_on_where_it_was(tmp_path: Path) -> None:
    """Spreadsheets, changes, objects and tables are there again; one sandbox has the folder.

    In a process of its own: moto's buckets are one set a process, and the suite's sandbox has some.
    """
    alone = multiprocessing.get_context("spawn").Process(
        target=_goes_on, args=(tmp_path / "state",)
    )
    alone.start()
    alone.join()
    assert alone.exitcode == 0


def _goes_on(state: Path) -> None:
    # The least careful umask there is: what keeps others out must not be left to it.
    os.umask(0)
    with Sandbox(state_dir=state) as sandbox:
        assert state.stat().st_mode & 0o777 == 0o700
        key = Path(sandbox.settings["GOOGLE_APPLICATION_CREDENTIALS"])
        assert key.stat().st_mode & 0o777 == 0o600
        assert not sandbox.is_restored
        workbook = sandbox.google.drive.create_spreadsheet("Kept", spreadsheet_id="kept")
        sandbox.google.drive.share("kept", "reader@sandbox.invalid", "reader")
        sheet = workbook.worksheet("Sheet1")
        sheet.set_values([["a", 1.5], [None, True]])
        sheet.put_note(0, 0, "n")
        create(workbook, "all_of_it", sheet, GridRange())
        changes = sandbox.google.drive.next_change
        client = s3(sandbox)
        client.put_object(Bucket=BUCKET, Key="a/ü b", Body=b"\x00x", Metadata={"k": "v"})
        query(sandbox, "CREATE TABLE kept (n INT)", "INSERT INTO kept VALUES (7)", "SELECT 1")
        with pytest.raises(SandboxError, match="Another sandbox runs in"):
            Sandbox(state_dir=state).start()
    for folder in ("google", "s3", "redshift"):
        assert (state / "saved" / folder).stat().st_mode & 0o777 == 0o700
    with Sandbox(state_dir=state) as sandbox:
        assert sandbox.is_restored
        file = sandbox.google.drive.file("kept")
        assert file.role("reader@sandbox.invalid") == "reader"
        sheet = file.workbook.worksheet("Sheet1")
        assert (sheet.values(), sheet.notes) == ([["a", 1.5], [None, True]], {(0, 0): "n"})
        assert [each.name for each in file.workbook.named_ranges.values()] == ["all_of_it"]
        assert sandbox.google.drive.next_change == changes
        before = file.version
        sheet.set_values([["b"]])
        assert file.version == before + 1
        got = s3(sandbox).get_object(Bucket=BUCKET, Key="a/ü b")
        assert (got["Body"].read(), got["Metadata"]) == (b"\x00x", {"k": "v"})
        assert query(sandbox, "SELECT n FROM kept") == [(7,)]


def test_formulas_are_kept_and_computed_again(tmp_path: Path) -> None:
    """What a formula came to is not written down."""
    server = GoogleServer()
    sheet = server.drive.create_spreadsheet("F", spreadsheet_id="f").worksheet("Sheet1")
    sheet.write(0, 0, [[2, Formula("=A1+1")]])
    assert sheet.effective(sheet.grid) == [(2, 3)]
    server.save(tmp_path)
    other = GoogleServer()
    other.load(tmp_path)
    sheet = other.drive.workbook("f").worksheet("Sheet1")
    sheet.set_values([[5]])
    assert sheet.effective(sheet.grid) == [(5, 6)]


def test_a_state_that_others_can_write_is_refused(tmp_path: Path) -> None:
    """It holds a pickle, so that whoever can write it could start programs; the remedy is told."""
    state = tmp_path / "state"
    state.mkdir()
    state.chmod(0o777)
    with pytest.raises(SandboxError, match=r"could start programs as you.*chmod o-w"):
        Sandbox(state_dir=state).start()
    assert list(state.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps((0, {}, [], {}))])
def test_another_versions_state_is_refused(tmp_path: Path, content: bytes) -> None:
    """In a sentence with the remedy, and without a traceback of pickle's."""
    (tmp_path / "drive.pickle").write_bytes(content)
    with pytest.raises(SandboxError, match="remove it to start anew"):
        GoogleServer().load(tmp_path)
