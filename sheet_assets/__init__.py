"""Google Sheets and Amazon Redshift kept in step, both ways, as Dagster assets."""

__version__ = "0.1.0"
