"""Headers that are missing, stand twice, are not where they should be, or are too many."""

from __future__ import annotations

from typing import Any

from bench import FIRST, LISTED, NAMES, REMEDY, SECOND, Case, listed, with_header

from sheet_assets.errors import SheetHeaderError


def header(said: str, problems: str, shown: str, *, row: int = 1, **more: Any) -> Case:
    """A case of a header, with what is wrong about it and what stands in the header's row."""
    remedy = (
        f"{REMEDY}, or let others be with `extra_columns: ignore`"
        if more.get("source", {}).get("extra_columns")
        else REMEDY
    )
    says = f"Sheet1: the header {problems}. Row {row} has {shown}. {remedy}."
    return Case(said, says, SheetHeaderError, **more)


def _shown(row: list[Any]) -> str:
    return ", ".join(f'"{str(cell).upper() if isinstance(cell, bool) else cell}"' for cell in row)


ALL_MISSING = "; ".join(f'"{name}" is missing' for name in NAMES)
FIRST_SHOWN, SECOND_SHOWN = _shown(FIRST), _shown(SECOND)
# B1:C1.
MERGE = {
    "sheetId": 0,
    "startRowIndex": 0,
    "endRowIndex": 1,
    "startColumnIndex": 1,
    "endColumnIndex": 3,
}

MISSING = [
    header(
        "a header that was renamed",
        '"small" is missing',
        listed(small="tiny"),
        grid=with_header(small="tiny"),
    ),
    header(
        "a header in capitals",
        '"small" is missing',
        listed(small="Small"),
        grid=with_header(small="Small"),
    ),
    header(
        "two headers that were renamed",
        '"id" is missing; "note" is missing',
        listed(id="number", note="comment"),
        grid=with_header(id="number", note="comment"),
    ),
    header(
        "a blank header above data",
        '"price" is missing',
        listed(price=None),
        grid=with_header(price=None),
    ),
    header(
        "a header of blanks alone",
        '"price" is missing',
        listed(price=None),
        grid=with_header(price="\u00a0 \n"),
    ),
    header(
        "a header with an invisible character",
        '"small" is missing',
        listed(small="small\\u200b"),
        grid=with_header(small="small\u200b"),
    ),
    header(
        "a header with Cyrillic letters that look the same",
        '"day" is missing',
        listed(day="d\u0430y"),
        grid=with_header(day="d\u0430y"),
    ),
    header(
        "a header that is a formula's error",
        '"at" is missing',
        listed(at="#REF!"),
        grid=with_header(at="#REF!"),
    ),
    header(
        "a header that is a number",
        '"big" is missing',
        listed(big="2026"),
        grid=with_header(big=2026),
    ),
    header(
        "a column that was deleted",
        '"note" is missing',
        ", ".join(f'"{name}"' for name in NAMES[:-1]),
        grid=[NAMES[:-1], FIRST[:-1]],
    ),
    header(
        "neither the header nor its alias",
        '"size" is missing',
        LISTED,
        rules={"small": {"header": "size", "aliases": ["Size", "sizes"]}},
    ),
    header(
        "a merged header above two columns",
        '"whole" is missing',
        listed(whole=None),
        requests=[{"mergeCells": {"range": MERGE}}],
    ),
]

ELSEWHERE = [
    header(
        "a title above the header",
        ALL_MISSING,
        '"Answers of 2026"',
        grid=[["Answers of 2026"], NAMES, FIRST, SECOND],
    ),
    header(
        "a blank row above the header",
        ALL_MISSING,
        "nothing",
        grid=[NAMES, FIRST, SECOND],
        at=(1, 0),
    ),
    header(
        "no header at all",
        ALL_MISSING,
        SECOND_SHOWN,
        grid=[SECOND],
    ),
    header(
        "a header row that is one too low",
        ALL_MISSING,
        FIRST_SHOWN,
        row=2,
        source={"header_row": 2},
    ),
    header(
        "a header row below all rows",
        ALL_MISSING,
        "nothing",
        row=9,
        source={"header_row": 9},
    ),
    header(
        "a sheet with nothing in it",
        ALL_MISSING,
        "nothing",
        grid=[],
    ),
    header(
        "a range that leaves the first column out",
        '"id" is missing',
        ", ".join(f'"{name}"' for name in NAMES[1:]),
        source={"range": "B1:M"},
    ),
    header(
        "a range that begins below the header",
        ALL_MISSING,
        SECOND_SHOWN,
        row=3,
        source={"range": "A3:M"},
    ),
]

TWICE = [
    header(
        "a header that stands twice",
        '"small" stands twice, in B1 and N1',
        f'{LISTED}, "small"',
        grid=[[*NAMES, "small"], FIRST],
    ),
    header(
        "a header that stands twice with NBSP",
        '"small" stands twice, in B1 and O1',
        f'{LISTED}, "small"',
        grid=[[*NAMES, None, "\u00a0small "], FIRST],
    ),
    header(
        "a header that stands twice with a line break",
        '"how likely" stands twice, in A1 and N1',
        '"how likely", ' + ", ".join(f'"{name}"' for name in NAMES[1:]) + ', "how likely"',
        grid=[["how likely", *NAMES[1:], "how\nlikely"], FIRST],
        rules={"id": {"header": "how likely"}},
    ),
    header(
        "a header that stands twice, once with composed accents",
        '"café" stands twice, in M1 and N1',
        listed(note="café") + ', "café"',
        grid=[[*NAMES[:-1], "café", "cafe\u0301"], FIRST],
        rules={"note": {"header": "café"}},
    ),
    header(
        "a header that stands three times",
        '"day" stands twice, in I1 and N1 and O1',
        f'{LISTED}, "day", "day"',
        grid=[[*NAMES, "day", "day"], FIRST],
    ),
    header(
        "a header beside its alias",
        '"small" stands twice, in B1 and N1',
        f'{LISTED}, "score"',
        grid=[[*NAMES, "score"], FIRST],
        rules={"small": {"aliases": ["score"]}},
    ),
    header(
        "two aliases of one header",
        '"grade" stands twice, in B1 and N1',
        f'{LISTED}, "score"',
        grid=[[*NAMES, "score"], FIRST],
        rules={"small": {"header": "grade", "aliases": ["small", "score"]}},
    ),
    header(
        "one header twice and another missing",
        '"small" stands twice, in B1 and C1; "whole" is missing',
        listed(whole="small"),
        grid=with_header(whole="small"),
    ),
]

EXTRA = [
    header(
        "a header that is not in the contract",
        '"tags" in N1 is not in the contract',
        f'{LISTED}, "tags"',
        grid=[[*NAMES, "tags"], FIRST],
        source={"extra_columns": "reject"},
    ),
    header(
        "two headers that are not in the contract",
        '"tags" in N1 is not in the contract; "sum" in P1 is not in the contract',
        f'{LISTED}, "tags", "sum"',
        grid=[[*NAMES, "tags", None, "sum"], FIRST],
        source={"extra_columns": "reject"},
    ),
    Case(
        "a header that is renamed where others are rejected",
        'Sheet1: the header "small" is missing; "tiny" in B1 is not in the contract. … or let others be with `extra_columns: ignore`',
        SheetHeaderError,
        grid=with_header(small="tiny"),
        source={"extra_columns": "reject"},
    ),
]

CASES = [*MISSING, *ELSEWHERE, *TWICE, *EXTRA]
