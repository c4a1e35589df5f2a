"""Google's OAuth, Sheets v4 and Drive v3 on loopback."""

from sheet_assets.sandbox.google.limits import Limits
from sheet_assets.sandbox.google.server import GoogleServer
from sheet_assets.sandbox.http_faults import Fault

__all__ = ["Fault", "GoogleServer", "Limits"]
