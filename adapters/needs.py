"""Needs by what is needed, as every world keeps them."""

from collections.abc import Mapping, Sequence

from domain.ports.dependents import Need


def by_package(needs: Sequence[Need]) -> Mapping[str, tuple[Need, ...]]:
    """The needs on each package, in their order."""
    found: dict[str, list[Need]] = {}
    for need in needs:
        found.setdefault(need.on, []).append(need)
    return {package: tuple(group) for package, group in found.items()}
