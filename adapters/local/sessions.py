"""What is remembered for a while in SQLite."""

from datetime import datetime

from adapters.local.database import Database
from adapters.session_codec import decode_session, encode_session
from adapters.unreadable import Unreadable
from domain.sessions import Session


class SqliteSessions:
    """A Sessions in the same file as the events. It survives a crash of the process, but maybe not one of the machine.

    Nobody tells the time but those who read, so reading sweeps.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, key: str, session: Session, expires: datetime) -> None:
        """Remember the value until then, in the place of any other under this key."""
        row = (key, *encode_session(session), expires.timestamp())
        with self._database.transaction(derived=True) as connection:
            connection.execute("INSERT OR REPLACE INTO sessions (key, type, data, expires) VALUES (?, ?, ?, ?)", row)

    def add(self, key: str, session: Session, expires: datetime, now: datetime) -> bool:
        """Remember the value until then if there is none: of all who add, one is told True."""
        row = (key, *encode_session(session), expires.timestamp())
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM sessions WHERE key = ? AND expires <= ?", (key, now.timestamp()))
            added = connection.execute(
                "INSERT INTO sessions (key, type, data, expires) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row
            )
            return added.rowcount == 1

    def get(self, key: str, now: datetime) -> Session | None:
        """The value; None if there is none, or if its time is over."""
        moment = now.timestamp()
        if self._database.rows("SELECT 1 FROM sessions WHERE expires <= ? LIMIT 1", (moment,)):
            with self._database.transaction(derived=True) as connection:
                connection.execute("DELETE FROM sessions WHERE expires <= ?", (moment,))
        # Asked here too: a clock that was set back sweeps less.
        rows = self._database.rows("SELECT type, data FROM sessions WHERE key = ? AND expires > ?", (key, moment))
        return self._readable(key, *rows[0]) if rows else None

    def take(self, key: str, now: datetime) -> Session | None:
        """The value, which is forgotten with this: of all who ask, one gets it."""
        with self._database.transaction(derived=True) as connection:
            rows = connection.execute("SELECT type, data, expires FROM sessions WHERE key = ?", (key,)).fetchall()
            connection.execute("DELETE FROM sessions WHERE key = ?", (key,))
        return self._readable(key, *rows[0][:2]) if rows and rows[0][2] > now.timestamp() else None

    def delete(self, key: str) -> None:
        """Forget the value; harmless if there is none."""
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM sessions WHERE key = ?", (key,))

    def _readable(self, key: str, type_name: str, data: str) -> Session | None:
        """The value. A damaged one is forgotten, as it was for a while only and would be in the way of a new one."""
        try:
            return decode_session(type_name, data)
        except Unreadable:
            self.delete(key)
            return None
