"""This machine's clock, compared with what a service's answers say the time is."""

from __future__ import annotations

import datetime as dt

from sheet_assets.doctor.finding import Finding

# Google takes a login that is off by less than some minutes, S3 one by 15; but the order of
# readings, by which an older one never takes a newer one's place, is our own clock's.
TOLERATED_SECONDS = 60


def now() -> dt.datetime:
    """The time on this machine."""
    return dt.datetime.now(dt.UTC)


def compared(service: str, server_time: dt.datetime | None) -> Finding:
    """Whether our clock agrees with the Date of an answer that has just come."""
    what = f"clock, against {service}"
    if server_time is None:
        return Finding.skipped(what, f"asking {service}")
    ahead = (now() - server_time).total_seconds()
    if abs(ahead) <= TOLERATED_SECONDS:
        return Finding.ok(what, "agrees")
    which = "ahead of" if ahead > 0 else "behind"
    return Finding.failed(
        what,
        f"This machine's clock is {_long(abs(ahead))} {which} {service}'s. Set it by NTP "
        "(timedatectl set-ntp true): logins are refused while it is wrong.",
    )


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
