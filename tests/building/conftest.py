"""Every way to confine a build that this machine has."""

from pathlib import Path

import pytest

from adapters.local.confinement import Confinement, Kind, _candidates, _works, confinement
from tests.building.projects import Building

_WAYS = [
    pytest.param(
        kind, id=kind.name.lower(), marks=[pytest.mark.confinement] if kind in {Kind.FENCE, Kind.LIMITS} else []
    )
    for kind in Kind
]


@pytest.fixture(params=_WAYS)
def how(request: pytest.FixtureRequest) -> Confinement:
    """A way to confine, as a user of its own where that works."""
    for found in _candidates():
        if found.kind is request.param and _works(found):
            return found
    pytest.skip(f"{request.param.name.lower()} does not work on this machine")


@pytest.fixture
def building(tmp_path: Path, how: Confinement) -> Building:
    return Building(tmp_path, how)


@pytest.fixture
def best(tmp_path: Path) -> Building:
    """What does not depend on how a build is confined."""
    return Building(tmp_path, confinement())
