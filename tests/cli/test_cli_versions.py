"""`sheet-assets versions`, on the sandbox, in this process."""

from __future__ import annotations

import datetime as dt
import types
from decimal import Decimal
from typing import TYPE_CHECKING

import dagster as dg
import pytest
from click.testing import CliRunner
from versioned_sheet import MARKS, A, B, sheet_of

import sheet_assets.cli.removal
from sheet_assets.cli import main
from sheet_assets.resources.redshift import Redshift

if TYPE_CHECKING:
    from pathlib import Path

    from versioned_sheet import Sheet

    from sheet_assets.sandbox import Sandbox

pytestmark = MARKS


@pytest.fixture
def sheet(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """A sheet with a key and a sensitive column, whose deployment is the commands' own."""
    return sheet_of(sandbox, tmp_path, monkeypatch)


@pytest.fixture
def in_400_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands run then: S3 gives no object another date."""

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime.now(tz) + dt.timedelta(days=400)

    later = types.SimpleNamespace(datetime=Later, timedelta=dt.timedelta, UTC=dt.UTC)
    monkeypatch.setattr(sheet_assets.cli.removal, "dt", later)


def test_list(sheet: Sheet) -> None:
    """A line a version, newest first: when it was read, its rows, who changed it, the run, its state."""
    first = sheet.load(A, days_ago=5)
    second = sheet.load(B)
    header, newest, oldest = (
        line.split() for line in sheet.says("versions", "orders").splitlines()
    )
    assert header[:3] == ["version", "read", "(Asia/Seoul)"]
    assert (newest[0], newest[-1], newest[3]) == (second[:8], "current", "3")
    assert (oldest[0], oldest[3]) == (first[:8], "3")
    assert newest[-3] == "ann@sandbox.invalid"
    in_seoul = dt.datetime.now(dt.UTC) + dt.timedelta(hours=9)
    assert newest[1] in {f"{in_seoul:%Y-%m-%d}", f"{in_seoul - dt.timedelta(minutes=1):%Y-%m-%d}"}


def test_list_as_json(sheet: Sheet) -> None:
    """Whole hashes and ids, moments with their offset, and how many there are."""
    first, second = sheet.load(A), sheet.load(B)
    found = sheet.json("versions", "orders")
    assert (found["name"], found["total"]) == ("orders", 2)
    assert [each["version"] for each in found["versions"]] == [second, first]
    newest = found["versions"][0]
    assert (newest["is_current"], newest["pinned"], newest["stored"]) == (True, False, True)
    assert dt.datetime.fromisoformat(newest["first_read_at"]).tzinfo is not None
    assert len(newest["run_id"]) == 36
    assert sheet.json("versions", "orders", "--limit", "1")["versions"] == [newest]
    assert "… and 1 older (--limit)." in sheet.says("versions", "orders", "--limit", "1")


def test_there_and_back(sheet: Sheet) -> None:
    """A → B → A are three lines, of which the newest is current."""
    first, second = sheet.load(A), sheet.load(B)
    assert sheet.load(A) == first
    found = sheet.json("versions", "orders")["versions"]
    assert [(each["version"], each["is_current"]) for each in found] == [
        (first, True),
        (second, False),
        (first, False),
    ]


def test_before_the_first_load(sheet: Sheet) -> None:
    """An empty history is a sentence, and no error; what needs a version says how to get one."""
    assert "orders has no versions yet" in sheet.says("versions", "orders")
    assert sheet.json("versions", "orders") == {"name": "orders", "versions": [], "total": 0}
    assert "There is no previous version of orders" in sheet.refused("diff", "orders")
    today = "2026-01-01"
    assert "was ever loaded" in sheet.refused("diff", "orders", today, today)


@pytest.mark.parametrize(
    "command",
    [
        ("versions", "nope"),
        ("versions", "prune", "orders", "nope", "--keep-days", "3"),
        ("versions", "erase", "nope", "abcd"),
    ],
)
def test_an_unknown_name(sheet: Sheet, command: tuple[str, ...]) -> None:
    """The sheets that there are are listed."""
    said = sheet.refused(*command)
    assert "There is no sheet 'nope' in defs/; there is orders." in said


def test_an_unknown_name_for_diff(sheet: Sheet) -> None:
    """Regression: the exports, which it shows too, were not listed."""
    said = sheet.refused("diff", "nope")
    assert "no sheet and no export 'nope' in defs/. Sheets: orders. Exports: none." in said


def test_a_sheet_that_is_not_enabled(sheet: Sheet) -> None:
    """It has no assets, so it is not among the sheets, and disturbs no other."""
    sheet.small.write_table("paused", enabled="false")
    assert "orders has no versions yet" in sheet.says("versions", "orders")
    assert "in defs/; there is orders." in sheet.refused("versions", "paused")


def test_a_time_zone_that_does_not_exist(sheet: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is named, not the module that misses it."""
    monkeypatch.setenv("SHEET_ASSETS_TIME_ZONE", "Mars/Olympus")
    for command in ("versions", "diff"):
        assert "SHEET_ASSETS_TIME_ZONE is 'Mars/Olympus'" in sheet.refused(command, "orders")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("versions", "prune", "--keep-days", "3"), "the names of sheets, or --all"),
        (("versions", "prune", "x", "--all", "--keep-days", "3"), "the names of sheets, or --all"),
        (("versions", "prune", "x"), "Missing option '--keep-days'"),
        (("versions", "prune", "x", "--keep-days", "0"), "0 is not in the range"),
        (("versions", "erase", "x"), "Missing argument 'VERSION'"),
        (("versions", "x", "--limit", "0"), "0 is not in the range"),
        (("versions", "--json"), "Missing argument 'NAME'"),
        (("diff",), "Missing argument 'NAME'"),
        (("diff", "x", "a", "b", "c"), "unexpected extra argument (c)"),
    ],
)
def test_wrong_arguments(args: tuple[str, ...], said: str) -> None:
    """A wrong argument is named before anything is loaded; the exit code is 2."""
    result = CliRunner().invoke(main, args)
    assert (result.exit_code, said in result.output) == (2, True), result.output


