"""Every root field of Query as a document that asks for all there is below it, to a depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import GraphQLSchema

# What lies deeper is asked by name: `DEEPER`.
_DEPTH = 2


@dataclass(frozen=True)
class RootQuery:
    """One root field with its arguments, and a document that selects what its answer holds."""

    name: str
    document: str
    variables: dict[str, Any]


def root_queries(
    schema: GraphQLSchema, arguments: Mapping[str, Mapping[str, Any]]
) -> Iterator[RootQuery]:
    """All of them; KeyError for a root field whose arguments nobody has listed."""
    for name, field in schema.query_type.fields.items():
        sent = arguments[name]
        declared = ", ".join(f"${each}: {field.args[each].type}" for each in sent)
        passed = ", ".join(f"{each}: ${each}" for each in sent)
        selected = _selected(schema, field.type, _DEPTH)
        yield RootQuery(
            name,
            f"query{f'({declared})' if sent else ''} "
            f"{{ {name}{f'({passed})' if sent else ''} {selected} }}",
            dict(sent),
        )


def _selected(schema: GraphQLSchema, kind: Any, depth: int, above: tuple[str, ...] = ()) -> str:
    kind = get_named_type(kind)
    if is_leaf_type(kind):
        return ""
    if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
        members = [
            f"... on {each.name} {_fields(schema, each, depth, above, prefix=each.name)}"
            for each in schema.get_possible_types(kind)
        ]
        return f"{{ __typename {' '.join(members)} }}"
    return _fields(schema, kind, depth, above)


def _fields(
    schema: GraphQLSchema, kind: Any, depth: int, above: tuple[str, ...], prefix: str = ""
) -> str:
    """Fields without required arguments; in a union each has a name of its own.

    A type that stands above is not gone into again: a run's job has runs.
    """
    inner = []
    for name, field in kind.fields.items():
        needs = any(map(is_required_argument, field.args.values()))
        below = get_named_type(field.type)
        leaf = is_leaf_type(below)
        if needs or not (leaf or depth) or below.name in above or name == "alwaysException":
            continue
        alias = f"{prefix}_{name}: " if prefix else ""
        inside = _selected(
            schema, below, depth - 1, (*above, kind.name, below.name) if not leaf else ()
        )
        inner.append(f"{alias}{name} {inside}".strip())
    return f"{{ __typename {' '.join(inner)} }}"


# Where Dagster has shown a configuration before, and the causes of errors.
DEEPER = """
query($pipeline: PipelineSelector!, $run: ID!) {
  pipelineOrError(params: $pipeline) { ... on Pipeline { modes { resources { name description
    configField { defaultValueAsJson configType { key description } } } loggers { name
    configField { defaultValueAsJson } } } runs { runConfigYaml tags { key value } assets { key { path } } } } }
  runOrError(runId: $run) { ... on Run { runConfigYaml rootRunId tags { key value }
    stepStats { stepKey status materializations { metadataEntries { label ... on TextMetadataEntry { text } ... on JsonMetadataEntry { jsonString } ... on TableMetadataEntry { table { records } } } } }
    eventConnection { events { __typename ... on MessageEvent { message }
      ... on ExecutionStepFailureEvent { error { message stack causes { message stack } errorChain { error { message stack } } }
        failureMetadata { metadataEntries { label ... on TextMetadataEntry { text } ... on MarkdownMetadataEntry { mdStr } ... on TableMetadataEntry { table { records } } } } }
      ... on RunFailureEvent { error { message stack causes { message stack } } } } } } }
}
"""


def listed(location: str, job: str, asset: list[str], run_id: str) -> dict[str, dict[str, Any]]:
    """The arguments of every root field of Query; a field that is not here fails the test."""
    where = {"repositoryName": "__repository__", "repositoryLocationName": location}
    pipeline = {**where, "pipelineName": job}
    key = {"path": asset}
    none: dict[str, Any] = {}
    return {
        "version": none,
        "repositoriesOrError": none,
        "repositoryOrError": {"repositorySelector": where},
        "workspaceOrError": none,
        "locationStatusesOrError": none,
        "workspaceLocationEntryOrError": {"name": location},
        "pipelineOrError": {"params": pipeline},
        "resourcesOrError": {"pipelineSelector": pipeline},
        "pipelineSnapshotOrError": {"activePipelineSelector": pipeline},
        "graphOrError": {"selector": {**where, "graphName": job}},
        "scheduler": none,
        "scheduleOrError": {"scheduleSelector": {**where, "scheduleName": "daily_refresh_schedule"}},
        "schedulesOrError": {"repositorySelector": where},
        "topLevelResourceDetailsOrError": {"resourceSelector": {**where, "resourceName": "redshift"}},
        "allTopLevelResourceDetailsOrError": {"repositorySelector": where},
        "utilizedEnvVarsOrError": {"repositorySelector": where},
        "sensorOrError": {"sensorSelector": {**where, "sensorName": "sheet_changes_sensor"}},
        "sensorsOrError": {"repositorySelector": where},
        "instigationStateOrError": {"instigationSelector": {**where, "name": "sheet_changes_sensor"}},
        "instigationStatesOrError": {"repositoryID": "none"},
        "partitionSetsOrError": {"repositorySelector": where, "pipelineName": job},
        "partitionSetOrError": {"repositorySelector": where, "partitionSetName": "none"},
        "pipelineRunsOrError": {"limit": 10},
        "pipelineRunOrError": {"runId": run_id},
        "runsOrError": {"limit": 10},
        "runOrError": {"runId": run_id},
        "runsFeedOrError": {"limit": 10, "view": "ROOTS"},
        "runsFeedCountOrError": {"view": "ROOTS"},
        "runTagKeysOrError": none,
        "runTagsOrError": none,
        "runIdsOrError": none,
        "runGroupOrError": {"runId": run_id},
        "isPipelineConfigValid": {"pipeline": pipeline, "mode": "default"},
        "executionPlanOrError": {"pipeline": pipeline, "mode": "default"},
        "runConfigSchemaOrError": {"selector": pipeline},
        "instance": none,
        "assetsOrError": none,
        "assetRecordsOrError": none,
        "assetOrError": {"assetKey": key},
        "assetNodes": {"loadMaterializations": True},
        "assetNodeOrError": {"assetKey": key},
        "assetNodeAdditionalRequiredKeys": {"assetKeys": [key]},
        "assetNodeDefinitionCollisions": {"assetKeys": [key]},
        "partitionBackfillOrError": {"backfillId": "none"},
        "assetBackfillPreview": {"params": {"partitionNames": [], "assetSelection": [key]}},
        "partitionBackfillsOrError": none,
        "permissions": none,
        "canBulkTerminate": none,
        "assetsLatestInfo": {"assetKeys": [key]},
        "logsForRun": {"runId": run_id},
        "capturedLogsMetadata": {"logKey": [run_id, "compute_logs", "none"]},
        "capturedLogs": {"logKey": [run_id, "compute_logs", "none"]},
        "shouldShowNux": none,
        "test": none,
        "autoMaterializeAssetEvaluationsOrError": {"assetKey": key, "limit": 10},
        "truePartitionsForAutomationConditionEvaluationNode": {"assetKey": key, "evaluationId": "1", "nodeUniqueId": "none"},
        "autoMaterializeEvaluationsForEvaluationId": {"evaluationId": "1"},
        "assetConditionEvaluationForPartition": {"assetKey": key, "evaluationId": "1", "partition": "none"},
        "assetConditionEvaluationRecordsOrError": {"assetKey": key, "limit": 10},
        "assetConditionEvaluationsForEvaluationId": {"evaluationId": "1"},
        "autoMaterializeTicks": none,
        "assetCheckExecutions": {"assetKey": key, "checkName": "none", "limit": 10},
        "latestDefsStateInfo": none,
        "appManagedComponentsForLocationOrError": {"locationName": location},
        "componentsForLocationOrError": {"locationName": location},
        "componentTypesForLocationOrError": {"locationName": location},
    }  # fmt: skip
