"""Atom feeds, read by an XML parser."""

from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from domain.listing import Entry
from domain.metadata import parse
from domain.site_settings import SiteSettings
from domain.views.feeds import package_feed
from domain.views.package_page import package_page
from tests.domain.table_examples import overview_of
from tests.domain.usage_examples import UNUSED
from tests.domain.view_examples import AT, SITE, package, wheel, yanked

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def entry(name: str, age: int = 0, summary: str = "About it.") -> Entry:
    return Entry(name, 1, True, name.title(), "local:alice", "1.0", summary, AT - timedelta(days=age))  # noqa: FBT003


def read(feed: bytes) -> ET.Element:
    """The feed, which has what RFC 4287 requires."""
    root = ET.fromstring(feed.decode())  # noqa: S314 - ours
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    entries = root.findall("a:entry", ATOM)
    for element in (root, *entries):
        for once in ("id", "title", "updated"):
            (found,) = element.findall(f"a:{once}", ATOM)
            assert found.text
        (updated,) = texts(element, "updated")
        assert datetime.fromisoformat(updated).tzinfo
        alternates = [link for link in element.findall("a:link", ATOM) if link.get("rel") == "alternate"]
        assert len(alternates) == 1
    ids = [id_ for element in (root, *entries) for id_ in texts(element, "id")]
    assert len(set(ids)) == len(ids)
    assert all(id_.startswith(SITE.base_url) for id_ in ids)
    assert texts(root, "author/a:name") == [root.findtext("a:author/a:name", namespaces=ATOM)]
    (own,) = [link.get("href") for link in root.findall("a:link", ATOM) if link.get("rel") == "self"]
    assert own
    assert own.startswith(SITE.base_url)
    assert own.endswith("/feed.xml")
    assert sorted(texts(root, "entry/a:updated"), reverse=True) == texts(root, "entry/a:updated")
    assert texts(root, "updated") == (texts(root, "entry/a:updated")[:1] or ["1970-01-01T00:00:00Z"])
    return root


def texts(element: ET.Element, path: str) -> list[str]:
    return [found.text or "" for found in element.findall(f"a:{path}", ATOM)]


class TestIndex:
    def test_tells_what_was_published_last(self) -> None:
        root = read(overview_of([entry("a", 2), entry("b", 1), entry("c", 3)]).feed(SITE))
        assert texts(root, "entry/a:title") == ["B 1.0", "A 1.0", "C 1.0"]
        assert texts(root, "entry/a:summary") == ["About it."] * 3
        assert texts(root, "entry/a:updated")[0] == "2026-11-22T15:57:45Z"
        assert root.findall("a:entry/a:link", ATOM)[0].get("href") == "https://index.example/project/b/"

    def test_names_the_release_that_was_published_whichever_is_recommended(self) -> None:
        root = read(overview_of([evolve(entry("a"), newest="2!1.0b1")]).feed(SITE))
        assert texts(root, "entry/a:title") == ["A 2!1.0b1"]
        assert root.findall("a:entry/a:link", ATOM)[0].get("href") == "https://index.example/project/a/2%211.0b1/"

    def test_a_new_release_is_another_entry(self) -> None:
        before, after = (texts(read(overview_of([entry("a", age)]).feed(SITE)), "entry/a:id") for age in (1, 0))
        assert before != after

    def test_has_50_at_most_and_none_that_is_not_listed_or_has_no_files(self) -> None:
        hidden, bare = evolve(entry("hidden"), listed=False), evolve(entry("bare"), latest=None, updated=None)
        root = read(overview_of([hidden, bare, *(entry(f"p{age}", age) for age in range(60))]).feed(SITE))
        assert texts(root, "entry/a:title") == [f"P{age} 1.0" for age in range(50)]

    def test_an_empty_one_is_a_feed_too(self) -> None:
        assert not read(overview_of([]).feed(SITE)).findall("a:entry", ATOM)

    @given(st.lists(st.text(), max_size=5), st.text(min_size=1).filter(str.strip))
    def test_whatever_the_texts_it_is_read(self, summaries: list[str], name: str) -> None:
        site = SiteSettings(SITE.base_url, name="x" + name)
        entries = [entry(f"p{number}", number, summary) for number, summary in enumerate(summaries)]
        root = read(overview_of(entries).feed(site))
        assert len(root.findall("a:entry", ATOM)) == len(summaries)

    def test_markup_and_controls_are_text(self) -> None:
        (summary,) = texts(
            read(overview_of([entry("a", summary='<b>&"\x00\x1b\u202e]]>\n x\ud800')]).feed(SITE)),
            "entry/a:summary",
        )
        assert summary == '<b>&" ]]> x'

    def test_equal_entries_make_equal_feeds_whatever_their_order(self) -> None:
        entries = [entry("a"), entry("b"), entry("c", 2)]
        assert overview_of(entries).feed(SITE) == overview_of(reversed(entries)).feed(SITE)


class TestPackage:
    def test_tells_of_releases_by_when_they_were_published(self) -> None:
        root = read(self.feed(("1.0", 9), ("2.0a1", 5), ("0.9.1", 1)))
        assert texts(root, "title") == ["Frob at sls-pypi"]
        assert texts(root, "subtitle") == ["Frobs <things>."]
        assert texts(root, "entry/a:title") == ["Frob 0.9.1", "Frob 2.0a1 (pre-release)", "Frob 1.0"]
        links = [link.get("href") for link in root.findall("a:entry/a:link", ATOM)]
        assert links[0] == "https://index.example/project/frob/0.9.1/"

    def test_says_what_is_yanked(self) -> None:
        state = package(wheel("1.0"), yanked(wheel("1.0"), "broken & <bad>"), wheel("1.1"))
        root = read(package_feed(package_page(state, None, SITE, UNUSED)))
        assert "Frob 1.0 (yanked)" in texts(root, "entry/a:title")
        assert "Yanked: broken & <bad>" in texts(root, "entry/a:summary")
        assert [one.get("term") for one in root.findall("a:entry/a:category", ATOM)] == ["yanked"]

    def test_odd_versions_are_links_too(self) -> None:
        root = read(self.feed(("1!2.0+local", 1)))
        assert (
            root.findall("a:entry/a:link", ATOM)[0].get("href") == "https://index.example/project/frob/1%212.0%2Blocal/"
        )

    def test_has_30_at_most(self) -> None:
        root = read(self.feed(*((f"1.{number}", 100 - number) for number in range(40))))
        assert texts(root, "entry/a:title") == [f"Frob 1.{number}" for number in range(39, 9, -1)]

    def test_without_releases_it_is_a_feed_too(self) -> None:
        assert not read(self.feed()).findall("a:entry", ATOM)

    @staticmethod
    def feed(*releases: tuple[str, int]) -> bytes:
        files = (wheel(version, at=AT - timedelta(days=age)) for version, age in releases)
        metadata = parse(b"Metadata-Version: 2.1\nName: Frob\nVersion: 1.0\nSummary: Frobs <things>.\n")
        return package_feed(package_page(package(*files), metadata, SITE, UNUSED))
