"""The Dagster webserver with users and roles: `sheet-assets serve`."""
