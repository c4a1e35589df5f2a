"""Cells of the right type that break a rule of the contract: required, unique, key, range, choice."""

from __future__ import annotations

from bench import wrong

HIDDEN = "the value (hidden: the column is sensitive)"
REQUIRED = {"required": True}

BLANKS = [
    wrong(
        "a blank cell in a required column",
        "small",
        None,
        "is blank, but the column is required",
        rules=REQUIRED,
    ),
    wrong(
        "blanks alone in a required number",
        "price",
        "  ",
        "is blank, but the column is required",
        rules=REQUIRED,
    ),
    wrong(
        "a line break alone in a required date",
        "day",
        "\n",
        "is blank, but the column is required",
        rules=REQUIRED,
    ),
    wrong(
        "a blank cell in a required text",
        "note",
        None,
        "is blank, but the column is required",
        rules=REQUIRED,
    ),
    wrong(
        "a word for NULL in a required column",
        "small",
        " n/a ",
        "' n/a ' stands for NULL, but the column is required",
        rules={"required": True, "null_values": ["n/a"]},
    ),
    wrong(
        "a number for NULL in a required column",
        "whole",
        -999,
        "-999 stands for NULL, but the column is required",
        rules={"required": True, "null_values": ["-999"]},
    ),
    wrong(
        "a blank cell in the key", "id", None, "is blank, but it is the key", rules={"key": True}
    ),
    wrong(
        "a blank cell in a part of the key",
        "day",
        None,
        "is blank, but it is the key",
        rules={"key": True},
        other_rules={"id": {"key": True}},
    ),
    wrong(
        "a word for NULL in the key",
        "note",
        "none",
        "'none' stands for NULL, but it is the key",
        rules={"key": True, "null_values": ["none"]},
    ),
    wrong(
        "another word for NULL than the declared one",
        "small",
        "N/A",
        "'N/A' is not a whole number",
        rules={"null_values": ["n/a"]},
    ),
]

AGAIN = [
    wrong(
        "a number that stands twice",
        "whole",
        40000,
        "40000 stands twice, first in C2",
        rules={"unique": True},
    ),
    wrong(
        "a number that stands again as a text",
        "big",
        " 3000000000",
        "' 3000000000' stands twice, first in D2",
        rules={"unique": True},
    ),
    wrong(
        "a text that stands twice",
        "note",
        "좋아요",
        "'좋아요' stands twice, first in M2",
        rules={"unique": True},
    ),
    wrong(
        "a moment that stands twice in another zone",
        "moment",
        "2026-11-19T21:00Z",
        "'2026-11-19T21:00Z' stands twice, first in L2",
        rules={"unique": True},
    ),
    wrong(
        "a decimal that stands twice after rounding",
        "price",
        12.499,
        "12.499 stands twice, first in E2",
        rules={"unique": True},
    ),
    wrong(
        "a key that stands twice",
        "id",
        1,
        "1 stands twice as the key, first in A2",
        rules={"key": True},
    ),
    wrong(
        "a key that differs by blanks at its end",
        "note",
        "좋아요 ",
        "'좋아요 ' stands twice as the key, first in M2",
        rules={"key": True},
    ),
    wrong(
        "a key of two columns that stands twice",
        "small",
        7,
        "7 with 46346 (2026-11-20) (I3) stands twice as the key, first in B2",
        rules={"key": True},
        other_rules={"day": {"key": True}},
        cells={"I3": 46346},
    ),
    wrong(
        "a key of three columns, one of them sensitive",
        "id",
        1,
        "1 with 7 (B3) and M3 stands twice as the key, first in A2",
        rules={"key": True},
        other_rules={"small": {"key": True}, "note": {"key": True, "sensitive": True}},
        cells={"B3": 7, "M3": "좋아요"},
    ),
]

RANGES = [
    wrong(
        "less than the smallest number",
        "small",
        -8,
        "-8 is less than -7, the smallest allowed",
        rules={"min": -7},
    ),
    wrong(
        "less than the smallest decimal",
        "price",
        0.24,
        "0.24 is less than 0.25, the smallest allowed",
        rules={"min": 0.25},
    ),
    wrong(
        "a day before the first one",
        "day",
        46345,
        "46345 (2026-11-19) is less than 2026-11-20, the smallest allowed",
        rules={"min": "2026-11-20"},
    ),
    wrong(
        "a text below the first one",
        "note",
        "a",
        "'a' is less than b, the smallest allowed",
        rules={"min": "b"},
    ),
    wrong(
        "more than the largest number",
        "small",
        11,
        "11 is more than 10, the largest allowed",
        rules={"max": 10},
    ),
    wrong(
        "more than the largest double",
        "measure",
        "2.6",
        "'2.6' is more than 2.5, the largest allowed",
        rules={"max": 2.5},
    ),
    wrong(
        "a time after the last one",
        "clock",
        0.75,
        "0.75 (18:00:00) is more than 17:00:00, the largest allowed",
        rules={"max": "17:00"},
    ),
    wrong(
        "a moment after the last one",
        "moment",
        46350,
        "46350 (2026-11-24) is more than 2026-11-23 00:00:00+00:00, the largest allowed",
        rules={"max": "2026-11-23"},
    ),
]

CHOICES = [
    wrong(
        "a text that is none of the allowed",
        "note",
        "Late",
        "'Late' is not one of '좋아요', 'late'",
        rules={"allowed": ["좋아요", "late"]},
    ),
    wrong(
        "an allowed text with a blank behind it",
        "note",
        "late ",
        "'late ' is not one of '좋아요', 'late'",
        rules={"allowed": ["좋아요", "late"]},
    ),
    wrong(
        "a number that is none of the allowed",
        "small",
        8,
        "8 is not one of 7, 9",
        rules={"allowed": [7, 9]},
        cells={"B2": 9},
    ),
    wrong(
        "a boolean that is not allowed",
        "done",
        False,
        "FALSE is not one of True",
        rules={"allowed": [True]},
    ),
    wrong(
        "a text that does not match the pattern",
        "note",
        "PO-12",
        "'PO-12' does not match the pattern PO-[0-9]{3}",
        rules={"pattern": "PO-[0-9]{3}"},
        cells={"M2": "PO-001"},
    ),
    wrong(
        "a text that matches the pattern only in part",
        "note",
        "x late",
        "'x late' does not match the pattern .?late|좋아요",
        rules={"pattern": ".?late|좋아요"},
    ),
]

SENSITIVE = [
    wrong(
        "a sensitive text that is too long",
        "note",
        "Kim Minsu, Jung-gu",
        f"{HIDDEN} has 18 bytes, more than varchar(12) holds",
        rules={"sensitive": True},
    ),
    wrong(
        "a sensitive number that is a word",
        "small",
        "secret",
        f"{HIDDEN} is not a whole number",
        rules={"sensitive": True},
    ),
    wrong(
        "a sensitive number out of its range",
        "whole",
        5,
        f"{HIDDEN} is less than 10, the smallest allowed",
        rules={"sensitive": True, "min": 10},
    ),
    wrong(
        "a sensitive value that stands twice",
        "note",
        "좋아요",
        f"{HIDDEN} stands twice, first in M2",
        rules={"sensitive": True, "unique": True},
    ),
    wrong(
        "a sensitive cell that is blank",
        "note",
        None,
        "is blank, but the column is required",
        rules={"sensitive": True, "required": True},
    ),
]

CASES = [*BLANKS, *AGAIN, *RANGES, *CHOICES, *SENSITIVE]
