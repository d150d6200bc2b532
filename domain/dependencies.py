"""What a release needs, as its metadata says it."""

import re
from collections.abc import Collection
from functools import lru_cache

from attrs import evolve, frozen
from packaging.requirements import InvalidRequirement, Requirement

from domain import names
from domain.metadata import Metadata

_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']*)["']|["']([^"']*)["']\s*==\s*extra""")

_REMEMBERED, _LONGEST_REMEMBERED = 4096, 200


@frozen
class Dependency:
    """One requirement.

    Attributes:
        name: as spelt, with the extras that are wanted of it.
        canonical: empty if the line cannot be understood; then `name` is the whole line.
        condition: the marker without the extra.
        here: whether the index has it.
    """

    name: str
    canonical: str
    specifier: str
    condition: str
    here: bool = False


@frozen
class DependencyGroup:
    """What is required always (no extra), or with one extra."""

    extra: str | None
    dependencies: tuple[Dependency, ...]


def dependencies(metadata: Metadata, known: Collection[str] = ()) -> tuple[DependencyGroup, ...]:
    """Requires-Dist by extra, those of none first, in the order of the file.

    Args:
        metadata: of the release.
        known: canonical names among its requirements that the index has.
    """
    groups: dict[str | None, list[Dependency]] = {None: []}
    groups |= {names.canonical(extra): [] for extra in metadata.provides_extra}
    for line in metadata.requires_dist:
        extras, dependency = _remembered(line) if len(line) <= _LONGEST_REMEMBERED else _dependency(line)
        shown = evolve(dependency, here=True) if dependency.canonical in known else dependency
        for extra in extras or (None,):
            groups.setdefault(extra, []).append(shown)
    return tuple(DependencyGroup(extra, tuple(group)) for extra, group in groups.items() if group)


def _dependency(line: str) -> tuple[tuple[str, ...], Dependency]:
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return (), Dependency(line, "", "", "")
    extras_wanted = f"[{', '.join(sorted(requirement.extras))}]" if requirement.extras else ""
    specifier = (
        f"@ {requirement.url}" if requirement.url else ", ".join(sorted(map(str, requirement.specifier), reverse=True))
    )
    marker = str(requirement.marker) if requirement.marker else ""
    extras = tuple(dict.fromkeys(names.canonical(one or other) for one, other in _EXTRA.findall(marker)))
    dependency = Dependency(
        name=requirement.name + extras_wanted,
        canonical=names.canonical(requirement.name),
        specifier=specifier,
        condition=_without_extra(marker),
    )
    return extras, dependency


# The pages of a package and of its release ask for the same ones, as do many packages.
_remembered = lru_cache(_REMEMBERED)(_dependency)


def _without_extra(marker: str) -> str:
    """The marker's other conditions. One that has alternatives stays whole: its parts mean nothing alone."""
    if " or " in marker:
        return marker
    return " and ".join(part for part in marker.split(" and ") if not _EXTRA.fullmatch(part.strip("() ")))
