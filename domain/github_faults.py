"""GitHub gives no answer of use: a submitter is told what to do, and nothing is lost."""

from datetime import timedelta

from domain.refusals import NotFound, Refused, TooLarge, Unauthenticated

_MIB = 2**20


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


def no_repository(full_name: str) -> NoSuchSource:
    """There is none of this name, or none that everybody may see."""
    return NoSuchSource(f"There is no public repository {full_name} on GitHub.")


def no_commit(full_name: str, ref: str) -> NoSuchSource:
    """The name leads to no commit."""
    return NoSuchSource(f"{full_name} has no tag, branch or commit {ref} on GitHub.")


def not_there(what: str) -> NoSuchSource:
    """A file that was there is not, or the repository is not."""
    return NoSuchSource(f"{what} is no longer on GitHub where everybody may see it.")


def login_revoked() -> GitHubLoginRevoked:
    """The token is of no use."""
    return GitHubLoginRevoked("GitHub no longer accepts your login: log in again.")


def above_bytes(what: str, most_bytes: int) -> TooLarge:
    """What is to be fetched is longer than so many bytes."""
    shown = f"{most_bytes // _MIB} MiB" if most_bytes >= _MIB else f"{most_bytes} bytes"
    return TooLarge(f"{what} is larger than {shown}, which is the most that this index takes.")
