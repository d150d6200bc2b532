"""Parts of the directory are read in pieces that fit into memory."""

import weakref
from collections.abc import Sequence

import pytest

from adapters.memory.directory import MemoryDirectory
from domain.listing import Listing, Posting
from domain.search_tree import bits_of
from domain.usecases import directory_reading
from domain.usecases.directory_reading import pieces_of

_PIECE = 4


class _Found(list[Posting]):
    """Whether anybody still has it can be asked."""


class _Directory(MemoryDirectory):
    def __init__(self) -> None:
        super().__init__()
        self.held: weakref.WeakValueDictionary[int, _Found] = weakref.WeakValueDictionary()
        self.most = 0

    def between(self, low: str, high: str, limit: int | None = None) -> Sequence[Posting]:
        found = _Found(super().between(low, high, limit))
        self.held[id(found)] = found
        self.most = max(self.most, sum(map(len, self.held.values())))
        return found


def test_only_one_piece_is_held_however_long_the_prefix_that_names_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory_reading, "_PIECE", _PIECE)
    directory, names = _Directory(), [f"a-long-prefix-{number:02}" for number in range(40)]
    for name in names:
        directory.put(name, Listing(name, name, "1", "1.0", "", "2026-11-24", 0), frozenset({f"n{name}"}))

    found = [posting.listing.name for _, postings in pieces_of(directory, bits_of("n")) for posting in postings]

    assert found == names
    assert directory.most <= 3 * _PIECE
