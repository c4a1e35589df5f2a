"""A checkout configured for production: no command that starts a sandbox connects to it."""

from __future__ import annotations

import json
import selectors
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from checkout import Checkout, checkout_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DECOYS = (
    "GOOGLE_API_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "REDSHIFT",
    "PG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
    "SHEET_ASSETS_ALERT_URLS",
    "SHEET_ASSETS_HEARTBEAT_URL",
)


class Decoys:
    """Listening sockets by the name of what stands for them in .env; `seen` is who connected."""

    def __init__(self, stack: ExitStack) -> None:
        self.seen: list[str] = []
        self._selector = stack.enter_context(selectors.DefaultSelector())
        self.ports: dict[str, int] = {}
        for name in _DECOYS:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            self.ports[name] = listener.getsockname()[1]
            self._selector.register(listener, selectors.EVENT_READ, name)
        self._ended = threading.Event()
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        stack.callback(watcher.join)
        stack.callback(self._ended.set)

    def _watch(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(timeout=0.1):
                self.seen.append(key.data)
                key.fileobj.accept()[0].close()

    def dotenv(self) -> str:
        """A .env that sends everything to the decoys."""
        urls = {
            name: f"http://127.0.0.1:{port}"
            for name, port in self.ports.items()
            if name not in {"REDSHIFT", "PG"}
        }
        values = {
            **urls,
            "SHEET_ASSETS_ALERT_URLS": urls["SHEET_ASSETS_ALERT_URLS"].replace("http", "json"),
            "REDSHIFT_HOST": "127.0.0.1",
            "REDSHIFT_PORT": self.ports["REDSHIFT"],
            "REDSHIFT_USER": "production",
            "REDSHIFT_PASSWORD": "production",
            "PGHOSTADDR": "127.0.0.1",
            "PGPORT": self.ports["PG"],
            "AWS_PROFILE": "no-such-profile",
            "AWS_ACCESS_KEY_ID": "production",
            "AWS_SECRET_ACCESS_KEY": "production",
            "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/production.json",
        }
        return "".join(f"{name}={value}\n" for name, value in values.items())


@contextmanager
def _decoyed(project: Path, directory: Path) -> Iterator[tuple[Checkout, Decoys]]:
    with ExitStack() as stack:
        decoys = Decoys(stack)
        checkout = stack.enter_context(checkout_at(project))
        (directory / ".env").write_text(decoys.dotenv())
        checkout.cwd = directory
        yield checkout, decoys
        assert decoys.seen == []


@pytest.fixture
def production(copied_project: Path, tmp_path: Path) -> Iterator[Checkout]:
    """A directory whose .env names decoys for every service; none may see a connection."""
    with _decoyed(copied_project, tmp_path) as (checkout, _):
        yield checkout


def test_the_decoys_see_connections() -> None:
    """A decoy that is connected to says so: the other tests here can fail."""
    with ExitStack() as stack:
        decoys = Decoys(stack)
        for name, port in decoys.ports.items():
            socket.create_connection(("127.0.0.1", port)).close()
            while name not in decoys.seen:
                time.sleep(0.01)


def test_a_job_of_dagsters_own_command(production: Checkout) -> None:
    """`sandbox run -- dagster job execute …` succeeds, although Dagster loads .env, too."""
    job = ("-m", "sheet_assets.definitions", "-j", "refresh_job")
    result = production.run("sandbox", "run", "--", "dagster", "job", "execute", *job)
    assert result.returncode == 0, result.stderr
    assert "RUN_SUCCESS" in result.stderr + result.stdout


def test_a_run_of_ours(production: Checkout) -> None:
    """`sandbox run -- sheet-assets run refresh_job` succeeds."""
    args = ("sandbox", "run", "--", "sheet-assets", "run", "refresh_job", "--json")
    result = production.run(*args)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["status"] == "SUCCESS"


def test_the_demo(production: Checkout) -> None:
    """The demo tells the whole story: everything loaded, an edit followed, nothing done twice."""
    result = production.run("demo", timeout=90)
    assert result.returncode == 0, result.stderr
    said = [line.rstrip() for line in result.stdout.splitlines()]
    headlines = [line for line in said if line.startswith(("The exported", "A person", "✓"))]
    assert any("'ten' is not a whole number. Once the cell is right" in line for line in said)
    assert headlines[0] == "The exported sheet before: 60 days, only January and September"
    assert headlines[1] == "The exported sheet after: 361 days, all twelve months"
    assert headlines[2].startswith("A person edits an answer of 2025-09-")
    assert headlines[3].startswith("✓ done in ")
    tables = [line.split() for line in said if "raw_data/nps " in line]
    assert [line[1] for line in tables] == ["loaded", "not", "loaded", "unchanged"]
    before, after = (
        next(line.split() for line in said if line.split()[:1] == [when])
        for when in ("before", "after")
    )
    assert before[1] == after[1]
    assert float(before[2]) < float(after[2]), "two detractors became promoters: NPS rises"
    assert int(before[-1]) - int(after[-1]) == 2
    assert said[-3].endswith("Nothing was uploaded, loaded or written.")
    assert "\x1b" not in result.stdout + result.stderr


class Dev:
    """`sheet-assets dev`, up; `addresses` is what it printed."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self.addresses = addresses

    def query(self, text: str) -> Any:
        """The data of a GraphQL answer."""
        request = urllib.request.Request(
            self.addresses["GraphQL"],
            json.dumps({"query": text}).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def waited_for(self, text: str, *, until: str, seconds: float = 60) -> str:
        """The answer to a query once `until` stands in it."""
        deadline = time.monotonic() + seconds
        while until not in (answer := json.dumps(self.query(text))):
            assert time.monotonic() < deadline, answer
            time.sleep(0.5)
        return answer


@pytest.fixture(scope="module")
def dev(copied_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """One `dev` for the tests below; SIGTERM ends it within 15 s, with all its processes."""
    directory = tmp_path_factory.mktemp("production")
    with _decoyed(copied_project, directory) as (checkout, _):
        with checkout.start("dev", stderr=subprocess.DEVNULL) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline().split() for _ in range(7)]
            yield Dev({line[0]: line[1] for line in lines})
            assert len(checkout.left()) > 5
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=15) == 128 + signal.SIGTERM
        checkout.assert_nothing_left()


def test_dev_prints_its_addresses(dev: Dev) -> None:
    """`dev` prints where the UI is, and it is there."""
    assert dev.addresses["GraphQL"] == dev.addresses["Dagster"] + "/graphql"
    with urllib.request.urlopen(dev.addresses["Dagster"], timeout=30) as answer:
        assert "Dagster" in answer.read().decode()


def test_launch_run_over_graphql(dev: Dev) -> None:
    """One launchRun of refresh_job, as the README has it, ends in SUCCESS."""
    launched = dev.query(
        'mutation { launchRun(executionParams: {selector: {repositoryLocationName: "sheet_assets", '
        'repositoryName: "__repository__", jobName: "refresh_job"}}) '
        "{ __typename ... on LaunchRunSuccess { run { runId } } } }"
    )["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess"
    query = f'{{ runOrError(runId: "{launched["run"]["runId"]}") {{ ... on Run {{ status }} }} }}'
    answer = dev.waited_for(query, until="S", seconds=90)
    while not {"SUCCESS", "FAILURE", "CANCELED"} & set(json.loads(answer)["runOrError"].values()):
        answer = dev.waited_for(query, until="S")
    assert json.loads(answer)["runOrError"]["status"] == "SUCCESS"


def test_the_daemon_ticks(dev: Dev) -> None:
    """The schedule is on, and the sensor on and has ticked without a failure."""
    selector = '{{repositoryLocationName: "sheet_assets", repositoryName: "__repository__", {}}}'
    schedule = selector.format('scheduleName: "daily_refresh_schedule"')
    sensor = selector.format('sensorName: "sheet_changes_sensor"')
    status = dev.query(
        f"{{ scheduleOrError(scheduleSelector: {schedule}) "
        "{ ... on Schedule { scheduleState { status } } } }"
    )
    assert status["scheduleOrError"]["scheduleState"]["status"] == "RUNNING"
    answer = dev.waited_for(
        f"{{ sensorOrError(sensorSelector: {sensor}) "
        "{ ... on Sensor { sensorState { status ticks(limit: 5) { status } } } } }",
        until="SKIPPED",
    )
    assert '"status": "RUNNING"' in answer
    assert "FAILURE" not in answer
