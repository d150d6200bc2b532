"""An inverted index: the listing of each package under the tokens by which people find it. A disposable projection.

Tokens are compared by their code points. When a listing changes, the pages of all tokens that it had or has are noted
as *owed* in the same transaction, until somebody has written them. So no crash in between leaves a page behind.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import frozen

from domain.listing import Listing, Posting

MOST_TOKENS = 48
"""How many tokens a listing has at most, so that DynamoDB changes all of its postings in one transaction."""


@frozen
class Owed:
    """The pages of these tokens may not show the package's listing yet.

    Attributes:
        tokens: those that the listing has, and those that it had when its pages were written last.
        owners: accounts whose pages may be behind.
        mark: changes whenever the listing does.
    """

    name: str
    tokens: frozenset[str]
    owners: frozenset[str]
    mark: str


class Directory(Protocol):
    """Listings by name and by token."""

    def put(self, name: str, listing: Listing | None, tokens: frozenset[str]) -> None:
        """Keep the listing under these tokens and no others; None removes it. Nothing is owed if nothing changed.

        Args:
            name: canonical name, that of the listing.
            listing: replaces what is there.
            tokens: at most `MOST_TOKENS`, each of 1 to 500 bytes without NUL; ignored without a listing.

        Raises:
            ValueError: there are more tokens, or one is none.
        """

    def forget(self, name: str, tokens: Iterable[str]) -> None:
        """Remove the listing with its postings, and those under `tokens`; for a directory that is damaged.

        Nothing is owed for it. Harmless if there is none.
        """

    def owe(self, names: Sequence[str]) -> None:
        """Note the pages of these packages as owed although no listing changed: they are made in another way now."""

    def owed(self, limit: int) -> Sequence[Owed]:
        """Some of the packages whose pages are owed, in the order of names."""

    def settle(self, owed: Sequence[Owed]) -> None:
        """Note that these pages are written. What changed since stays owed."""

    def between(self, low: str, high: str, limit: int | None = None) -> Sequence[Posting]:
        """The first postings with low <= token < high, sorted by token. A range lies within one first character.

        Args:
            low: the first token.
            high: what comes behind the last one.
            limit: how many at most; None for all.

        Raises:
            ValueError: the range is wider: from ``ab`` to ``ba`` it is, from ``a`` to ``b`` it is not.
        """

    def tokens(self, name: str) -> frozenset[str]:
        """The tokens under which the package was put; none if it was not.

        Raises:
            ValueError: they cannot be read.
        """

    def owned_by(self, owner: str) -> Sequence[Listing]:
        """The listings of one account's packages in the order of names."""
