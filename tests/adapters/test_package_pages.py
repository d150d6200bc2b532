"""The pages of packages and of their releases."""

import re
from datetime import timedelta

import pytest
from attrs import evolve

from adapters.pages import JinjaPages
from domain.metadata import Metadata, parse
from domain.needs import Dependents, Need
from domain.package import Package, Status
from domain.ports.pages import Pages
from domain.repository import RepositoryFacts
from domain.site_settings import SiteSettings
from domain.usage import Usage
from domain.views.package_page import package_page
from domain.views.release_page import release_page
from tests.adapters.html_page import (
    Page,
    assert_is_fit_for_assistive_tools,
    assert_links_within_it_lead_somewhere,
    assert_obeys_its_content_security_policy,
    assert_same_in_every_process,
    weight,
)
from tests.domain.usage_examples import UNUSED, figures, used
from tests.domain.view_examples import AT, SHA256, SITE, package, sdist, wheel, yanked

PAGES: Pages = JinjaPages()
USED = used()
DESCRIBED = parse(
    b"""Metadata-Version: 2.4
Name: Frob
Version: 1.0
Summary: Frobs <things> & more.
Author-email: Alice <alice@example.org>
License-Expression: MIT
Project-URL: Source, https://github.com/alice/frob
Requires-Dist: attrs>=24
Requires-Dist: uvloop>=0.2; extra == "fast" and sys_platform != "win32"
Requires-Dist: notHere
Requires-Python: >=3.11
Classifier: Topic :: Internet
Description-Content-Type: text/markdown

# Frob

A *description* with ![a badge](https://elsewhere.example/b.svg) and <p id="install">words</p>.

## Usage

## Versions

## More
"""
)
FACTS = RepositoryFacts(
    "alice/frob",
    AT,
    stars=1234,
    issues=5,
    pull_requests=0,
    contributors=67,
    pushed_at=AT - timedelta(days=8),
    license="Apache-2.0",
)
NEEDS = Dependents(
    9, (Need("frob", "other-one", "Other.One", ">=1, <2", "fast", 'os_name == "nt"'), Need("frob", "z", "z", "<1"))
)
NOBODY = Dependents()
SECTIONS = ["install", "downloads", "versions", "files", "dependencies", "dependents", "repository", "readme"]


def state() -> Package:
    return package(wheel("0.9"), yanked(wheel("0.9"), 'a "bad" <one>'), wheel("1.0"), sdist("1.0"), wheel("2.0a1"))


def package_html(
    metadata: Metadata | None = DESCRIBED,
    usage: Usage = USED,
    dependents: Dependents = NEEDS,
    facts: RepositoryFacts | None = FACTS,
    of: Package | None = None,
) -> bytes:
    view = package_page(of or state(), metadata, SITE, usage, dependents, facts, known={"attrs"})
    return PAGES.package(view)


def release_html(label: str = "1.0", of: Package | None = None, site: SiteSettings = SITE) -> bytes:
    return PAGES.release(release_page(of or state(), label, DESCRIBED, site))


def bare(of: Package) -> bytes:
    return package_html(None, UNUSED, NOBODY, None, of)


def section(html: bytes, name: str) -> str:
    return html.decode().partition(f'<section id="{name}"')[2].partition("</section>")[0]


def text_of(html: bytes, name: str) -> str:
    return " ".join(Page(section(html, name).encode()).text.split())


PROJECTS = [
    package_html(),
    package_html(None),
    package_html(dependents=NOBODY, facts=None),
    bare(package()),
    package_html(None, USED, of=evolve(package(wheel("1.0")), status=Status.QUARANTINED, status_reason="<x>")),
    package_html(usage=UNUSED, of=evolve(package(wheel("1.0")), status=Status.ARCHIVED)),
    package_html(usage=evolve(used(9, "2026-03-01"), complete_through="2026-11-25")),
]
RELEASES = [
    release_html(),
    release_html("2.0a1"),
    release_html("0.9"),
    release_html("1!1.0+a", evolve(package(wheel("1!1.0+a")), status=Status.DEPRECATED, status_reason="<x>")),
]


