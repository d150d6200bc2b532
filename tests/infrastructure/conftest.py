"""Two stacks of one template: with nothing decided, and with everything."""

import pytest

from tests.infrastructure.stack_template import Stack


@pytest.fixture(scope="session")
def stack() -> Stack:
    """As `sls-pypi deploy` without an option makes it."""
    return Stack()


@pytest.fixture(scope="session")
def full() -> Stack:
    """With a domain, an upstream and somebody who is told of alarms."""
    return Stack(
        DomainName="pypi.example.org",
        HostedZoneId="Z0123456789",
        Upstream="https://pypi.org/simple/",
        AlarmEmail="operators@example.org",
        Architecture="x86_64",
    )
