"""Secrets and sensitive values: in no event, no metadata, no log line, no resource's fields."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import dagster as dg
import pytest
from dagster import serialize_value
from small_deployment import QUIET

from sheet_assets import settings

pytestmark = QUIET

COLUMNS = """\
    - {name: id, type: integer, required: true}
    - {name: salary, type: integer, sensitive: true}
    - {name: comment, type: varchar(20)}
"""
SALARY = 48_151_623


def everything(instance: dg.DagsterInstance, caplog: pytest.LogCaptureFixture) -> str:
    """All that the instance has stored, and all that was logged, as one text."""
    stored = [
        serialize_value(entry)
        for run in instance.get_runs()
        for entry in instance.all_logs(run.run_id)
    ]
    stored += [serialize_value(run) for run in instance.get_runs()]
    return "\n".join([*stored, *(record.getMessage() for record in caplog.records), caplog.text])


@pytest.fixture
def salaries(small):
    """A sheet with a sensitive column, its table, and an export that shows it."""
    small.write_table("salaries", columns=COLUMNS)
    small.write(
        "report",
        """\
        type: sheet_assets.SheetExport
        attributes:
          name: report
          query: SELECT id, salary AS s FROM {schema}.salaries ORDER BY id
          spreadsheet: "{sheet}"
          worksheet: Report
        """,
    )
    small.put(["id", "salary", "comment"], [1, SALARY, "fine"], worksheet="salaries")
    small.put([], worksheet="Report")
    return small


def secrets(small) -> list[str]:
    """Every secret value that the sandbox's settings hold, and the parts of a key."""
    values = [
        small.sandbox.settings[name]
        for name, each in settings.DECLARED.items()
        if each.secret and small.sandbox.settings.get(name)
    ]
    key = json.loads(Path(small.sandbox.settings["GOOGLE_APPLICATION_CREDENTIALS"]).read_text())
    lines = [line for line in key["private_key"].splitlines() if len(line) > 20 and "-" not in line]
    assert len(values) >= 2
    assert len(lines) > 10
    return [*values, *lines]


def test_no_secret_is_in_what_a_run_leaves_behind(salaries, instance, caplog, monkeypatch):
    """Runs that succeed and runs that fail at each service: no secret value anywhere."""
    caplog.set_level(logging.DEBUG)
    assert salaries.run(instance).success
    key = Path(salaries.sandbox.settings["GOOGLE_APPLICATION_CREDENTIALS"]).read_text()
    monkeypatch.setenv("SHEET_ASSETS_RETRY_SECONDS", "1")
    for name, value in {
        "REDSHIFT_USER": "nobody",
        "REDSHIFT_PORT": "9",
        "REDSHIFT_DATABASE": "no_such_database",
        "REDSHIFT_IAM_ROLE": "arn:aws:iam::1:role/other",
        "SHEET_ASSETS_S3_BUCKET": "no-such-bucket",
        "AWS_ENDPOINT_URL_S3": "no url",
        "GOOGLE_API_ENDPOINT": "http://127.0.0.1:9",
        # Cut off in the middle of the key.
        "GOOGLE_SERVICE_ACCOUNT_JSON": key[: len(key) // 2],
    }.items():
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert not salaries.run(instance, **{"sheet_assets/force": "true"}).success, name
    left = everything(instance, caplog)
    assert "refuses the user 'nobody'" in left
    for secret in secrets(salaries):
        assert secret not in left


def test_no_secret_is_a_field_of_a_resource(salaries):
    """What GraphQL shows of a resource's configuration holds no secret, nor does its repr."""
    repository = salaries.deployment.definitions.get_repository_def()
    shown = [repr(salaries.deployment.definitions.resources)]
    for definition in repository.get_top_level_resources().values():
        shown += [repr(definition), json.dumps(definition.config_schema.default_value or {})]
    for secret in secrets(salaries):
        assert not any(secret in each for each in shown)


def test_a_sensitive_value_is_in_no_event(salaries, instance, caplog):
    """Neither loading nor exporting a sensitive column shows a value of it."""
    caplog.set_level(logging.DEBUG)
    assert salaries.run(instance).success
    left = everything(instance, caplog)
    assert str(SALARY) not in left
    assert "hidden" in left
    report = salaries.sandbox.google.drive.workbook(salaries.sheet).worksheet("Report")
    assert report.values()[1][:2] == [1, SALARY]


def test_a_wrong_sensitive_cell_is_named_without_its_value(salaries, instance, caplog):
    """The address and the header are told; what stands there is not."""
    caplog.set_level(logging.DEBUG)
    worksheet = salaries.sandbox.google.drive.workbook(salaries.sheet).worksheet("salaries")
    worksheet.set_values([["zzcanary"]], 1, 1)
    result = salaries.run(instance)
    assert not result.success
    left = everything(instance, caplog)
    assert "B2" in left
    assert "zzcanary" not in left