class TestEveryPage:
    @pytest.mark.parametrize("html", PROJECTS + RELEASES)
    def test_is_as_every_page_is(self, html: bytes) -> None:
        assert_obeys_its_content_security_policy(html)
        assert_is_fit_for_assistive_tools(html)
        assert_links_within_it_lead_somewhere(html)

    def test_is_the_same_in_every_process(self) -> None:
        both = "package_html() + release_html()"
        assert_same_in_every_process("tests.adapters.test_package_pages", both, package_html() + release_html())

    @pytest.mark.parametrize("html", PROJECTS)
    def test_of_a_package_has_all_sections_that_others_hold_on_to_and_the_readme_last(self, html: bytes) -> None:
        sections = [attributes["id"] for attributes in Page(html).all("section")]
        assert set(SECTIONS) <= set(sections)
        assert sections[-1] == "readme"
        for name in SECTIONS:
            assert f'<a href="#{name}">'.encode() in html
            assert len(text_of(html, name)) > len(name) + 12

    @pytest.mark.parametrize("html", PROJECTS + RELEASES)
    def test_has_no_control_characters(self, html: bytes) -> None:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", html.decode())

    def test_drops_control_characters_of_metadata(self) -> None:
        html = package_html(evolve(DESCRIBED, summary="a\x00\x1b[31mb\x9b"))
        assert '<p class="lead" dir="auto">a[31mb</p>' in html.decode()

    def test_feeds_are_called_by_what_they_are_of(self) -> None:
        for html, feed in ((package_html(), "feed.xml"), (release_html(), "../feed.xml")):
            page = Page(html)
            assert {"Feed of new releases", "Feed of Frob's releases"} <= set(page.texts)
            assert {"/feed.xml", feed} <= {attributes["href"] for attributes in page.all("a")}
            assert ("Frob: releases", feed) in [(one.get("title"), one["href"]) for one in page.all("link")]

    def test_a_link_away_tells_nobody(self) -> None:
        for attributes in Page(package_html()).all("a"):
            if (attributes["href"] or "").startswith("http") and "index.example" not in (attributes["href"] or ""):
                assert attributes["rel"] == "nofollow noreferrer noopener"


