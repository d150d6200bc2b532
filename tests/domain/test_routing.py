"""The table of cases, which the edge function obeys too, and what holds for every URL."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.version import Version

from domain import negotiation
from domain.account import local_key
from domain.owners import owner_slug
from domain.routing import (
    ALLOWED_METHODS,
    Dynamic,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    Preflight,
    Redirect,
    Route,
    ServeObject,
    elsewhere,
    respelt,
    route,
)

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "cases" / "routing.json").read_text())
NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"
FILE = "[A-Za-z0-9_][A-Za-z0-9._+!~-]*"
KEY = re.compile(
    r"index\.html|(?:browse|my|search|statistics)/index\.html|favicon\.(?:ico|svg)|robots\.txt|feed\.xml"
    rf"|simple/(?:{NAME}/)?index\.(?:v1_json|v1_html|html)|pypi/{NAME}/json|stats/{NAME}\.json"
    rf"|project/{NAME}/(?:(?:[vV]?[0-9][A-Za-z0-9._+!~-]*/)?index\.html|index\.md|feed\.xml)"
    rf"|badge/{NAME}/(?:version|downloads|python|dependents)\.svg"
    r"|browse/[a-z0-9][a-z0-9-]*\.?/index\.html|owner/(?:[0-9]+|local\.[a-z0-9._-]+)/index\.html"
    r"|search/v1/(?:map/)?[a-z0-9]+\.json|sitemap(?:/[0-9]+)?\.xml"
    rf"|packages/{NAME}(?:/{FILE}){{2}}|static(?:/{FILE}){{1,8}}"
)
WORDS = """
    . .. %2e%2e %2F %00 %5c \\ % %0d%0a simple project pypi json my packages stats static a.json 1.0+x 1.0%2Bx Demo_Pkg
    demo evil.example index.html badge browse owner search statistics sitemap v1 map local.alice 583231 demo. index.md
    feed.xml version.svg 1.xml 1!2.0 404.html
