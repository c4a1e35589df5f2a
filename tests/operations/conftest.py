from __future__ import annotations

from inbox import inbox
from running_instance import running
from small_deployment import small

__all__ = ["inbox", "running", "small"]
