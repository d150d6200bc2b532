"""Which packages need which, inside the index. A disposable projection of their latest releases' metadata."""

from collections.abc import Sequence
from typing import Protocol

from attrs import frozen


@frozen
class Need:
    """One requirement of the latest release of a package.

    Attributes:
        on: canonical name of what is needed, whether the index has it or not.
        dependent: canonical name of the package that needs it.
        spelling: of the dependent.
        specifier: versions that it takes, such as ``<3,>=2.1``; empty for any.
        extra: with which extra it is needed; empty if always.
        marker: under which other condition; empty for none.
    """

    on: str
    dependent: str
    spelling: str
    specifier: str
    extra: str = ""
    marker: str = ""


@frozen
class Dependents:
    """The packages that need one. `count` is of packages, `needs` are their requirements by dependent, maybe cut off."""

    count: int = 0
    needs: tuple[Need, ...] = ()


class DependentsTable(Protocol):
    """Needs by both of their ends."""

    def put(self, dependent: str, needs: Sequence[Need]) -> frozenset[str]:
        """Keep what a package needs in place of what it needed.

        Returns:
            The packages whose dependents changed with this or an earlier call and that were not `told` since.
        """

    def told(self, dependent: str, packages: frozenset[str]) -> None:
        """Messages for these packages are on their way."""

    def of(self, package: str, limit: int) -> Dependents:
        """The dependents of a package in the order of names, with the needs of at most `limit` of them."""
