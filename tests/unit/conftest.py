"""How Hypothesis runs here: without a deadline, as the machine is shared, and keeping nothing."""

from __future__ import annotations

import hypothesis

hypothesis.settings.register_profile("unit", deadline=None, database=None, max_examples=100)
hypothesis.settings.load_profile("unit")
