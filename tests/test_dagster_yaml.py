from __future__ import annotations

import datetime as dt
import logging
import shutil
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
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
