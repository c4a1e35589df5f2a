"""Somebody else's project, that keeps its orders in a sheet."""
