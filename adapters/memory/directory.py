"""Listings and their postings in dictionaries and sorted lists."""

import threading
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from itertools import count

from attrs import frozen

from adapters.tokens import check_range, check_tokens
from domain.listing import Listing, Posting
from domain.ports.directory import Owed

_Place = tuple[str, int, str]


@frozen
class _Kept:
    listing: Listing
    tokens: frozenset[str]

    @property
    def places(self) -> set[_Place]:
        """Where its postings stand: by token, then by downloads, then by name."""
        return {(token, -self.listing.downloads, self.listing.name) for token in self.tokens}


class MemoryDirectory:
    """A Directory that forgets with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._owed: dict[str, Owed] = {}
        self._places: dict[str, list[_Place]] = {}  # by the first character of the token
        self._marks = count(1)

    def put(self, name: str, listing: Listing | None, tokens: frozenset[str]) -> None:
        """Keep the listing under these tokens and no others; None removes it."""
        check_tokens(tokens)
        kept = _Kept(listing, tokens) if listing else None
        with self._lock:
            known = self._kept.pop(name, None)
            if kept:
                self._kept[name] = kept
            if kept == known:
                return
            before, after = known.places if known else set(), kept.places if kept else set()
            for place in before - after:
                places = self._places[place[0][0]]
                del places[bisect_left(places, place)]
            for place in after - before:
                insort(self._places.setdefault(place[0][0], []), place)
            self._owe(name, [side for side in (known, kept) if side])

    def forget(self, name: str, tokens: Iterable[str]) -> None:
        """Remove the listing with its postings, and those under `tokens`."""
        with self._lock:
            kept = self._kept.pop(name, None)
            for initial in {token[0] for token in {*tokens, *(kept.tokens if kept else ())}}:
                self._places[initial] = [place for place in self._places.get(initial, []) if place[2] != name]

    def owe(self, names: Sequence[str]) -> None:
        """Note the pages of these packages as owed although no listing changed."""
        with self._lock:
            for name in names:
                if name in self._kept:
                    self._owe(name, [self._kept[name]])

    def owed(self, limit: int) -> Sequence[Owed]:
        """Some of the packages whose pages are owed, in the order of names."""
        with self._lock:
            return [self._owed[name] for name in sorted(self._owed)[:limit]]

    def settle(self, owed: Sequence[Owed]) -> None:
        """Note that these pages are written. What changed since stays owed."""
        with self._lock:
            for one in owed:
                if one.name in self._owed and self._owed[one.name].mark == one.mark:
                    del self._owed[one.name]

    def between(self, low: str, high: str, limit: int | None = None) -> Sequence[Posting]:
        """The first postings with low <= token < high, sorted by token."""
        check_range(low, high)
        with self._lock:
            places = self._places.get(low[0], [])
            found = places[bisect_left(places, (low,)) : bisect_left(places, (high,))][:limit]
            return [Posting(token, self._kept[name].listing) for token, _, name in found]

    def tokens(self, name: str) -> frozenset[str]:
        """Those under which the package is told."""
        with self._lock:
            return self._kept[name].tokens if name in self._kept else frozenset()

    def owned_by(self, owner: str) -> Sequence[Listing]:
        """The listings of one account's packages in the order of names."""
        with self._lock:
            return [self._kept[name].listing for name in sorted(self._kept) if self._kept[name].listing.owner == owner]

    def _owe(self, name: str, sides: Sequence[_Kept]) -> None:
        owed = self._owed.get(name, Owed(name, frozenset(), frozenset(), ""))
        self._owed[name] = Owed(
            name,
            owed.tokens.union(*(side.tokens for side in sides)),
            owed.owners.union(side.listing.owner for side in sides),
            str(next(self._marks)),
        )
