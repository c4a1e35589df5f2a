"""The table a load fills: its columns, how it is filled, and how it is created."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sheet_assets.warehouse import ddl, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheet_assets.warehouse.types import TableColumn

Mode = Literal["replace", "append", "merge"]
DistStyle = Literal["auto", "even", "all", "key"]
# https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
PRIVILEGES: tuple[str, ...] = (
    *("select", "insert", "update", "delete", "truncate", "drop", "alter", "references"),
    "all",
)


@dataclass(frozen=True)
class Target:
    """A table and what its contract declares.

    Args:
        mode: `replace`: the table is the sheet. `append`: every version's rows are added, a
            version once. `merge`: rows are replaced by `key`, new ones added.
        key: The columns that tell rows apart.
        delete_missing: Whether a merge removes the rows that have left the sheet.
        diststyle, distkey, sortkey: Redshift's, for a table that is created.
        grants: Who may do what: {"select": ("reporting", "group analysts", "role bi", "public")}.
            Given when the table is created, and again when it is rebuilt.
        create_schema: Whether a schema that is not there is created.
    """

    schema: str
    table: str
    columns: tuple[TableColumn, ...]
    mode: Mode = "replace"
    key: tuple[str, ...] = ()
    delete_missing: bool = False
    diststyle: DistStyle | None = None
    distkey: str | None = None
    sortkey: tuple[str, ...] = ()
    grants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    create_schema: bool = True

    def __post_init__(self) -> None:
        """Refuse options that do not go together.

        Raises:
            ValueError: the text begins with the option.
        """
        if self.mode == "merge" and not self.key:
            raise ValueError("mode: merge needs a column with `key: true`, to tell rows apart")
        if self.delete_missing and self.mode != "merge":
            raise ValueError(
                f"delete_missing: only a merge has it; the mode is {self.mode}, which "
                f"{'replaces all rows anyway' if self.mode == 'replace' else 'keeps all rows'}"
            )
        self._check_keys()
        self._check_grants()

    def _check_keys(self) -> None:
        names = [column.name for column in self.columns]
        for option, columns in (
            ("distkey", (self.distkey,) if self.distkey else ()),
            ("sortkey", self.sortkey),
        ):
            for column in columns:
                if column not in names:
                    raise ValueError(
                        f"{option}: {column!r} is no column; there are {', '.join(names)}"
                    )
        if self.diststyle == "key" and not self.distkey:
            raise ValueError("diststyle: key needs a `distkey`, the column that rows go by")
        if self.distkey and self.diststyle not in {None, "key"}:
            raise ValueError(f"diststyle: with a distkey it is key, not {self.diststyle}")

    def _check_grants(self) -> None:
        for privilege, grantees in self.grants.items():
            if privilege not in PRIVILEGES:
                known = ", ".join(PRIVILEGES)
                raise ValueError(f"grants: {privilege!r} is no right to a table; there are {known}")
            if not grantees:
                raise ValueError(f"grants: {privilege!r} names nobody")
            for grantee in grantees:
                try:
                    ddl.grantee(grantee)
                except ValueError as error:
                    raise ValueError(f"grants: {error}") from None

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def quoted(self) -> str:
        """As SQL names it."""
        return statements.qualified(self.schema, self.table)

    @property
    def table_key(self) -> dict[str, str]:
        """As the control table names it."""
        return {"schema": self.schema, "table": self.table}
