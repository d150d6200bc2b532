"""URLs in settings: what they must be like."""

from urllib.parse import urlsplit

DEFAULT_BUILD_INDEX_URL = "https://pypi.org/simple/"


class WrongSetting(Exception):
    """A setting makes no sense."""


def checked_base_url(url: str) -> str:
    """A public URL, its slash at the end dropped."""
    if not is_web_url(url):
        raise WrongSetting(f"{url!r} is not a base URL; give one like https://pypi.example.org")
    if urlsplit(url).path not in ("", "/"):
        raise WrongSetting(f"{url!r} has a path; the index needs an origin of its own, like https://pypi.example.org")
    return url.rstrip("/")


def checked_upstream(url: str) -> str:
    """Another index's simple URL, with a slash at its end; everybody is shown it."""
    if "@" in url:
        raise WrongSetting("An upstream's URL has no user and no password, as everybody is shown it")
    if not is_web_url(url):
        raise WrongSetting(f"{url!r} is not a simple index URL; give one like https://pypi.org/simple/")
    return url.rstrip("/") + "/"


def check_another_index(upstream: str | None, base_url: str) -> None:
    """Whoever looks up names in itself sends installers round in circles."""
    if upstream is not None and upstream.rstrip("/") == f"{base_url}/simple":
        raise WrongSetting(f"The upstream {upstream} is this index itself; give another one, or none")


def checked_build_index(url: str) -> str:
    """The URL of the index that builds take from, with a slash at its end; nobody is shown it."""
    if not is_web_url(url):
        # What is wrong about it may be how its password is spelt.
        raise WrongSetting(f"This is not a simple index URL; give one like {DEFAULT_BUILD_INDEX_URL}")
    return url.rstrip("/") + "/"


def is_web_url(url: str) -> bool:
    """Whether it is an http or https URL of some host, without a query."""
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return is_one and not (parts.query or parts.fragment) and url.isprintable() and " " not in url
