"""What stays on this machine."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether nothing leaves this machine on the way to this host.

    Names below ``localhost`` do not count: they lead wherever somebody else's server of names says.
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
