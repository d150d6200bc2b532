"""Logging in at a command line: what may be asked, how often, and under which key it is remembered.

Whoever starts gets a handle, which nobody else can use; what GitHub is asked with lies under the handle's digest.
"""

import hashlib
from datetime import datetime, timedelta

from domain import logins
from domain.refusals import NotFound
from domain.sessions import DeviceStarted

DEFAULT_NAME = "sls-pypi login"
"""Of the token, if nobody calls it otherwise."""
LONGEST_ANSWER = timedelta(seconds=15)
"""GitHub answers, or does not, before this is over; until then nobody asks again."""
_SHORTEST_INTERVAL = timedelta(seconds=1)
_LONGEST_INTERVAL = timedelta(minutes=1)
_SLOWER = timedelta(seconds=5)
_LONGEST_LOGIN = timedelta(minutes=30)


class DeviceLoginOver(NotFound):
    """There is no such login at a command line, or none any more."""


def device_key(handle: str) -> str:
    """Under which key a login is remembered.

    Raises:
        DeviceLoginOver: this is no handle of ours.
    """
    if not logins.is_session_secret(handle):
        raise over()
    return f"device/{hashlib.sha256(handle.encode()).hexdigest()}"


def over() -> DeviceLoginOver:
    """Why nobody goes on here."""
    return DeviceLoginOver("This login was not started here, or it took too long, or it is used up: start again.")


def bounded_interval(told: timedelta) -> timedelta:
    """How long to wait between two questions, whatever GitHub says."""
    return min(max(told, _SHORTEST_INTERVAL), _LONGEST_INTERVAL)


def longer_interval(started: DeviceStarted) -> timedelta:
    """How long to wait from now on, if that was too short (RFC 8628 section 3.5)."""
    return bounded_interval(timedelta(seconds=started.interval) + _SLOWER)


def bounded_end(now: datetime, lasts: timedelta) -> datetime:
    """When a login comes to its end, whatever GitHub says."""
    return now + min(lasts, _LONGEST_LOGIN)


def rest(started: DeviceStarted, now: datetime) -> timedelta:
    """How long nobody asks GitHub about this login; nothing if somebody may now."""
    return max(started.ask_after - now, timedelta(0))
