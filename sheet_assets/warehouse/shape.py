"""The shape of a table: how the one that is there differs from the contract, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sheet_assets.warehouse import ddl, statements
from sheet_assets.warehouse.types import ColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sheet_assets.warehouse.target import Target
    from sheet_assets.warehouse.types import TableColumn

# While a column is made anew under its own name; one at a time.
_NEW = "sheet_assets_new"
_CATALOG_TYPES = {
    "character varying": "varchar",
    "numeric": "decimal",
    "double precision": "double",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
}


class ColumnThere(NamedTuple):
    """A column as the catalog has it; with a default it is filled also where nobody names it."""

    name: str
    type: ColumnType
    nullable: bool
    has_default: bool

    @classmethod
    def of_catalog(cls, row: Sequence[Any]) -> ColumnThere:
        """A row of `statements.TABLE_COLUMNS`."""
        name, data_type, length, precision, scale, is_nullable, default = row
        kind = _CATALOG_TYPES.get(data_type, data_type)
        if kind == "varchar":
            found = ColumnType(kind, length=length or 0)
        elif kind == "decimal":
            found = ColumnType(kind, precision=precision or 0, scale=scale or 0)
        else:
            found = ColumnType(kind)
        return cls(name, found, is_nullable == "YES", default is not None)


@dataclass(frozen=True)
class Plan:
    """What makes a table what its contract says.

    Args:
        lengthened: Texts that get longer: at once, and outside a transaction.
        added: Columns that are not there yet.
        anew: Columns that Redshift cannot alter: dropped and added again, and whether their
            values are carried over.
        dropped: Columns that the contract does not have, and nothing else fills.
        losses: A sentence for each step that nobody may want: they need a permission.
    """

    target: Target
    lengthened: tuple[TableColumn, ...] = ()
    added: tuple[TableColumn, ...] = ()
    anew: tuple[tuple[TableColumn, bool], ...] = ()
    dropped: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether there is something to do in the transaction of the load."""
        return bool(self.added or self.anew or self.dropped)

    @property
    def removed(self) -> frozenset[str]:
        """The columns that views may not stand on."""
        return frozenset((*self.dropped, *(column.name for column, _ in self.anew)))

    def statements(self) -> Iterator[str]:
        """In the order in which the table never is without a column."""
        table = (self.target.schema, self.target.table)
        for column in self.added:
            yield ddl.add_column(*table, column.name, column.type)
        for column, carried in self.anew:
            yield ddl.add_column(*table, _NEW, column.type)
            if carried:
                yield statements.carry_over(*table, column.name, _NEW, column.type)
            yield ddl.drop_column(*table, column.name)
            yield ddl.rename_column(*table, _NEW, column.name)
        for name in self.dropped:
            yield ddl.drop_column(*table, name)

    def refusal(self) -> str:
        """Why this is not done without being asked for, with every step in words."""
        steps = "; ".join(f"{number}. {loss}" for number, loss in enumerate(self.losses, 1))
        return (
            f"The table {self.target} is not what the contract says, and cannot simply be "
            f"altered. The plan: {steps}. Run it with --allow-rebuild to do so, or change the "
            "contract; the table was left as it is."
        )


def plan(target: Target, there: Sequence[ColumnThere], *, rows: int = 0) -> Plan:
    """Compare a table with its contract.

    A column that the contract has not is somebody else's if it has a default (or is IDENTITY),
    and is left alone; without one a load would leave nothing but NULL in it. Redshift cannot make
    a column required that is there: loads see to that in staging.

    Args:
        target: What the contract says.
        there: The columns of the table.
        rows: How many rows of an append or merge are in the table, and stay there.
    """
    by_name = {column.name: column for column in there}
    stay = target.mode != "replace" and rows > 0
    lengthened, added, anew, losses = [], [], [], []
    for column in target.columns:
        found = by_name.get(column.name)
        if found is None:
            added.append(column)
            if column.required and stay:
                losses.append(
                    f'add column "{column.name}", which is required, with NULL in the {rows:,} '
                    f"row{'s that are' if rows > 1 else ' that is'} there"
                )
            continue
        # A column that refuses NULL cannot take what the contract lets through.
        fits_null = found.nullable or column.required or column.name in target.key
        if found.type == column.type and fits_null:
            continue
        if fits_null and _is_longer(column.type, found.type):
            lengthened.append(column)
        else:
            carried = stay and column.type.has_room_for(found.type)
            anew.append((column, carried))
            losses.append(_anew(column, found, stay=stay, carried=carried))
    declared = {column.name for column in target.columns}
    dropped = [
        column.name for column in there if column.name not in declared and not column.has_default
    ]
    losses += [
        f'drop column "{name}" with its values: the contract does not have it, and no DEFAULT '
        "fills it"
        for name in dropped
    ]
    return Plan(target, tuple(lengthened), tuple(added), tuple(anew), tuple(dropped), tuple(losses))


def _is_longer(kind: ColumnType, than: ColumnType) -> bool:
    return kind.kind == than.kind == "varchar" and kind.has_room_for(than)


def _anew(column: TableColumn, found: ColumnThere, *, stay: bool, carried: bool) -> str:
    differs = (
        f"is {found.type}, not {column.type}"
        if found.type != column.type
        else "refuses NULL, which the contract allows"
    )
    values = ""
    if stay:
        values = ", with its values" if carried else ", and the values that are there are lost"
    return f'drop column "{column.name}", which {differs}, and add it anew{values}'
