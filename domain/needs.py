"""What a package needs of others, so that their pages can tell who needs them.

A package that needs itself, as ``pkg[all]`` does to name its extras together, is nobody's dependent by that. What is
told is bounded, as metadata may say anything: a package is told as a dependent of at most `MOST_PACKAGES`.
"""

from itertools import islice

from attrs import frozen

from domain import names
from domain.dependencies import dependencies
from domain.metadata import Metadata

MOST_PACKAGES = 500
_MOST_OF_ONE = 20
_LONGEST = 100

_When = tuple[str, str]
"""With which extra, and under which other condition; empty if always."""


@frozen
class Need:
    """One requirement of the latest release of a package.

    Attributes:
        on: canonical name of what is needed, whether the index has it or not.
        dependent: canonical name of the package that needs it.
        spelling: of the dependent.
        specifier: versions that it takes, such as ``>=2.1, <3``; empty for any.
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
    """The packages that need one: how many they are, and their requirements by dependent, maybe cut off."""

    count: int = 0
    needs: tuple[Need, ...] = ()


def needs_of(name: str, spelling: str, metadata: Metadata | None) -> tuple[Need, ...]:
    """The needs of a package, one for each other package, extra and condition, in the order of the file.

    Lines that cannot be understood are passed over. Where several lines say something of the same, all of their
    specifiers hold.

    Args:
        name: canonical name of the package.
        spelling: as its owner spells it.
        metadata: of its latest release; None if there is none.
    """
    found: dict[str, dict[_When, dict[str, None]]] = {}
    for group in dependencies(metadata) if metadata else ():
        for one in group.dependencies:
            if one.canonical != name and names.is_valid(one.canonical):
                when = (group.extra or "", one.condition)
                found.setdefault(one.canonical, {}).setdefault(when, {})[one.specifier] = None
    return tuple(
        Need(on, name, spelling, _short(", ".join(filter(None, specifiers))), _short(extra), _short(condition))
        for on, terms in islice(found.items(), MOST_PACKAGES)
        for (extra, condition), specifiers in islice(terms.items(), _MOST_OF_ONE)
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
