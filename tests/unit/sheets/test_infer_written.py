"""In which form dates and times were typed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sheets import strptime
from sheet_assets.sheets.infer.written import _DATES, _forms, written


@pytest.mark.parametrize(
    ("texts", "kind", "forms"),
    [
        (["2026-11-20", "2026-1-2"], "date", ()),
        (["2026-11-20", "2026-11-20 09:30"], "timestamp", ()),
        (["2026-11-20T09:30:00.25"], "timestamp", ()),
        (["2026-11-20 09:30Z", "2026-11-20 09:30"], "timestamptz", ()),
        (["09:30", "23:59:59"], "time", ()),
        (["9:30 PM"], "time", ("%I:%M %p",)),
        (["31.12.2025", "1.2.2025"], "date", ("%d.%m.%Y",)),
        (["1.2.2025"], "date", ("%d.%m.%Y",)),
        (["31.12.25", "1.2.03"], "date", ("%d.%m.%y",)),
        (["01.02.03"], "date", ("%d.%m.%y", "%y.%m.%d")),
        (["1.2.03"], "date", ("%d.%m.%y",)),
        (["13/04/2025", "03/04/2025"], "date", ("%d/%m/%Y",)),
        (["04/13/2025", "03/04/2025"], "date", ("%m/%d/%Y",)),
        (["03/04/2025", "12/11/2025"], "date", ("%d/%m/%Y", "%m/%d/%Y")),
        (["2025. 1. 31"], "date", ("%Y. %m. %d",)),
        (["2025년 1월 31일"], "date", ("%Y년 %m월 %d일",)),
        (["31-Dec-2025"], "date", ("%d-%b-%Y",)),
        (["June 3, 2025"], "date", ("%B %d, %Y",)),
        (["31.12.2025 14:30", "1.2.2025 09:00"], "timestamp", ("%d.%m.%Y %H:%M",)),
        (["12/31/2025, 2:30 PM"], "timestamp", ("%m/%d/%Y, %I:%M %p",)),
    ],
)
def test_written(texts, kind, forms):
    """ISO 8601 needs no form; several forms are told when the values do not tell them apart."""
    found = written(texts)
    assert found is not None
    assert (found.kind, found.forms, found.odd) == (kind, forms, frozenset())


@pytest.mark.parametrize(
    "texts", [[], ["ten"], ["2025-02-30"], ["13/13/2025"], ["31.12.2025", "soon"], ["20251231"]]
)
def test_no_dates(texts):
    """What is no date in any form, or not in the same one, is none."""
    assert written(texts) is None


def test_a_few_odd_texts_are_spared():
    """Up to so many texts may be something else, and are told."""
    texts = [f"{day}.12.2025" for day in range(1, 32)]
    found = written([*texts, "soon", "later"], spare=2)
    assert found == ("date", ("%d.%m.%Y",), {"soon", "later"})
    assert written([*texts, "soon", "later"], spare=1) is None


@given(st.dates(dt.date(1969, 1, 1), dt.date(2068, 12, 31)), st.sampled_from(_DATES))
def test_the_form_is_among_those_found(day, form):
    """Whatever form a day is written in, it is among the forms that are told."""
    found = written([day.strftime(form)])
    assert found is not None
    assert found.kind == "date"
    assert form in found.forms


def test_every_form_is_one_that_the_contract_takes():
    """No form is proposed that `format` would refuse for its type."""
    for kind, forms, _ in _forms():
        for form in forms:
            strptime.check(form, kind)
