"""What is worth remembering for a while only: no truth, and nothing that could be derived again."""

from datetime import datetime
from typing import Protocol

from domain.sessions import Session


class Sessions(Protocol):
    """Values by key, each with an end. Reads see every `put` that returned before."""

    def put(self, key: str, session: Session, expires: datetime) -> None:
        """Remember the value until then, in the place of any other under this key."""

    def add(self, key: str, session: Session, expires: datetime, now: datetime) -> bool:
        """Remember the value until then if there is none whose time is not over: of all who add, one is told True."""

    def get(self, key: str, now: datetime) -> Session | None:
        """The value; None if there is none, or if its time is over."""

    def take(self, key: str, now: datetime) -> Session | None:
        """The value, which is forgotten with this: of all who ask, one gets it."""

    def delete(self, key: str) -> None:
        """Forget the value; harmless if there is none."""
