from __future__ import annotations

import pytest

from sheet_assets.errors import ContractError
from sheet_assets.warehouse.manifest import Snapshot
from sheet_assets.warehouse.restoring import staged_columns
from sheet_assets.warehouse.target import Target
from sheet_assets.warehouse.types import TableColumn


def columns(**types):
    """`id="integer!"` is a required column."""
    return tuple(
        TableColumn(name=name, type=kind.removesuffix("!"), required=kind.endswith("!"))
        for name, kind in types.items()
    )


OLD = Snapshot(
    name="nps",
    version="0123456789abcdef",
    contract_hash="c",
    columns=columns(comment="varchar(40)", id="integer!"),
    rows=2,
    parts=(),
)


def test_columns_are_in_the_order_of_the_files_and_of_the_types_of_the_table():
    """COPY takes a file's fields in its own order; the table says how long a text may be."""
    target = Target("s", "t", columns(id="integer!", score="real", comment="varchar(80)"))
    found = staged_columns(target, OLD, restore=True)
    assert [(column.name, str(column.type)) for column in found] == [
        ("comment", "varchar(80)"),
        ("id", "integer"),
    ]


@pytest.mark.parametrize(
    ("contract", "said"),
    [
        ({"id": "integer!"}, 'it has a column "comment", which the contract does not have. It'),
        ({"id": "bigint!", "comment": "varchar(40)"}, 'its column "id" is integer, not bigint. It'),
        ({"id": "integer!", "comment": "varchar(9)"}, "is varchar(40), not varchar(9). It"),
        ({"id": "integer!", "comment": "varchar(40)", "score": "integer!"}, 'it has no column "score", which is required. It'),
        ({"id": "integer!", "score": "integer!"}, '"comment", which the contract does not have; it has no column "score"'),
    ],
)  # fmt: skip
def test_older_version_that_does_not_fit(contract, said):
    """Everything that differs is named."""
    with pytest.raises(ContractError) as refused:
        staged_columns(Target("s", "t", columns(**contract)), OLD, restore=True)
    assert f"The version 0123456789ab of nps does not fit s.t: {said}"[:40] in str(refused.value)
    assert said in str(refused.value)
    assert "was written under an older contract. Choose another version" in str(refused.value)


def test_version_that_was_just_read_has_every_column():
    """Only a restored one may lack some; its types are the decoder's business."""
    with pytest.raises(ContractError, match=r'it has no column "score". Read the sheet again'):
        staged_columns(
            Target("s", "t", columns(id="integer", comment="varchar(9)", score="date")), OLD
        )
    shorter = Target("s", "t", columns(id="integer", comment="varchar(9)"))
    assert len(staged_columns(shorter, OLD)) == 2
