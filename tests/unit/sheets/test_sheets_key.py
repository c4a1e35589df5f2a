"""The key: what tells rows apart."""

from __future__ import annotations

import pytest

from sheet_assets.errors import CellError
from sheet_assets.sheets.contract import Column
from sheet_assets.sheets.decode import decode

ID = Column(name="id", type="integer", key=True)
COUNTRY = Column(name="country", type="varchar(8)", header="Country", key=True)
AMOUNT = Column(name="amount", type="integer", unique=True)


def wrong(contract, *rows):
    """Each wrong cell as a sentence, with its rule."""
    header = [column.headers[0] for column in contract]
    with pytest.raises(CellError) as caught:
        decode(contract, [header, *rows], worksheet="Orders")
    return [(str(cell), cell.rule, cell.column) for cell in caught.value.cells]


def test_a_key_stands_once():
    """Every repetition is wrong, and says where the key stands first."""
    assert wrong([ID], [5], [6], [], [5], ["5"], [5.0]) == [
        (f'Orders!{cell} "id": {value} stands twice as the key, first in A2', "key", "id")
        for cell, value in [("A5", "5"), ("A6", "'5'"), ("A7", "5")]
    ]


def test_a_composite_key_stands_once_as_a_whole():
    """Parts may repeat; the first of the key's columns carries the error, and names the others."""
    rows = [[5, "KR"], [5, "DE"], [6, "KR"], [5, "KR"]]
    assert wrong([ID, COUNTRY], *rows) == [
        (
            "Orders!A5 \"id\": 5 with 'KR' (B5) stands twice as the key, first in A2",
            "key",
            "id",
        )
    ]
    assert len(decode([ID, COUNTRY], [["id", "Country"], *rows[:3]], worksheet="Orders")) == 3


def test_spaces_at_the_end_do_not_tell_keys_apart():
    """Redshift ignores them when it compares, so a merge would take the two for one."""
    (found,) = wrong([COUNTRY], ["KR"], ["KR  "])
    assert found[0] == "Orders!A3 \"Country\": 'KR  ' stands twice as the key, first in A2"
    decode([COUNTRY], [["Country"], ["KR"], [" KR"], ["kr"], ["KR\n"]], worksheet="Orders")


def test_a_blank_key_is_wrong():
    """A key has a value in each of its columns, also where the column was not called required."""
    null = COUNTRY.model_copy(update={"null_values": ("-",), "formula_errors": "null"})
    assert wrong([ID, null], ["", "KR"], [5, ""], [5, "-"], [5, "#N/A"]) == [
        ('Orders!A2 "id": is blank, but it is the key', "key", "id"),
        ('Orders!B3 "Country": is blank, but it is the key', "key", "country"),
        ("Orders!B4 \"Country\": '-' stands for NULL, but it is the key", "key", "country"),
        (
            "Orders!B5 \"Country\": '#N/A' is a formula's error, and it is the key",
            "key",
            "country",
        ),
    ]


def test_a_wrong_key_is_told_once():
    """A cell that is wrong for itself is not told to repeat another, nor both rules at once."""
    unique = ID.model_copy(update={"unique": True, "max": 9})
    assert [(said, rule) for said, rule, _ in wrong([unique], [5], [5], [10], [10])] == [
        ('Orders!A3 "id": 5 stands twice, first in A2', "unique"),
        ('Orders!A4 "id": 10 is more than 9, the largest allowed', "max"),
        ('Orders!A5 "id": 10 is more than 9, the largest allowed', "max"),
    ]


def test_a_sensitive_key_is_masked():
    """No value of a sensitive column is in the sentence, whichever part of the key it is."""
    secret = COUNTRY.model_copy(update={"sensitive": True})
    assert [said for said, _, _ in wrong([ID, secret], [5, "KR"], [5, "KR"])] == [
        'Orders!A3 "id": 5 with B3 stands twice as the key, first in A2'
    ]
    ((said, _, _),) = wrong([secret, ID], ["KR", 5], ["KR", 5])
    assert said == (
        'Orders!A3 "Country": the value (hidden: the column is sensitive) '
        "with 5 (B3) stands twice as the key, first in A2"
    )


def test_an_empty_text_may_be_a_part_of_a_key():
    """Where a blank is declared to be a value, it is one."""
    empty = COUNTRY.model_copy(update={"blank": "empty"})
    assert len(decode([ID, empty], [["id", "Country"], [5], [6]], worksheet="Orders")) == 2
    assert [rule for _, rule, _ in wrong([ID, empty], [5], [5, ""])] == ["key"]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("x", "type"),
        (None, "required"),
        ("-", "required"),
        (10, "max"),
        (0, "min"),
        (4, "allowed"),
        ("#N/A", "formula_errors"),
    ],
)
def test_every_wrong_cell_names_the_rule_it_breaks(cell, rule):
    """The rule is the field of the contract, and the column its name there."""
    column = Column(
        name="score",
        header="Score",
        type="integer",
        required=True,
        min=1,
        max=9,
        allowed=(1, 2, 3),
        null_values=("-",),
    )
    contract = [Column(name="row", type="integer"), column]
    header = ["row", "Score"]
    with pytest.raises(CellError) as caught:
        decode(contract, [header, [1, cell]], worksheet="Orders")
    assert [(each.rule, each.column) for each in caught.value.cells] == [(rule, "score")]


def test_the_other_rules_have_names_too():
    """Uniqueness and patterns."""
    code = Column(name="code", type="varchar(8)", pattern="[A-Z]+", unique=True)
    assert [rule for _, rule, _ in wrong([code], ["AB"], ["AB"], ["ab"])] == ["unique", "pattern"]
