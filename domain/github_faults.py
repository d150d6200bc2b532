"""GitHub gives no answer of use: a submitter is told what to do, and nothing is lost."""

from datetime import timedelta

from domain.refusals import NotFound, Refused, Unauthenticated


class GitHubFails(Refused):
    """GitHub gives no answer of use, or does not want this index."""


class GitHubRefuses(GitHubFails):
    """GitHub was asked too much lately; nobody shall ask it again before this `wait` is over."""

    def __init__(self, text: str, wait: timedelta) -> None:
        super().__init__(text)
        self.wait = wait


class GitHubLoginRevoked(Unauthenticated):
    """GitHub does not take what it gave out at the login any more."""


class NoSuchSource(NotFound):
    """GitHub has no such repository, commit or file that everybody may see."""
