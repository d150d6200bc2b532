"""What may be kept of an address: enough to count people within a day, and nothing that says who they were."""

import hmac
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from domain.ports.clock import Clock
from domain.ports.secrets import Secrets
from domain.ports.sessions import Sessions
from domain.sessions import RequesterKey
from domain.usage import RESTATED_DAYS

_ONE_DAY = timedelta(days=1)
_DIGITS = 16
_REMEMBERED = 2**18


class _Hashes(dict[str, str]):
    """Hashes by address, computed once: most addresses come again with the next package."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, address: str) -> str:
        if len(self) == _REMEMBERED:
            self.clear()
        made = self[address] = hmac.digest(self._key, address.encode(), "sha256").hex()[:_DIGITS]
        return made


class Requesters:
    """Hashes addresses under a key that is another one each day, and gone when the day is not counted any more."""

    def __init__(self, sessions: Sessions, clock: Clock, secrets: Secrets) -> None:
        self._sessions = sessions
        self._clock = clock
        self._secrets = secrets

    def of(self, day: str) -> Callable[[str], str]:
        """From an address to hexadecimal digits, for a day like ``2026-11-24``."""
        return _Hashes(self._key(day).encode()).__getitem__

    def _key(self, day: str) -> str:
        name = f"requester-key/{day}"
        key = self._remembered(name)
        if key is None:
            now = self._clock.now()
            forgotten = datetime.combine(date.fromisoformat(day), time(), UTC) + (RESTATED_DAYS + 2) * _ONE_DAY
            # Of two who make one, the first one's counts for both.
            self._sessions.add(name, RequesterKey(self._secrets.secret()), max(forgotten, now + _ONE_DAY), now)
            key = self._remembered(name)
        if key is None:
            raise LookupError(f"the key of {day} is gone the moment it was made")
        return key.secret

    def _remembered(self, name: str) -> RequesterKey | None:
        key = self._sessions.get(name, self._clock.now())
        return key if isinstance(key, RequesterKey) else None