class TestPackagePage:
    def test_shows_what_visitors_come_for(self) -> None:
        text = Page(package_html()).text
        for fact in (
            "pip install --index-url https://index.example/simple/ Frob",
            "uv pip install --default-index https://index.example/simple/ Frob",
            "Frobs <things> & more.",
            "frob-1.0-py3-none-any.whl",
            SHA256,
            "pre-release",
            "23 Nov 2026",
            "1.1 kB",
            "MIT",
            "alice/frob",
        ):
            assert fact in text

    def test_the_python_is_that_of_the_badge(self) -> None:
        classified = ("Programming Language :: Python :: 3.10", "Programming Language :: Python :: 3.11")
        for classifiers, said in ((classified, "Python3.10 - 3.11"), ((), "Pythonnot stated")):
            told = evolve(DESCRIBED, requires_python=None, classifiers=classifiers)
            assert said in text_of(package_html(told), "about").replace(" Python ", "Python")

    def test_shows_no_mail_address(self) -> None:
        assert b"alice@example.org" not in package_html()

    def test_the_readme_is_rendered_and_keeps_to_its_own_ids(self) -> None:
        html = package_html()
        assert "<em>description</em>" in section(html, "readme")
        assert b"elsewhere.example" not in html
        assert Page(html).ids.count("install") == Page(html).ids.count("versions") == 1
        assert '<a href="#readme-usage">Usage</a>' in section(html, "readme")

    @pytest.mark.parametrize("status", [Status.ARCHIVED, Status.DEPRECATED, Status.QUARANTINED])
    def test_says_so_if_something_is_the_matter(self, status: Status) -> None:
        text = Page(bare(evolve(package(wheel("1.0")), status=status, status_reason="Because."))).text
        assert status[:9].title() in text.title()
        assert "Because." in text
        assert ("frob-1.0" in text) is (status is not Status.QUARANTINED)
        assert "There is no release" not in text

    def test_words_of_packages_have_a_direction_of_their_own(self) -> None:
        headings = "# \u05d0\n\n" * 3
        for html in (package_html(evolve(DESCRIBED, description=headings)), release_html()):
            page = Page(html)
            told = {str(tag.get("class")): tag.get("dir") for _, tag in page.tags if tag.get("class")}
            assert (told["lead"], told["prose"], told["contents"]) == ("auto", "auto", "auto")

    def test_says_so_if_all_releases_are_yanked(self) -> None:
        all_of_them = package_html(of=package(wheel("1.0"), yanked(wheel("1.0"), "Leaks & crashes.")))
        assert "not to use any release of it. Leaks & crashes." in Page(all_of_them).text
        assert "not to use any release" not in Page(package_html()).text

    def test_without_files_it_says_how_to_publish_them(self) -> None:
        text = Page(bare(package())).text
        for line in ("twine upload --repository-url https://index.example/legacy/ -u", "uv publish --publish-url"):
            assert line in text

    def test_every_version_is_linked_to_its_page(self) -> None:
        versions = section(package_html(of=package(wheel("1!1.0+a"), wheel("2.0a1"))), "versions")
        assert re.findall(r'href="(.+?)"', versions) == ["1%211.0%2Ba/", "2.0a1/"]

    def test_many_versions_are_folded(self) -> None:
        versions = section(package_html(of=package(*(wheel(f"1.{number}") for number in range(30)))), "versions")
        shown, _, folded = versions.partition("<details>")
        assert (shown.count("<li>"), folded.count("<li>")) == (8, 22)

    def test_a_file_says_where_it_comes_from_and_where_it_runs(self) -> None:
        built = evolve(wheel("1.0"), source_commit="ab" * 20)
        files = text_of(package_html(of=evolve(package(built), repository="alice/frob")), "files")
        assert (
            "wheel · Python 3 on any system · 1.1 kB · 23 Nov 2026 · Python >=3.11,<4 · from commit abababababab"
            in files
        )
        assert "uploaded by its owner" in text_of(package_html(), "files")

    def test_files_of_older_releases_have_their_digests_too(self) -> None:
        assert section(package_html(), "files").count(SHA256) == 4

    def test_dependencies_that_are_here_are_linked_and_others_are_not(self) -> None:
        dependencies = section(package_html(), "dependencies")
        assert re.findall(r'<a href="(.+?)">', dependencies) == ["/project/attrs/"]
        assert text_of(package_html(), "dependencies").endswith(
            'attrs >=24 notHere with [fast] uvloop >=0.2 if sys_platform != "win32"'
        )

    def test_many_dependencies_are_folded(self) -> None:
        needy = evolve(DESCRIBED, requires_dist=(*(f"needed-{n}" for n in range(30)), "other; extra == 'x'"))
        for html in (package_html(needy), PAGES.release(release_page(state(), "1.0", needy, SITE))):
            shown, _, folded = section(html, "dependencies").partition("<details>")
            folded, _, others = folded.partition("</details>")
            assert (shown.count("<li>"), folded.count("<li>"), others.count("<li>")) == (12, 18, 1)
            assert "<summary>18 more</summary>" in folded

    def test_dependents_are_linked_with_what_they_take(self) -> None:
        dependents = text_of(package_html(), "dependents")
        assert "9 in this index" in dependents
        assert (
            'Other.One[fast] >=1, <2 if os_name == "nt" z <1 not 1.0 and 7 more 1 of these does not take 1.0.'
            in dependents
        )
        assert 'href="/project/other-one/"' in section(package_html(), "dependents")

    def test_the_licence_of_the_repository_is_noted_if_it_is_another(self) -> None:
        assert "MITIts repository says Apache-2.0." in text_of(package_html(), "about")
        assert "Its repository" not in text_of(package_html(facts=evolve(FACTS, license="MIT")), "about")

    def test_whatever_metadata_says_is_text_and_nothing_else(self) -> None:
        evil = '"><script>alert(1)</script>'
        hostile = evolve(
            DESCRIBED,
            summary=evil,
            license_expression=evil,
            author=evil,
            keywords=(evil,),
            classifiers=(evil,),
            requires_dist=(evil,),
            project_urls=((evil, "https://x"),),
        )
        needs = Dependents(1, (Need("frob", "z", evil, evil, evil, evil),))
        html = package_html(hostile, dependents=needs, facts=evolve(FACTS, license=evil))
        assert b"<script>" not in html
        assert b"<script>" not in PAGES.release(release_page(state(), "1.0", hostile, SITE))


