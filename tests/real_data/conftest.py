"""The fixtures of whole_path.py."""

from whole_path import path, services

__all__ = ["path", "services"]
