from __future__ import annotations

import pytest
import requests
from dagster_webserver.webserver import DagsterWebserver
from every_mutation import arguments, mutations
from guarded_instance import LOCATION

from sheet_assets.webserver.dagster_private import UserWebserver

# Dagster's own resolvers call what Dagster calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# What Dagster's own read-only permission lets pass, and why that would do no harm. Our server
# refuses them, too.
UNCHECKED = {
    "logTelemetry": "writes a line to Dagster's telemetry log, and nothing where telemetry is off",
    "setNuxSeen": "writes a file that keeps the welcome page from being shown again",
}
# With the same documents and arguments: what an operator is answered.
OPERATOR = {
    "launchRun": "LaunchRunSuccess",
    "launchMultipleRuns": "LaunchMultipleRunsResult",
    "launchRunReexecution": "LaunchRunSuccess",
    "launchPartitionBackfill": "LaunchBackfillSuccess",
    "reexecutePartitionBackfill": "LaunchBackfillSuccess",
    "cancelPartitionBackfill": "CancelBackfillSuccess",
    "startSchedule": "ScheduleStateResult",
    "stopRunningSchedule": "ScheduleStateResult",
    "startSensor": "Sensor",
    "stopSensor": "StopSensorMutationResult",
    "setSensorCursor": "Sensor",
    "sensorDryRun": "DryRunInstigationTick",
    "scheduleDryRun": "DryRunInstigationTick",
    "terminateRun": "TerminateRunSuccess",
    "deleteRun": "DeletePipelineRunSuccess",
    "reportRunlessAssetEvents": "ReportRunlessAssetEventsSuccess",
    "reportAssetCheckEvaluations": "ReportAssetCheckEvaluationsSuccess",
    "wipeAssets": "AssetWipeSuccess",
    "addDynamicPartition": "AddDynamicPartitionSuccess",
    "setConcurrencyLimit": True,
    "setAutoMaterializePaused": True,
    "logTelemetry": "LogTelemetrySuccess",
    "setNuxSeen": True,
}
TERMINATION = "You do not have permission to terminate this run"


@pytest.fixture(scope="module")
def every(guarded):
    found = list(
        mutations(guarded.webserver._graphene_schema.graphql_schema, arguments(guarded, LOCATION))
    )
    assert len(found) > 40
    return found


def refusals(name, said):
    """The refusals in an answer, wherever they stand; empty where something was done or failed otherwise."""
    found = [error["message"] for error in said.get("errors", [])]
    stack = [said.get("data")]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            if here.get("__typename") == "UnauthorizedError" or here.get("message") == TERMINATION:
                found.append(here["message"])
            stack += here.values()
        elif isinstance(here, list):
            stack += here
    wanted = {
        "Authorization failed",
        TERMINATION,
        f"A viewer reads, and starts or changes nothing: {name} is refused.",
    }
    return [each for each in found if each in wanted]


def test_a_viewer_starts_and_changes_nothing(guarded, every):
    """Every mutation of the schema, by POST with a viewer's password: refused for that reason, nothing changed."""
    before = guarded.state()
    for mutation in every:
        said = guarded.ask(mutation.document, mutation.variables, login=guarded.viewer).json()
        assert refusals(mutation.name, said), (mutation, said)
    assert guarded.state() == before


def test_a_viewer_is_refused_by_dagster_itself(guarded, every):
    """Without our lock, Dagster's own read-only permission refuses every mutation but two harmless ones."""

    class Bare(UserWebserver):
        build_graphql_schema = DagsterWebserver.build_graphql_schema

    bare = Bare(guarded.webserver._process_context, shows_config=False)
    passed = set()
    for mutation in every:
        said = bare.answered(mutation.document, mutation.variables)
        if not (refusals(mutation.name, said) or said.get("errors")):
            passed.add(mutation.name)
    assert passed == set(UNCHECKED)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_graphql_is_asked_by_post_only(guarded, every, method):
    """Every mutation as a viewer and as an operator, by other methods: nothing is executed."""
    before = guarded.state()
    with requests.Session() as session:
        for login in (guarded.viewer, guarded.operator):
            session.auth = login
            for mutation in every if method == "GET" else every[:2]:
                query = {"query": mutation.document, "variables": "{}"}
                answer = session.request(method, f"{guarded.url}/graphql", params=query, timeout=30)
                assert answer.status_code == 405, mutation
                assert "data" not in answer.text
    assert guarded.state() == before


def test_a_viewer_reports_no_asset_event(guarded):
    """Dagster's REST routes refuse a viewer; the same by an operator is recorded."""
    before = guarded.state()
    for route in ("materialization", "check", "observation"):
        url = f"{guarded.url}/report_asset_{route}/raw_data/nps"
        body = {"check_name": "has_rows", "passed": True}
        answer = requests.post(url, json=body, auth=guarded.viewer, timeout=30)
        assert answer.status_code == 401
        assert answer.json() == {"error": "Not authorized to report runless asset events."}
        assert guarded.state() == before
    assert requests.post(url, json={}, auth=guarded.operator, timeout=30).status_code == 200


def test_a_viewer_reads_no_file_of_the_code_server(guarded):
    """A notebook is any file that ends so: for operators."""
    url = f"{guarded.url}/notebook?path=/x.ipynb&repoLocName={LOCATION}"
    answer = requests.get(url, auth=guarded.viewer, timeout=30)
    assert (answer.status_code, answer.json()["error"][:27]) == (403, "Viewers cannot read noteboo")


def test_the_walk_can_fail(guarded, every):
    """The same documents and arguments, by an operator, do what they say: so they reach their resolvers."""
    found = {}
    for mutation in every:
        if mutation.name in OPERATOR:
            said = guarded.ask(mutation.document, mutation.variables, login=guarded.operator)
            answer = said.json()["data"][mutation.name]
            found[mutation.name] = answer if answer is True else answer["__typename"]
            assert not refusals(mutation.name, said.json())
    assert found == OPERATOR
