"""Google's OAuth, Sheets v4 and Drive v3 on loopback."""

from sheet_assets.sandbox.google.faults import Fault
from sheet_assets.sandbox.google.limits import Limits
from sheet_assets.sandbox.google.server import GoogleServer

__all__ = ["Fault", "GoogleServer", "Limits"]
