"""What is remembered for a while in a dictionary."""

import threading
from datetime import datetime

from adapters.session_codec import encode_session
from domain.sessions import Session


class MemorySessions:
    """A Sessions that forgets with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Session, datetime]] = {}

    def put(self, key: str, session: Session, expires: datetime) -> None:
        """Remember the value until then, in the place of any other under this key."""
        encode_session(session)  # refuses what no other world could store
        with self._lock:
            self._kept[key] = session, expires

    def add(self, key: str, session: Session, expires: datetime, now: datetime) -> bool:
        """Remember the value until then if there is none: of all who add, one is told True."""
        encode_session(session)
        with self._lock:
            if now < self._kept.get(key, (None, now))[1]:
                return False
            self._kept[key] = session, expires
            return True

    def get(self, key: str, now: datetime) -> Session | None:
        """The value; None if there is none, or if its time is over."""
        with self._lock:
            session, expires = self._kept.get(key, (None, now))
            return session if now < expires else None

    def take(self, key: str, now: datetime) -> Session | None:
        """The value, which is forgotten with this: of all who ask, one gets it."""
        with self._lock:
            session, expires = self._kept.pop(key, (None, now))
            return session if now < expires else None

    def delete(self, key: str) -> None:
        """Forget the value; harmless if there is none."""
        with self._lock:
            self._kept.pop(key, None)
