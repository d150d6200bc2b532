"""The site map, read by an XML parser, and robots.txt, read by the standard library."""

from datetime import timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

from domain.listing import Listed
from domain.site_settings import SiteSettings
from domain.views.sitemap import robots, sitemap
from domain.views.times import timestamp
from tests.domain.view_examples import AT, SITE

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def entry(name: str, owner: str = "local:alice", age: int = 0) -> Listed:
    return Listed(name, owner, "1.0", timestamp(AT - timedelta(days=age)))


def addresses(body: bytes, root: str = "urlset") -> dict[str, str | None]:
    """Addresses and their days."""
    document = ET.fromstring(body.decode())  # noqa: S314 - ours
    assert document.tag == f"{{{NAMES['s']}}}{root}"
    return {
        one.findtext("s:loc", "", NAMES): one.findtext("s:lastmod", None, NAMES)
        for one in document
        if one.tag == f"{{{NAMES['s']}}}{'url' if root == 'urlset' else 'sitemap'}"
    }


def test_has_every_package_and_owner() -> None:
    bare = Listed("bare", "local:alice", "", "")
    made = sitemap([entry("b", "583231", age=3), entry("a", age=2), bare, entry("c", age=5)], SITE)
    assert list(made) == ["sitemap.xml"]
    assert addresses(made["sitemap.xml"]) == {
        "https://index.example/": "2026-11-21",
        "https://index.example/browse/": None,
        "https://index.example/statistics/": None,
        "https://index.example/project/a/": "2026-11-21",
        "https://index.example/project/b/": "2026-11-20",
        "https://index.example/project/bare/": None,
        "https://index.example/project/c/": "2026-11-18",
        "https://index.example/owner/583231/": "2026-11-20",
        "https://index.example/owner/local.alice/": "2026-11-21",
    }


def test_too_many_addresses_for_one_are_in_parts() -> None:
    entries = [entry(f"p{number}") for number in range(16)]
    made = sitemap(entries, SITE, most=10)
    assert list(made) == ["sitemap.xml", "sitemap/1.xml", "sitemap/2.xml"]
    assert list(addresses(made["sitemap.xml"], "sitemapindex")) == [
        "https://index.example/sitemap/1.xml",
        "https://index.example/sitemap/2.xml",
    ]
    parts = [addresses(made[key]) for key in list(made)[1:]]
    assert [len(part) for part in parts] == [10, 10]
    assert parts[0] | parts[1] == addresses(sitemap(entries, SITE)["sitemap.xml"])


def test_as_many_as_one_takes_stay_in_one() -> None:
    entries = [entry(f"p{number}") for number in range(16)]
    assert list(sitemap(entries, SITE, most=20)) == ["sitemap.xml"]
    assert len(sitemap(entries, SITE, most=19)) == 3


def test_an_empty_index_has_one_too() -> None:
    assert list(addresses(sitemap([], SITE)["sitemap.xml"])) == [
        f"https://index.example{path}" for path in ("/", "/browse/", "/statistics/")
    ]


def test_a_base_url_is_escaped() -> None:
    site = SiteSettings("https://index.example/?a=1&b")
    assert "https://index.example/?a=1&b/" in addresses(sitemap([], site)["sitemap.xml"])


def test_equal_entries_make_equal_maps_whatever_their_order() -> None:
    entries = [entry("a"), entry("b", "local:bob"), entry("c", "local:alice", 2)]
    assert sitemap(entries, SITE) == sitemap(entries[::-1], SITE)


def test_robots_are_kept_from_what_is_no_page() -> None:
    text = robots(SITE).decode()
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    allowed = ("/", "/project/frob/", "/simple/frob/", "/packages/frob/1.0/frob-1.0.tar.gz", "/browse/", "/my/")
    assert all(parser.can_fetch("*", SITE.base_url + path) for path in allowed)
    assert not any(parser.can_fetch("*", SITE.base_url + path) for path in ("/api/packages", "/login?next=/my/"))
    assert parser.site_maps() == ["https://index.example/sitemap.xml"]
