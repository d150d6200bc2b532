"""An account in this process, and the wire to each service."""

from collections.abc import Iterator

import pytest

from infrastructure.resources import Resources
from tests.adapters.aws.wire import Wire, tapped
from tests.aws import account, client


@pytest.fixture
def resources() -> Iterator[Resources]:
    with account() as made:
        yield made


@pytest.fixture
def dynamodb(resources: Resources) -> Iterator[Wire]:  # noqa: ARG001 - made before anybody listens
    with tapped(client("dynamodb")) as wire:
        yield wire


@pytest.fixture
def s3(resources: Resources) -> Iterator[Wire]:  # noqa: ARG001
    with tapped(client("s3")) as wire:
        yield wire


@pytest.fixture
def sns(resources: Resources) -> Iterator[Wire]:  # noqa: ARG001
    with tapped(client("sns")) as wire:
        yield wire


@pytest.fixture
def pauses() -> list[float]:
    """What was waited, in seconds, by adapters that get its `append` for `sleep`."""
    return []
