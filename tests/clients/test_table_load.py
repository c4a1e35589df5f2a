from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from client_tables import columns, minutes

from sheet_assets.clients import table_load
from sheet_assets.errors import CopyRejectedError, QueryError, WarehouseError
from sheet_assets.warehouse.manifest import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from client_tables import Table

    from sheet_assets.clients.redshift import RedshiftClient
    from sheet_assets.clients.s3 import VersionStore

A = [(1, "good"), (2, "late")]
B = [(1, "good"), (2, "on time"), (3, "new")]


def test_first_load_makes_schema_table_and_record(table: Callable[..., Table]) -> None:
    """A first load creates what is missing; the record says all there is to say of it."""
    nps = table()
    loaded = nps.load(A, minutes(1), drive_version=7, run_id="run 1")
    assert (loaded.outcome, loaded.rows) == ("loaded", 2)
    assert nps.rows() == A
    record = nps.current()
    assert record["version"] == loaded.version
    assert record["read_at"] == minutes(1)
    assert record["loaded_at"].utcoffset() is not None
    assert record["manifest"].endswith(f"/{loaded.version}/manifest.json")
    shown = ("rows_loaded", "rows_in_table", "drive_version", "modified_by", "run_id", "pinned")
    assert [record[name] for name in shown] == [2, 2, 7, "editor@sandbox.invalid", "run 1", False]


def test_each_load_replaces_the_whole_table(table: Callable[..., Table]) -> None:
    """A → B → A: each is loaded, also a version that was there before, and the last is current."""
    nps = table()
    outcomes = [nps.load(rows, minutes(at)).outcome for at, rows in enumerate((A, B, A))]
    assert outcomes == ["loaded"] * 3
    assert nps.rows() == A
    records = nps.records()
    assert [record["is_current"] for record in records] == [False, False, True]
    assert records[0]["version"] == records[2]["version"] != records[1]["version"]


def test_same_version_is_skipped_and_its_reading_advances(table: Callable[..., Table]) -> None:
    """Equal rows are not loaded again; when and at which Drive version they were read moves on."""
    nps = table()
    nps.load(A, minutes(1), drive_version=5)
    before = nps.current()
    again = nps.load(A, minutes(2), drive_version=9)
    assert (again.outcome, again.rows) == ("unchanged", 2)
    record = nps.current()
    assert (record["read_at"], record["drive_version"]) == (minutes(2), 9)
    assert record["loaded_at"] == before["loaded_at"]
    assert len(nps.records()) == 1


def test_readings_never_go_back(table: Callable[..., Table]) -> None:
    """Equal rows of an older reading, or of one without a Drive version, take nothing back."""
    nps = table()
    nps.load(A, minutes(5), drive_version=9)
    assert nps.load(A, minutes(1), drive_version=4).outcome == "unchanged"
    assert nps.load(A, minutes(6), drive_version=None).outcome == "unchanged"
    record = nps.current()
    assert (record["read_at"], record["drive_version"]) == (minutes(6), 9)


def test_changed_contract_is_another_version(table: Callable[..., Table]) -> None:
    """The same rows under another contract are loaded again: they may mean something else."""
    nps = table()
    first = nps.load(A, minutes(1))
    other = columns(id="integer!", comment="varchar(40)!")
    nps.source = nps.source.model_copy(update={"columns": other})
    second = nps.load(A, minutes(2))
    assert second.outcome == "loaded"
    assert second.version != first.version


@pytest.mark.parametrize("statement", ["DELETE FROM {} WHERE id = 1", "INSERT INTO {} VALUES (9)"])
def test_tampered_table_is_loaded_again(table: Callable[..., Table], statement: str) -> None:
    """A table whose row count is not the recorded one is made whole, although nothing changed."""
    nps = table()
    nps.load(A, minutes(1))
    nps.execute(statement)
    assert nps.load(A, minutes(2)).outcome == "loaded"
    assert nps.rows() == A


def test_force_loads_what_is_there_already(table: Callable[..., Table]) -> None:
    """--force reloads: an edit that kept the row count is undone."""
    nps = table()
    nps.load(A, minutes(1), run_id="run 1")
    nps.execute("UPDATE {} SET comment = 'edited'")
    assert nps.load(A, minutes(2), run_id="run 2").outcome == "unchanged"
    assert nps.load(A, minutes(3), run_id="run 3", force=True).outcome == "loaded"
    assert nps.rows() == A


@pytest.mark.parametrize("force", [False, True])
def test_older_reading_is_superseded(table: Callable[..., Table], force: bool) -> None:
    """Rows read before the recorded ones never replace them, not even by force."""
    nps = table()
    newer = nps.load(B, minutes(5), drive_version=9)
    older = nps.load(A, minutes(4), drive_version=8, force=force)
    assert (older.outcome, older.version, older.rows) == ("superseded", newer.version, 3)
    assert nps.rows() == B
    assert nps.current()["drive_version"] == 9


