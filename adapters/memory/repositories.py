"""Repositories that are what a test or a demonstration says."""

import threading
from collections.abc import Callable
from datetime import datetime

from attrs import evolve

from domain.ports.facts import Heard
from domain.ports.repositories import Answer, Gone, Learnt
from domain.repository import RepositoryFacts

_Fault = Callable[[datetime], Answer]


class MemoryRepositories:
    """A Repositories without GitHub."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._facts: dict[str, RepositoryFacts] = {}
        self._fault: _Fault | None = None
        self._asked: list[str] = []

    def show(self, facts: RepositoryFacts, called: str | None = None) -> None:
        """There is such a repository, which packages may still call by an older name."""
        with self._lock:
            self._facts[(called or facts.full_name).lower()] = facts

    def hide(self, full_name: str) -> None:
        """There is no such repository any more."""
        with self._lock:
            self._facts.pop(full_name.lower(), None)

    def fail(self, fault: _Fault | None) -> None:
        """Answer in this way whatever is asked for; None for the truth."""
        with self._lock:
            self._fault = fault

    def asked(self) -> list[str]:
        """What was asked for so far."""
        with self._lock:
            return list(self._asked)

    def facts(self, full_name: str, known: Heard | None, now: datetime) -> Answer:  # noqa: ARG002
        """What it is like now."""
        with self._lock:
            self._asked.append(full_name)
            if self._fault:
                return self._fault(now)
            found = self._facts.get(full_name.lower())
            return Learnt(evolve(found, as_of=now), {}) if found else Gone()
