"""What tests of several kinds need."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.emulator.environment import NoInterpreterError, prepared
from tests.emulator.ministack import MiniStack, running

# How long an example takes is no fault of what is tried where the machine has other things to do.
settings.register_profile("any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    """An emulated AWS account; tests that use it are marked `emulator`."""
    try:
        prepared()
    except NoInterpreterError as error:
        pytest.skip(str(error))
    with running(tmp_path_factory.mktemp("ministack")) as emulator:
        yield emulator
