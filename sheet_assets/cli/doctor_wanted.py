"""What the components of a deployment need to reach, for the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheet_assets.assets import exported_sheet, redshift_table
from sheet_assets.doctor.wanted import Wanted, WantedSheet, WantedTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheet_assets.cli.deployment import Deployment
    from sheet_assets.warehouse.target import Target


def wanted(deployment: Deployment) -> Wanted:
    """The sheets that are read and written, and the tables that are loaded and read.

    Raises:
        DefinitionsError, SettingError: something of the deployment is wrong.
    """
    return Wanted(
        (*_read(deployment), *_written(deployment)),
        tuple(dict.fromkeys(_tables(deployment))),
    )


def _read(deployment: Deployment) -> Iterator[WantedSheet]:
    for table, _ in deployment.tables:
        source = table.source()
        reports = table.report_to_sheet != "off"
        yield WantedSheet(
            source.name,
            source.spreadsheet_id,
            source,
            writes="report_to_sheet shows wrong cells in it" if reports else "",
        )


def _written(deployment: Deployment) -> Iterator[WantedSheet]:
    for export, _ in deployment.exports:
        into = export.target()
        yield WantedSheet(
            export.name,
            into.spreadsheet_id,
            worksheet=into.worksheet,
            may_create=into.create_worksheet,
            writes=f"the export {export.name} writes into it",
        )


def _tables(deployment: Deployment) -> Iterator[WantedTable]:
    loaded = [
        *(table.target() for table, _ in deployment.tables),
        *(table.target() for table in deployment.sql_tables),
    ]
    known = {(into.schema, into.table) for into in loaded}
    yield from map(_loaded, loaded)
    readers = [
        *(exported_sheet.asset_key(export.name) for export, _ in deployment.exports),
        *(redshift_table.asset_key(table.target()) for table in deployment.sql_tables),
    ]
    graph = deployment.definitions.get_repository_def().asset_graph
    for key in sorted({parent for reader in readers for parent in graph.get(reader).parent_keys}):
        schema, table = key.path[-2:]
        if (schema, table) not in known:
            yield WantedTable(schema, table, writes=False)


def _loaded(into: Target) -> WantedTable:
    return WantedTable(into.schema, into.table, may_create_schema=into.create_schema)
