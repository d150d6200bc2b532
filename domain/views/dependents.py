"""Who needs a package, as its page shows it."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from attrs import frozen
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from domain.needs import Dependents, Need


@frozen
class Constraint:
    """One requirement of a dependent.

    Attributes:
        specifier: empty for any version.
        extra: with which of its extras; empty if always.
        condition: its marker; empty for none.
        takes_latest: whether the specifier takes the release that the page recommends; None if that cannot be told.
    """

    specifier: str
    extra: str
    condition: str
    takes_latest: bool | None


@frozen
class Dependent:
    """A package that needs this one, by its canonical name."""

    name: str
    spelling: str
    constraints: tuple[Constraint, ...]


@frozen
class DependentsShown:
    """The dependents in the order of names, maybe cut off.

    Attributes:
        count: all of them.
        refusing: how many of those shown do not take the release that the page recommends.
    """

    count: int
    shown: tuple[Dependent, ...]
    refusing: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.shown)


def dependents_shown(dependents: Dependents, latest: str | None) -> DependentsShown:
    """What the page says of them.

    Args:
        dependents: as the table has them.
        latest: the release that the page recommends, if there is one.
    """
    shown = tuple(_dependent(list(needs), latest) for _, needs in groupby(dependents.needs, attrgetter("dependent")))
    refusing = sum(_refuses(dependent.constraints) for dependent in shown)
    return DependentsShown(max(dependents.count, len(shown)), shown, refusing)


def _dependent(needs: list[Need], latest: str | None) -> Dependent:
    constraints = (
        Constraint(need.specifier, need.extra, need.marker, _takes(need.specifier, latest)) for need in needs
    )
    return Dependent(needs[0].dependent, needs[0].spelling, tuple(constraints))


def _refuses(constraints: Sequence[Constraint]) -> bool:
    """Whether it never takes the release: under some conditions only, such as on an old Python, is not never."""
    refusing = [one for one in constraints if one.takes_latest is False]
    return len(refusing) == len(constraints) or any(not one.condition for one in refusing)


def _takes(specifier: str, latest: str | None) -> bool | None:
    if latest is None:
        return None
    try:
        return SpecifierSet(specifier).contains(latest, prereleases=True)
    except (InvalidSpecifier, ValueError):
        return None
