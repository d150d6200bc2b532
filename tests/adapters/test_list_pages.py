"""Pages of many packages: home, browsing, owners, statistics; and the one where nothing is."""

import re
from collections.abc import Sequence

import pytest
from attrs import evolve

from adapters.pages import JinjaPages
from domain.browse import leaves
from domain.listing import Entry, Listing
from domain.owners import owner_of
from domain.ports.pages import Pages
from domain.usage_sums import UsageRow
from domain.views.browse_page import browse_indexes, browse_page
from domain.views.login_page import LoginForm, LoginProblem
from domain.views.owner_page import owner_page
from tests.adapters.html_page import (
    Page,
    assert_is_fit_for_assistive_tools,
    assert_links_within_it_lead_somewhere,
    assert_obeys_its_content_security_policy,
    assert_same_in_every_process,
    weight,
)
from tests.domain.table_examples import overview_of, usage_of, usage_rows
from tests.domain.usage_examples import used
from tests.domain.view_examples import AT, SITE

PAGES: Pages = JinjaPages()
ALICE = owner_of("local:alice")
LIGHT = 60_000
"""Bytes of a page together with its style sheet and script."""
SUMMARIES = ["A summary of the usual kind, which is rather wordy & long. " * 3, "包" * 200, "<&>" * 70, ""]


def listing(name: str, summary: str = "", downloads: int = 10_000_000) -> Listing:
    return Listing(name, name.title(), ALICE.account, "2026.11.24", summary, "2026-11-24", downloads)


def entries(names: Sequence[str], summary: str = "") -> list[Entry]:
    return [
        Entry(
            name,
            1,
            listed=True,
            spelling=name.title(),
            owner=ALICE.account,
            latest="2026.11.24",
            summary=summary,
            updated=AT,
        )
        for name in names
    ]


def rows(names: Sequence[str]) -> list[UsageRow]:
    return [UsageRow(name, "", 10**9, 10**7 + at, "2026-11-25") for at, name in enumerate(names)]


def numbered(count: int, length: int = 16) -> list[str]:
    """Names of that length and more, with all first letters."""
    return sorted(
        f"{'abcdefghijklmnopqrstuvwxyz0123'[at % 30]}{at * 7919 % 1000003:06}-{'x' * (length - 8)}"
        for at in range(count)
    )


def home_html(names: Sequence[str], summary: str = "") -> bytes:
    return PAGES.home(overview_of(entries(names, summary)).home(usage_rows(*rows(names)), SITE))


def browse_html(names: Sequence[str], summary: str = "") -> bytes:
    return PAGES.browse(browse_page("x", [listing(name, summary) for name in names], SITE))


def index_html(names: Sequence[str]) -> list[bytes]:
    return [PAGES.browse_index(view) for view in browse_indexes(names, SITE).values()]


def owner_html(names: Sequence[str], summary: str = "") -> bytes:
    return PAGES.owner(owner_page(ALICE, [listing(name, summary) for name in names], SITE))


def statistics_html(names: Sequence[str]) -> bytes:
    usage = usage_of({name: used(120, often=90 + at) for at, name in enumerate(names)})
    return PAGES.statistics(overview_of(entries(names)).statistics(usage, "2026-11-25" if names else None, SITE))


def all_pages() -> list[bytes]:
    """Pages of each kind: empty, small and large."""
    small, large = numbered(70), numbered(401)
    return [
        *(home_html(names, "A <b>summary</b>.") for names in ([], small[:1], small, large)),
        *(page for names in ([], small, large, numbered(60_000)) for page in index_html(names)),
        *(browse_html(names, "A <b>summary</b>.") for names in ([], small)),
        PAGES.browse(browse_page("a.", [listing("a")], SITE)),
        *(owner_html(names, "A <b>summary</b>.") for names in ([], small, large)),
        PAGES.owner(owner_page(owner_of("583231", "octocat"), [listing("a")], SITE)),
        statistics_html([]),
        statistics_html(small),
        PAGES.not_found(SITE),
        PAGES.submitters(SITE),
        PAGES.login(LoginForm(SITE, "state")),
        PAGES.login_problem(LoginProblem(SITE, "Title", "Text.", again="/login?next=/my/")),
        PAGES.login_problem(LoginProblem(SITE, "Title", "Text.", setup=True)),
    ]


