"""Fields that several components share, and what `{{ setting('…') }}` means in their YAML."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol, TypeVar

import dagster as dg
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypeAliasType

from sheet_assets import settings
from sheet_assets.assets import redshift_table
from sheet_assets.assets.labels import Labels
from sheet_assets.assets.sheet_csv import ReportTo
from sheet_assets.clients.sheet_export.chart import Chart
from sheet_assets.sheets.contract import Column, check_columns, spreadsheet_id
from sheet_assets.sheets.export_column import ExportColumn, check_export_columns
from sheet_assets.warehouse.lineage import tables_of
from sheet_assets.warehouse.target import Target
from sheet_assets.warehouse.types import MAX_IDENTIFIER_BYTES, ResultColumn, TableColumn

Value = TypeVar("Value")
Read = TypeVar("Read")
_TEMPLATE = re.compile(r"\{[{%#]")


class WithSettings(dg.Component):
    """A component whose YAML has the function `setting(name, default)`.

    It obeys the order of settings (file, environment, default), which `env()` does not.
    """

    @classmethod
    def get_additional_scope(cls) -> Mapping[str, Any]:
        """What `{{ … }}` may name."""
        return {**super().get_additional_scope(), "setting": settings.for_yaml}


def _resolved(
    kind: Any, check: Callable[[Any], None] = check_columns, *, field: str = "columns"
) -> Callable[[dg.ResolutionContext, Any], Any]:
    adapter = TypeAdapter(kind)

    def resolve(context: dg.ResolutionContext, value: Any) -> Any:
        if value is None:
            return None
        plain = TypeAdapter(Any).dump_python(value, exclude_unset=True)
        try:
            read = adapter.validate_python(_rendered(context, plain))
        except ValidationError as error:
            raise ValueError(_first(field, error)) from None
        of_field(field, check, read)
        return read

    return resolve


def _rendered(context: dg.ResolutionContext, value: Any) -> Any:
    """Only what holds a template goes through it: a header "2026" is no number."""
    if isinstance(value, dict):
        return {name: _rendered(context, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rendered(context, each) for each in value]
    if isinstance(value, str) and not _TEMPLATE.search(value):
        return value
    return context.resolve_value(value)


def _rows_by_table(context: dg.ResolutionContext, value: Any) -> Any:
    """The names may be templates, too."""
    return {_text(context, str(name)): _rendered(context, rows) for name, rows in value.items()}


def _text(context: dg.ResolutionContext, value: str | None) -> str | None:
    """Text stays text: Dagster's templates would make the number 2026 of "2026"."""
    return None if value is None else str(_worksheet(context, value))


def _worksheet(context: dg.ResolutionContext, value: str | int | None) -> str | int | None:
    """A title in quotes stays a title, also of digits; digits from a setting are a gid."""
    if value is None or (isinstance(value, str) and not _TEMPLATE.search(value)):
        return value
    resolved: Any = context.resolve_value(value, as_type=str)
    return resolved if isinstance(resolved, int) else str(resolved)


def _first(field: str, error: ValidationError) -> str:
    """The first problem of a field's parts, by a column's place and the part's name."""
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"{field}.{where}: {problem['msg'].removeprefix('Value error, ')}"


# Named types: Dagster looks into a bare tuple and refuses fields with constraints, although the
# resolver says how they are read.
_Contract = TypeAliasType("_Contract", tuple[Column, ...])
_ResultContract = TypeAliasType("_ResultContract", tuple[ResultColumn, ...])
_ShownColumns = TypeAliasType("_ShownColumns", tuple[ExportColumn, ...] | None)
_Chart = TypeAliasType("_Chart", Chart | None)
Columns = Annotated[
    _Contract,
    dg.Resolver(_resolved(tuple[Column, ...]), model_field_type=list[Column]),
]
ResultColumns = Annotated[
    _ResultContract,
    dg.Resolver(_resolved(tuple[ResultColumn, ...]), model_field_type=list[ResultColumn]),
]
ExportColumns = Annotated[
    _ShownColumns,
    dg.Resolver(
        _resolved(tuple[ExportColumn, ...], check_export_columns),
        model_field_type=list[ExportColumn] | None,
    ),
]
ChartField = Annotated[
    _Chart,
    dg.Resolver(_resolved(Chart, lambda _: None, field="chart"), model_field_type=Chart | None),
]


Text = Annotated[str, dg.Resolver(_text, model_field_type=str, inject_before_resolve=False)]
OptionalText = Annotated[
    str | None, dg.Resolver(_text, model_field_type=str | None, inject_before_resolve=False)
]
Texts = Annotated[
    list[str], dg.Resolver(_rendered, model_field_type=list[str], inject_before_resolve=False)
]
TextsByName = Annotated[
    dict[str, list[str]],
    dg.Resolver(_rendered, model_field_type=dict[str, list[str]], inject_before_resolve=False),
]
TextByName = Annotated[
    dict[str, str],
    dg.Resolver(_rendered, model_field_type=dict[str, str], inject_before_resolve=False),
]
RowsByTable = Annotated[
    dict[str, int],
    dg.Resolver(_rows_by_table, model_field_type=dict[str, int], inject_before_resolve=False),
]
WorksheetName = Annotated[
    str | int,
    dg.Resolver(_worksheet, model_field_type=str | int, inject_before_resolve=False),
]
OptionalWorksheetName = Annotated[
    str | int | None,
    dg.Resolver(_worksheet, model_field_type=str | int | None, inject_before_resolve=False),
]