def test_reading_times_are_compared_as_moments(table: Callable[..., Table]) -> None:
    """A reading given in another time zone is compared by when it was, not by its digits."""
    import datetime as dt

    nps = table()
    seoul = dt.timezone(dt.timedelta(hours=9))
    nps.load(B, minutes(5).astimezone(seoul))
    assert nps.load(A, minutes(4)).outcome == "superseded"
    assert nps.load(A, minutes(6).astimezone(dt.timezone(dt.timedelta(hours=-8)))).outcome == (
        "loaded"
    )


def test_rejected_copy_names_file_line_column_and_reason(table: Callable[..., Table]) -> None:
    """COPY's refusal is a sentence with where and why, the row's values are not in it."""
    nps = table()
    nps.load(A, minutes(1))
    # The table is narrower than the contract that the file was written for.
    nps.source = nps.source.model_copy(
        update={"columns": columns(id="integer!", comment="varchar(400)")}
    )
    long = [(1, "ok"), (2, "private words " * 9)]
    snapshot, manifest_url = nps.upload(long)
    with pytest.raises(CopyRejectedError) as rejected:
        nps.load_snapshot(
            snapshot, Reading(read_at=minutes(2)), manifest_url=manifest_url, run_id="run 2"
        )
    text = str(rejected.value)
    assert f"/{nps.source.name}/parts/{snapshot.parts[0].file_name}, line 3" in text
    assert 'column "comment": String length exceeds DDL length.' in text
    assert f"The table {nps.target} is as it was." in text
    assert "private" not in text
    assert nps.rows() == A
    assert len(nps.records()) == 1


def test_required_column_refuses_null_without_showing_the_row(
    table: Callable[..., Table],
) -> None:
    """A NULL for a NOT NULL column is refused by name; the row's other values stay private."""
    nps = table()
    nps.load(A, minutes(1))
    with pytest.raises(CopyRejectedError, match="line 2") as rejected:
        nps.load([(None, "private")], minutes(2))
    assert "private" not in str(rejected.value)
    assert nps.rows() == A


def test_file_with_fewer_rows_than_its_snapshot_is_refused(table: Callable[..., Table]) -> None:
    """COPY must take as many rows as were written; else nothing is loaded."""
    nps = table()
    nps.load(A, minutes(1))
    snapshot, manifest_url = nps.upload(B)
    too_many = snapshot.model_copy(update={"rows": 4})
    with pytest.raises(CopyRejectedError, match="COPY loaded 3 of 4 rows"):
        nps.load_snapshot(too_many, Reading(read_at=minutes(2)), manifest_url=manifest_url)
    assert nps.rows() == A


