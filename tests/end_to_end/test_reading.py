"""Installers and browsers see through the distribution what they see on one machine."""

import hashlib
from pathlib import Path

import httpx2
import pytest

from tests.clients.clients import installed, write
from tests.clients.index import JSON_PAGE
from tests.end_to_end.stack import Stack
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.end_to_end

HTML_PAGE = "application/vnd.pypi.simple.v1+html"
WHEEL = make_wheel("Reading.Matter", "1.0", metadata_extra="Summary: To be read.", description="# Hello")


@pytest.fixture(scope="module")
def published(stack: Stack, alice: str, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The index with one package to read."""
    files = write(tmp_path_factory.mktemp("reading"), WHEEL, make_sdist("Reading.Matter", "1.0"))
    stack.twine(alice, *files)
    return stack


def test_pip_reads_the_metadata_first_and_then_installs(
    published: Stack, venv: Path, clean_env: dict[str, str]
) -> None:
    said = published.pip(venv, "install", "-vv", "--index-url", published.index.simple, "reading-matter", env=clean_env)

    assert installed(venv) == {"Reading.Matter": "1.0"}
    asked = [line for line in said.text.splitlines() if ".whl.metadata" in line]
    assert asked, said.text


def test_uv_installs(published: Stack, venv: Path, clean_env: dict[str, str]) -> None:
    words = ["pip", "install", "--python", venv, "--default-index", published.index.simple, "reading-matter"]
    published.tool("uv", *words, env=clean_env)

    assert installed(venv) == {"Reading.Matter": "1.0"}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (JSON_PAGE, JSON_PAGE),
        (HTML_PAGE, HTML_PAGE),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        (f"{JSON_PAGE}, {HTML_PAGE};q=0.2, text/html;q=0.01", JSON_PAGE),
        ("text/html;q=0, */*", JSON_PAGE),
        ("application/vnd.pypi.simple.latest+json", JSON_PAGE),
    ],
)
@pytest.mark.parametrize("path", ["/simple/", "/simple/reading-matter/"])
def test_lists_come_in_the_form_that_is_asked_for(published: Stack, path: str, accept: str, content_type: str) -> None:
    published.transcript.eventually("the list of all projects is there", lambda: published.quiet(path).is_success)

    answer = published.index.get(path, Accept=accept)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["vary"].lower().split(", ").count("accept") == 1
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["etag"]
    assert "max-age=0" in answer.headers["cache-control"]


def test_a_form_that_nobody_has_is_406(published: Stack) -> None:
    answer = published.index.get("/simple/reading-matter/", Accept="application/xml")

    assert answer.status_code == 406
    assert "accept" in answer.headers["vary"].lower()
    assert published.index.get("/simple/reading-matter/?format=application/xml").status_code == 406


def test_a_format_in_the_query_beats_the_header(published: Stack) -> None:
    answer = published.index.get(f"/simple/reading-matter/?format={JSON_PAGE}", Accept="text/html")

    assert answer.status_code == 200
    assert answer.json()["name"] == "reading-matter"


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("/simple/Reading_Matter", "/simple/reading-matter/"),
        ("/simple/reading-matter", "/simple/reading-matter/"),
        ("/project/Reading.Matter/", "/project/reading-matter/"),
        ("/pypi/Reading.Matter/json", "/pypi/reading-matter/json"),
        ("/simple", "/simple/"),
    ],
)
def test_other_spellings_lead_to_the_canonical_one_in_one_hop(published: Stack, spelling: str, canonical: str) -> None:
    answer = published.index.get(spelling)

    assert answer.status_code == 301
    assert httpx2.URL(published.index.url).join(answer.headers["location"]).path == canonical


def test_pages_and_files_are_revalidated_and_read_in_parts(published: Stack) -> None:
    page = published.index.get("/simple/reading-matter/", Accept=JSON_PAGE)
    url = published.index.file_url("reading-matter", WHEEL[0])
    whole = published.index.get(url)
    part = published.index.get(url, Range="bytes=0-99")

    again = published.index.get("/simple/reading-matter/", Accept=JSON_PAGE, If_None_Match=page.headers["etag"])

    assert again.status_code == 304
    assert whole.status_code == 200
    assert whole.content == WHEEL[1]
    assert "immutable" in whole.headers["cache-control"]
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert part.status_code == 206
    assert part.content == WHEEL[1][:100]
    assert part.headers["content-range"] == f"bytes 0-99/{len(WHEEL[1])}"
    assert published.index.get(url, If_None_Match=whole.headers["etag"]).status_code == 304


def test_the_metadata_of_a_wheel_is_a_file_of_its_own(published: Stack) -> None:
    (wheel,) = (file for file in published.index.page("reading-matter")["files"] if file["filename"].endswith(".whl"))
    url = published.index.file_url("reading-matter", WHEEL[0])

    metadata = published.index.get(f"{url}.metadata")

    assert metadata.status_code == 200
    assert hashlib.sha256(metadata.content).hexdigest() == wheel["core-metadata"]["sha256"]
    assert b"Name: Reading.Matter" in metadata.content


@pytest.mark.parametrize("path", ["/simple/reading-matter/", "/project/reading-matter/", "/pypi/reading-matter/json"])
def test_head_says_what_get_says(published: Stack, path: str) -> None:
    published.transcript.eventually(f"{path} is there", lambda: published.quiet(path).is_success)

    answered, asked = published.http.head(published.index.url + path), published.index.get(path)

    assert answered.status_code == asked.status_code == 200
    assert answered.content == b""
    for header in ("content-type", "content-length", "etag", "cache-control"):
        assert answered.headers[header] == asked.headers[header]


@pytest.mark.parametrize(
    "path",
    [
        "/simple/nobody-has-this/",
        "/project/nobody-has-this/",
        "/pypi/nobody-has-this/json",
        "/packages/reading-matter/1.0/nothing.whl",
        "/simple/not%20a%20name/",
        "/nothing/at/all",
    ],
)
def test_what_is_not_there_is_404(published: Stack, path: str) -> None:
    answer = published.index.get(path)

    assert answer.status_code == 404
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/project/nobody-has-this/",
        "/project/reading-matter/9.9/",
        "/project/nobody-has-this/index.md",
        "/browse/zz./",
        "/owner/local.nobody/",
        "/nothing/at/all",
        "/my/nothing",
        "/404.html",
    ],
)
def test_people_are_shown_the_sites_own_page_in_place_of_a_missing_one(published: Stack, path: str) -> None:
    own = published.client("s3").get_object(Bucket=published.bucket("site"), Key="404.html")["Body"].read()

    answered, asked = published.http.head(published.index.url + path), published.index.get(path)

    assert asked.status_code == answered.status_code == 404
    assert (asked.content, answered.content) == (own, b"")
    assert asked.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in asked.headers["content-security-policy"]
    assert asked.headers["x-content-type-options"] == "nosniff"
    assert "max-age=" in asked.headers["cache-control"]


@pytest.mark.parametrize("path", ["/search/v1/0.json", "/badge/nobody-has-this/version.svg", "/stats/nobody.json"])
def test_programs_are_shown_no_page(published: Stack, path: str) -> None:
    answer = published.index.get(path)

    assert answer.status_code == 404
    assert b"<html" not in answer.content


def test_the_api_describes_what_it_has_not(published: Stack) -> None:
    answer = published.index.get("/api/nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_browsers_get_pages_that_run_nothing_foreign(published: Stack) -> None:
    path = "/project/reading-matter/"
    published.transcript.eventually("the page is there", lambda: published.quiet(path).is_success)

    page = published.index.get(path)

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "max-age" in page.headers["strict-transport-security"]
    assert "To be read." in page.text


def test_nobody_but_the_distribution_reads_the_buckets(published: Stack) -> None:
    for kind, key in (("site", "simple/reading-matter/index.html"), ("data", "blobs/")):
        answer = published.http.get(f"{published.cloud.endpoint}/{published.bucket(kind)}/{key}")
        assert answer.status_code == 403


def test_the_index_says_that_it_is_well(published: Stack) -> None:
    answer = published.index.get("/healthz")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
