"""Pages as tests and assistive tools read them, and what is true of every page."""

import re
import subprocess
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path


class Page(HTMLParser):
    """What tests and assistive tools hold on to."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def ids(self) -> list[str]:
        return [found for _, attributes in self.tags if (found := attributes.get("id"))]


def weight(html: bytes, assets: Mapping[str, bytes]) -> int:
    """Bytes of a page with the style sheets and scripts that it asks for."""
    page = Page(html)
    asked = [link["href"] for link in page.all("link") if link.get("rel") == "stylesheet"]
    asked += [script["src"] for script in page.all("script")]
    return len(html) + sum(len(assets[str(url).removeprefix("/")]) for url in asked)


def assert_obeys_its_content_security_policy(html: bytes) -> None:
    """Nothing inline, nothing from elsewhere."""
    page = Page(html)
    for tag, attributes in page.tags:
        assert tag not in {"style", "iframe"}
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        assert tag not in {"img", "script"} or re.match(r"/\w", attributes["src"] or "")
    assert not re.search(rb"<script[^>]*>[^<]", html)


def assert_is_fit_for_assistive_tools(html: bytes) -> None:
    """One of each landmark, ids that are unique and meet, headings that skip no level."""
    page = Page(html)
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == 1
    assert page.all("a")[0] == {"class": "skip", "href": "#content"}
    assert len(set(page.ids)) == len(page.ids)
    assert all(attributes.get("tabindex") == "0" for attributes in page.all("pre"))
    names = ("aria-labelledby", "aria-describedby")
    labels = [label for _, attributes in page.tags for name in names if (label := attributes.get(name))]
    assert set(labels) <= set(page.ids)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def assert_links_within_it_lead_somewhere(html: bytes) -> None:
    """Fragments are ids of the page."""
    page = Page(html)
    targets = [href[1:] for attributes in page.all("a") if (href := attributes.get("href") or "").startswith("#")]
    assert set(targets) <= set(page.ids)


def assert_same_in_every_process(module: str, expression: str, html: bytes) -> None:
    """Whatever seeds of hashes, locales and time zones there are elsewhere."""
    program = f"import sys; from {module} import *; sys.stdout.buffer.write({expression})"
    for seed in "12":
        other = subprocess.run(
            [sys.executable, "-c", program],
            env={
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "LC_ALL": "C",
                "TZ": "Asia/Tokyo",
            },
            capture_output=True,
            check=True,
        )
        assert other.stdout == html
