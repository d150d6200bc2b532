"""Who may trust a project elsewhere. Whether they do is said by the events of their accounts."""

from collections.abc import Sequence
from typing import Protocol

from domain.identity_claims import Kind


class TrustTable(Protocol):
    """Accounts by project. It is asked with every exchange of a token, so an account too many costs one reading.

    Names of projects are as on GitHub and GitLab: their case does not matter. Reads see every `note` that returned
    before, which survives any crash.
    """

    def note(self, kind: Kind, project: str, account: str) -> None:
        """The account with this key is about to trust the project; harmless if that is known."""

    def accounts(self, kind: Kind, project: str) -> Sequence[str]:
        """The keys of the accounts that were about to, sorted."""
