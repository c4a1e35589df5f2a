"""Secrets, planted in every setting that may not be shown: found nowhere, whatever runs and fails."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from every_query import DEEPER, listed, root_queries
from small_deployment import QUIET, small

from sheet_assets import settings
from sheet_assets.clients import aws
from sheet_assets.webserver.dagster_private import UserWebserver
from sheet_assets.webserver.users import User

__all__ = ["small"]

pytestmark = [*QUIET, pytest.mark.filterwarnings("ignore")]
CANARY = "canary-7f3a-{}-e5"
CODE = """\
import importlib, sys

sys.path.insert(0, {folder!r})
from sheet_assets.cli.deployment import Deployment

defs = Deployment(importlib.import_module({package!r})).definitions
"""
OPERATOR = User("ann", "operator", "")
# Where a canary is only a part of a value that could be one.
PLANTED_AS = {
    "SHEET_ASSETS_ALERT_URLS": "json://{}@127.0.0.1:9/",
    "SHEET_ASSETS_HEARTBEAT_URL": "http://127.0.0.1:9/{}",
    "SHEET_ASSETS_WEBSERVER_PASSWORD": "{}",
    "SHEET_ASSETS_WEBSERVER_TOKEN": "{}",
}
# Each service fails with its secret wrong, cut off, or sent to where nobody is.
FAILURES = [
    {"REDSHIFT_PASSWORD": CANARY.format("redshift_password")},
    {"AWS_SECRET_ACCESS_KEY": CANARY.format("secret"), "AWS_SESSION_TOKEN": CANARY.format("aws_session_token"), "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"},
    {"GOOGLE_SERVICE_ACCOUNT_JSON": '{"private_key": "' + CANARY.format("google_service_account_json")},
    {"GOOGLE_SERVICE_ACCOUNT_JSON": '{"type": "service_account", "private_key": "' + CANARY.format("google_service_account_json") + '"}'},
]  # fmt: skip
LOCATION = "canary"


@pytest.fixture(autouse=True)
def collected():
    """What a query that was refused leaves unfinished goes here, where warnings of it are ignored."""
    yield
    gc.collect()


@pytest.fixture
def planted(small, monkeypatch):
    """The secrets: what the sandbox itself needs, and a canary in every other secret setting."""
    found = []
    for name, setting in settings.DECLARED.items():
        if not setting.secret:
            continue
        if small.sandbox.settings.get(name):
            found.append(small.sandbox.settings[name])
            continue
        value = CANARY.format(name.lower())
        found.append(value)
        if name in PLANTED_AS:
            monkeypatch.setenv(name, PLANTED_AS[name].format(value))
    key = json.loads(Path(small.sandbox.settings["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    found += [
        line for line in key["private_key"].splitlines() if len(line) > 20 and "-" not in line
    ]
    assert len(found) > 15
    return found


@pytest.fixture
def instance(tmp_path):
    """An instance that keeps everything in files."""
    home = tmp_path / "instance"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\nnux: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


@pytest.fixture
def deployed(small, planted):
    """A sheet, its table and an export, as a module that Dagster loads by its path."""
    small.write_table("orders")
    small.write(
        "report",
        """\
        type: sheet_assets.SheetExport
        attributes:
          name: report
          query: SELECT id, amount FROM {schema}.orders ORDER BY id
          spreadsheet: "{sheet}"
          worksheet: Report
        """,
    )
    small.put(["id", "amount"], [1, 10])
    small.put([], worksheet="Report")
    code = small.root / "canary_code.py"
    code.write_text(CODE.format(folder=str(small.folder.parent), package=small.package))
    return code


def run(code, instance, **tags):
    """A run as Dagster's own command makes it, with its compute logs."""
    job = ReconstructableRepository.for_file(str(code), "defs").get_reconstructable_job(
        "refresh_job"
    )
    with dg.execute_job(job, instance=instance, raise_on_error=False, tags=tags) as result:
        return result


