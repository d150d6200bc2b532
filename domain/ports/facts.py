"""What was last heard about repositories, and when. Neither derived from events nor needed by anything but pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import field, frozen


@frozen
class RepositoryFacts:
    """A repository as it was at a time. What is None could not be learnt.

    Attributes:
        full_name: ``owner/name``, as it is called now.
        issues: open ones, without pull requests.
        pull_requests: open ones.
        pushed_at: when somebody last pushed to it.
        license: SPDX identifier.
        as_of: when all of this was true.
    """

    full_name: str
    as_of: datetime
    stars: int | None = None
    forks: int | None = None
    issues: int | None = None
    pull_requests: int | None = None
    contributors: int | None = None
    pushed_at: datetime | None = None
    license: str | None = None
    archived: bool = False


@frozen
class Heard:
    """What is known about a repository.

    Attributes:
        facts: None if nothing was ever learnt, or the repository is gone.
        asked_at: when it was asked for last, with whatever outcome.
        validators: by address, so that an answer that did not change costs nothing (RFC 9110 section 13).
    """

    facts: RepositoryFacts | None
    asked_at: datetime
    validators: Mapping[str, str] = field(factory=dict)


class FactsTable(Protocol):
    """What was heard, by the repository's name as packages call it, letters' case aside."""

    def get(self, full_name: str) -> Heard | None:
        """What is known; None if it was never asked for."""

    def put(self, full_name: str, heard: Heard) -> None:
        """Keep it in place of what was known."""
