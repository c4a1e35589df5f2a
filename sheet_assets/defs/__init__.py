"""What this deployment runs: one folder a sheet, a defs.yaml in each."""
