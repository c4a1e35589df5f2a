"""The fixtures of postgres.py."""

from __future__ import annotations

from postgres import database, running_postgres
from small_deployment import small

__all__ = ["database", "running_postgres", "small"]
