"""Requests and addresses that stay on this machine."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from domain.loopback import is_loopback

OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers by which proxies say that they are there, in lower case."""


def is_loopback_url(url: str) -> bool:
    """Whether nothing leaves this machine on the way to this URL."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def is_from_this_machine(http_version: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser of this machine has sent these headers to the server itself, which listens to nobody else.

    A proxy in front says for whom it asks, and a page elsewhere whose name was made to mean this machine says that
    name. nginx says neither unless it is told to, but asks in HTTP/1.0, which no browser speaks any more.
    """
    passed_on = http_version == "1.0" or any(name in headers for name in OF_PROXIES)
    return not passed_on and is_loopback_url(f"//{headers.get('host', '')}")
