"""What a case raises when something that must hold does not."""

from __future__ import annotations


class BrokenError(AssertionError):
    """One of the promises is broken; the text says which."""
