"""Sheets of one spreadsheet in one run: read together, since a minute has 60 reads only."""

import dagster as dg

from sheet_assets.sheets.contract import SheetSource

CONTRACT = "contract"
# Where the steps of a run share a process, and so their resources.
_ONE_PROCESS = {"in_process", "execute_in_process_executor"}


def contract_metadata(source: SheetSource) -> dg.JsonMetadataValue:
    """What a sheet's asset says of itself, in the UI and to the other sheets of a run."""
    return dg.MetadataValue.json(source.model_dump(mode="json", exclude_defaults=True))


def siblings(context: dg.AssetExecutionContext, source: SheetSource) -> list[SheetSource]:
    """The other sheets of the same spreadsheet that this run reads in this process."""
    job = context.op_execution_context.job_def
    if job.executor_def.name not in _ONE_PROCESS:
        return []
    graph = job.asset_layer.asset_graph
    metadata = [graph.get(key).metadata for key in job.asset_layer.executable_asset_keys]
    found = [
        SheetSource.model_validate(said[CONTRACT].value) for said in metadata if CONTRACT in said
    ]
    return sorted(
        (
            other
            for other in found
            if other.spreadsheet_id == source.spreadsheet_id and other.name != source.name
        ),
        key=lambda other: other.name,
    )