class TestRepository:
    def test_facts_are_told_with_their_age(self) -> None:
        html = package_html()
        assert text_of(html, "repository").endswith(
            "alice/frob Stars1,234 Open issues5 Open pull requests0 Contributors67 Last push15 Nov 2026"
            " As of 23 Nov 2026."
        )
        assert '<time datetime="2026-11-15T15:57:45Z">' in section(html, "repository")

    def test_what_could_not_be_learnt_is_left_out(self) -> None:
        told = text_of(package_html(facts=RepositoryFacts("alice/frob", AT, stars=1, archived=True)), "repository")
        assert told.endswith("alice/frob archived Stars1 As of 23 Nov 2026.")

    def test_without_facts_there_is_the_link(self) -> None:
        assert text_of(package_html(facts=None), "repository").endswith("Repository alice/frob")

    def test_without_a_repository_it_says_how_to_name_one(self) -> None:
        elsewhere = (("Repository", "https://gitlab.com/alice/frob"),)
        told = text_of(package_html(evolve(DESCRIBED, project_urls=elsewhere)), "repository")
        assert "No GitHub repository is linked." in told
        assert "[project.urls]" in told


class TestDownloads:
    def test_charts_have_names_and_are_described_by_sentences_that_are_there_to_read(self) -> None:
        page = Page(package_html())
        days, weeks = [attributes for attributes in page.all("svg") if attributes.get("role") == "img"]
        assert days["aria-label"] == "Downloads by day, 28 Aug 2026 to 25 Nov 2026"
        assert weeks["aria-label"] == "Downloads by week, 23 Jul 2026 to 25 Nov 2026"
        assert {days["aria-describedby"], weeks["aria-describedby"]} <= set(page.ids)
        assert "in the 90 days through 25 Nov 2026" in page.text
        assert "in the 18 weeks through 25 Nov 2026" in page.text
        others = [attributes for attributes in page.all("svg") if attributes.get("role") != "img"]
        assert all(attributes.get("aria-hidden") == "true" for attributes in others)

    def test_a_chart_is_drawn_like_this(self) -> None:
        usage = Usage((figures("2026-11-23", 5), figures("2026-11-24", 10), figures("2026-11-25", 1)), "2026-11-25")
        html = package_html(usage=usage, of=package(wheel("1.0"))).decode()
        assert html.partition('<svg role="img"')[2].partition("</svg>")[0] == (
            ' aria-label="Downloads by day, 28 Aug 2026 to 25 Nov 2026" aria-describedby="by-day" viewBox="0 0 720 100"'
            ' preserveAspectRatio="none">\n'
            '<path class="grid" d="M0 50H720"/>\n'
            '<path class="bars" d="M700 100V50M708 100V0M716 100V90"/>\n'
            '<g stroke-width="1.4">\n<line x1="700" x2="700" y2="100"><title>1.0, 23 Nov 2026</title></line>\n</g>\n'
        )

    def test_the_same_figures_are_in_tables(self) -> None:
        days, weeks = section(package_html(), "downloads").split("<table>")[1:]
        rows = re.findall(r"<tr><td>([\d-]+).*?<td>(\S+)\n", days)
        assert rows == [(day.day, str(day.downloads)) for day in USED.days[-90:]][::-1]
        assert "<tr><td>2026-11-23, 0.9, 1.0, 2.0a1<td>" in days
        summed = [int(many) for many in re.findall(r"<tr><td>.+<td>(\S+)\n", weeks)]
        assert (len(summed), sum(summed)) == (18, USED.total)

    def test_totals_and_shares_are_text(self) -> None:
        usage = used(400, often=9000)
        texts = Page(package_html(usage=usage)).texts
        for figure in (usage.total, usage.last_30_days, usage.last_day):
            assert f"{figure:,}" in texts
        assert {"pip", "uv", "Linux", "macOS", "3.13", "1.0", "2.0a1", "DE", "CI"} <= set(texts)

    def test_mirrors_are_apart(self) -> None:
        assert "Mirrors are not counted: they made 60 requests in that time." in text_of(package_html(), "downloads")

    def test_what_is_unknown_is_explained_where_something_is(self) -> None:
        assert "Unknown: the logs do not say." in text_of(package_html(), "downloads")
        known = Usage((figures("2026-11-25", 1, systems={"Linux": 1}),), "2026-11-25")
        assert "Unknown" not in text_of(package_html(usage=known), "downloads")

    def test_what_agents_say_is_text_and_nothing_else(self) -> None:
        hostile = evolve(USED.days[-1], systems={"<script>alert(1)</script>": USED.days[-1].downloads})
        html = package_html(usage=evolve(USED, days=(hostile,)))
        assert b"<script>" not in html
        assert "<script>alert(1)</script>" in Page(html).texts

    def test_before_the_first_it_is_said_when_figures_come(self) -> None:
        page = Page(package_html(usage=UNUSED))
        assert "counted every night" in page.text
        assert not page.all("svg") + page.all("table")

    def test_after_a_long_time_without_any_the_weeks_remain(self) -> None:
        html = package_html(usage=evolve(used(9, "2026-03-01"), complete_through="2026-11-25"))
        assert "no download in the 90 days through 25 Nov 2026" in text_of(html, "downloads")
        assert f"{used(9, '2026-03-01').total:,}" in Page(html).texts
        assert section(html, "downloads").count("<table>") == 1

    def test_the_figures_as_json_are_a_click_away(self) -> None:
        assert "/stats/frob.json" in [attributes["href"] for attributes in Page(package_html()).all("a")]


