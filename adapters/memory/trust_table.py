"""Who may trust a project elsewhere, in a dictionary."""

import threading
from collections import defaultdict
from collections.abc import Sequence

from domain.identity_claims import Kind


class MemoryTrustTable:
    """A TrustTable."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: dict[tuple[Kind, str], set[str]] = defaultdict(set)

    def note(self, kind: Kind, project: str, account: str) -> None:
        """The account with this key is about to trust the project; harmless if that is known."""
        with self._lock:
            self._accounts[kind, project.lower()].add(account)

    def accounts(self, kind: Kind, project: str) -> Sequence[str]:
        """The keys of the accounts that were about to, sorted."""
        with self._lock:
            return sorted(self._accounts.get((kind, project.lower()), ()))
