"""Dagster's shells over the clients: they hold no secret, and open connections when asked."""
