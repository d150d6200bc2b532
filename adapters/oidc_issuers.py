"""Who issues identity tokens, and whether an issuer's keys can be read safely."""

from types import MappingProxyType
from urllib.parse import urlsplit

from domain.identity_claims import Kind
from domain.loopback import is_loopback

ISSUERS = MappingProxyType(
    {Kind.GITHUB: "https://token.actions.githubusercontent.com", Kind.GITLAB: "https://gitlab.com"}
)
"""Those that everybody uses."""


class WrongIssuer(ValueError):
    """Not an issuer whose keys can be read safely."""


def check_issuer(url: str) -> None:
    """Keys come over TLS, or from this machine.

    Raises:
        WrongIssuer: they do not.
    """
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        is_plain = (
            bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment or "@" in parts.netloc)
        )
    except ValueError:
        is_safe = is_plain = False
    if not (is_safe and is_plain) or not url.isascii() or not url.isprintable() or " " in url or url.endswith("/"):
        raise WrongIssuer("give a URL like https://token.actions.githubusercontent.com, without a slash at its end")
