"""Google's OAuth, Sheets v4 and Drive v3 on loopback."""

from sheet_assets.sandbox.google.server import GoogleServer

__all__ = ["GoogleServer"]
