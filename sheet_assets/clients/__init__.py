"""The modules that open connections, without Dagster: any script may call them."""
