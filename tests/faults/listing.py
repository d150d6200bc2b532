"""Every file that any page lists exists, with the digest that the page gives."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
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


def faults(site: Mapping[str, bytes], *, people: bool = True) -> list[str]:
    """What is listed and not there, or not as it is listed.

    Args:
        site: all objects by key.
        people: whether pages for people count, which follow a moment later.
    """
    pages = [key for key in site if not key.startswith("packages/") and (people or not key.startswith("project/"))]
    wrong = []
    for each in (each for page in pages for each in listed(page, site[page])):
        wanted = [(each.key, each.sha256)]
        if each.metadata_sha256:
            wanted.append((f"{each.key}.metadata", each.metadata_sha256))
        for key, sha256 in wanted:
            found = hashlib.sha256(site[key]).hexdigest() if key in site else None
            if found is None or sha256 not in (None, found):
                wrong.append(f"{each.page} lists {key} as {sha256}, which is {found}")
    return wrong


def _key(page: str, url: str) -> str:
    """The site's object behind a link of a page."""
    own = page.removesuffix("index.v1_json").removesuffix("index.v1_html").removesuffix("index.html")
    return unquote(urlsplit(urljoin(f"/{own}", url)).path).lstrip("/")