"""
SEGMENTS = st.one_of(
    st.just(""),
    st.sampled_from(WORDS.split()),
    st.text(st.sampled_from("aZ0-_.+!~%25eE/\\?#: \r\n\x00é"), max_size=8),
    st.text(max_size=6),
)
PATHS = st.one_of(st.lists(SEGMENTS, max_size=6).map(lambda segments: "/" + "/".join(segments)), st.text(max_size=30))
QUERIES = st.one_of(st.just(""), st.text(st.sampled_from("ab=&/%2F:@+\r\n "), max_size=12), st.text(max_size=10))
RANGES = st.builds(
    "{}{}".format,
    st.sampled_from(
        [*sorted(alias for offer in negotiation.OFFERS for alias in offer.aliases), "*/*", "text/*", "a/b"]
    ),
    st.sampled_from(["", ";q=0", ";q=0.5", "; q=1.000", ";q=2", ";q", ";a=b;q=0.1"]),
)
ACCEPTS = st.one_of(st.none(), st.lists(RANGES, max_size=5).map(", ".join), st.text(max_size=40))
LOGINS = st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,37}[A-Za-z0-9])?", fullmatch=True)
VERSIONS = st.from_regex(
    r"([0-9]{1,2}!)?[0-9]{1,4}(\.[0-9]{1,4}){0,3}((a|b|rc)[0-9]{1,2})?(\.post[0-9])?(\.dev[0-9])?(\+[a-z0-9]{1,5}(\.[a-z0-9]{1,5})?)?",
    fullmatch=True,
)
METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "get", ""])


def told(outcome: Route) -> dict[str, Any]:
    """The outcome in the words of the table."""
    match outcome:
        case ServeObject(key):
            return {"serve": key}
        case Redirect(location, status):
            return {"redirect": location, "status": status}
        case Dynamic():
            return {"dynamic": True}
        case _:
            codes = {NotFound: 404, NotAcceptable: 406, MethodNotAllowed: 405, Preflight: 204}
            return {"status": codes[type(outcome)]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['why']} {case['method']} {case['path']}"[:100])
def test_each_request_of_the_table_leads_where_it_says(case: dict[str, Any]) -> None:
    assert told(route(case["method"], case["path"], case["query"], case["accept"])) == case["expect"]


def test_the_table_says_each_thing_once() -> None:
    asked = [(case["method"], case["path"], case["query"], case["accept"]) for case in CASES]
    assert len(set(asked)) == len(asked) >= 120


@given(METHODS, PATHS, QUERIES, ACCEPTS)
@example("GET", "//evil.example", "", None)
@example("GET", "/simple/demo%0A/", "", None)
def test_every_url_means_something_safe(method: str, path: str, query: str, accept: str | None) -> None:
    match route(method, path, query, accept):
        case ServeObject(key):
            assert method in {"GET", "HEAD"}
            assert KEY.fullmatch(key)
            assert ".." not in key.split("/")
            assert len(key) <= 1024
        case Redirect(location, status):
            assert status == 301
            assert method in {"GET", "HEAD"}
            assert location.startswith("/")
            assert not location.startswith(("//", "/\\"))
            assert location.isprintable()
            assert location.isascii()
            assert urlsplit(location).netloc == ""
            assert urlsplit(location).query == query
        case MethodNotAllowed(allow):
            assert method not in {"GET", "HEAD", "OPTIONS"}
            assert allow == ALLOWED_METHODS
        case Preflight():
            assert method == "OPTIONS"
        case NotAcceptable(area):
            assert area == "simple"
            assert accept is not None or "format" in query
        case _:
            pass


@given(PATHS, QUERIES, ACCEPTS)
@example("/simple/Demo_Pkg", "a=b", "*/*")
@example("/pypi/Demo/json/", "", None)
def test_no_redirect_leads_to_another(path: str, query: str, accept: str | None) -> None:
    first = route("GET", path, query, accept)
    if isinstance(first, Redirect):
        path, _, query = first.location.partition("?")
        assert isinstance(route("GET", path, query, accept), ServeObject | NotAcceptable)


@given(st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,20}[A-Za-z0-9])?", fullmatch=True), st.sampled_from(["", "/"]))
def test_every_spelling_of_a_name_leads_to_the_same_place(name: str, slash: str) -> None:
    canonical = re.sub(r"[-_.]+", "-", name).lower()
    for area in ("simple", "project"):
        outcome = route("GET", f"/{area}/{name}{slash}")
        if (name, slash) == (canonical, "/"):
            assert outcome == ServeObject(f"{area}/{name}/index.html")
        else:
            assert outcome == Redirect(f"/{area}/{canonical}/")
    for address in ("project/{}/1.0+x/", "project/{}/index.md", "project/{}/feed.xml", "badge/{}/version.svg"):
        key = address.format(name) + "index.html" * address.endswith("/")
        expected = ServeObject(key) if name == canonical else Redirect("/" + address.format(canonical))
        assert route("GET", "/" + address.format(name)) == expected


@given(LOGINS)
def test_every_account_has_a_page(login: str) -> None:
    slug = owner_slug(local_key(login))
    assert route("GET", f"/owner/{slug}/") == ServeObject(f"owner/{slug}/index.html")
    assert route("GET", f"/owner/{slug}") == Redirect(f"/owner/{slug}/")


@given(VERSIONS)
def test_every_version_has_a_page(version: str) -> None:
    label = str(Version(version))
    for spelling in (label, quote(label)):
        assert route("GET", f"/project/demo/{spelling}/") == ServeObject(f"project/demo/{label}/index.html")
        assert route("GET", f"/project/demo/{spelling}") == Redirect(f"/project/demo/{label}/")


@given(st.text(max_size=300))
def test_no_accept_is_too_strange(accept: str) -> None:
    assert isinstance(route("GET", "/simple/", "", accept), ServeObject | NotAcceptable)


@given(st.lists(RANGES, min_size=1, max_size=6))
def test_the_order_of_an_accept_does_not_matter(ranges: list[str]) -> None:
    assert route("GET", "/simple/", "", ",".join(ranges)) == route("GET", "/simple/", "", ",".join(reversed(ranges)))


UPSTREAM = "https://pypi.example/simple"
HAD = frozenset({"own", "given-up"}).__contains__


@pytest.mark.parametrize("upstream", [UPSTREAM, f"{UPSTREAM}/"])
@pytest.mark.parametrize("form", ["index.v1_json", "index.v1_html", "index.html"])
def test_a_project_that_was_never_here_is_below_the_upstreams_simple_url(upstream: str, form: str) -> None:
    assert elsewhere(f"simple/demo/{form}", upstream, HAD) == f"{UPSTREAM}/demo/"


@pytest.mark.parametrize("name", ["own", "given-up"])
def test_a_name_that_was_ever_here_is_never_looked_up_elsewhere(name: str) -> None:
    assert elsewhere(f"simple/{name}/index.html", UPSTREAM, HAD) is None


def test_without_an_upstream_nothing_is_elsewhere() -> None:
    assert elsewhere("simple/demo/index.html", None, HAD) is None


@pytest.mark.parametrize(
    "key",
    [
        "simple/index.html",
        "simple/demo/index.htm",
        "simple/Demo/index.html",
        "simple/de--mo/index.html",
        "simple/demo\r\nx/index.html",
        "project/demo/index.html",
        "pypi/demo/json",
        "index.html",
    ],
)
def test_nothing_but_projects_pages_for_installers_is_elsewhere(key: str) -> None:
    assert elsewhere(key, UPSTREAM, HAD) is None


SITE = frozenset(
    f"project/demo/{label}/index.html"
    for label in ("1.0", "2", "3.0.0", "1!2.0rc1", "4.0+cpu.1", "5.0.0.0", "10", "0.0", "1.0.post1")
)
"""The site's objects, as releases were first published."""


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("1", "1.0"),
        ("1.0.0", "1.0"),
        ("v1.0", "1.0"),
        ("V1", "1.0"),
        ("2.0", "2"),
        ("v2", "2"),
        ("3", "3.0.0"),
        ("3.0", "3.0.0"),
        ("1!2-RC1", "1!2.0rc1"),
        ("1!2.0.0.c1", "1!2.0rc1"),
        ("4+CPU_1", "4.0+cpu.1"),
        ("5.0.0.0.0.0.0", "5.0.0.0"),
        ("010.0", "10"),
        ("0", "0.0"),
        ("1-1", "1.0.post1"),
    ],
)
def test_a_release_is_found_under_every_spelling_of_its_version(asked: str, label: str) -> None:
    assert respelt(f"project/demo/{asked}/index.html", SITE.__contains__) == f"/project/demo/{label}/"


