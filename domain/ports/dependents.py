"""Which packages need which, by the metadata of their latest releases. A disposable projection."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import frozen

from domain.needs import Dependents, Need


@frozen
class Untold:
    """Packages whose pages may not say yet that the dependent needs them, or needs them no more.

    It is kept with the needs until `told` says that messages about these pages are on their way.

    Attributes:
        dependent: canonical name of the package whose needs changed.
        packages: canonical names of those that it needs now, or needed before.
        mark: changes whenever its needs do.
    """

    dependent: str
    packages: frozenset[str]
    mark: str


class DependentsTable(Protocol):
    """Needs, found by either end. No package is its own dependent: `domain.needs` makes no such need."""

    def put(self, dependent: str, needs: Sequence[Need]) -> Untold:
        """Keep what a package needs in place of what it needed.

        Returns:
            What nobody was told of yet, of this change and of earlier ones.
        """

    def forget(self, dependent: str, packages: Iterable[str]) -> None:
        """Remove the needs of a package, and whatever stands for it under `packages`; for a table that is damaged.

        Nobody is to be told of it. Harmless if there is nothing.
        """

    def told(self, untold: Untold) -> None:
        """Note that messages about these packages are on their way, unless the dependent's needs changed since."""

    def of(self, package: str, limit: int | None = None) -> Dependents:
        """The dependents of a package in the order of names, with the needs of at most `limit` of them, or of all."""