def asked(code, instance, run_id):
    """What an operator, who is shown the configuration, is answered to every root field, and every sensor's dry run."""
    target = LoadableTargetOrigin(executable_path=sys.executable, python_file=str(code))
    origin = InProcessCodeLocationOrigin(target, location_name=LOCATION)
    answers = {}
    with WorkspaceProcessContext(instance, InProcessWorkspaceLoadTarget([origin])) as context:
        webserver = UserWebserver(context, shows_config=True)

        def answer(name, document, variables):
            with webserver._context(OPERATOR, None) as request:
                told = asyncio.run(
                    webserver.gen_graphql_response(request, document, variables, None)
                )
            answers[name] = bytes(told.body).decode()
            said = json.loads(answers[name])
            # A query that is none would prove nothing.
            assert said["data"] is not None or said["errors"][0].get("path"), (
                name,
                answers[name][:500],
            )

        arguments = listed(LOCATION, "refresh_job", ["sheet_csv", "orders"], run_id)
        schema = webserver._graphene_schema.graphql_schema
        assert arguments.keys() == schema.query_type.fields.keys(), "list the new root fields"
        for query in root_queries(schema, arguments):
            answer(query.name, query.document, query.variables)
        where = {"repositoryName": "__repository__", "repositoryLocationName": LOCATION}
        answer(
            "deeper", DEEPER, {"pipeline": {**where, "pipelineName": "refresh_job"}, "run": run_id}
        )
        for sensor in json.loads(answers["sensorsOrError"])["data"]["sensorsOrError"][
            "Sensors_results"
        ]:
            answer(
                f"dry run of {sensor['name']}",
                "mutation($s: SensorSelector!) { sensorDryRun(selectorData: $s, cursor: null) { __typename ... on PythonError { message stack } ... on DryRunInstigationTick { evaluationResult { skipReason error { message stack causes { message } } runRequests { runKey tags { key value } } } } } }",
                {"s": {**where, "sensorName": sensor["name"]}},
            )
    return answers


def test_no_secret_is_found_anywhere(  # noqa: PLR0917 - fixtures
    deployed, small, planted, instance, caplog, capfd, monkeypatch
):
    """After a run that succeeds and runs that fail at each service: in no event, log, answer, file or object."""
    # The password comes from a secret manager, whose answer must not be logged either.
    client = aws.account().client("secretsmanager")
    client.create_secret(Name=small.unique, SecretString=settings.require("REDSHIFT_PASSWORD"))
    client.close()
    monkeypatch.setenv("REDSHIFT_PASSWORD", f"aws-secretsmanager:{small.unique}")
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
    assert run(deployed, instance).success
    for changes in FAILURES:
        with monkeypatch.context() as patch:
            for name, value in changes.items():
                patch.setenv(name, value)
            failed = run(deployed, instance, **{"sheet_assets/force": "true"})
            assert not failed.success, changes
    places = asked(deployed, instance, failed.run_id)
    places["log"] = caplog.text
    places["terminal"] = "".join(capfd.readouterr())
    for path in Path(instance.root_directory).rglob("*"):
        if path.is_file():
            places[str(path)] = path.read_bytes().decode("utf-8", "replace")
    s3 = small.sandbox.s3._client()
    bucket = small.sandbox.settings["SHEET_ASSETS_S3_BUCKET"]
    for each in s3.list_objects_v2(Bucket=bucket, Prefix=small.unique)["Contents"]:
        body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
        places[f"s3://{each['Key']}"] = f"{each['Key']} {body.decode('utf-8', 'replace')}"
    compute_logs = [
        text for name, text in places.items() if "compute_logs" in name and name.startswith("/")
    ]
    # So that the search could find something: what is no secret is in each kind of place.
    everywhere = [
        places["log"],
        places["runsOrError"],
        "".join(compute_logs),
        "".join(places.values()),
    ]
    assert all("orders" in text for text in everywhere)
    for name, text in places.items():
        for secret in planted:
            assert secret not in text, f"{secret!r} is in {name}"
