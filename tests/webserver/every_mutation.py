"""Every mutation of a GraphQL schema as a document, with arguments that name what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dagster._core.execution.backfill import BulkActionStatus
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLInputType, GraphQLSchema
    from guarded_instance import Guarded


@dataclass(frozen=True)
class Mutation:
    """One mutation, ready to be sent."""

    name: str
    document: str
    variables: dict[str, Any]


@dataclass
class Arguments:
    """Values for arguments by `Type.field`, else by the field's name alone.

    Optional fields are given only where `Type.field` stands here; `Type` is a mutation's name for
    its own arguments.
    """

    values: dict[str, Any]

    def of(self, owner: str, name: str, kind: GraphQLInputType) -> Any:
        """The value of one argument or field; KeyError where nobody has said one."""
        if f"{owner}.{name}" in self.values:
            return self.values[f"{owner}.{name}"]
        if name in self.values:
            return self.values[name]
        return self._made(f"{owner}.{name}", kind)

    def _made(self, where: str, kind: GraphQLInputType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._made(where, kind.of_type)
        if isinstance(kind, GraphQLList):
            return [self._made(where, kind.of_type)]
        if isinstance(kind, GraphQLInputObjectType):
            return {
                field: self.of(kind.name, field, each.type)
                for field, each in kind.fields.items()
                if self.given(kind.name, field, each.type)
            }
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        return self.values[where]  # a scalar that nobody has said

    def given(self, owner: str, name: str, kind: GraphQLInputType) -> bool:
        """Whether an argument or a field is sent."""
        return isinstance(kind, GraphQLNonNull) or f"{owner}.{name}" in self.values


def mutations(schema: GraphQLSchema, arguments: Arguments) -> Iterator[Mutation]:
    """All of them; what each answers is asked by its type's name, and that of unions in it."""
    for name, field in schema.mutation_type.fields.items():
        sent = {
            argument: arguments.of(name, argument, each.type)
            for argument, each in field.args.items()
            if arguments.given(name, argument, each.type)
        }
        declared = ", ".join(f"${each}: {field.args[each].type}" for each in sent)
        passed = ", ".join(f"{each}: ${each}" for each in sent)
        yield Mutation(
            name,
            f"mutation{f'({declared})' if sent else ''} "
            f"{{ {name}{f'({passed})' if sent else ''} {_selected(field.type)} }}",
            sent,
        )


def _selected(kind: Any) -> str:
    """A type's name, and each member's message; the same of unions that have errors in them."""
    kind = get_named_type(kind)
    if not is_composite_type(kind):
        return ""
    inner = []
    for member in kind.types if isinstance(kind, GraphQLUnionType) else ():
        for name, each in member.fields.items():
            nested = get_named_type(each.type)
            if name == "message":
                inner.append(f"... on {member.name} {{ message }}")
            elif isinstance(nested, GraphQLUnionType) and any(map(_is_error, nested.types)):
                inner.append(f"... on {member.name} {{ {name} {_selected(nested)} }}")
    return f"{{ __typename {' '.join(inner)} }}"


def _is_error(kind: GraphQLObjectType) -> bool:
    return any(interface.name == "Error" for interface in kind.interfaces)


def arguments(guarded: Guarded, location: str) -> Arguments:
    """Values that name what the instance has: a run, a backfill, a sensor that is on, and so on."""
    where = {"repositoryName": "__repository__", "repositoryLocationName": location}
    launched = {**where, "jobName": "nightly_job"}
    queued = _launched(guarded, launched)
    backfill, ended = (_backfill(guarded, day) for day in ("2026-01-05", "2026-01-06"))
    with guarded.instance() as instance:
        found = instance.get_backfill(ended)
        instance.update_backfill(found.with_status(BulkActionStatus.COMPLETED_FAILED))
    states = guarded.data(
        "query($r: RepositorySelector!, $s: SensorSelector!, $c: ScheduleSelector!) {"
        " sensorOrError(sensorSelector: $s) { ... on Sensor { sensorState { id } } }"
        " scheduleOrError(scheduleSelector: $c) { ... on Schedule { scheduleState { id } } }"
        " repositoryOrError(repositorySelector: $r) { __typename } }",
        {
            "r": where,
            "s": {**where, "sensorName": "running_sensor"},
            "c": {**where, "scheduleName": "running_schedule"},
        },
    )
    return Arguments(
        {
            **where,
            "locationName": location,
            "JobOrPipelineSelector.jobName": "nightly_job",
            "scheduleName": "nightly_schedule",
            "sensorName": "nightly_sensor",
            "stopRunningSchedule.id": states["scheduleOrError"]["scheduleState"]["id"],
            "stopSensor.id": states["sensorOrError"]["sensorState"]["id"],
            "setSensorCursor.cursor": "42",
            "sensorDryRun.cursor": "42",
            "scheduleDryRun.timestamp": 1_790_000_000.0,
            "runId": queued,
            "runIds": [queued],
            "terminateRun.runId": _launched(guarded, launched),
            "deleteRun.runId": _launched(guarded, launched),
            "launchRunReexecution.reexecutionParams": {"parentRunId": _launched(guarded, launched), "strategy": "ALL_STEPS"},
            "launchPipelineReexecution.reexecutionParams": {"parentRunId": _launched(guarded, launched), "strategy": "ALL_STEPS"},
            "reexecutePartitionBackfill.reexecutionParams": {"parentRunId": ended, "strategy": "ALL_STEPS"},
            "backfillId": backfill,
            "LaunchBackfillParams.assetSelection": [{"path": ["daily"]}],
            "LaunchBackfillParams.partitionNames": ["2026-01-07"],
            "path": ["raw_data", "nps"],
            "checkName": "has_rows",
            "passed": True,
            "partitionsDefName": "regions",
            "partitionKey": "north",
            "partitionKeys": ["south"],
            "componentId": "nps",
            "componentType": "sheet_assets.SheetTable",
            "attributes": "{}",
            "defsStateKey": "nps",
            "paused": True,
            "concurrencyKey": "redshift",
            "limit": 3,
            "action": "clicked",
            "clientTime": "1700000000000",
            "clientId": "browser",
            "metadata": "{}",
        }
    )  # fmt: skip


def _launched(guarded: Guarded, selector: dict[str, str]) -> str:
    found = guarded.data(
        "mutation($p: ExecutionParams!) { launchRun(executionParams: $p) { ... on LaunchRunSuccess { run { runId } } } }",
        {"p": {"selector": selector}},
    )
    run_id: str = found["launchRun"]["run"]["runId"]
    return run_id


def _backfill(guarded: Guarded, day: str) -> str:
    found = guarded.data(
        "mutation($p: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $p) { ... on LaunchBackfillSuccess { backfillId } } }",
        {"p": {"assetSelection": [{"path": ["daily"]}], "partitionNames": [day]}},
    )
    backfill_id: str = found["launchPartitionBackfill"]["backfillId"]
    return backfill_id
