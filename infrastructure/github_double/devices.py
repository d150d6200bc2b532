"""Logins of command lines: GitHub's device flow (RFC 8628)."""

import secrets
from collections.abc import Mapping

from attrs import define, field

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LASTS = 900  # seconds
_SLOWER = 5


@define
class _Login:
    user_code: str
    until: float
    interval: float
    next_poll: float
    login: str | None = None
    is_denied: bool = False


@define
class Devices:
    """Who waits for whom.

    Attributes:
        interval: seconds between two questions, at least.
    """

    interval: int = 5
    _waiting: dict[str, _Login] = field(factory=dict)

    def start(self, device_code: str, page: str, now: float) -> Mapping[str, object]:
        """What a command line shows to its user."""
        letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
        user_code = f"{letters[:4]}-{letters[4:]}"
        self._waiting[device_code] = _Login(user_code, now + _LASTS, self.interval, now + self.interval)
        return {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": page,
            "expires_in": _LASTS,
            "interval": self.interval,
        }

    def decide(self, user_code: str, login: str | None, now: float) -> bool:
        """Somebody agrees, or (without a login) does not; whether there was such a code."""
        for waiting in self._waiting.values():
            if waiting.user_code == user_code.strip().upper() and now < waiting.until:
                waiting.login, waiting.is_denied = login, login is None
                return True
        return False

    def poll(self, device_code: str, now: float) -> str | Mapping[str, object]:
        """The login of who agreed, or what to do instead."""
        waiting = self._waiting.get(device_code)
        if waiting is None:
            return {"error": "incorrect_device_code"}
        if now >= waiting.until:
            return {"error": "expired_token"}
        if now < waiting.next_poll:
            waiting.interval += _SLOWER
            waiting.next_poll = now + waiting.interval
            return {"error": "slow_down", "interval": waiting.interval}
        if waiting.is_denied:
            return {"error": "access_denied"}
        if waiting.login is None:
            waiting.next_poll = now + waiting.interval
            return {"error": "authorization_pending"}
        del self._waiting[device_code]
        return waiting.login
