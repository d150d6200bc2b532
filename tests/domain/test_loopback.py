"""What stays on this machine, and what only looks so."""

import pytest

from domain.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "127.255.255.254", "::1", "localhost"])
def test_loopback_hosts_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "0.0.0.0",  # noqa: S104
        "::",
        "10.0.0.5",
        "127.elsewhere.test",
        "127.0.0.1.elsewhere.test",
        "127.1",
        "2130706433",
        "[::1]",
        "a.localhost",
        "localhost.elsewhere.test",
        "LOCALHOST.",
    ],
)
def test_no_other_host_is_this_machine(host: str) -> None:
    assert not is_loopback(host)
