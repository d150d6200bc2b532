"""Who owns packages."""

from domain.account import fold
from domain.owners import Owner, owner_of
from domain.ports.event_store import EventStore
from domain.streams import account_stream


def owner_at(store: EventStore, account: str) -> Owner:
    """The account as its events call it."""
    known = fold(account, store.read(account_stream(account)))
    return owner_of(account, known.login if known else "")