@pytest.fixture(scope="module")
def every_page() -> list[bytes]:
    return all_pages()


def links(html: bytes) -> set[str | None]:
    return {attributes["href"] for attributes in Page(html).all("a")}


class TestEveryPage:
    def test_obeys_its_content_security_policy(self, every_page: list[bytes]) -> None:
        for html in every_page:
            assert_obeys_its_content_security_policy(html)

    def test_is_fit_for_assistive_tools(self, every_page: list[bytes]) -> None:
        for html in every_page:
            assert_is_fit_for_assistive_tools(html)

    def test_links_within_it_lead_somewhere(self, every_page: list[bytes]) -> None:
        for html in every_page:
            assert_links_within_it_lead_somewhere(html)

    def test_the_page_that_is_open_is_marked_where_all_are_named(self) -> None:
        for html, address in (
            (statistics_html([]), "/statistics/"),
            (PAGES.submitters(SITE), "/my/"),
            (home_html([]), ""),
        ):
            marked = [link["href"] for link in Page(html).all("a") if link.get("aria-current") == "page"]
            assert marked == [address] * bool(address)

    def test_has_one_search_box(self, every_page: list[bytes]) -> None:
        for html in every_page:
            assert Page(html).ids.count("search") == 1

    def test_leads_to_home_packages_statistics_and_feed(self, every_page: list[bytes]) -> None:
        for html in every_page:
            assert {"/", "/browse/", "/statistics/", "/my/", "/feed.xml"} <= links(html)
            feeds = [link["href"] for link in Page(html).all("link") if link.get("type") == "application/atom+xml"]
            assert feeds == ["/feed.xml"]

    def test_says_nothing_but_text_of_packages(self, every_page: list[bytes]) -> None:
        assert not any(b"<b>summary" in html for html in every_page)

    def test_is_light(self, every_page: list[bytes]) -> None:
        assets = PAGES.assets()
        assert max(weight(html, assets) for html in every_page) <= LIGHT

    def test_is_the_same_in_every_process(self) -> None:
        names = numbered(70)
        assert_same_in_every_process(
            "tests.adapters.test_list_pages",
            "statistics_html(numbered(70)) + home_html(numbered(70))",
            statistics_html(names) + home_html(names),
        )


class TestHomePage:
    @pytest.mark.parametrize("summary", SUMMARIES)
    @pytest.mark.parametrize(("count", "length"), [(300, 16), (300, 22), (301, 16), (400, 12), (400, 60), (5_000, 20)])
    def test_stays_light_with_style_sheet_and_script(self, count: int, length: int, summary: str) -> None:
        assert weight(home_html(numbered(count, length), summary), PAGES.assets()) <= LIGHT

    def test_stays_light_however_many_packages_there_are(self) -> None:
        names = numbered(100_000)
        html = home_html(names)
        assert weight(html, PAGES.assets()) <= LIGHT
        assert {f"/browse/{letter}--/" for letter in "az03"} <= links(html)

    @pytest.mark.parametrize("count", [1, 70, 300])
    def test_every_package_of_a_small_index_is_one_click_away(self, count: int) -> None:
        names = numbered(count)
        assert {f"/project/{name}/" for name in names} <= links(home_html(names))

    @pytest.mark.parametrize("count", [401, 5_000, 20_000])
    def test_every_package_of_a_larger_one_is_two_clicks_away(self, count: int) -> None:
        names = numbered(count)
        assert {f"/browse/{prefix}/" for prefix in leaves(names)} <= links(home_html(names))

    def test_a_leaf_of_one_name_is_called_by_it(self) -> None:
        assert '<a href="/browse/a./">a</a>' in home_html(["a", *(f"a{at:04}" for at in range(1_000))]).decode()

    def test_the_figures_are_those_of_the_index(self) -> None:
        html = home_html(numbered(5))
        for figure in ("5", "50,000,010", "5,000,000,000"):
            assert figure in Page(html).texts

    def test_its_line_to_install_can_be_copied(self) -> None:
        html = home_html(["a"])
        command = html.decode().partition('<div class="command">')[2].partition("</div>")[0]
        assert "pip install --index-url https://index.example/simple/ NAME" in command
        assert any("copy" in str(script["src"]) for script in Page(html).all("script"))
        assert b"copy" not in home_html([])

    def test_publishing_takes_the_lines_of_the_page_for_submitters(self) -> None:
        home, own = Page(home_html(["a"])).text, Page(PAGES.submitters(SITE)).text
        for line in (
            "twine upload --repository-url https://index.example/legacy/ -u __token__ -p TOKEN dist/*\n",
            "uv publish --publish-url https://index.example/legacy/ --token TOKEN dist/*",
        ):
            assert line in home
            assert line in own
        assert "sls-pypi token create" not in home

    def test_without_packages_it_says_the_next_commands(self) -> None:
        text = Page(home_html([])).text
        for command in ("sls-pypi token create LOGIN", "twine upload --repository-url", "uv publish", "sls-pypi demo"):
            assert command in text


