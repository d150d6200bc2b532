"""Repositories on GitHub, as everybody sees them who has not logged in. Nothing that is answered is to be trusted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import frozen

from domain.ports.facts import Heard
from domain.repository import RepositoryFacts


@frozen
class Learnt:
    """There is such a repository.

    Attributes:
        facts: what it is like; what could not be learnt this time is as it was known.
        validators: to be given with the next question.
        refused_until: nobody may ask again before, if some of it was refused.
    """

    facts: RepositoryFacts
    validators: Mapping[str, str]
    refused_until: datetime | None = None


@frozen
class Gone:
    """There is none, or none that everybody may see."""


@frozen
class RateLimited:
    """Too much was asked lately, whatever about: nobody may ask again before `until`."""

    until: datetime


@frozen
class Silent:
    """Nobody answers, not in time, or nothing that makes sense; `why` says it in a few words."""

    why: str


Answer = Learnt | Gone | RateLimited | Silent


class Repositories(Protocol):
    """Asks, within seconds and whatever the other side does. Nothing is raised."""

    def facts(self, full_name: str, known: Heard | None, now: datetime) -> Answer:
        """What ``owner/name`` is like now, given what was heard of it before."""
