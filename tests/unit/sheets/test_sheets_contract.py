from __future__ import annotations

import re

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheet_assets.sheets.contract import (
    Column,
    SheetSource,
    check_columns,
    contract_hash,
    normalise_header,
    spreadsheet_id,
)
from sheet_assets.warehouse.types import TableColumn

NPS = [
    Column(name="date", type="date", required=True),
    Column(name="score", type="smallint", header="How likely?", aliases=("Score",)),
    Column(name="comment", type="varchar(1000)", blank="empty", sensitive=True),
]


def test_contract_hash_is_stable():
    """The hash of a contract never changes: it is part of every version in S3 and Redshift."""
    assert contract_hash(NPS) == "ad836fc9b09ec15f050ba31df7e93f70793b27c7f6a1d5ced3384e9dda7cb1da"
    assert (
        contract_hash([TableColumn(name="n", type="decimal(5,2)")])
        == "93523203180389ca657d9bb0b3a408612ca3c3ea7a5660ef9c60b0ba4bdb4bc7"
    )


def test_what_says_nothing_does_not_change_the_hash():
    """Descriptions, defaults written out and other names of a type leave the hash alone."""
    plain = [Column(name="comment", type="varchar(256)")]
    said = Column(
        name="comment",
        type="TEXT",
        description="What they said.",
        required=False,
        header=None,
        aliases=(),
        blank="null",
        sensitive=False,
    )
    assert contract_hash([said]) == contract_hash(plain)
    assert contract_hash([TableColumn(name="comment", type="varchar")]) == contract_hash(plain)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"type": "varchar(257)"},
        {"required": True},
        {"header": "Other"},
        {"aliases": ("Other",)},
        {"blank": "empty"},
        {"sensitive": True},
    ],
)
def test_what_says_something_changes_the_hash(change):
    """Every field but the description is part of the contract, and so is the columns' order."""
    column = {"name": "comment", "type": "varchar(256)"}
    assert contract_hash([Column(**column)]) != contract_hash([Column(**(column | change))])
    assert contract_hash(NPS) != contract_hash(NPS[::-1])


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_json_schema_of_a_column(mode):
    """The schema that editors complete YAML with: the type is a text, every field is described."""
    schema = Column.model_json_schema(mode=mode)
    assert schema["properties"]["type"]["type"] == "string"
    assert schema["additionalProperties"] is False
    assert all(field.get("description") for field in schema["properties"].values())
    assert {"name", "type"} <= set(schema["required"])


def test_column_reads_back_from_json():
    """A contract written as JSON is read as the same contract."""
    for column in NPS:
        assert Column.model_validate_json(column.model_dump_json()) == column


@pytest.mark.parametrize(
    "name", ["", "Score", "1st", "a b", "점수", "a-b", "a\n", "a" * 128, 'a"b']
)
def test_column_names_are_redshifts(name):
    """Lower case ASCII words of at most 127 characters."""
    with pytest.raises(pydantic.ValidationError, match="name"):
        Column(name=name, type="integer")


@pytest.mark.parametrize("kind", ["char(3)", "", 5, None, {"kind": "integer"}, ["integer"]])
def test_type_is_a_text_that_names_one(kind):
    """Anything else as a type is told what types there are."""
    with pytest.raises(pydantic.ValidationError, match="is not a column type; there are smallint"):
        Column(name="a", type=kind)


@pytest.mark.parametrize(
    "headers", [{"header": "  "}, {"aliases": ("Score", "")}, {"aliases": ("\xa0",)}]
)
def test_blank_header_is_refused(headers):
    """A blank header would be found in every blank cell of the header row."""
    with pytest.raises(pydantic.ValidationError, match="'a': a header or alias is blank"):
        Column(name="a", type="integer", **headers)


def test_blank_empty_needs_a_varchar():
    """No other type has an empty value."""
    with pytest.raises(pydantic.ValidationError, match="needs a varchar, not integer"):
        Column(name="a", type="integer", blank="empty")


def test_unknown_field_is_refused():
    """A misspelt field is an error, not a default."""
    with pytest.raises(pydantic.ValidationError, match="Extra inputs are not permitted"):
        Column(name="a", type="integer", nullable=True)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ([], "a contract has at least one column"),
        ([NPS[0], NPS[0]], "column name 'date' stands twice in the contract"),
        (
            [
                Column(name="a", type="date", header="The\xa0day"),
                Column(name="b", type="date", aliases=("The day",)),
            ],
            "header 'The day' stands twice in the contract",
        ),
    ],
)
def test_columns_that_collide(columns, problem):
    """No column, a name twice and a header for two columns are refused."""
    with pytest.raises(ValueError, match=problem):
        check_columns(columns)
    with pytest.raises(pydantic.ValidationError, match=problem):
        SheetSource(name="nps", spreadsheet_id="id", worksheet="Responses", columns=columns)


def test_alias_like_the_columns_own_header():
    """A column may claim the same header twice."""
    check_columns([Column(name="a", type="date", header="Day", aliases=("Day", " Day "))])
    check_columns(NPS)


def test_header_is_the_name_unless_given():
    """The preferred header comes first, the aliases after it."""
    assert NPS[0].headers == ("date",)
    assert NPS[1].headers == ("How likely?", "Score")


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none())
def test_normalised_header_stays(cell):
    """Normalising again changes nothing, and no blank stands at an end or beside another."""
    header = normalise_header(cell)
    assert normalise_header(header) == header
    assert header == header.strip()
    assert not re.search(r"\s\s|[^\S ]", header)


@pytest.mark.parametrize(
    "text",
    [
        "1AbC-_9",
        "  1AbC-_9\n",
        "https://docs.google.com/spreadsheets/d/1AbC-_9/edit?gid=0#gid=0",
        "https://docs.google.com/spreadsheets/u/1/d/1AbC-_9/edit",
        "docs.google.com/spreadsheets/d/1AbC-_9",
    ],
)
def test_spreadsheet_id(text):
    """The id alone, or any address of the browser, also of a second account."""
    assert spreadsheet_id(text) == "1AbC-_9"


@pytest.mark.parametrize(
    "address",
    [
        "https://docs.google.com/spreadsheets/d/e/2PACX-1v/pubhtml",
        "https://docs.google.com/document/d/1AbC/edit",
        "https://example.com/sheet",
    ],
)
def test_address_without_a_spreadsheet_id(address):
    """A published page or another document is told so, not looked for in vain."""
    with pytest.raises(ValueError, match="holds no spreadsheet's id"):
        spreadsheet_id(address)