class TestBrowsing:
    @pytest.mark.parametrize("count", [1, 401, 5_000, 60_000])
    def test_every_leaf_is_linked_once_from_the_pages_of_leaves(self, count: int) -> None:
        names = numbered(count)
        pages = index_html(names)
        found = [href for html in pages for href in re.findall(r'href="(/browse/[^"#]+/)"', html.decode())]
        letters = [href for href in found if href.endswith("--/")]
        assert [href for href in found if href not in letters] == [f"/browse/{prefix}/" for prefix in leaves(names)]
        assert len(letters) == len(pages) - 1

    @pytest.mark.parametrize("summary", SUMMARIES)
    @pytest.mark.parametrize("length", [16, 22])
    def test_a_full_leaf_is_light(self, length: int, summary: str) -> None:
        names = numbered(250, length)
        html = browse_html(names, summary)
        assert weight(html, PAGES.assets()) <= LIGHT
        assert {f"/project/{name}/" for name in names} <= links(html)

    def test_a_leaf_says_what_people_choose_by(self) -> None:
        text = Page(browse_html(["frob"], "Frobs things.")).text
        assert "Frob 2026.11.24 24 Nov 2026 10,000,000+ downloadsFrobs things." in text
        unused = evolve(listing("frob"), downloads=0)
        assert "no downloads" in Page(PAGES.browse(browse_page("x", [unused], SITE))).texts

    def test_a_leaf_says_what_speaks_against_a_package_and_stays_light(self) -> None:
        for count, said in ((100, 100), (250, 0)):
            old = [evolve(listing(name, "word " * 20), standing="deprecated") for name in numbered(count, 22)]
            html = PAGES.browse(browse_page("x", old, SITE))
            assert Page(html).texts.count("deprecated") == said
            assert weight(html, PAGES.assets()) <= LIGHT

    def test_a_leaf_of_one_name_says_so(self) -> None:
        assert "Packages called a" in Page(PAGES.browse(browse_page("a.", [listing("a")], SITE))).texts


class TestOwner:
    def test_says_whose_packages_they_are(self) -> None:
        page = Page(owner_html(["frob", "blub"], "Things."))
        assert "alice" in page.texts
        assert "Registered in this index by its operator." in page.texts
        assert {"/project/frob/", "/project/blub/"} <= {attributes["href"] for attributes in page.all("a")}
        # Figures in lists are rounded down: their sum would say far too little.
        assert "20,000,000" not in page.text

    def test_says_what_kind_of_account_it_is(self) -> None:
        html = PAGES.owner(owner_page(owner_of("583231", "octocat"), [listing("a")], SITE))
        assert {"octocat", "account of GitHub"} <= set(Page(html).texts)

    def test_of_too_many_packages_it_says_that_some_are_not_there(self) -> None:
        html = owner_html(numbered(401))
        assert "The 250 with most downloads." in Page(html).text
        assert "401" in Page(html).texts

    def test_without_packages_it_says_the_next_command(self) -> None:
        text = Page(owner_html([])).text
        assert "twine upload" in text
        assert "uv publish" in text


