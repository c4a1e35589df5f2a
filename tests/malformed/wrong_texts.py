"""Cells that are no texts that Redshift can hold, and errors of formulas."""

from __future__ import annotations

from bench import wrong

HOLDS = "more than varchar(12) holds"
MARKER = "is the text that stands for NULL in the CSV; write it differently"
NUL = "holds a NUL character, which Redshift cannot store"
TOO_LONG = "has more digits than a number cell keeps; format the column as plain text"
ERROR = "is a formula's error"

TEXTS = [
    wrong(
        "five syllables of Hangul in twelve bytes",
        "note",
        "추천합니다",
        f"'추천합니다' has 15 bytes, {HOLDS}",
    ),
    wrong("four emoji in twelve bytes", "note", "👍👍👍👍", f"'👍👍👍👍' has 16 bytes, {HOLDS}"),
    wrong(
        "a family of emoji in twelve bytes",
        "note",
        "👩\u200d👧\u200d👦",
        f"'👩\\u200d👧\\u200d👦' has 18 bytes, {HOLDS}",
    ),
    wrong(
        "thirteen letters in twelve bytes",
        "note",
        "thirteen char",
        f"'thirteen char' has 13 bytes, {HOLDS}",
    ),
    wrong(
        "thirteen blanks in twelve bytes", "note", " " * 13, f"'{' ' * 13}' has 13 bytes, {HOLDS}"
    ),
    wrong(
        "a number of sixteen characters in a varchar",
        "note",
        45688.395833333336,
        f"45688.3958333333 has 16 bytes, {HOLDS}",
    ),
    wrong("the text that stands for NULL", "note", "@NULL@", f"'@NULL@' {MARKER}"),
    wrong(
        "the text that stands for NULL in a required column",
        "note",
        "@NULL@",
        f"'@NULL@' {MARKER}",
        rules={"required": True},
    ),
    wrong("a NUL character in the middle", "note", "a\0b", f"'a\\x00b' {NUL}"),
    wrong("a NUL character alone", "note", "\0", f"'\\x00' {NUL}"),
    wrong("2^53 + 1 as a number in a varchar", "note", 2**53 + 1, f"9007199254740992 {TOO_LONG}"),
    wrong("1E+300 in a varchar", "note", 1e300, f"1e+300 {TOO_LONG}"),
]

FORMULAS = [
    wrong("a lookup that found nothing", "whole", "#N/A", f"'#N/A' {ERROR}"),
    wrong("a reference to a deleted cell", "note", "#REF!", f"'#REF!' {ERROR}"),
    wrong("a division by zero", "ratio", "#DIV/0!", f"'#DIV/0!' {ERROR}"),
    wrong("a formula that adds a text", "price", "#VALUE!", f"'#VALUE!' {ERROR}"),
    wrong("a function that does not exist", "done", "#NAME?", f"'#NAME?' {ERROR}"),
    wrong("the root of a negative number", "measure", "#NUM!", f"'#NUM!' {ERROR}"),
    wrong("ranges without a common cell", "day", "#NULL!", f"'#NULL!' {ERROR}"),
    wrong("a formula that cannot be parsed", "at", "#ERROR!", f"'#ERROR!' {ERROR}"),
    wrong("an import that is still loading", "moment", "Loading...", f"'Loading...' {ERROR}"),
    wrong(
        "an error in a column where other errors are NULL",
        "small",
        "#SPILL!",
        "'#SPILL!' is not a whole number",
        rules={"formula_errors": "null"},
    ),
    wrong(
        "an error that is NULL in a required column",
        "clock",
        "#N/A",
        "'#N/A' is a formula's error, and the column is required",
        rules={"formula_errors": "null", "required": True},
    ),
    wrong(
        "an import that is NULL in a required column",
        "done",
        "Loading...",
        "'Loading...' is a formula's error, and the column is required",
        rules={"formula_errors": "null", "required": True},
    ),
    wrong(
        "an error that is NULL in the key",
        "id",
        "#REF!",
        "'#REF!' is a formula's error, and it is the key",
        rules={"formula_errors": "null", "key": True},
    ),
]

SHOWN = {"as_displayed": True}

DISPLAYED = [
    wrong(
        "a code whose zeros are too many bytes",
        "note",
        7,
        f"'000000000000007' has 15 bytes, {HOLDS}",
        rules=SHOWN,
        meddle=lambda path: path.worksheet.set_number_format("M3", "NUMBER", "000000000000000"),
    ),
    wrong(
        "a code of more digits than a cell keeps",
        "note",
        2**53 + 1,
        f"9007199254740992 {TOO_LONG}",
        rules=SHOWN,
        meddle=lambda path: path.worksheet.set_number_format("M3", "NUMBER", "0"),
    ),
    wrong(
        "a cell that is too narrow for what it shows",
        "note",
        "######",
        f"'######' {ERROR}",
        rules=SHOWN,
    ),
]

CASES = [*TEXTS, *FORMULAS, *DISPLAYED]
