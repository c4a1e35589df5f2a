from __future__ import annotations

from running_instance import running

__all__ = ["running"]
