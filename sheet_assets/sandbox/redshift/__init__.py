"""The Redshift server of the sandbox."""

from sheet_assets.sandbox.redshift.server import RedshiftServer

__all__ = ["RedshiftServer"]
