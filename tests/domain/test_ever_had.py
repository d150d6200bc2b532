"""Names that are never looked for elsewhere."""

from datetime import UTC, datetime

from adapters.memory.event_store import MemoryEventStore
from domain.events import PackageSubmitted, PackageWithdrawn
from domain.usecases.ever_had import ever_had

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_name_is_the_indexs_own_from_the_first_event_on_and_for_ever() -> None:
    store = MemoryEventStore()
    is_ours = ever_had(store)
    assert not is_ours("frob")
    store.append("package/frob", 0, [PackageSubmitted("Frob", "local:alice", AT)])
    assert is_ours("frob")
    store.append("package/frob", 1, [PackageWithdrawn(AT, "local:alice")])
    assert is_ours("frob")
    assert not is_ours("spam")


def test_an_account_is_no_project() -> None:
    store = MemoryEventStore()
    store.append("account/frob", 0, [PackageWithdrawn(AT, "local:alice")])
    assert not ever_had(store)("frob")
