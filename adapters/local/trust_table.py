"""Who may trust a project elsewhere, in SQLite."""

from collections.abc import Sequence

from adapters.local.database import Database
from domain.identity_claims import Kind


class SqliteTrustTable:
    """A TrustTable in the same file as the events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, kind: Kind, project: str, account: str) -> None:
        """The account with this key is about to trust the project; harmless if that is known."""
        # On disk before the event, which may be of no use without it.
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO trust (kind, project, account) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (kind.value, project.lower(), account),
            )

    def accounts(self, kind: Kind, project: str) -> Sequence[str]:
        """The keys of the accounts that were about to, sorted."""
        rows = self._database.rows(
            "SELECT account FROM trust WHERE kind = ? AND project = ? ORDER BY account", (kind.value, project.lower())
        )
        return [account for (account,) in rows]
