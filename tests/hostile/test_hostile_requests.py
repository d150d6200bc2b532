"""A little of the campaign against a real server in every run of the tests."""

from collections.abc import Callable, Iterator

import pytest

from tests.hostile import forms, requests
from tests.hostile.choices import seeded
from tests.hostile.target import Target, target


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("server")) as served:
        yield served


@pytest.mark.parametrize(("check", "inputs"), [(forms.check, 25), (requests.check, 50)])
def test_a_server_is_none_the_worse(server: Target, check: Callable[[bytes, Target], str], inputs: int) -> None:
    outcomes = {check(seeded(f"{inputs} {number}"), server) for number in range(inputs)}
    assert "200" in outcomes
    assert outcomes & {"400", "404"}
    server.check_well()
