"""Where links of a description lead, and the ids to which those within it do."""

import re
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from domain.views.web_address import with_one_fragment

_IDENTIFIER: Final = re.compile(r"[^\w.:-]+")


def own(identifier: str) -> str:
    """An id or fragment among ours: none of a description's is free to be that of a section of the page."""
    name = _IDENTIFIER.sub("-", identifier.removeprefix("user-content-"))
    return f"readme-{name}" if name.strip("-") else ""


def slug(words: str) -> str:
    """The words as GitHub has them in ids."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words.strip().lower()))


def target(href: str, base: str | None) -> str:
    """Where a link may lead: the web, a mail address, the description itself, or a file beside it; else empty.

    Args:
        href: as the description has it.
        base: URL of the folder that the description lies in, with a slash at its end; None if there is none.
    """
    if href.startswith("#"):
        fragment = own(unquote(href[1:]))
        return f"#{fragment}" if fragment else ""
    try:
        parts = urlsplit(href)
        if parts.scheme == "mailto":
            return href
        if parts.scheme in {"http", "https"} and parts.netloc:
            return with_one_fragment(href)
        return _beside(href, base) if base and parts.path and not (parts.scheme or parts.netloc) else ""
    except ValueError:  # it makes no sense, or none without what browsers leave out of it
        return ""


def _beside(href: str, base: str) -> str:
    """A file below the base; a slash in front means the base as well, as on GitHub. Empty if it lies elsewhere.

    Raises:
        ValueError: it is no address.
    """
    url = urljoin(base, href.lstrip("/"))
    return with_one_fragment(url) if url.startswith(base) and url != base and "\\" not in url else ""
