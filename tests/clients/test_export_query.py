from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheet_assets.clients.sheet_export import query
from sheet_assets.clients.sheet_export.result import Result
from sheet_assets.clients.sheet_export.target import ExportTarget
from sheet_assets.sandbox.redshift.statement_faults import StatementFault

if TYPE_CHECKING:
    import pytest

    from sheet_assets.clients.redshift import RedshiftClient
    from sheet_assets.sandbox import Sandbox


def test_result_of_a_query_that_is_asked_again_is_closed(
    redshift: RedshiftClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the connection is lost at the end, the first result's file goes, and the second's stays."""
    made: list[Result] = []

    class Noted(Result):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            made.append(self)

    monkeypatch.setattr(query, "Result", Noted)
    sandbox.redshift.faults.add(StatementFault("reset after applying", "^COMMIT"))
    target = ExportTarget("numbers", "unused", "Sheet1")
    result, _ = query.queried(redshift, target, "SELECT 1 AS n")
    with result:
        assert [each._rows._file.closed for each in made] == [True, False]
        assert list(result) == [b"[1]"]
