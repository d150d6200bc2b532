"""Whatever happens, the directory in SQLite says what the one in memory says."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.local.database import Database
from adapters.local.directory import SqliteDirectory
from adapters.memory.directory import MemoryDirectory
from domain.listing import Listing

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
TOKENS = st.builds("x{}".format, TEXTS)
LISTINGS = st.builds(
    Listing,
    name=st.just(""),
    spelling=TEXTS,
    owner=st.sampled_from(["local:alice", "local:bob"]),
    latest=TEXTS,
    summary=TEXTS,
    updated=TEXTS,
    downloads=st.integers(0, 3),
)
PUTS = st.tuples(
    st.sampled_from(["a", "a-b", "ab"]), st.none() | LISTINGS, st.frozensets(TOKENS | st.just("x"), max_size=4)
)
STEPS = st.lists(PUTS | st.integers(0, 3), max_size=12)
"""A change, or how many are settled of what is owed."""


@settings(max_examples=60, deadline=None)
@given(STEPS, TOKENS, TOKENS, st.none() | st.integers(0, 5))
def test_the_same_is_found_and_owed(
    steps: list[tuple[str, Listing | None, frozenset[str]] | int], low: str, high: str, limit: int | None
) -> None:
    with TemporaryDirectory() as folder, closing(Database(Path(folder) / "events.db")) as database:
        memory, local = MemoryDirectory(), SqliteDirectory(database)
        for step in steps:
            for directory in (memory, local):
                if isinstance(step, int):
                    directory.settle(directory.owed(step))
                    continue
                name, listing, tokens = step
                kept = evolve(listing, name=name) if listing else None
                directory.put(name, kept, tokens)
            assert local.between("x", "y") == memory.between("x", "y")
            owed = [[(one.name, one.tokens, one.owners) for one in each.owed(9)] for each in (memory, local)]
            assert owed[0] == owed[1]
        assert local.between(low, high, limit) == memory.between(low, high, limit)
        for owner in ("local:alice", "local:bob"):
            assert local.owned_by(owner) == memory.owned_by(owner)