class TestWeight:
    def test_with_a_long_history_and_tens_of_versions_leaves_room_for_a_readme_in_60_kilobytes(self) -> None:
        files = []
        for number in range(40):
            at = AT - timedelta(days=9 * number)
            files += [wheel(f"1.{number}", at=at), sdist(f"1.{number}", at=at)]
        needs = Dependents(99, tuple(Need("frob", f"package-{n}", f"package-{n}", ">=1.0, <2") for n in range(30)))
        html = package_html(evolve(DESCRIBED, description=""), used(1000, often=10**7), needs, of=package(*files))
        sums = b"".join(re.findall(rb"^[0-9a-f]{64}  \S+\n", html, re.MULTILINE))
        assert weight(html, PAGES.assets()) - len(sums) <= 57 * 1024

    def test_of_more_files_than_there_is_room_for_it_has_names_and_digests(self) -> None:
        tags = ("py3-none-any", "cp313-cp313-win32", "cp313-cp313-win_amd64")
        files = [
            evolve(wheel(f"1.{number}", tag=tag), sha256=f"{number:032x}{at:032x}")
            for number in range(500)
            for at, tag in enumerate(tags)
        ]
        html = package_html(of=package(*files))
        text = text_of(html, "files")
        assert [file.filename for file in files if file.sha256 not in text] == []
        assert f"{files[0].sha256}  {files[0].filename}\n" in section(html, "files")
        assert f"<code>{files[-1].sha256}</code>" in section(html, "files")
        assert len(html) < 110 * len(files) + 85 * 500 + 60_000


class TestReleasePage:
    def test_says_what_this_release_is(self) -> None:
        html = release_html()
        text = Page(html).text
        for fact in ("Frob 1.0", "Frob==1.0", "23 Nov 2026", "frob-1.0.tar.gz", SHA256, "attrs >=24", "MIT", ">=3.11"):
            assert fact in text
        assert "<em>description</em>" in section(html, "readme")
        assert "pre-release" in Page(release_html("2.0a1")).text

    def test_leads_to_the_package(self) -> None:
        assert {"../", "../#versions"} <= {attributes["href"] for attributes in Page(release_html()).all("a")}
        assert "../feed.xml" in [link["href"] for link in Page(release_html()).all("link")]
        assert "all versions, downloads and dependents" in Page(release_html()).text

    def test_leads_to_its_owner_whose_name_it_may_not_know(self) -> None:
        assert '<a href="/owner/local.alice/">alice</a>' in section(release_html(), "about")
        others = section(release_html(of=evolve(state(), owner="583231")), "about")
        assert '<a href="/owner/583231/">all packages of this owner</a>' in others

    def test_says_why_it_was_yanked(self) -> None:
        text = Page(release_html("0.9")).text
        assert "Yanked." in text
        assert 'a "bad" <one>' in text
        assert "Yanked." not in Page(release_html()).text

    def test_its_address_is_percent_encoded(self) -> None:
        (canonical,) = [link["href"] for link in Page(RELEASES[-1]).all("link") if link["rel"] == "canonical"]
        assert canonical == "https://index.example/project/frob/1%211.0%2Ba/"
