"""How many examples Hypothesis tries: the same ones each time, or more and others on demand."""

from __future__ import annotations

import os

import hypothesis

# HYPOTHESIS_PROFILE=thorough: twenty times as many examples, and new ones in every run.
IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def examples(count: int) -> hypothesis.settings:
    """So many examples, without a deadline, as the machine is shared, and keeping nothing."""
    return hypothesis.settings(
        max_examples=count * 20 if IS_THOROUGH else count,
        derandomize=not IS_THOROUGH,
        deadline=None,
        database=None,
        suppress_health_check=[
            hypothesis.HealthCheck.too_slow,
            hypothesis.HealthCheck.filter_too_much,
            hypothesis.HealthCheck.data_too_large,
            hypothesis.HealthCheck.large_base_example,
        ],
    )
