"""People who are what a test says."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from domain.logins import challenge_of
from domain.ports.identities import (
    Declined,
    DeviceAnswer,
    DeviceCode,
    DeviceOffer,
    Identified,
    Identity,
    Undecided,
    Unknown,
    Unwelcome,
)
from domain.ports.repositories import RateLimited, Silent

_Fault = Callable[[datetime], Identity]
_LASTS = timedelta(minutes=15)
_INTERVAL = timedelta(seconds=5)


class MemoryIdentities:
    """An Identities without GitHub."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, tuple[Identified, str, str]] = {}
        self._devices: dict[str, tuple[datetime, DeviceAnswer]] = {}
        self._issued = 0
        self._fault: _Fault | None = None

    def address(self, state: str, challenge: str, redirect_uri: str) -> str:
        """Where a browser goes so that its user is asked."""
        query = {"redirect_uri": redirect_uri, "state": state, "code_challenge": challenge}
        return f"https://github.test/login/oauth/authorize?{urlencode(query)}"

    def agree(self, address: str, person: Identified) -> str:
        """Let a person whose browser came to this address log in; returns the code with which it goes back."""
        query = parse_qs(urlsplit(address).query)
        with self._lock:
            self._issued += 1
            code = f"code{self._issued}"
            self._codes[code] = (person, query["code_challenge"][0], query["redirect_uri"][0])
        return code

    def fail(self, fault: _Fault | None) -> None:
        """Answer in this way whoever is asked for; None for the truth."""
        with self._lock:
            self._fault = fault

    def identify(self, code: str, verifier: str, redirect_uri: str, now: datetime) -> Identity:
        """Who came back with this code."""
        with self._lock:
            if self._fault:
                return self._fault(now)
            person, challenge, told = self._codes.pop(code, (None, "", ""))
        if person is None or (challenge_of(verifier), redirect_uri) != (challenge, told):
            return Unknown()
        return person

    def device(self, now: datetime) -> DeviceOffer:
        """Codes for somebody at a device without a browser."""
        with self._lock:
            fault = self._fault(now) if self._fault else None
            if isinstance(fault, Unwelcome | RateLimited | Silent):
                return fault
            self._issued += 1
            user_code = f"WXYZ-{self._issued:04}"
            self._devices[_device(user_code)] = (now + _LASTS, Undecided())
        return DeviceCode(_device(user_code), user_code, "https://github.test/login/device", _LASTS, _INTERVAL)

    def decide(self, user_code: str, answer: DeviceAnswer) -> None:
        """Let a person type in this code and say who they are, or that they do not want it."""
        with self._lock:
            until, _ = self._devices[_device(user_code)]
            self._devices[_device(user_code)] = until, answer

    def device_person(self, device_code: str, now: datetime) -> DeviceAnswer:
        """Who has typed in the code that belongs to this one."""
        with self._lock:
            if self._fault:
                return self._fault(now)
            until, answer = self._devices.get(device_code, (now, Unknown()))
            if until <= now:
                return Unknown()
            if isinstance(answer, Identified | Declined):
                del self._devices[device_code]
            return answer


def _device(user_code: str) -> str:
    return f"device-{user_code}"
