"""Every page of a site, as somebody finds them who only follows links."""

import re
from collections import deque
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import httpx2
from attrs import define, field

MISSING = "/project/no-such-package/"
KINDS = {
    "home": r"/",
    "package-rich": r"/project/tidegauge/",
    "package-poor": r"/project/oysterbed/",
    "package-yanked": r"/project/brackish/",
    "release": r"/project/tidegauge/3\.2\.1/",
    "browse": r"/browse/",
    "browse-leaf": r"/browse/[^/]+/",
    "owner": r"/owner/[^/]+/",
    "statistics": r"/statistics/",
    "search": r"/search/",
    "my": r"/my/",
}


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser names it
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("href", "src", "action"):
            if given.get(name) is not None:
                self.links.append(str(given[name]))
        self.names.update(name for name, _ in attrs)


@define
class Page:
    """An answer, and what was found in it."""

    url: str
    status: int
    kind: str
    body: bytes
    clicks: int
    links: list[str] = field(factory=list)
    ids: list[str] = field(factory=list)
    attributes: set[str] = field(factory=set)

    @property
    def path(self) -> str:
        return "/" + self.url.split("/", 3)[3]

    @property
    def is_html(self) -> bool:
        return self.kind.startswith("text/html")


def crawl(base: str) -> dict[str, Page]:
    """By URL without fragment, in the order of clicks from home; of files only their first bytes are looked at."""
    pages: dict[str, Page] = {}
    queue = deque([(f"{base}/", 0)])
    with httpx2.Client(timeout=60) as client:
        while queue:
            url, clicks = queue.popleft()
            if url in pages:
                continue
            page = pages[url] = read(client, url, clicks)
            for link in page.links if page.is_html else []:
                target = urldefrag(urljoin(url, link)).url
                if target.startswith(f"{base}/") and target not in pages:
                    queue.append((target, clicks + 1))
    return pages


def read(client: httpx2.Client, url: str, clicks: int = 0) -> Page:
    """The answer, and what it links to."""
    answer = client.get(url, follow_redirects=True)
    page = Page(url, answer.status_code, answer.headers.get("content-type", ""), answer.content, clicks)
    # A login leads elsewhere, where nothing is ours.
    if page.is_html and str(answer.url).split("/")[2] == url.split("/")[2]:
        parser = _Links()
        parser.feed(answer.text)
        page.links, page.ids, page.attributes = parser.links, parser.ids, parser.names
    return page


def kinds(pages: dict[str, Page], base: str) -> dict[str, str]:
    """A URL of each kind of page that was found, and of one that is missing."""
    found = {}
    for kind, pattern in KINDS.items():
        urls = [page.url for page in pages.values() if page.is_html and re.fullmatch(pattern, page.path)]
        if urls:
            found[kind] = urls[0]
    return found | {"missing": f"{base}{MISSING}"}