@pytest.mark.parametrize(
    "key",
    [
        "project/demo/1.0/index.html",
        "project/demo/1.1/index.html",
        "project/demo/1.0rc1/index.html",
        "project/demo/1.0+cpu/index.html",
        "project/demo/1!1.0/index.html",
        "project/demo/1.x/index.html",
        "project/Demo/1/index.html",
        "project/other/1/index.html",
        "project/demo/index.html",
        "project/demo/1/index.md",
        "project/../1/index.html",
        "simple/demo/index.html",
    ],
)
def test_nothing_else_is_another_spelling(key: str) -> None:
    assert respelt(key, SITE.__contains__) is None


def test_nobody_looks_outside_of_the_site_for_another_spelling() -> None:
    asked: list[str] = []

    def has(key: str) -> bool:
        asked.append(key)
        return False

    for name in ("..", "Demo", "de\r\nmo", "demo"):
        assert respelt(f"project/{name}/1.0/index.html", has) is None
    assert asked == [f"project/demo/{label}/index.html" for label in ("1", "1.0.0", "1.0.0.0")]


@pytest.mark.parametrize("version", ["1" + ".0" * 400, "1" + ".2" * 400, "1" + ".2.0" * 200])
def test_a_long_version_is_looked_for_no_more_often_than_a_short_one(version: str) -> None:
    asked: list[str] = []
    respelt(f"project/demo/{version}/index.html", lambda key: bool(asked.append(key)))  # type: ignore[func-returns-value]
    assert len(asked) <= 4
