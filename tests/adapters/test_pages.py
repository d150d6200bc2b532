import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import evolve
from pypi_simple import ProjectPage

from adapters.pages import JinjaPages, day, human_size, instant
from domain.listing import Entry
from domain.package import Status
from domain.ports.pages import Pages
from domain.usage_sums import UsageRow
from domain.views.simple import simple_project
from tests.adapters.html_page import (
    Page,
    assert_is_fit_for_assistive_tools,
    assert_links_within_it_lead_somewhere,
    assert_obeys_its_content_security_policy,
    assert_same_in_every_process,
)
from tests.domain.table_examples import overview_of, usage_rows
from tests.domain.view_examples import AT, METADATA, SHA256, SITE, package, sdist, wheel, yanked

PAGES: Pages = JinjaPages()


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
    return PAGES.home(overview_of(entries).home(usage_rows(*usage[:count]), SITE))


USAGE_ROWS = [UsageRow(f"some-package-{n}", "", n * 1000, n * 90, "2026-11-25") for n in range(300)]
EVERY_PAGE = [
    home_html(0),
    PAGES.submitters(evolve(SITE, header="Above", footer="Below")),
    home_html(1),
    home_html(100, "A <b>summary</b>.", USAGE_ROWS),
]


class TestSimplePages:
    def test_a_project_s_page_is_the_standard_s_to_the_byte(self) -> None:
        local = wheel("1.0+a")
        state = evolve(package(local, sdist("1.0"), yanked(sdist("1.0"), 'no "good"')), status=Status.DEPRECATED)
        assert PAGES.simple_project(simple_project(evolve(state, status_reason="use <other>"), 7)).decode() == (
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
            "</body>\n</html>\n<!--SERIAL 7-->\n"
        )

    def test_a_yank_without_a_reason_is_an_empty_attribute(self) -> None:
        html = PAGES.simple_project(simple_project(package(wheel("1.0"), yanked(wheel("1.0"))), 7))
        assert b' data-yanked="" ' in html

    def test_an_independent_client_reads_the_same(self) -> None:
        view = simple_project(package(wheel("1.0+a"), sdist("1.0"), yanked(sdist("1.0"), "why & how")), 7)
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
        assert_obeys_its_content_security_policy(html)

    @pytest.mark.parametrize("html", EVERY_PAGE)
    def test_is_fit_for_assistive_tools(self, html: bytes) -> None:
        assert_is_fit_for_assistive_tools(html)

    @pytest.mark.parametrize("html", EVERY_PAGE)
    def test_links_within_it_lead_somewhere(self, html: bytes) -> None:
        assert_links_within_it_lead_somewhere(html)

    def test_is_the_same_in_every_process(self) -> None:
        assert_same_in_every_process("tests.adapters.test_pages", "home_html(9)", home_html(9))


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


class TestTextsOfTheOperator:
    def test_stand_above_and_below_every_page(self) -> None:
        site = evolve(SITE, header="Maintenance <tonight>", footer="Run by & for us")
        for html in (PAGES.submitters(site), PAGES.home(overview_of([]).home(usage_rows(), site))):
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
    def test_the_style_sheets_are_those_that_pages_ask_for(self) -> None:
        keys = [key for key in PAGES.assets() if key.startswith(("static/lists.", "static/style."))]
        links = [link["href"] for link in Page(home_html(1)).all("link") if link["rel"] == "stylesheet"]
        assert len(links) == 2
        assert set(links) == {f"/{key}" for key in keys}

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
