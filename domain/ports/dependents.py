"""Which packages need which, inside the index. A disposable projection of their latest releases' metadata."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import frozen

from domain.needs import Dependents, Need


@frozen
class Untold:
    """Pages that show what a package needs, and may not show it yet.

    Attributes:
        packages: those whose dependents changed since somebody was `told`.
        mark: changes whenever what the package needs does.
    """

    dependent: str
    packages: frozenset[str]
    mark: str


class DependentsTable(Protocol):
    """Needs by both of their ends. A package that needs itself is no dependent: `domain.needs` makes no such need."""

    def put(self, dependent: str, needs: Sequence[Need]) -> Untold:
        """Keep what a package needs in place of what it needed.

        Returns:
            The packages whose dependents changed with this or an earlier call, and that nobody was told of since.
        """

    def forget(self, dependent: str, packages: Iterable[str]) -> None:
        """Remove what a package needs, also what only stands under these; for a table that is damaged.

        Nobody is told of it. Harmless if there is nothing.
        """

    def told(self, untold: Untold) -> None:
        """Messages for these packages are on their way. They stay untold if what the package needs changed since."""

    def of(self, package: str, limit: int | None = None) -> Dependents:
        """The dependents of a package in the order of names, with the needs of at most `limit` of them, or of all."""