def test_row_of_somebody_else_in_the_swap_rolls_back(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the table would not hold what was loaded, the transaction is rolled back."""
    nps = table()
    nps.load(A, minutes(1))
    insert = table_load.statements.insert_staged

    def and_one_more(schema: str, name: str, *rest: object) -> str:
        one = f'INSERT INTO "{schema}"."{name}" (id) VALUES (77)'
        return f"{insert(schema, name, *rest)}; {one}"  # type: ignore[arg-type]

    monkeypatch.setattr(table_load.statements, "insert_staged", and_one_more)
    with pytest.raises(WarehouseError, match="would hold 4 rows instead of 3") as refused:
        nps.load(B, minutes(2))
    assert "nothing was committed" in str(refused.value)
    assert nps.rows() == A
    assert len(nps.records()) == 1


def test_part_gone_from_s3_changes_nothing(
    table: Callable[..., Table], store: VersionStore
) -> None:
    """Every file of a manifest is mandatory; one that is gone fails the load with the remedy."""
    nps = table()
    nps.load(A, minutes(1))
    snapshot, manifest_url = nps.upload(B)
    (part,) = snapshot.parts
    key = f"{store.prefix}/{nps.source.name}/parts/{part.file_name}"
    store._client.delete_object(Bucket=store.bucket, Key=key)
    reading = Reading(read_at=minutes(2))
    with pytest.raises(CopyRejectedError, match="run the whole sheet again"):
        nps.load_snapshot(snapshot, reading, manifest_url=manifest_url)
    assert nps.rows() == A
    assert nps.load(B, minutes(2)).outcome == "loaded"


def test_foreign_role_is_named_with_the_setting(table: Callable[..., Table]) -> None:
    """A role that Redshift may not assume: the sentence names REDSHIFT_IAM_ROLE."""
    nps = table()
    with pytest.raises(CopyRejectedError, match="Correct REDSHIFT_IAM_ROLE"):
        nps.load(A, iam_role="arn:aws:iam::000000000000:role/other")
    assert nps.rows() == []


def test_default_role_is_taken(table: Callable[..., Table]) -> None:
    """`default` means the role that is attached as such."""
    nps = table()
    assert nps.load(A, iam_role="default").outcome == "loaded"


def test_columns_of_others_survive(table: Callable[..., Table]) -> None:
    """COPY and INSERT name their columns: one more in the table, anywhere, gets its default."""
    nps = table()
    nps.execute("CREATE SCHEMA IF NOT EXISTS clients_tests")
    nps.execute("CREATE TABLE {} (comment varchar(40), origin varchar(9) DEFAULT 'sheet', id int)")
    nps.load(A)
    assert nps.rows() == [("good", "sheet", 1), ("late", "sheet", 2)]


def test_views_and_grants_survive(table: Callable[..., Table], redshift: RedshiftClient) -> None:
    """A load keeps the table itself: a view bound to it and a grant on it stay."""
    nps = table()
    nps.load(A, minutes(1))
    view = f"clients_tests.v_{nps.target.table}"
    nps.execute(f"CREATE VIEW {view} AS SELECT count(*) AS n FROM {{}}")
    nps.execute("GRANT SELECT ON {} TO PUBLIC")
    nps.load(B, minutes(2))
    assert redshift.query(f"SELECT n FROM {view}") == [(3,)]
    granted = redshift.query(
        "SELECT privilege_type FROM information_schema.table_privileges "
        "WHERE table_name = %(table)s AND grantee = 'PUBLIC'",
        {"table": nps.target.table},
    )
    assert granted == [("SELECT",)]


def test_no_rows_is_a_version_too(table: Callable[..., Table]) -> None:
    """A sheet that may be empty empties its table, and is then unchanged."""
    nps = table()
    nps.load(A, minutes(1))
    assert nps.load([], minutes(2)).outcome == "loaded"
    assert nps.rows() == []
    assert nps.load([], minutes(3)).outcome == "unchanged"


def test_staging_is_gone_afterwards(table: Callable[..., Table], redshift: RedshiftClient) -> None:
    """A load that worked and one that failed leave no staging table behind."""
    nps = table()
    nps.load(A, minutes(1))
    with pytest.raises(CopyRejectedError):
        nps.load([(None, "x")], minutes(2))
    assert not redshift.query(
        "SELECT table_schema FROM information_schema.tables WHERE table_name = %(name)s",
        {"name": f"staging_{nps.target.table}"},
    )


def test_longest_name_works(table: Callable[..., Table]) -> None:
    """A table whose name is as long as PostgreSQL allows has a staging table all the same."""
    nps = table()
    nps.target = replace(nps.target, table=nps.target.table.ljust(60, "x"))
    assert nps.load(A).outcome == "loaded"
    assert nps.load(A).outcome == "unchanged"


def test_several_parts_are_one_version(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that fill several files are loaded whole; the version does not depend on the cut."""
    nps = table()
    one = nps.upload(B)[0].version
    monkeypatch.setattr("sheet_assets.clients.sheet_snapshot.ROWS_A_PART", 2)
    snapshot, manifest_url = nps.upload(B)
    assert snapshot.version == one
    assert [part.rows for part in snapshot.parts] == [2, 1]
    nps.load_snapshot(snapshot, Reading(read_at=minutes(1)), manifest_url=manifest_url)
    assert nps.rows() == B


def test_processed_versions_are_the_current_ones(table: Callable[..., Table]) -> None:
    """The sensor sees, of each table, the Drive version of its current row, skips included."""
    one, other = table(), table()
    one.load(A, minutes(1), drive_version=3)
    one.load(B, minutes(2), drive_version=4)
    one.load(B, minutes(3), drive_version=6)
    other.load(A, minutes(1), drive_version=None)
    processed = table_load.processed_versions(one.redshift)
    assert processed[one.target.schema, one.target.table] == 6
    assert processed[other.target.schema, other.target.table] == 0


def test_user_without_rights_is_told_so(table: Callable[..., Table]) -> None:
    """A user who may not write: the sentence names the user and that a GRANT is needed."""
    from sheet_assets.clients.redshift import RedshiftClient
    from sheet_assets.resources.redshift import Redshift

    nps = table()
    nps.load(A, minutes(1))
    user, password = f"u{nps.target.table}", "Sandbox1only"
    nps.execute(f"CREATE USER {user} PASSWORD '{password}'")
    nps.execute(f"GRANT USAGE ON SCHEMA clients_tests, sheet_assets TO {user}")
    nps.execute(f"GRANT SELECT ON {{}} TO {user}")
    other = RedshiftClient(
        {**Redshift().connection(), "user": user, "password": password}, retry_seconds=2
    )
    with pytest.raises(QueryError, match=rf"does not let the user '{user}'.*GRANT"):
        nps.load(B, minutes(2), redshift=other)
    assert nps.rows() == A
