from __future__ import annotations

from guarded_instance import guarded

__all__ = ["guarded"]
