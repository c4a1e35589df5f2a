"""Signs of life: what a run worker tells of itself, an event a minute as long as it works."""

import logging
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg

SIGN_SECONDS = 60.0
_SIGN = re.compile(r"Sign of life: process (\d+) on (\S+) works on this run\.")
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """The process that works on a run; `host` is its own name for its machine or container."""

    host: str
    process: int


@contextmanager
def signs_of_life(
    instance: dg.DagsterInstance, run_id: str, job_name: str, every_seconds: float = SIGN_SECONDS
) -> Iterator[None]:
    """Say in a run's event log that this process works on it: at once, and every minute.

    In a thread, since a statement may be silent for an hour.
    """
    sign = f"Sign of life: process {os.getpid()} on {socket.gethostname()} works on this run."

    def give() -> None:
        instance.report_engine_event(sign, run_id=run_id, job_name=job_name)

    def go_on() -> None:
        while not done.wait(every_seconds):
            try:
                give()
            except Exception as error:  # noqa: BLE001 - each storage has its own
                # The next one may be stored again; the run itself has its own say in it.
                _LOGGER.warning("A sign of life of run %s was not stored: %s", run_id, error)

    give()
    done = threading.Event()
    thread = threading.Thread(target=go_on, name="signs of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def worker_of(instance: dg.DagsterInstance, run_id: str) -> Worker | None:
    """Who gave a run's last sign of life; None where nobody gave any."""
    for entry in reversed(instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)):
        said = _SIGN.fullmatch(entry.message)
        if said:
            return Worker(said[2], int(said[1]))
    return None


class _SigningExecutor(dg.Executor):
    """Works as another executor does, and gives signs of life meanwhile."""

    def __init__(self, executor: dg.Executor) -> None:
        self._executor = executor

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[dg.DagsterEvent]:
        """The other executor's events."""
        run = plan_context.dagster_run
        with signs_of_life(plan_context.instance, run.run_id, run.job_name):
            yield from self._executor.execute(plan_context, execution_plan)

    @property
    def retries(self) -> Any:
        """Whether steps are tried again."""
        return self._executor.retries

    @property
    def step_dependency_config(self) -> Any:
        """Whether a step waits for all of those before it."""
        return self._executor.step_dependency_config


@dataclass(frozen=True)
class _Creation:
    """How Dagster makes a signing executor."""

    of: dg.ExecutorDefinition

    def __call__(self, context: dg.InitExecutorContext) -> dg.Executor:
        create = self.of.executor_creation_fn
        assert create is not None  # noqa: S101 - Dagster's own executors have one
        return _SigningExecutor(create(context))


def is_signing(executor: dg.ExecutorDefinition) -> bool:
    """Whether the runs of a job with this executor give signs of life."""
    return isinstance(executor.executor_creation_fn, _Creation)


# Under its own name and with its configuration.
in_process_executor = dg.ExecutorDefinition(
    name=dg.in_process_executor.name,
    config_schema=dg.in_process_executor.config_schema,  # type: ignore[arg-type]  # it is taken
    executor_creation_fn=_Creation(dg.in_process_executor),
    description=dg.in_process_executor.description,
)
