"""Fields that several components share, and what `{{ setting('…') }}` means in their YAML."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import dagster as dg
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypeAliasType

from sheet_assets import settings
from sheet_assets.assets import redshift_table
from sheet_assets.clients.table_load import Target
from sheet_assets.sheets.contract import Column, check_columns
from sheet_assets.warehouse.lineage import tables_of
from sheet_assets.warehouse.types import MAX_IDENTIFIER_BYTES, TableColumn


class WithSettings(dg.Component):
    """A component whose YAML has the function `setting(name, default)`.

    It obeys the order of settings (file, environment, default), which `env()` does not.
    """

    @classmethod
    def get_additional_scope(cls) -> Mapping[str, Any]:
        """What `{{ … }}` may name."""
        return {**super().get_additional_scope(), "setting": settings.for_yaml}


def _resolved(kind: Any) -> Callable[[dg.ResolutionContext, Any], Any]:
    adapter = TypeAdapter(kind)

    def resolve(context: dg.ResolutionContext, value: Any) -> Any:
        plain = TypeAdapter(Any).dump_python(value)
        try:
            columns = adapter.validate_python(context.resolve_value(plain))
        except ValidationError as error:
            raise ValueError(_first(error)) from None
        check_columns(columns)
        return columns

    return resolve


def _first(error: ValidationError) -> str:
    """The first problem of a contract, by the column's place and the field's name."""
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"columns.{where}: {problem['msg']}"


# Named types: Dagster looks into a bare tuple and refuses fields with constraints, although the
# resolver says how they are read.
_Contract = TypeAliasType("_Contract", tuple[Column, ...])
_TableContract = TypeAliasType("_TableContract", tuple[TableColumn, ...])
Columns = Annotated[
    _Contract,
    dg.Resolver(_resolved(tuple[Column, ...]), model_field_type=list[Column]),
]
TableColumns = Annotated[
    _TableContract,
    dg.Resolver(_resolved(tuple[TableColumn, ...]), model_field_type=list[TableColumn]),
]


def target(table: str, columns: Sequence[TableColumn]) -> Target:
    """The table that `schema.table` names.

    Raises:
        ValueError: it is not of that form.
    """
    schema, dot, name = table.partition(".")
    if not (schema and dot and name) or "." in name:
        raise ValueError(f"table: {table!r} must be `schema.table`, for example raw_data.nps")
    if max(len(schema.encode()), len(name.encode())) > MAX_IDENTIFIER_BYTES:
        raise ValueError(f"table: {table!r} is too long: a name has {MAX_IDENTIFIER_BYTES} bytes")
    return Target(schema.lower(), name.lower(), tuple(columns))


def query_deps(query: str, declared: Sequence[str] | None) -> list[dg.AssetKey]:
    """The assets that a query reads: the declared ones, else the tables in its SQL.

    Raises:
        ValueError: the SQL cannot be read.
    """
    if declared is not None:
        return [redshift_table.asset_key(target(table, ())) for table in declared]
    return [dg.AssetKey([schema, table]) for schema, table in tables_of(query)]


def query_text(context: dg.ComponentLoadContext, query: str) -> str:
    """The SQL: as it stands in the YAML, or in the file beside it that is named there.

    Raises:
        ValueError: the file does not exist.
    """
    if not query.strip().endswith(".sql"):
        return query
    path = context.path / query.strip()
    if not path.is_file():
        raise ValueError(f"query: there is no file {query.strip()} beside the defs.yaml")
    return path.read_text()


def folder(context: dg.ComponentLoadContext) -> str:
    """The folder of the defs.yaml, below defs/."""
    return str(context.path.relative_to(context.defs_module_path))
