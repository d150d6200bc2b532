"""Every kind of page in a real browser: light and dark, wide and narrow, with scripts and without."""

from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import httpx2
import pytest

from tests.web.crawling import KINDS, Page, kinds
from tests.web.tools import Tools

pytestmark = pytest.mark.browser

MOST_BYTES = 60_000
# What these are about happens in scripts; without them they say so.
SCRIPTED = {"search", "my"}


def told(seen: dict[str, Any], what: str) -> list[str]:
    return [f"{view['kind']}: {each}" for view in seen["seen"] for each in view[what]]


def test_every_kind_of_page_is_reached_by_links(site: str, pages: dict[str, Page]) -> None:
    assert {*KINDS, "missing"} == kinds(pages, site).keys()


def test_nobody_is_kept_out(seen: dict[str, Any]) -> None:
    looks = [(view["kind"], look) for view in seen["seen"] for look in view["looks"]]
    assert len(looks) == 4 * len(seen["without"])
    assert [(kind, look) for kind, look in looks if look["axe"]] == []


def test_nothing_is_wider_than_the_window(seen: dict[str, Any]) -> None:
    looks = [(view["kind"], look["width"], look["overflow"]) for view in seen["seen"] for look in view["looks"]]
    assert [(kind, width) for kind, width, overflow in looks if overflow > 0] == []


def test_letters_of_twice_the_size_fit_into_a_narrow_window(seen: dict[str, Any]) -> None:
    assert {view["kind"]: view["large"] for view in seen["seen"] if view["large"] > 0} == {}


def test_consoles_stay_empty(seen: dict[str, Any]) -> None:
    assert told(seen, "errors") == []


def test_the_security_policy_is_never_violated(seen: dict[str, Any]) -> None:
    assert told(seen, "csp") == []


def test_nothing_is_asked_of_other_origins(seen: dict[str, Any]) -> None:
    assert told(seen, "foreign") == []


def test_pages_are_light(seen: dict[str, Any]) -> None:
    sizes = {view["kind"]: sum(view["bytes"].values()) for view in seen["seen"]}
    assert {kind: size for kind, size in sizes.items() if not 0 < size <= MOST_BYTES} == {}


def test_every_fact_is_there_without_scripts(seen: dict[str, Any]) -> None:
    with_scripts = {view["kind"]: view["text"] for view in seen["seen"]}
    assert all(with_scripts.values())
    for view in seen["without"]:
        if view["kind"] not in SCRIPTED:
            assert [line for line in with_scripts[view["kind"]] if line not in view["text"]] == []


def test_answers_are_what_they_should_be(site: str, pages: dict[str, Page], seen: dict[str, Any]) -> None:
    assert {view["kind"] for view in seen["seen"] if view["status"] != 200} == {"missing"}
    for url in kinds(pages, site).values():
        headers = httpx2.get(url).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_no_link_is_broken(site: str, pages: dict[str, Page]) -> None:
    broken = []
    for page in pages.values():
        if page.status != 200:
            users = [user.path for user in pages.values() if page.url in {urljoin(user.url, e) for e in user.links}]
            broken.append(f"{page.path} is {page.status}, linked from {', '.join(users[:3])}")
        for link in page.links:
            target, fragment = urldefrag(urljoin(page.url, link))
            there = pages.get(target)
            if fragment and there and there.is_html and unquote(fragment) not in there.ids:
                broken.append(f"{page.path} links to {link}, which has no such id")
    assert broken == []
    assert site


def test_ids_are_unique_and_nothing_is_styled_or_scripted_inline(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert len(page.ids) == len(set(page.ids)), page.path
        assert not {name for name in page.attributes if name == "style" or name.startswith("on")}, page.path
        assert b"<style" not in page.body or not page.is_html, page.path


def test_every_page_is_valid(tools: Tools, pages: dict[str, Page], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("valid")
    files = []
    for number, page in enumerate(pages.values()):
        suffix = ".html" if page.is_html else ".css"
        if page.status == 200 and (page.is_html or page.kind.startswith("text/css")):
            files.append(folder / f"{number:04}-{page.path.strip('/').replace('/', '-')[-80:]}{suffix}")
            files[-1].write_bytes(page.body)
    missing = folder / "missing.html"
    missing.write_bytes(httpx2.get(next(iter(pages)) + "no/such/page").content)
    assert tools.validator([*files, missing]) == []
