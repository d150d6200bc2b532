"""What a package needs of others, so that their pages can tell who needs them.

A package that needs itself, as ``pkg[all]`` does to name its extras together, is nobody's dependent by that. What is
told is bounded, as metadata may say anything: a package is told as a dependent of at most `MOST_PACKAGES`.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from domain import names
from domain.metadata import Metadata
from domain.ports.dependents import Need
from domain.views.dependencies import dependencies

MOST_PACKAGES = 500
_MOST_OF_ONE = 20
_LONGEST = 100

_Terms = dict[str, dict[str, None]]
"""Specifiers in their order, by the condition under which they hold."""


def needs_of(name: str, spelling: str, metadata: Metadata | None) -> tuple[Need, ...]:
    """The needs of a package, one for each other package and extra, in the order of the file.

    Lines that cannot be understood are passed over. Where several lines say something of the same, all specifiers under
    one condition hold, and of those under different conditions any.

    Args:
        name: canonical name of the package.
        spelling: as its owner spells it.
        metadata: of its latest release; None if there is none.
    """
    found: dict[str, dict[str, _Terms]] = {}
    for group in dependencies(metadata) if metadata else ():
        for one in group.dependencies:
            if one.canonical != name and names.is_valid(one.canonical):
                terms = found.setdefault(one.canonical, {}).setdefault(group.extra or "", {})
                terms.setdefault(one.condition, {})[one.specifier] = None
    return tuple(
        Need(on, name, spelling, _specifier(terms), _short(extra), _marker(terms))
        for on, by_extra in islice(found.items(), MOST_PACKAGES)
        for extra, terms in islice(by_extra.items(), _MOST_OF_ONE)
    )


def _specifier(terms: Mapping[str, Iterable[str]]) -> str:
    return _any([", ".join(filter(None, specifiers)) for specifiers in terms.values()])


def _marker(terms: Mapping[str, Iterable[str]]) -> str:
    return _any(list(terms))


def _any(alternatives: Sequence[str]) -> str:
    """One of these; empty if one of them allows everything."""
    return _short(" or ".join(dict.fromkeys(alternatives))) if all(alternatives) else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
