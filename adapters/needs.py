"""Needs grouped by what is needed, and their codec for tables that keep text."""

import json
from collections.abc import Mapping, Sequence

from attrs import asdict

from domain.needs import Need


def by_package(needs: Sequence[Need]) -> Mapping[str, tuple[Need, ...]]:
    """The needs on each package, in their order."""
    found: dict[str, list[Need]] = {}
    for need in needs:
        found.setdefault(need.on, []).append(need)
    return {package: tuple(group) for package, group in found.items()}


def encode_needs(needs: Sequence[Need]) -> str:
    """The needs as JSON."""
    return json.dumps([asdict(need) for need in needs], ensure_ascii=False)


def decode_needs(text: str) -> tuple[Need, ...]:
    """The needs that this is the text of."""
    return tuple(Need(**need) for need in json.loads(text))
