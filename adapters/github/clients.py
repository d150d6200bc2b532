"""How requests to GitHub are made."""

import logging
from functools import cache
from typing import TYPE_CHECKING

from domain.loopback import is_loopback

if TYPE_CHECKING:
    import ssl

    import httpx2

# It tells each address from INFO on, which Lambda keeps; one that GitHub sends us to may be good for whoever has it.
logging.getLogger("httpx2").setLevel(logging.WARNING)


def client(root: str, user_agent: str) -> "httpx2.Client":
    """What asks below this root URL."""
    import httpx2  # noqa: PLC0415 - takes a while, and most functions ask nobody

    url = httpx2.URL(root)
    return httpx2.Client(
        base_url=url,
        headers={
            "User-Agent": user_agent,
            "Accept": "application/vnd.github+json",
            # Compressed answers can be larger than they look.
            "Accept-Encoding": "identity",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        verify=_tls(),
        # Proxies lead away from this machine.
        trust_env=not is_loopback(url.host),
    )


@cache
def _tls() -> "ssl.SSLContext":
    """Whom we believe who they are. To read the list of those takes longer than most answers."""
    import httpx2  # noqa: PLC0415

    return httpx2.create_ssl_context()