@pytest.mark.parametrize(
    "command",
    [("versions",), ("versions", "list"), ("versions", "prune"), ("versions", "erase"), ("diff",)],
    ids=" ".join,
)
def test_help_teaches(command: tuple[str, ...]) -> None:
    """Every command explains itself and each of its options, with examples, uncut."""
    result = CliRunner(env={"COLUMNS": "80"}).invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert "Examples:" in result.output
    assert "..." not in result.output.partition("\n\n")[2]


def months_of_versions(sheet: Sheet) -> list[str]:
    """Three versions that followed one another, all of them read and replaced long ago."""
    return [sheet.load(A), sheet.load(B), sheet.load([(9, Decimal("9.00"), "z", None)])]


def test_prune(sheet: Sheet, in_400_days: None) -> None:
    """What was out of use goes; the one in the table and the one before it stay."""
    oldest, middle, newest = months_of_versions(sheet)
    said = sheet.says("versions", "prune", "orders", "--keep-days", "365", "--dry-run")
    assert oldest[:8] in said
    assert middle[:8] not in said
    assert said.endswith("1 version would be removed; nothing was.\n")
    assert sheet.stored() == {oldest, middle, newest}

    said = sheet.says("versions", "prune", "--all", "--keep-days", "365", "--yes")
    assert "Removed 1 version: 3 objects" in said
    assert sheet.stored() == {middle, newest}
    assert "not in S3" in sheet.says("versions", "orders").splitlines()[-1]
    assert "is not in S3 any more: it was pruned" in sheet.refused("diff", "orders", oldest[:8])

    (said,) = sheet.json("versions", "prune", "orders", "--keep-days", "365", "--yes")
    assert (said["name"], said["versions"], said["removed"]["objects"]) == ("orders", [], 0)


def test_prune_keeps_what_was_in_use(sheet: Sheet) -> None:
    """Nothing of today goes, however few days are kept."""
    versions = months_of_versions(sheet)
    said = sheet.says("versions", "prune", "orders", "--keep-days", "1", "--yes")
    assert said == "Removed 0 versions: 0 objects, 0 bytes.\n"
    assert sheet.stored() == set(versions)


