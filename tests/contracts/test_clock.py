"""What every Clock promises."""

from datetime import timedelta

import pytest

from adapters.clock import SystemClock
from domain.ports.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return SystemClock()


def test_the_time_is_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_time_goes_on(clock: Clock) -> None:
    assert clock.now() <= clock.now()
