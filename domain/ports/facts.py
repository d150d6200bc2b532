"""What was last heard about repositories, and when. Neither derived from events nor needed by anything but pages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from attrs import field, frozen

from domain.repository import RepositoryFacts

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the time at which a repository was asked for that nobody has asked for yet."""


@frozen
class Heard:
    """What is known about a repository.

    Attributes:
        facts: None if nothing was ever learnt, or the repository is gone.
        asked_at: when GitHub was last asked for it, whatever came of that; `NEVER` if it was not.
        validators: an etag for each part of the facts, for conditional requests (RFC 9110 section 13).
        silences: how many questions in a row were not answered.
    """

    facts: RepositoryFacts | None
    asked_at: datetime
    validators: Mapping[str, str] = field(factory=dict)
    silences: int = 0


class FactsTable(Protocol):
    """What was heard of repositories, and which packages show them. Names are as packages have them, in any case."""

    def get(self, full_name: str) -> Heard | None:
        """What is known; None if nobody wanted to know."""

    def put(self, full_name: str, heard: Heard) -> None:
        """Keep it in place of what was known."""

    def forget(self, full_name: str) -> None:
        """Know nothing of the repository any more; harmless if nothing was known."""

    def oldest(self, limit: int) -> Mapping[str, Heard]:
        """What is known of the repositories that were asked for longest ago, those first."""

    def follow(self, package: str, full_name: str | None) -> None:
        """The pages of this package show this repository and no other; None for none at all."""

    def followers(self, full_name: str) -> Sequence[str]:
        """The packages whose pages show the repository, in the order of names; perhaps without the very latest."""