def test_prune_where_nothing_is_recorded(sheet: Sheet, in_400_days: None) -> None:
    """A bucket of another warehouse: what is needed is not known, so all is kept, and told."""
    version = sheet.load(A)
    Redshift().client().run(
        lambda session: session.execute(
            "DELETE FROM sheet_assets.loads WHERE table_schema = %(schema)s",
            {"schema": sheet.small.schema},
        )
    )
    result = sheet("versions", "prune", "orders", "--keep-days", "1", "--yes")
    assert result.exit_code == 0
    assert "it is not known which version is needed, and all are kept" in result.stderr
    assert sheet.stored() == {version}


def test_nothing_is_removed_without_a_yes(sheet: Sheet, in_400_days: None) -> None:
    """A no, an empty answer, and nobody there to answer: the exit code says that nothing was done."""
    versions = months_of_versions(sheet)
    for command, answer in (
        (("prune", "orders", "--keep-days", "365"), "n\n"),
        (("prune", "orders", "--keep-days", "365"), ""),
        (("erase", "orders", versions[0]), "\n"),
    ):
        said = sheet.refused("versions", *command, answer=answer)
        assert "Nothing was removed. Answer y, or say --yes." in said
        assert sheet.stored() == set(versions)


def test_a_pinned_version_is_kept(sheet: Sheet, in_400_days: None) -> None:
    """It is the one in the table, and is marked; so is what it has replaced."""
    oldest, middle, newest = months_of_versions(sheet)
    sheet.restore(oldest)
    states = {
        each["version"]: (each["is_current"], each["pinned"])
        for each in sheet.json("versions", "orders")["versions"]
    }
    assert states == {oldest: (True, True), middle: (False, False), newest: (False, False)}
    assert "current, pinned" in sheet.says("versions", "orders")
    sheet.says("versions", "prune", "orders", "--keep-days", "365", "--yes")
    assert sheet.stored() == {oldest, newest}
    assert "cannot" not in sheet.says("diff", "orders", "previous", "current")


def test_erase(sheet: Sheet) -> None:
    """One version goes from S3 and this machine at once; where else its rows may be is told."""
    sheet.small.put(("id", "amount", "name", "phone"), (1, 10, "ann", "555-1"))
    with dg.DagsterInstance.ephemeral() as instance:
        run = sheet.small.run(instance, "orders")
    (first,) = sheet.stored()
    second = sheet.load(B)
    said = sheet.says("versions", "erase", "orders", first[:8], answer="y\n")
    assert "Removed 1 version: 3 objects" in said
    assert "Removed 2 folders of it on this machine." in said
    assert f"`dagster run delete {run.run_id}`" in said
    assert sheet.stored() == {second}
    assert len(sheet.small.rows()) == len(B)
    again = sheet.says("versions", "erase", "orders", first[:8], "--yes")
    assert f"Nothing of the version {first[:12]} was left in S3." in again


def test_erase_as_json(sheet: Sheet) -> None:
    """What was removed, by its whole hash."""
    first = sheet.load(A)
    sheet.load(B)
    found = sheet.json("versions", "erase", "orders", first, "--yes")
    assert (found["version"], found["versions"], found["folders"]) == (first, [first], 0)
    assert (found["objects"], len(found["parts"]), len(found["run_ids"])) == (3, 1, 1)


def test_what_is_in_the_table_is_not_erased(sheet: Sheet) -> None:
    """Another version has to be loaded first."""
    version = sheet.load(A)
    said = sheet.refused("versions", "erase", "orders", version[:8], "--yes")
    assert "is what" in said
    assert "Load another one first" in said
    assert sheet.stored() == {version}


def test_an_appended_version_stays_in_the_table(sheet: Sheet) -> None:
    """Erasing it from S3 does not take its rows out of a table that keeps all versions."""
    sheet.again(mode="append")
    first = sheet.load(A)
    sheet.load(B)
    said = sheet.says("versions", "erase", "orders", first[:8], "--yes")
    assert "is filled by append, so it may still hold rows of this version" in said
    assert len(sheet.small.rows()) == 6
