"""What was last heard about repositories, and when. Neither derived from events nor needed by anything but pages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from attrs import field, frozen

from domain.repository import RepositoryFacts

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a repository was asked for that was not asked for yet."""


@frozen
class Heard:
    """What is known about a repository.

    Attributes:
        facts: None if nothing was ever learnt, or the repository is gone.
        asked_at: when it was asked for last, with whatever outcome; `NEVER` if it is still to be.
        validators: by what was asked for, so that an answer that did not change costs nothing (RFC 9110 section 13).
        silences: how often in a row nobody answered.
    """

    facts: RepositoryFacts | None
    asked_at: datetime
    validators: Mapping[str, str] = field(factory=dict)
    silences: int = 0


class FactsTable(Protocol):
    """What was heard, by the repository's name as packages call it, letters' case aside; and which packages do."""

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
        """The packages whose pages show the repository, in the order of names. One that follows just now may lack."""