class TestStatistics:
    def test_has_a_chart_with_a_name_a_sentence_and_a_table(self) -> None:
        page = Page(statistics_html(["a", "b"]))
        (chart,) = [attributes for attributes in page.all("svg") if attributes.get("role") == "img"]
        assert chart["aria-label"] == "Downloads by day, 28 Aug 2026 to 25 Nov 2026"
        assert chart["aria-describedby"] in page.ids
        assert "in the 90 days through 25 Nov 2026" in page.text
        assert len(page.all("table")) == 2

    def test_totals_and_shares_are_text(self) -> None:
        texts = Page(statistics_html(["a", "b"])).texts
        total = used(120, often=90).total + used(120, often=91).total
        assert {f"{total:,}", "Installers", "pip", "Python", "3.13", "Systems", "Linux", "Countries", "DE"} <= set(
            texts
        )
        assert {"People or CI", "CI", "people and others"} <= set(texts)
        assert any("120 requests" in text for text in texts)

    def test_what_agents_say_is_text_and_nothing_else(self) -> None:
        usage = used(9)
        hostile = evolve(usage, days=(evolve(usage.days[-1], systems={"<script>alert(1)": usage.days[-1].downloads}),))
        view = overview_of(entries(["a"])).statistics(usage_of({"a": hostile}), "2026-11-25", SITE)
        html = PAGES.statistics(view)
        assert b"<script>" not in html
        assert "<script>alert(1)" in Page(html).texts

    def test_before_the_first_download_it_says_the_next_command(self) -> None:
        assert "sls-pypi nightly" in Page(statistics_html([])).text


class TestLogin:
    def test_the_form_says_that_it_is_for_development_and_carries_the_attempt(self) -> None:
        page = Page(PAGES.login(LoginForm(SITE, "the-state")))
        assert "Development login" in page.texts
        assert page.all("form")[-1] == {"class": "login", "method": "post", "action": "/login"}
        assert {"type": "hidden", "name": "state", "value": "the-state"} in page.all("input")
        assert {"for": "login"} in page.all("label")
        assert "login" in page.ids

    def test_a_problem_says_why_and_what_to_do(self) -> None:
        html = PAGES.login_problem(LoginProblem(SITE, "No <b>login</b>", "As <i>it</i> is.", again="/login?next=/a"))
        page = Page(html)
        assert {"No <b>login</b>", "As <i>it</i> is."} <= set(page.texts)
        assert {"/login?next=/a", "/my/", "/"} <= links(html)
        assert "SLS_PYPI_GITHUB_CLIENT_ID" not in page.text

    def test_where_a_login_has_to_be_set_up_it_says_how(self) -> None:
        html = PAGES.login_problem(LoginProblem(SITE, "Title", "Text.", setup=True))
        text = Page(html).text
        for told in ("https://index.example/login/callback", "SLS_PYPI_GITHUB_CLIENT_SECRET", "sls-pypi doctor"):
            assert told in text
        assert "/login" not in links(html)

    def test_is_in_no_search_engine(self) -> None:
        for html in (PAGES.login(LoginForm(SITE, "x")), PAGES.login_problem(LoginProblem(SITE, "x", "x"))):
            assert {"name": "robots", "content": "noindex"} in Page(html).all("meta")


class TestNotFound:
    def test_says_what_to_do_and_is_in_no_search_engine(self) -> None:
        page = Page(PAGES.not_found(SITE))
        assert {"name": "robots", "content": "noindex"} in page.all("meta")
        assert {"/", "/browse/"} <= {attributes["href"] for attributes in page.all("a")}
