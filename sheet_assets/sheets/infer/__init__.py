"""Inference: a contract proposed from what a sheet holds, and what is unsure about it."""
