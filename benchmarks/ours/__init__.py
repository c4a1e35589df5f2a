"""The package as it is measured: each module is a script."""
