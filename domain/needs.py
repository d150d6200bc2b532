"""What a package needs of others, so that their pages can tell who needs them.

A package that needs itself, as ``pkg[all]`` does to name its extras together, is nobody's dependent by that. What is
told is bounded, as metadata may say anything: a package is told as a dependent of at most `MOST_PACKAGES`.
"""

from itertools import islice

from domain import names
from domain.metadata import Metadata
from domain.ports.dependents import Need
from domain.views.dependencies import dependencies

MOST_PACKAGES = 500
_MOST_OF_ONE = 20
_LONGEST = 100

_When = tuple[str, str]
"""With which extra, and under which other condition; empty if always."""


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
