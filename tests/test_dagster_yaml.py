from __future__ import annotations

import datetime as dt
import logging
import shutil
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
from dagster._core.op_concurrency_limits_counter import GlobalOpConcurrencyLimitsCounter
from dagster._core.storage.dagster_run import ACTIVE_RUN_STATUSES
from dagster._daemon.monitoring import concurrency

DAGSTER_YAML = Path(__file__).parents[1] / "dagster.yaml"


@pytest.fixture
def instance(tmp_path):
    shutil.copy(DAGSTER_YAML, tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def test_killed_run_gives_back_its_pool(instance, monkeypatch):
    """A table whose run was killed while it loaded can be loaded by the next run."""

    @dg.job
    def refresh_job(): ...

    killed = instance.create_run_for_job(refresh_job, status=dg.DagsterRunStatus.STARTED)
    storage, pool = instance.event_log_storage, "redshift/raw_data/nps"
    storage.initialize_concurrency_limit_to_default(pool)
    assert storage.claim_concurrency_slot(pool, killed.run_id, "load").is_claimed
    assert not storage.claim_concurrency_slot(pool, "next", "load").is_claimed

    instance.report_run_failed(killed)
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=2)
    monkeypatch.setattr(concurrency, "get_current_datetime", lambda: later)
    daemon = SimpleNamespace(instance=instance)
    list(concurrency.execute_concurrency_slots_iteration(daemon, logging.getLogger()))

    assert storage.claim_concurrency_slot(pool, "next", "load").is_claimed


@dg.asset(pool="redshift/raw_data/nps")
def nps():
    """A table."""


REFRESH = dg.Definitions([nps], jobs=[dg.define_asset_job("refresh_job")]).resolve_job_def(
    "refresh_job"
)


def test_no_step_waits_for_a_slot_that_nobody_holds(instance):
    """Dagster's slots may be lost, so no run asks for one: a step waited for it for ever."""
    storage, pool = instance.event_log_storage, "redshift/raw_data/nps"
    storage.initialize_concurrency_limit_to_default(pool)
    # As after a handover that went wrong: the step stands in the queue, and nobody will look there.
    storage.add_pending_step(pool, "first", "nps", should_assign=True)
    storage.add_pending_step(pool, "second", "nps", should_assign=False)
    storage.free_concurrency_slot_for_step("second", "nps")
    assert not storage.claim_concurrency_slot(pool, "third", "nps").is_claimed
    assert REFRESH.execute_in_process(instance=instance).success


@pytest.mark.parametrize("ended", [False, True])
def test_runs_that_share_a_table_take_turns(instance, ended):
    """A run stays in the queue while another one has its table in hand, and leaves it afterwards."""
    working = instance.create_run_for_job(REFRESH, status=dg.DagsterRunStatus.STARTED)
    waiting = instance.create_run_for_job(REFRESH)
    if ended:
        instance.report_run_failed(working)
    storage = instance.event_log_storage
    storage.initialize_concurrency_limit_to_default("redshift/raw_data/nps")
    # What the queue's daemon asks of each run.
    counter = GlobalOpConcurrencyLimitsCounter(
        instance,
        [waiting],
        instance.get_run_records(dg.RunsFilter(statuses=ACTIVE_RUN_STATUSES)),
        storage.get_concurrency_keys(),
        storage.get_pool_limits(),
        pool_granularity=instance.get_concurrency_config().pool_config.pool_granularity,
    )
    assert counter.is_blocked(waiting) is not ended
