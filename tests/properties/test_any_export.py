"""For any rows of a query, what is exported and then ingested by a contract is the same rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from whole_path import WORKSHEET, Services, WholePath, columns

from sheet_assets.clients.sheet_export import plan, staging
from sheet_assets.clients.sheet_export.export import export_result
from sheet_assets.clients.sheet_export.result import Result
from sheet_assets.clients.sheet_export.target import ExportTarget

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = columns("""
- {name: small, type: smallint}
- {name: whole, type: integer}
- {name: big, type: bigint}
- {name: exact, type: "decimal(18,4)"}
- {name: double, type: double}
- {name: flag, type: boolean}
- {name: day, type: date}
- {name: moment, type: timestamp}
- {name: clock, type: time}
- {name: text, type: varchar(400)}
""")
NAMES = [column.name for column in CONTRACT]
SECONDS = st.builds(dt.time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
DAYS = st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1))
# A text of blanks alone, and one that begins with an apostrophe, are texts like others.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"),
    min_size=1,
    max_size=60,
)


def rows() -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Rows with a value or a NULL of each type; the first is never NULL, so no row is blank."""

    def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.none() | values

    return st.lists(
        st.tuples(
            st.integers(-(2**15), 2**15 - 1),
            maybe(st.integers(-(2**31), 2**31 - 1)),
            maybe(st.integers(-(2**63), 2**63 - 1)),
            maybe(st.integers(-(10**18) + 1, 10**18 - 1).map(lambda n: Decimal(n).scaleb(-4))),
            maybe(
                st.floats(
                    allow_nan=False,
                    allow_infinity=False,
                    allow_subnormal=False,
                    min_value=-1e15,
                    max_value=1e15,
                )
            ),
            maybe(st.booleans()),
            maybe(DAYS),
            maybe(st.builds(dt.datetime.combine, DAYS, SECONDS)),
            maybe(SECONDS),
            maybe(TEXTS),
        ),
        min_size=1,
        max_size=12,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the parts are written before they are uploaded."""
    return tmp_path_factory.mktemp("parts")


@pytest.fixture(scope="module", params=["one update", "a staging tab"])
def _by(request: pytest.FixtureRequest) -> Any:
    """Both ways into the worksheet."""
    with pytest.MonkeyPatch.context() as patched:
        if request.param == "a staging tab":
            patched.setattr(plan, "_MOST_REQUEST_BYTES", 0)
            patched.setattr(staging, "_CHUNK_BYTES", 300)
        yield


@pytest.mark.usefixtures("_by")
@examples(12)
@given(result=rows())
def test_what_is_exported_is_what_is_ingested(
    services: Services, folder: Path, result: list[tuple[Any, ...]]
) -> None:
    """Numbers of any size, decimals of any digits, dates, times, texts, NULLs: nothing is lost."""
    path = WholePath(services, folder)
    target = ExportTarget("round_trip", path.workbook.spreadsheet_id, WORKSHEET)
    with Result(target, NAMES, result) as made:
        export_result(services.google, target, made, queried_at=dt.datetime.now(dt.UTC))
    path.load(CONTRACT)
    assert Counter(path.rows()) == Counter(result)
