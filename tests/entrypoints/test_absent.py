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


def test_pages_are_only_read(client: TestClient) -> None:
    assert client.post("/simple/other/index.html").status_code == 405
