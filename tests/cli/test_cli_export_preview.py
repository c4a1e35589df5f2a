"""`sheet-assets diff EXPORT` and `run --dry-run`, on the sandbox, in this process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from small_deployment import SmallDeployment, instance
from versioned_sheet import MARKS, Sheet

import sheet_assets

if TYPE_CHECKING:
    from pathlib import Path

    import dagster as dg

    from sheet_assets.sandbox import Sandbox

pytestmark = MARKS
__all__ = ["instance"]

EXPORT = """\
type: sheet_assets.SheetExport
attributes:
  name: totals
  query: SELECT id, amount FROM {schema}.orders ORDER BY id
  spreadsheet: {sheet}
  worksheet: report
"""
# What people see changes only by these.
READS = {"GET"}


class Exporting(Sheet):
    """The sheet `orders`, its table, and the export `totals` of it."""

    def writes(self) -> list[str]:
        """The requests to Google that were no reads, since the last time."""
        log = self.small.sandbox.google.requests
        asked = [f"{each.method} {each.path}" for each in log if each.method not in READS]
        log.clear()
        return [each for each in asked if "/token" not in each]


@pytest.fixture
def exporting(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> Exporting:
    """Two orders, loaded and exported; then one was changed, one removed, one added in the table."""
    small = SmallDeployment(tmp_path, sandbox)
    monkeypatch.setenv("SHEET_ASSETS_S3_PREFIX", small.unique)
    monkeypatch.delenv("DAGSTER_HOME")
    monkeypatch.setenv("COLUMNS", "200")
    small.put(["id", "amount"], [1, 10], [2, 20], [3, 30])
    small.put([], worksheet="report")
    small.write_table()
    small.write("totals", EXPORT)
    monkeypatch.setitem(sys.modules, "sheet_assets.defs", small.deployment.defs_module)
    monkeypatch.setattr(sheet_assets, "defs", small.deployment.defs_module, raising=False)
    assert small.run(instance).success
    made: Any = Exporting.__new__(Exporting)
    made.small = small
    small.put(["id", "amount"], [1, 10], [2, 21], [4, 40])
    assert small.run(instance, "orders").success
    made.writes()
    return made  # type: ignore[no-any-return]  # made above


def test_diff_of_an_export_shows_rows_and_writes_nothing(exporting: Exporting) -> None:
    """Rows by their first column, cells counted; the sandbox's log holds no write."""
    lines = [" ".join(line.split()) for line in exporting.says("diff", "totals").splitlines()]
    assert lines == [
        "totals: 3 rows for report!A1:B4",
        "1 changed, 1 removed, 1 added, 1 the same.",
        "id what changed",
        "~ 2 amount: 20 → 21",
        "- 3 amount: 30",
        "+ 4 amount: 40",
        "3 cells would change. Nothing was written; `sheet-assets run exported_sheet/totals` writes it.",
    ]
    found = exporting.json("diff", "exported_sheet/totals")
    assert (found["outcome"], found["cells_changed"], found["changed"]) == ("would_write", 3, 1)
    assert found["rows"][0]["after"] == {"id": "2", "amount": "21"}
    assert exporting.writes() == []


def test_dry_run_reads_sheets_and_compares_exports(exporting: Exporting) -> None:
    """Every sheet is read and checked, every export compared; nothing is written anywhere."""
    before = exporting.small.rows()
    found = exporting.json("run", "refresh_job", "--dry-run")
    assert found["sheets"]["orders"]["outcome"] == "unchanged"
    assert found["exports"]["totals"]["outcome"] == "would_write"
    assert found["errors"] == {}
    exporting.small.put(["id", "amount"], [1, "ten"])
    exporting.writes()
    result = exporting("run", "orders", "totals", "--dry-run")
    assert result.exit_code == 1
    assert "orders would fail: orders!B2 \"amount\": 'ten' is not a whole number" in result.stderr
    assert "3 cells would change" in result.stdout
    assert exporting.writes() == []
    assert exporting.small.rows() == before


def test_an_export_has_no_versions(exporting: Exporting) -> None:
    """Asked for two versions of an export, the command says what it can do instead."""
    said = exporting.refused("diff", "totals", "2026-11-20")
    assert "totals is an export, which keeps no versions" in said


def test_the_versions_of_an_export(exporting: Exporting) -> None:
    """Regression: it was "no sheet 'totals'", as if nothing had that name."""
    said = exporting.refused("versions", "totals")
    assert "totals is an export, which keeps no versions. Sheets: orders." in said
    assert "Exports: totals." in exporting.refused("diff", "nope")


def test_dry_run_stands_alone(exporting: Exporting) -> None:
    """With an option that changes what is loaded it would show something else than it says."""
    result = exporting("run", "orders", "--dry-run", "--force")
    assert result.exit_code == 2
    assert "leave --force, --as-of and --allow-rebuild out" in result.output
