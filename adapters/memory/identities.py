"""People who are what a test says."""

import threading
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from domain.logins import challenge_of
from domain.ports.identities import Identified, Identity, Unknown

_Fault = Callable[[datetime], Identity]


class MemoryIdentities:
    """An Identities without GitHub."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, tuple[Identified, str, str]] = {}
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
