"""The fixtures of small_deployment.py."""

from small_deployment import instance, small

__all__ = ["instance", "small"]
