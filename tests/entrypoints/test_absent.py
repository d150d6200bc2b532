"""What the application says of pages that the site has not, asked by the edge of the deployed index."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from domain import representations
from entrypoints.http.app import application
from tests.entrypoints.conftest import Site

FORMS = ("index.v1_json", "index.v1_html", "index.html")


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    """The index with an upstream; it has `frob`."""
    functions = site.functions(upstream="https://pypi.test/simple/", ever_had=lambda name: name == "frob")
    with ThreadPoolExecutor(1) as executor:
        yield TestClient(application(functions, executor, executor), follow_redirects=False)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_project_that_was_never_here_is_elsewhere(client: TestClient, form: str, method: str) -> None:
    answer = client.request(method, f"/simple/other-thing/{form}")
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://pypi.test/simple/other-thing/"
    for name, value in representations.elsewhere("simple"):
        assert answer.headers[name] == value


@pytest.mark.parametrize(
    "path",
    [
        "frob/index.v1_json",
        "index.v1_json",
        "other/other.html",
        "other/more/index.html",
        "Other/index.html",
        "other%0DSet-Cookie:x/index.html",
        "..%2Fother/index.html",
        "",
    ],
)
def test_everything_else_is_nowhere(client: TestClient, path: str) -> None:
    answer = client.get(f"/simple/{path}")
    assert (answer.status_code, answer.text) == (404, "404 Not Found\n")
    for name, value in representations.missing("simple"):
        assert answer.headers[name] == value


def test_no_line_break_reaches_a_header(client: TestClient) -> None:
    answer = client.get("/simple/other%0D%0ASet-Cookie:x/index.html")
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


def test_a_head_has_no_body(client: TestClient) -> None:
    answer = client.head("/simple/frob/index.html")
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["content-length"] == "14"


def test_without_an_upstream_there_is_nowhere_else(site: Site) -> None:
    assert site.client.get("/simple/other/index.html").status_code == 404


PAGE = b"<!doctype html>Not here."


@pytest.fixture
def behind(site: Site) -> Iterator[TestClient]:
    """The functions behind an edge that asks them for missing pages of people, too."""
    functions = site.functions(missing_page=lambda: PAGE)
    with ThreadPoolExecutor(1) as executor:
        yield TestClient(application(functions, executor, executor), follow_redirects=False)


@pytest.mark.parametrize(
    "path", ["/project/other/index.html", "/project/other/1.0+x/index.html", "/nothing", "/legacyx"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_people_are_shown_the_sites_own_page(behind: TestClient, method: str, path: str) -> None:
    answer = behind.request(method, path)
    assert (answer.status_code, answer.content) == (404, PAGE if method == "GET" else b"")
    assert answer.headers["content-length"] == str(len(PAGE))
    wanted = dict(representations.headers("404.html"))
    assert {name: answer.headers[name] for name in wanted} == wanted


def test_what_cannot_be_is_kept_for_a_minute(behind: TestClient) -> None:
    answer = behind.get("/404")
    assert (answer.status_code, answer.content) == (404, PAGE)
    assert answer.headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_another_spelling_of_a_version_leads_to_the_releases_page(site: Site, method: str) -> None:
    functions = site.functions(missing_page=lambda: PAGE, has_page={"project/frob/1.0+x/index.html"}.__contains__)
    with ThreadPoolExecutor(1) as executor:
        client = TestClient(application(functions, executor, executor), follow_redirects=False)
        answer = client.request(method, "/project/frob/v1+X/index.html")
    assert (answer.status_code, answer.headers["location"]) == (301, "/project/frob/1.0+x/")
    for name, value in representations.elsewhere("project"):
        assert answer.headers[name] == value


@pytest.mark.parametrize("path", ["/simple/other/index.html", "/stats/other.json", "/badge/other/version.svg"])
def test_programs_are_told_in_a_line(behind: TestClient, path: str) -> None:
    assert behind.get(path).text == "404 Not Found\n"


@pytest.mark.parametrize("path", ["/legacy/more", "/login/more", "/healthz/more"])
def test_addresses_of_functions_have_no_page(behind: TestClient, path: str) -> None:
    answer = behind.get(path)
    assert (answer.status_code, answer.text) == (404, "404 Not Found\n")
    assert answer.headers["cache-control"] == "no-store"


def test_the_api_describes_what_it_has_not(behind: TestClient) -> None:
    answer = behind.get("/api/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_who_does_not_read_is_shown_no_page(behind: TestClient, method: str) -> None:
    answer = behind.request(method, "/project/other/index.html")
    assert (answer.status_code, answer.text) == (404, "404 Not Found\n")


def test_where_there_is_no_page_yet_a_short_one_leads_home(site: Site) -> None:
    for missing_page in (None, lambda: None):
        functions = site.functions(missing_page=missing_page)
        with ThreadPoolExecutor(1) as executor:
            answer = TestClient(application(functions, executor, executor)).get("/project/other/index.html")
        assert answer.status_code == 404
        assert '<a href="/">' in answer.text


def test_pages_are_only_read(client: TestClient) -> None:
    assert client.post("/simple/other/index.html").status_code == 405
