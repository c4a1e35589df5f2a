"""The columns that a version brings, which may have been written under an older contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.errors import ContractError

if TYPE_CHECKING:
    from sheet_assets.warehouse.manifest import Snapshot
    from sheet_assets.warehouse.target import Target
    from sheet_assets.warehouse.types import TableColumn


def staged_columns(
    target: Target, snapshot: Snapshot, *, restore: bool = False
) -> tuple[TableColumn, ...]:
    """The table's columns that the files of a version fill, in the order of the files.

    Only a version that is restored may lack columns; they become NULL.

    Raises:
        ContractError: the version has other columns than the table takes; says which.
    """
    columns = {column.name: column for column in target.columns}
    brought = {column.name: column for column in snapshot.columns}
    problems = []
    for name, column in brought.items():
        if name not in columns:
            problems.append(f'it has a column "{name}", which the contract does not have')
        elif restore and not _takes(columns[name], column):
            problems.append(f'its column "{name}" is {column.type}, not {columns[name].type}')
    for name, column in columns.items():
        if name not in brought and (column.required or name in target.key or not restore):
            problems.append(
                f'it has no column "{name}"' + (", which is required" if column.required else "")
            )
    if problems:
        raise ContractError(
            f"The version {snapshot.version[:12]} of {snapshot.name} does not fit {target}: "
            f"{'; '.join(problems)}. "
            + (
                "It was written under an older contract. Choose another version, or restore that "
                "contract, too; the table was left as it is."
                if restore
                else "Read the sheet again; the table was left as it is."
            )
        )
    return tuple(columns[name] for name in brought)


def _takes(column: TableColumn, older: TableColumn) -> bool:
    if column.type.kind == older.type.kind == "varchar":
        return column.type.has_room_for(older.type)
    return column.type == older.type
