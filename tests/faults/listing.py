"""Every file that any page lists exists, with the digest that the page gives."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from attrs import frozen

_FOR_PEOPLE = re.compile(r"project/[^/]+/(.+/)?index\.html")


@frozen
class Listed:
    """A file as a page lists it; without digests where the page gives none."""

    page: str
    key: str
    sha256: str | None
    metadata_sha256: str | None = None


class _Links(HTMLParser):
    """The attributes of all links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append({name: unescape(value or "") for name, value in attrs})


def listed(page: str, body: bytes) -> Iterator[Listed]:
    """What one object of the site lists."""
    if page.startswith("simple/") and page.endswith("/index.v1_json") and page != "simple/index.v1_json":
        for file in json.loads(body)["files"]:
            core = file.get("core-metadata")
            yield Listed(page, _key(page, file["url"]), file["hashes"]["sha256"], core["sha256"] if core else None)
    elif page.startswith("pypi/"):
        told = json.loads(body)
        for file in [*told["urls"], *(file for files in told.get("releases", {}).values() for file in files)]:
            yield Listed(page, _key(page, file["url"]), file["digests"]["sha256"])
    elif page.startswith("simple/") or _FOR_PEOPLE.fullmatch(page):
        for link in _Links(body.decode()).found:
            key = _key(page, link.get("href", ""))
            if key.startswith("packages/"):
                fragment = urldefrag(link["href"]).fragment
                core = link.get("data-core-metadata", "")
                yield Listed(page, key, fragment.removeprefix("sha256=") or None, core.removeprefix("sha256=") or None)


def faults(read: Callable[[str], bytes | None], pages: Iterator[str], *, people: bool = True) -> list[str]:
    """What is listed and not there, or not as it is listed.

    Args:
        read: an object's bytes by its key; None if there is none.
        pages: keys of all objects.
        people: whether pages for people count, which follow a moment later.
    """
    wrong: list[str] = []
    digests: dict[str, str | None] = {}
    for page in pages:
        if page.startswith("packages/") or (page.startswith("project/") and not people):
            continue
        body = read(page)
        for each in listed(page, body) if body is not None else ():
            for key, sha256 in ((each.key, each.sha256), (f"{each.key}.metadata", each.metadata_sha256)):
                if sha256 is None and key != each.key:
                    continue
                if key not in digests:
                    found = read(key)
                    digests[key] = None if found is None else hashlib.sha256(found).hexdigest()
                if digests[key] is None or sha256 not in (None, digests[key]):
                    wrong.append(f"{page} lists {key} as {sha256}, which is {digests[key]}")
    return wrong


def _key(page: str, url: str) -> str:
    """The site's object behind a link of a page."""
    own = page.removesuffix("index.v1_json").removesuffix("index.v1_html").removesuffix("index.html")
    return unquote(urlsplit(urljoin(f"/{own}", url)).path).lstrip("/")
