"""The fixtures of small_deployment.py and inbox.py."""

from inbox import inbox
from small_deployment import instance, small

__all__ = ["inbox", "instance", "small"]