# `off` is false in YAML 1.1, and people write it without quotes.
ReportField = Annotated[
    ReportTo,
    dg.Resolver(
        lambda _, value: "off" if value is False else value,
        model_field_type=Literal["off", "notes", "tab"] | bool,
    ),
]


def of_field(name: str, read: Callable[[Value], Read], value: Value) -> Read:
    """What `read` makes of a field's value.

    Raises:
        ValueError: what `read` has raised, behind the field's name.
    """
    try:
        return read(value)
    except ValidationError as error:
        said = _said(error)
    except ValueError as error:
        said = str(error)
    # Not inside the except: the nameless error shall not be found behind this one.
    raise ValueError(f"{name}: {said}" if name else said)


def _said(error: ValidationError) -> str:
    """What our own validator has said, behind the field it names, if pydantic knows one."""
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    said = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def spreadsheet(id_or_url: str) -> str:
    """The spreadsheet's id.

    Raises:
        ValueError: an address without an id, or no id at all.
    """
    found = of_field("spreadsheet", spreadsheet_id, id_or_url)
    if not found or " " in found:
        raise ValueError(f"spreadsheet: {id_or_url!r} is no spreadsheet's id")
    return found


def target(table: str, columns: Sequence[TableColumn], **options: Any) -> Target:
    """The table that `schema.table` names; `options` are Target's.

    Raises:
        ValueError: it is not of that form, or the options do not go together.
    """
    schema, dot, name = table.partition(".")
    if not (schema and dot and name) or "." in name:
        raise ValueError(f"table: {table!r} must be `schema.table`, for example raw_data.nps")
    if columns and not re.fullmatch(r"[A-Za-z0-9_]+", schema + name):
        raise ValueError(f"table: {table!r} must consist of letters, digits and underscores")
    if max(len(schema.encode()), len(name.encode())) > MAX_IDENTIFIER_BYTES:
        raise ValueError(f"table: {table!r} is too long: a name has {MAX_IDENTIFIER_BYTES} bytes")
    return Target(schema.lower(), name.lower(), tuple(columns), **options)


class Filed(Protocol):
    """A component whose assets are filed under something."""

    group_name: str
    owners: list[str]
    tags: dict[str, str]
    freshness_hours: float | None


def labels(component: Filed) -> Labels:
    """What the assets of a component are filed under.

    Raises:
        ValueError: Dagster takes no such owner, tag or group.
    """
    for field, read, value in (
        ("owners", _owners, component.owners),
        ("tags", _tags, component.tags),
        ("group_name", _group, component.group_name),
    ):
        of_field(field, read, value)  # type: ignore[arg-type]  # each with its own value
    return Labels(
        component.group_name,
        tuple(component.owners),
        dict(component.tags),
        component.freshness_hours,
    )


def _owners(owners: Sequence[str]) -> None:
    for owner in owners:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+|team:[A-Za-z0-9_-]+", owner):
            raise ValueError(f"{owner!r} is no e-mail address, and no team such as team:data")


def _tags(tags: Mapping[str, str]) -> None:
    try:
        dg.AssetSpec("any", tags=tags)
    except dg.DagsterInvalidDefinitionError as error:
        raise ValueError(str(error)) from None


def _group(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise ValueError(f"{name!r} must consist of letters, digits and underscores")


def query_deps(query: str, declared: Sequence[str] | None) -> list[dg.AssetKey]:
    """The assets that a query reads: the declared ones, else the tables in its SQL.

    Raises:
        ValueError: the SQL cannot be read.
    """
    if declared is not None:
        return [redshift_table.asset_key(target(table, ())) for table in declared]
    found = of_field("query", tables_of, query)
    return [dg.AssetKey([schema, table]) for schema, table in found]


def query_text(context: dg.ComponentLoadContext, query: str) -> str:
    """The SQL: as it stands in the YAML, or in the file beside it that is named there.

    The file may hold `{{ setting('…') }}`, too.

    Raises:
        ValueError: the file does not exist.
    """
    name = query.strip()
    if not re.fullmatch(r"\S+\.sql", name):
        return query
    path = context.path / name
    if not path.is_file():
        raise ValueError(f"query: there is no file {name} beside the defs.yaml")
    scope = context.resolution_context.with_scope(setting=settings.for_yaml)
    return str(scope.resolve_value(path.read_text(encoding="utf-8")))


def folder(context: dg.ComponentLoadContext) -> str:
    """The folder of the defs.yaml, below defs/."""
    return str(context.path.relative_to(context.defs_module_path))
