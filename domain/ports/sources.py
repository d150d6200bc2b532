"""Repositories on GitHub as something to publish from. Nothing that is answered is to be trusted.

Every method answers within seconds, whatever the other side does, and raises one of `domain.github_faults` where there
is no answer: `NoSuchSource`, `GitHubRefuses`, `GitHubLoginRevoked` (only where a token was given) or `GitHubFails`.
Names are checked by the caller (`domain.sources`) and are ``owner/name``. A `token` is what GitHub gave out at the
login of whoever asks, if they are logged in; it goes to the API alone and never along a redirect to another origin.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from domain.repository import Asset, Owned, Source


class Sources(Protocol):
    """Asks GitHub with the token of whoever is logged in, or for the index itself."""

    def together(self) -> "Sources":
        """The same with one budget of time, for a request whose caller waits: some 20 seconds for all questions.

        Once it is spent, every question is a `GitHubFails` at once. Files keep their own bounds.
        """

    def owned(self, token: str) -> Sequence[Owned]:
        """The public repositories of the person with this token, last pushed first, without forks.

        All of them, up to a thousand. Where only some can be learnt that is a fault.
        """

    def repository(self, full_name: str, token: str | None = None) -> Source:
        """The repository of this name, also if it was renamed since."""

    def latest_release(self, full_name: str, token: str | None = None) -> str | None:
        """The tag of the latest release (no draft, no prerelease); None if there is none."""

    def tags(self, full_name: str, token: str | None = None) -> Sequence[str]:
        """Names of tags, up to some hundreds, in no order."""

    def commit(self, full_name: str, ref: str, token: str | None = None) -> str:
        """The commit (40 hexadecimal digits) that a tag, a branch or a commit's own digits lead to.

        A tag comes before a branch that is called the same.
        """

    def is_tag(self, full_name: str, ref: str, token: str | None = None) -> bool:
        """Whether there is a tag of exactly this name."""

    def assets(self, full_name: str, tag: str, token: str | None = None) -> Sequence[Asset]:
        """The files of the release of this tag; none if there is no such release."""

    def fetch_asset(self, full_name: str, asset: Asset, destination: Path, most_bytes: int) -> None:
        """Write the file there, within minutes. `TooLarge` if it is longer than that.

        Whatever is raised, nothing is left behind.
        """

    def fetch_archive(self, full_name: str, commit: str, destination: Path, most_bytes: int) -> None:
        """Write the repository's files at this commit there, as a gzipped tar; as above."""
