import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve
from pypi_simple import ProjectPage

from adapters.pages import JinjaPages, day, human_size, instant
from domain.metadata import Metadata, parse
from domain.package import Status
from domain.ports.catalogue import Entry
from domain.ports.pages import Pages
from domain.ports.usage_table import UsageRow
from domain.site_settings import SiteSettings
from domain.usage import Usage
from domain.views.home import home_page
from domain.views.package_page import package_page
from domain.views.simple import simple_project
from tests.domain.usage_examples import UNUSED, used
from tests.domain.view_examples import AT, METADATA, SHA256, SITE, package, sdist, wheel, yanked

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
Requires-Python: >=3.11
Classifier: Topic :: Internet
Description-Content-Type: text/markdown

# Frob

A *description* with ![a badge](https://elsewhere.example/b.svg) and <p id="install">words</p>.
"""
)


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


def package_html(metadata: Metadata | None = DESCRIBED, site: SiteSettings = SITE, usage: Usage = USED) -> bytes:
    state = package(wheel("0.9"), yanked(wheel("0.9"), 'a "bad" <one>'), wheel("1.0"), sdist("1.0"), wheel("2.0a1"))
    return PAGES.package(package_page(state, metadata, site, usage))


def home_html(count: int, summary: str = "", usage: Sequence[UsageRow] = ()) -> bytes:
    entries = [
        Entry(
            f"some-package-{n}",
            stream_version=1,
            listed=True,
            spelling=f"Some.Package-{n}",
            owner="local:alice",
            latest="1.10.2",
            summary=summary,
            updated=AT - timedelta(days=n),
        )
        for n in range(count)
    ]
    return PAGES.home(home_page(entries, SITE, usage))


USAGE_ROWS = [UsageRow(f"some-package-{n}", "", n * 1000, n * 90, "2026-11-25") for n in range(300)]
EVERY_PAGE = [
    package_html(),
    package_html(None),
    PAGES.package(package_page(package(), None, SITE, UNUSED)),
    PAGES.package(
        package_page(evolve(package(wheel("1.0")), status=Status.QUARANTINED, status_reason="<x>"), None, SITE, USED)
    ),
    PAGES.package(package_page(evolve(package(wheel("1.0")), status=Status.ARCHIVED), DESCRIBED, SITE, UNUSED)),
    package_html(usage=evolve(used(9, "2026-03-01"), complete_through="2026-11-25")),
    home_html(0),
    PAGES.submitters(evolve(SITE, header="Above", footer="Below")),
    home_html(1),
    home_html(100, "A <b>summary</b>.", USAGE_ROWS),
]


class TestSimplePages:
    def test_a_project_s_page_is_the_standard_s_to_the_byte(self) -> None:
        local = wheel("1.0+a")
        state = evolve(package(local, sdist("1.0"), yanked(sdist("1.0"), 'no "good"')), status=Status.DEPRECATED)
        assert PAGES.simple_project(simple_project(evolve(state, status_reason="use <other>"))).decode() == (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="pypi:repository-version" content="1.4">\n'
            '<meta name="pypi:project-status" content="deprecated">\n'
            '<meta name="pypi:project-status-reason" content="use &lt;other&gt;">\n'
            "<title>Links for frob</title>\n</head>\n<body>\n<h1>Links for frob</h1>\n"
            f'<a href="../../packages/frob/1.0/frob-1.0.tar.gz#sha256={SHA256}" data-requires-python="&gt;=3.11,&lt;4"'
            ' data-yanked="no &#34;good&#34;">frob-1.0.tar.gz</a><br>\n'
            f'<a href="../../packages/frob/1.0%2Ba/frob-1.0%2Ba-py3-none-any.whl#sha256={SHA256}"'
            f' data-requires-python="&gt;=3.11,&lt;4" data-core-metadata="sha256={METADATA}"'
            f' data-dist-info-metadata="sha256={METADATA}">frob-1.0+a-py3-none-any.whl</a><br>\n'
            "</body>\n</html>\n"
        )

    def test_a_yank_without_a_reason_is_an_empty_attribute(self) -> None:
        html = PAGES.simple_project(simple_project(package(wheel("1.0"), yanked(wheel("1.0")))))
        assert b' data-yanked="" ' in html

    def test_an_independent_client_reads_the_same(self) -> None:
        view = simple_project(package(wheel("1.0+a"), sdist("1.0"), yanked(sdist("1.0"), "why & how")))
        read = ProjectPage.from_html("frob", PAGES.simple_project(view).decode(), "https://index.example/simple/frob/")
        assert read.repository_version == "1.4"
        assert read.status == "active"
        first, second = read.packages
        assert (first.filename, first.is_yanked, first.yanked_reason) == ("frob-1.0.tar.gz", True, "why & how")
        assert second.url == "https://index.example/packages/frob/1.0%2Ba/frob-1.0%2Ba-py3-none-any.whl"
        assert second.digests == {"sha256": SHA256}
        assert second.metadata_digests == {"sha256": METADATA}
        assert second.requires_python == ">=3.11,<4"

    def test_the_root_has_an_anchor_a_line(self) -> None:
        lines = PAGES.simple_root(["a", "b-c"]).decode().splitlines()
        assert [line for line in lines if "<a " in line] == ['<a href="a/">a</a><br>', '<a href="b-c/">b-c</a><br>']


class TestEveryPage:
    @pytest.mark.parametrize("html", EVERY_PAGE)
    def test_obeys_its_content_security_policy(self, html: bytes) -> None:
        for tag, attributes in Page(html).tags:
            assert tag not in {"script", "style", "iframe"}
            assert not {name for name in attributes if name == "style" or name.startswith("on")}
            assert tag != "img" or (attributes["src"] or "").startswith("/")

    @pytest.mark.parametrize("html", EVERY_PAGE)
    def test_is_fit_for_assistive_tools(self, html: bytes) -> None:
        page = Page(html)
        assert page.all("html") == [{"lang": "en"}]
        assert len(page.all("h1")) == len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == 1
        assert page.all("a")[0] == {"class": "skip", "href": "#content"}
        assert len(set(page.ids)) == len(page.ids)
        assert all(attributes.get("tabindex") == "0" for attributes in page.all("pre"))
        labels = [label for _, attributes in page.tags if (label := attributes.get("aria-labelledby"))]
        assert set(labels) <= set(page.ids)
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert all(deeper - level <= 1 for level, deeper in pairwise(levels))

    @pytest.mark.parametrize("html", EVERY_PAGE)
    def test_links_within_it_lead_somewhere(self, html: bytes) -> None:
        page = Page(html)
        targets = [href[1:] for attributes in page.all("a") if (href := attributes.get("href") or "").startswith("#")]
        assert set(targets) <= set(page.ids)

    def test_is_the_same_in_every_process(self) -> None:
        program = (
            "import sys; from tests.adapters.test_pages import package_html, home_html;"
            "sys.stdout.buffer.write(package_html() + home_html(9))"
        )
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
            assert other.stdout == package_html() + home_html(9)


class TestPackagePage:
    def test_has_the_sections_that_others_hold_on_to_and_the_readme_last(self) -> None:
        sections = [attributes["id"] for attributes in Page(package_html()).all("section")]
        assert {"install", "downloads", "versions", "files", "dependencies", "repository"} < set(sections)
        assert sections[-1] == "readme"

    def test_shows_what_visitors_come_for(self) -> None:
        text = Page(package_html()).text
        for fact in (
            "pip install --index-url https://index.example/simple/ Frob",
            "uv pip install --default-index https://index.example/simple/ Frob",
            "Frobs <things> & more.",
            "frob-1.0-py3-none-any.whl",
            SHA256,
            'a "bad" <one>',
            "pre-release",
            "23 Nov 2026",
            "1.1 kB",
            "MIT",
            "attrs",
            "alice/frob",
        ):
            assert fact in text

    def test_shows_no_mail_address(self) -> None:
        assert b"alice@example.org" not in package_html()

    def test_the_readme_is_rendered_and_keeps_to_its_own_ids(self) -> None:
        html = package_html().decode()
        assert "<em>description</em>" in html
        assert "elsewhere.example" not in html
        assert Page(html.encode()).ids.count("install") == 1

    def test_a_link_away_tells_nobody(self) -> None:
        for attributes in Page(package_html()).all("a"):
            if (attributes["href"] or "").startswith("http") and "index.example" not in (attributes["href"] or ""):
                assert attributes["rel"] == "nofollow noreferrer noopener"

    @pytest.mark.parametrize("status", [Status.ARCHIVED, Status.DEPRECATED, Status.QUARANTINED])
    def test_says_so_if_something_is_the_matter(self, status: Status) -> None:
        state = evolve(package(wheel("1.0")), status=status, status_reason="Because.")
        text = Page(PAGES.package(package_page(state, None, SITE, UNUSED))).text
        assert status[:9].title() in text.title()
        assert "Because." in text
        assert ("frob-1.0" in text) is (status is not Status.QUARANTINED)

    def test_without_files_it_says_how_to_publish_them(self) -> None:
        text = Page(PAGES.package(package_page(package(), None, SITE, UNUSED))).text
        assert "twine upload --repository-url https://index.example/legacy/" in text


class TestDownloads:
    def test_the_chart_has_a_name_and_is_described_by_a_sentence_that_is_there_to_read(self) -> None:
        page = Page(package_html())
        (chart,) = [attributes for attributes in page.all("svg") if attributes.get("role") == "img"]
        assert chart["aria-label"] == "Downloads by day, 28 Aug 2026 to 25 Nov 2026"
        assert chart["aria-describedby"] in page.ids
        assert "in the 90 days through 25 Nov 2026" in page.text
        assert all(attributes.get("aria-hidden") == "true" for attributes in page.all("svg") if attributes != chart)

    def test_the_same_figures_are_in_a_table(self) -> None:
        rows = re.findall(r"<tr><td>(.+?)</td><td class=\"many\">(.+?)</td></tr>", package_html().decode())
        days = [(day.day, str(day.downloads)) for day in USED.days[-90:] if day.downloads]
        assert rows == days[::-1]

    def test_totals_and_shares_are_text(self) -> None:
        texts = Page(package_html(usage=used(400, often=9000))).texts
        usage = used(400, often=9000)
        for figure in (usage.total, usage.last_30_days, usage.last_day):
            assert f"{figure:,}" in texts
        assert {"pip", "uv", "Linux", "Darwin", "3.13", "1.0", "2.0a1", "DE"} <= set(texts)

    def test_what_agents_say_is_text_and_nothing_else(self) -> None:
        hostile = evolve(USED.days[-1], systems={"<script>alert(1)</script>": USED.days[-1].downloads})
        html = package_html(usage=evolve(USED, days=(hostile,)))
        assert b"<script" not in html
        assert "<script>alert(1)</script>" in Page(html).texts

    def test_before_the_first_it_is_said_when_figures_come(self) -> None:
        page = Page(package_html(usage=UNUSED))
        assert "counted every night" in page.text
        assert not page.all("svg") + page.all("table")

    def test_after_a_long_time_without_any_there_is_no_chart(self) -> None:
        page = Page(package_html(usage=evolve(used(9, "2026-03-01"), complete_through="2026-11-25")))
        assert "no download in the last 90 days" in page.text
        assert f"{used(9, '2026-03-01').total:,}" in page.texts
        assert not page.all("table")

    def test_the_figures_as_json_are_a_click_away(self) -> None:
        assert "/stats/frob.json" in [attributes["href"] for attributes in Page(package_html()).all("a")]

    def test_the_page_stays_light(self) -> None:
        assert len(package_html(usage=used(1000, often=10**7))) < 30_000


class TestHomePage:
    def test_says_how_often_packages_are_downloaded_and_which_most(self) -> None:
        page = Page(home_html(12, usage=USAGE_ROWS))
        assert {f"{90 * sum(range(12)):,}", f"{1000 * sum(range(12)):,}"} <= set(page.texts)
        popular = home_html(12, usage=USAGE_ROWS).decode().partition('id="popular-title"')[2].partition("</section>")[0]
        assert re.findall(r"/project/(.+?)/", popular) == [f"some-package-{n}" for n in (11, 10, 9, 8, 7, 6)]

    def test_says_nothing_of_downloads_before_there_are_any(self) -> None:
        assert b"ownload" not in home_html(12)

    def test_every_package_is_one_click_away(self) -> None:
        links = {attributes["href"] for attributes in Page(home_html(100)).all("a")}
        assert {f"/project/some-package-{number}/" for number in range(100)} <= links

    def test_without_packages_it_says_how_to_publish_the_first(self) -> None:
        text = Page(home_html(0)).text
        assert "sls-pypi token create" in text
        assert "twine upload --repository-url https://index.example/legacy/" in text

    @pytest.mark.parametrize(
        "summary", ["A summary of the usual kind, which is rather wordy & long. " * 3, "包" * 200, "<" * 200]
    )
    def test_stays_light_with_300_packages_and_leaves_room_for_a_script(self, summary: str) -> None:
        style = sum(len(body) for key, body in PAGES.assets().items() if key.endswith(".css"))
        assert len(home_html(300, summary, USAGE_ROWS)) + style <= 55 * 1024


class TestTextsOfTheOperator:
    def test_stand_above_and_below_every_page(self) -> None:
        site = evolve(SITE, header="Maintenance <tonight>", footer="Run by & for us")
        for html in (PAGES.submitters(site), PAGES.home(home_page([], site, []))):
            assert {"Maintenance <tonight>", "Run by & for us"} <= set(Page(html).texts)
            assert b"<tonight>" not in html

    def test_take_no_room_where_there_are_none(self) -> None:
        assert b"notice" not in PAGES.submitters(SITE)


class TestPageForSubmitters:
    def test_says_how_to_publish_and_what_is_theirs(self) -> None:
        text = Page(PAGES.submitters(SITE)).text
        assert "sls-pypi upload --url https://index.example" in text
        assert "https://index.example/api/packages" in text
        assert "https://index.example/api/packages/NAME/downloads.csv" in text


class TestAssets:
    def test_the_style_sheet_is_the_one_that_pages_ask_for(self) -> None:
        keys = [key for key in PAGES.assets() if key.endswith(".css")]
        links = [link["href"] for link in Page(home_html(1)).all("link") if link["rel"] == "stylesheet"]
        assert links == [f"/{key}" for key in keys]

    def test_icons_are_where_browsers_look(self) -> None:
        assert PAGES.assets()["favicon.ico"].startswith(b"\x00\x00\x01\x00")
        assert b"<svg" in PAGES.assets()["favicon.svg"]

    def test_the_style_sheet_asks_for_nothing(self) -> None:
        assert not any(b"url(" in body or b"@import" in body for body in PAGES.assets().values())


class TestWording:
    @pytest.mark.parametrize(
        ("size", "text"),
        [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (48_211, "48 kB"),
            (1_900_000, "1.9 MB"),
            (5 * 10**12, "5000 GB"),
        ],
    )
    def test_sizes_are_short(self, size: int, text: str) -> None:
        assert human_size(size) == text

    def test_dates_are_in_utc_and_in_words(self) -> None:
        at = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
        assert (day(at), instant(at)) == ("1 Mar 2026", "2026-03-01T04:05:06Z")


def test_jinja_is_not_imported_before_a_page_is_rendered() -> None:
    program = (
        "import adapters.pages, sys; assert not {'jinja2', 'nh3', 'docutils', 'readme_renderer'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])
