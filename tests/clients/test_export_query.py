from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.clients.sheet_export import query
from sheet_assets.clients.sheet_export.result import Result
from sheet_assets.clients.sheet_export.target import ExportTarget
from sheet_assets.sandbox.redshift.statement_faults import StatementFault

if TYPE_CHECKING:
    import pytest

    from sheet_assets.clients.redshift import RedshiftClient
    from sheet_assets.sandbox import Sandbox


def test_result_of_a_transaction_that_fails_at_its_end_is_closed(
    redshift: RedshiftClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The query is asked again, and the file of the rows that it gave before is gone."""
    results: list[Result] = []

    class Remembered(Result):
        def __init__(self, *args: object) -> None:
            super().__init__(*args)  # type: ignore[arg-type]
            results.append(self)

    monkeypatch.setattr(query, "Result", Remembered)
    sandbox.redshift.faults.add(StatementFault("reset", "commit"))
    target = ExportTarget(name="t", spreadsheet_id="s", worksheet="w")
    result, _ = query.queried(redshift, target, "SELECT 1 AS a")
    with result:
        first, second = results
        assert second is result
        assert second._rows._file.closed is False
        assert first._rows._file.closed
