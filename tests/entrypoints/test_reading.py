"""The static side, asked as an ASGI app."""

import errno
import gzip
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from domain.representations import INERT_POLICY, PAGE_POLICY
from entrypoints.http.answers import text
from entrypoints.http.asgi import ASGIApp, Receive, Scope, Send
from entrypoints.http.reading import Reading
from entrypoints.http.site_files import CHUNK
from entrypoints.http.site_pages import LARGEST_PAGE, PageCache
from tests.entrypoints.asgi_client import Told, ask

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
WHEEL = "/packages/demo/1.0/demo-1.0-py3-none-any.whl"
UPSTREAM = "https://upstream.example/simple/"


async def dynamic(_scope: Scope, _receive: Receive, send: Send) -> None:
    await text(299, "a function\n", ()).send(send)


def nobody_asks(name: str) -> bool:
    raise AssertionError(name)


def put(site: Path, key: str, body: bytes) -> None:
    """Replace an object as a writer does: beside it, then in its place."""
    path = site / key
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(".new")
    beside.write_bytes(body)
    beside.replace(path)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    put(site, "index.html", b"<!doctype html>home")
    put(site, "simple/index.v1_json", b"{}")
    put(site, "simple/demo/index.v1_json", b'{"name": "demo"}')
    put(site, "simple/demo/index.v1_html", b"<!doctype html>v1")
    put(site, "simple/demo/index.html", b"<!doctype html>html")
    put(site, "project/demo/index.html", b"<!doctype html>demo")
    put(site, "pypi/demo/json", b"{}")
    put(site, WHEEL[1:], bytes(range(256)) * 4)
    put(site, WHEEL[1:] + ".metadata", b"Metadata-Version: 2.4\n")
    return site


@pytest.fixture
def reading(site: Path) -> Reading:
    return Reading(site, None, nobody_asks, dynamic)


# Pages


def test_a_page_is_served_with_all_that_is_said_about_it(reading: Reading) -> None:
    told = ask(reading, "/simple/demo/", JSON)
    assert told.status == 200
    assert told.body == b'{"name": "demo"}'
    assert told.headers == {
        "content-type": "application/vnd.pypi.simple.v1+json",
        "cache-control": "public, max-age=0, must-revalidate",
        "x-content-type-options": "nosniff",
        "vary": "Accept",
        "access-control-allow-origin": "*",
        "etag": told.headers["etag"],
        "content-length": "16",
    }
    assert told.headers["etag"].startswith('"')


def test_pages_for_people_carry_their_policy(reading: Reading) -> None:
    for path in ("/", "/project/demo/", "/simple/demo/"):
        assert ask(reading, path).headers["content-security-policy"] == PAGE_POLICY


FAMILIES = [
    ("/project/demo/1.0+x/", "project/demo/1.0+x/index.html", "text/html; charset=utf-8", PAGE_POLICY),
    ("/project/demo/index.md", "project/demo/index.md", "text/markdown; charset=utf-8", PAGE_POLICY),
    ("/project/demo/feed.xml", "project/demo/feed.xml", "application/atom+xml; charset=utf-8", PAGE_POLICY),
    ("/badge/demo/version.svg", "badge/demo/version.svg", "image/svg+xml", INERT_POLICY),
    ("/browse/", "browse/index.html", "text/html; charset=utf-8", PAGE_POLICY),
    ("/browse/de./", "browse/de./index.html", "text/html; charset=utf-8", PAGE_POLICY),
    ("/owner/local.alice/", "owner/local.alice/index.html", "text/html; charset=utf-8", PAGE_POLICY),
    ("/statistics/", "statistics/index.html", "text/html; charset=utf-8", PAGE_POLICY),
    ("/search/?q=demo", "search/index.html", "text/html; charset=utf-8", PAGE_POLICY),
    ("/search/v1/1a.json", "search/v1/1a.json", "application/json", None),
    ("/search/v1/map/ff.json", "search/v1/map/ff.json", "application/json", None),
    ("/feed.xml", "feed.xml", "application/atom+xml; charset=utf-8", PAGE_POLICY),
    ("/sitemap.xml", "sitemap.xml", "application/xml", PAGE_POLICY),
    ("/sitemap/1.xml", "sitemap/1.xml", "application/xml", PAGE_POLICY),
]


@pytest.mark.parametrize(("url", "key", "kind", "policy"), FAMILIES, ids=lambda value: str(value)[:30])
def test_every_family_is_served_typed_bound_compressed_and_revalidated(
    reading: Reading, site: Path, url: str, key: str, kind: str, policy: str | None
) -> None:
    body = b"words " * 1000
    put(site, key, body)
    full = ask(reading, url)
    assert (full.status, full.body, full.headers["content-type"]) == (200, body, kind)
    assert full.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert full.headers["x-content-type-options"] == "nosniff"
    assert full.headers.get("content-security-policy") == policy
    assert "access-control-allow-origin" not in full.headers
    head = ask(reading, url, method="HEAD")
    assert (head.status, head.body, head.headers) == (200, b"", full.headers)
    packed = ask(reading, url, {"Accept-Encoding": "gzip, br"})
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.body) == body
    assert ask(reading, url, {"If-None-Match": full.headers["etag"]}).status == 304
    assert ask(reading, url, {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}).status == 304


def test_each_form_has_its_own_tag(reading: Reading) -> None:
    forms = ("text/html", "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+json")
    assert len({ask(reading, "/simple/demo/", {"Accept": form}).headers["etag"] for form in forms}) == 3


def test_the_tag_depends_on_nothing_but_the_bytes(reading: Reading, site: Path) -> None:
    before = ask(reading, "/simple/demo/", JSON).headers["etag"]
    put(site, "simple/demo/index.v1_json", b'{"name": "demo"}')
    os.utime(site / "simple/demo/index.v1_json", (1, 1))
    assert ask(reading, "/simple/demo/", JSON).headers["etag"] == before


def test_who_has_the_page_is_told_so(reading: Reading) -> None:
    full = ask(reading, "/simple/demo/", JSON)
    for known in (full.headers["etag"], f"W/{full.headers['etag']}", f'"x", {full.headers["etag"]}', "*"):
        told = ask(reading, "/simple/demo/", {**JSON, "If-None-Match": known})
        assert (told.status, told.body) == (304, b"")
        for name in ("etag", "cache-control", "vary", "access-control-allow-origin", "x-content-type-options"):
            assert told.headers[name] == full.headers[name]
        assert "content-type" not in told.headers
        assert "content-length" not in told.headers
    assert ask(reading, "/simple/demo/", {**JSON, "If-None-Match": '"other"'}) == full


def test_head_says_the_same_without_the_body(reading: Reading) -> None:
    for path in ("/simple/demo/", "/", WHEEL, "/simple/none/", "/none", "/project/none/", "/simple/Demo"):
        get, head = ask(reading, path, JSON), ask(reading, path, JSON, method="HEAD")
        assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


def test_a_changed_page_is_seen_at_once(reading: Reading, site: Path) -> None:
    for number in range(50):
        body = b"%03d" % number
        put(site, "simple/demo/index.v1_json", body)
        assert ask(reading, "/simple/demo/", JSON).body == body


def test_a_page_that_is_kept_is_seen_to_change(site: Path) -> None:
    pages = PageCache(site)
    _settle(site / "index.html")
    first = pages.answer("index.html", None, None)
    assert pages.answer("index.html", None, None) is first
    put(site, "index.html", b"other")
    changed = pages.answer("index.html", None, None)
    assert changed is not None
    assert changed.body == b"other"
    (site / "index.html").unlink()
    assert pages.answer("index.html", None, None) is None


def _settle(path: Path) -> None:
    """Wait until the file is old enough to be kept; a change time cannot be set."""
    while time.time_ns() - path.stat().st_ctime_ns < 60_000_000:
        time.sleep(0.005)


def test_memory_is_bounded(site: Path) -> None:
    for number in range(50):
        put(site, f"simple/p{number}/index.html", b"x" * 10_000)
    _settle(site / "simple/p49/index.html")
    pages = PageCache(site, capacity=100_000)
    for number in range(50):
        assert pages.answer(f"simple/p{number}/index.html", None, None)
    assert 0 < pages._used <= 100_000
    assert sum(page.cost for page in pages._pages.values()) == pages._used
    assert "simple/p49/index.html" in pages._pages


def test_nothing_but_files_is_served(reading: Reading, site: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (site / "static").mkdir()
    (site / "static" / "link.css").symlink_to(tmp_path / "secret")
    (site / "static" / "folder.css").mkdir()
    os.mkfifo(site / "static" / "pipe.css")
    os.mkfifo(site / "packages/demo/1.0/pipe.whl")
    for path in ("/static/link.css", "/static/folder.css", "/static/pipe.css", "/packages/demo/1.0/pipe.whl"):
        assert ask(reading, path).status == 404


def test_pages_are_compressed_for_those_who_take_it(reading: Reading, site: Path) -> None:
    body = b'{"name": "demo"}' * 1000
    put(site, "simple/demo/index.v1_json", body)
    plain = ask(reading, "/simple/demo/", JSON)
    packed = ask(reading, "/simple/demo/", {**JSON, "Accept-Encoding": "gzip, deflate"})
    assert plain.body == gzip.decompress(packed.body) == body
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept, Accept-Encoding"
    assert packed.headers["etag"] == f'{plain.headers["etag"][:-1]}-gzip"'
    assert int(packed.headers["content-length"]) == len(packed.body) < len(body) / 10
    known = {**JSON, "Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
    assert ask(reading, "/simple/demo/", known).status == 304
    assert ask(reading, "/simple/demo/", {**known, "Accept-Encoding": "identity"}).body == body


def test_files_are_never_compressed(reading: Reading) -> None:
    told = ask(reading, WHEEL, {"Accept-Encoding": "gzip"})
    assert "content-encoding" not in told.headers
    assert told.headers["content-length"] == "1024"


def test_a_page_too_large_for_memory_is_streamed(reading: Reading, site: Path) -> None:
    body = b"x" * (LARGEST_PAGE + 1)
    put(site, "simple/index.v1_json", body)
    told = ask(reading, "/simple/", JSON)
    assert told.body == body
    assert told.pieces > 2
    assert told.headers["content-type"] == "application/vnd.pypi.simple.v1+json"
    assert told.headers["vary"] == "Accept"
    assert ask(reading, "/simple/", {**JSON, "If-None-Match": told.headers["etag"]}).status == 304


# Files


def test_a_file_is_kept_for_ever_and_never_guessed_at(reading: Reading) -> None:
    told = ask(reading, WHEEL)
    assert told.body == bytes(range(256)) * 4
    assert told.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert told.headers["content-type"] == "application/octet-stream"
    assert told.headers["accept-ranges"] == "bytes"
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["etag"].startswith('"')
    assert ask(reading, WHEEL + ".metadata").body == b"Metadata-Version: 2.4\n"


@pytest.mark.parametrize(
    ("wanted", "part", "said"),
    [
        ("bytes=0-99", slice(0, 100), "bytes 0-99/1024"),
        ("bytes=1000-", slice(1000, None), "bytes 1000-1023/1024"),
        ("bytes=-10", slice(-10, None), "bytes 1014-1023/1024"),
        ("bytes=-10000", slice(None), "bytes 0-1023/1024"),
    ],
)
def test_a_part_of_a_file(reading: Reading, wanted: str, part: slice, said: str) -> None:
    told = ask(reading, WHEEL, {"Range": wanted})
    assert told.status == 206
    assert told.body == (bytes(range(256)) * 4)[part]
    assert told.headers["content-range"] == said
    assert told.headers["content-length"] == str(len(told.body))


def test_a_part_behind_the_end(reading: Reading) -> None:
    told = ask(reading, WHEEL, {"Range": "bytes=1024-"})
    assert told.status == 416
    assert told.headers["content-range"] == "bytes */1024"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert "immutable" not in told.headers["cache-control"]


@pytest.mark.parametrize("wanted", ["bytes=5-3", "bytes=0-1,3-4", "lines=1-2", "bytes=x"])
def test_other_ranges_get_the_whole(reading: Reading, wanted: str) -> None:
    told = ask(reading, WHEEL, {"Range": wanted})
    assert (told.status, len(told.body)) == (200, 1024)
    assert "content-range" not in told.headers


def test_a_download_is_resumed_if_it_is_still_the_same(reading: Reading) -> None:
    whole = ask(reading, WHEEL)
    for validator in (whole.headers["etag"], whole.headers["last-modified"]):
        assert ask(reading, WHEEL, {"Range": "bytes=1000-", "If-Range": validator}).status == 206
    for validator in ('"other"', f"W/{whole.headers['etag']}", "Tue, 24 Nov 2020 20:28:31 GMT"):
        assert ask(reading, WHEEL, {"Range": "bytes=1000-", "If-Range": validator}).status == 200
        # An impossible range does not matter either, if the file is another one.
        assert ask(reading, WHEEL, {"Range": "bytes=9999-", "If-Range": validator}).status == 200


def test_who_wants_that_very_file_gets_no_other(reading: Reading) -> None:
    """Clients that fetch a file in parts say so, and would put two files together otherwise."""
    tag = ask(reading, WHEEL).headers["etag"]
    for wanted in (tag, f'"other", {tag}', "*"):
        assert ask(reading, WHEEL, {"If-Match": wanted, "Range": "bytes=0-1"}).status == 206
    for wanted in ('"other"', f"W/{tag}"):
        told = ask(reading, WHEEL, {"If-Match": wanted, "Range": "bytes=0-1", "If-None-Match": tag})
        assert told.status == 412
        assert "immutable" not in told.headers["cache-control"]


def test_who_has_the_file_is_told_so(reading: Reading) -> None:
    whole = ask(reading, WHEEL)
    for condition in (
        {"If-None-Match": whole.headers["etag"]},
        {"If-None-Match": whole.headers["etag"], "Range": "bytes=0-1"},
        {"If-Modified-Since": whole.headers["last-modified"]},
    ):
        told = ask(reading, WHEEL, condition)
        assert (told.status, told.body) == (304, b"")
        assert told.headers["cache-control"] == whole.headers["cache-control"]
    stale = {"If-None-Match": '"other"', "If-Modified-Since": whole.headers["last-modified"]}
    assert ask(reading, WHEEL, stale).status == 200


def test_nothing_was_changed_later_than_now_also_if_the_clock_was_ahead(reading: Reading, site: Path) -> None:
    os.utime(site / WHEEL[1:], times=(2**32, 2**32))

    told = ask(reading, WHEEL)

    assert parsedate_to_datetime(told.headers["last-modified"]) <= datetime.now(UTC)
    assert ask(reading, WHEEL, {"Range": "bytes=1-", "If-Range": told.headers["etag"]}).status == 206


def test_head_of_a_part_is_head_of_the_whole(reading: Reading) -> None:
    told = ask(reading, WHEEL, {"Range": "bytes=0-1"}, method="HEAD")
    assert (told.status, told.headers["content-length"]) == (200, "1024")


def test_a_large_file_comes_in_pieces(reading: Reading, site: Path) -> None:
    body = os.urandom(CHUNK * 3 + 17)
    put(site, "packages/demo/1.0/big.whl", body)
    told = ask(reading, "/packages/demo/1.0/big.whl")
    assert told.body == body
    assert told.pieces >= 4
    assert ask(reading, "/packages/demo/1.0/big.whl", {"Range": f"bytes=5-{CHUNK * 2}"}).body == body[5 : CHUNK * 2 + 1]


def test_a_range_of_an_empty_file_is_all_of_it(reading: Reading, site: Path) -> None:
    put(site, "packages/demo/1.0/empty.whl", b"")
    told = ask(reading, "/packages/demo/1.0/empty.whl", {"Range": "bytes=-5"})
    assert (told.status, told.body, told.headers["content-length"]) == (200, b"", "0")


def test_a_plus_may_be_encoded(reading: Reading, site: Path) -> None:
    put(site, "packages/demo/1.0+x/demo-1.0+x.tar.gz", b"x")
    for plus in ("+", "%2B", "%2b"):
        assert ask(reading, f"/packages/demo/1.0{plus}x/demo-1.0{plus}x.tar.gz").body == b"x"


# What is not there


def test_a_missing_project_is_missing(reading: Reading) -> None:
    told = ask(reading, "/simple/none/", JSON)
    assert (told.status, told.body) == (404, b"404 Not Found\n")
    assert told.headers["content-type"] == "text/plain; charset=utf-8"
    assert told.headers["vary"] == "Accept"
    assert told.headers["access-control-allow-origin"] == "*"
    assert "max-age=0" in told.headers["cache-control"]


PAGES_FOR_PEOPLE = ["/project/none/", "/project/none/index.md", "/none", "//evil.example", "/my/none", "/browse/zz/"]
MISSING = b"<!doctype html>" + b"Not here. " * 200


@pytest.mark.parametrize("path", [*PAGES_FOR_PEOPLE, "/404.html", "/404"])
def test_the_sites_own_page_stands_for_what_is_missing(reading: Reading, site: Path, path: str) -> None:
    put(site, "404.html", MISSING)
    told = ask(reading, path)
    assert (told.status, told.body) == (404, MISSING)
    assert told.headers["content-type"] == "text/html; charset=utf-8"
    assert told.headers["content-security-policy"] == PAGE_POLICY
    assert told.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert told.headers["x-content-type-options"] == "nosniff"
    head = ask(reading, path, method="HEAD")
    assert (head.status, head.body, head.headers) == (404, b"", told.headers)
    packed = ask(reading, path, {"Accept-Encoding": "gzip"})
    assert (packed.status, gzip.decompress(packed.body)) == (404, MISSING)
    # A 404 has no condition to meet (RFC 9110 section 13.2.1).
    assert ask(reading, path, {"If-None-Match": "*"}).status == 404
    assert ask(reading, path, {"If-None-Match": told.headers["etag"]}).body == MISSING


def test_the_page_for_what_is_missing_changes_with_its_file(reading: Reading, site: Path) -> None:
    put(site, "404.html", b"first")
    assert ask(reading, "/none").body == b"first"
    put(site, "404.html", b"second")
    assert ask(reading, "/none").body == b"second"
    put(site, "404.html", b"x" * (LARGEST_PAGE + 1))
    assert b'<a href="/">' in ask(reading, "/project/none/").body


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_who_does_not_read_is_told_in_a_line(reading: Reading, site: Path, method: str) -> None:
    put(site, "404.html", MISSING)
    assert ask(reading, "/none", method=method).body == b"404 Not Found\n"


@pytest.mark.parametrize("path", PAGES_FOR_PEOPLE)
def test_people_are_shown_the_way_home(reading: Reading, path: str) -> None:
    told = ask(reading, path)
    assert told.status == 404
    assert b'<a href="/">' in told.body
    assert told.headers["content-security-policy"] == PAGE_POLICY
    assert told.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/packages/demo/1.0/none.whl",
        "/pypi/none/json",
        "/stats/none.json",
        "/simple/-/",
        "/simple/none/",
        "/badge/none/version.svg",
        "/badge/demo/none.svg",
        "/search/v1/0.json",
        "/search/none/",
        "/static/none.css",
    ],
)
def test_programs_are_told_in_a_line(reading: Reading, site: Path, path: str) -> None:
    put(site, "404.html", MISSING)
    assert ask(reading, path).body == b"404 Not Found\n"


@pytest.mark.parametrize("path", ["/project/demo/1.0.0/", "/project/demo/v1/", "/project/demo/1/"])
def test_another_spelling_of_a_version_moves_to_the_releases_page(reading: Reading, site: Path, path: str) -> None:
    put(site, "project/demo/1.0/index.html", b"<!doctype html>demo 1.0")
    told = ask(reading, path)
    assert (told.status, told.headers["location"], told.body) == (301, "/project/demo/1.0/", b"")
    assert told.headers["cache-control"] == "public, max-age=60"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert ask(reading, "/project/demo/1.1/").status == 404


def test_what_is_in_no_form_is_not_acceptable(reading: Reading) -> None:
    told = ask(reading, "/simple/demo/", {"Accept": "image/png"})
    assert told.status == 406
    assert told.headers["vary"] == "Accept"
    assert told.headers["content-type"].startswith("text/plain")
    assert b"application/vnd.pypi.simple.v1+json" in told.body
    assert ask(reading, "/simple/demo/?format=nonsense", JSON).status == 406
    assert ask(reading, "/simple/demo/?format=application/vnd.pypi.simple.v1+json").body == b'{"name": "demo"}'


def test_two_accept_headers_are_one(reading: Reading) -> None:
    found = reading.immediate("GET", b"/simple/demo/", b"", [(b"accept", b"image/png"), (b"accept", b"text/html")])
    assert found is not None
    assert found.body == b"<!doctype html>html"


def test_spellings_move(reading: Reading) -> None:
    told = ask(reading, "/simple/Demo_Pkg?a=b")
    assert (told.status, told.headers["location"]) == (301, "/simple/demo-pkg/?a=b")
    assert told.headers["cache-control"] == "public, max-age=60"
    assert told.headers["x-content-type-options"] == "nosniff"


def test_static_addresses_are_only_read(reading: Reading) -> None:
    told = ask(reading, "/simple/", method="POST")
    assert (told.status, told.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert b"/legacy/" in told.body


def test_scripts_of_other_origins_may_ask(reading: Reading) -> None:
    told = ask(reading, "/simple/demo/", method="OPTIONS")
    assert (told.status, told.body) == (204, b"")
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["access-control-allow-methods"] == "GET, HEAD"
    assert "If-None-Match" in told.headers["access-control-allow-headers"]
    assert told.headers["access-control-max-age"] == "86400"


def test_functions_get_the_rest(reading: Reading) -> None:
    for path, method in (("/legacy/", "POST"), ("/api/packages", "GET"), ("/login", "GET"), ("/healthz", "GET")):
        assert ask(reading, path, method=method).status == 299


def test_the_servers_life_is_the_functions_affair(site: Path) -> None:
    seen = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        await text(200, "", ()).send(send)

    reading = Reading(site, None, nobody_asks, app)
    ask(_as_lifespan(reading), "/")
    assert seen == ["lifespan"]


def _as_lifespan(app: ASGIApp) -> ASGIApp:
    async def changed(_scope: Scope, receive: Receive, send: Send) -> None:
        await app({"type": "lifespan"}, receive, send)

    return changed


# Another index behind this one


def behind(site: Path, ever_had: Callable[[str], bool]) -> Callable[[str], Told]:
    reading = Reading(site, UPSTREAM, ever_had, dynamic)
    return lambda path: ask(reading, path, JSON)


def test_a_project_that_was_never_here_is_elsewhere(site: Path) -> None:
    asked: list[str] = []

    def never_had(name: str) -> bool:
        asked.append(name)
        return False

    told = behind(site, never_had)("/simple/requests/")
    assert (told.status, told.headers["location"]) == (302, "https://upstream.example/simple/requests/")
    assert told.headers["cache-control"] == "public, max-age=60"
    assert told.headers["vary"] == "Accept"
    assert told.headers["x-content-type-options"] == "nosniff"
    assert asked == ["requests"]


def test_a_project_that_ever_was_here_is_never_elsewhere(site: Path) -> None:
    assert behind(site, lambda name: name == "gone")("/simple/gone/").status == 404


def test_a_project_that_is_here_is_not_asked_about(site: Path) -> None:
    assert behind(site, nobody_asks)("/simple/demo/").status == 200


def test_only_pages_for_installers_are_elsewhere(site: Path) -> None:
    ask_for = behind(site, nobody_asks)
    for path in ("/project/requests/", "/pypi/requests/json", "/packages/requests/1/r-1.whl", "/simple/-/"):
        assert ask_for(path).status == 404
    (site / "simple/index.v1_json").unlink()
    assert ask_for("/simple/").status == 404


def test_a_spelling_moves_before_it_is_elsewhere(site: Path) -> None:
    assert behind(site, nobody_asks)("/simple/Requests/").headers["location"] == "/simple/requests/"


# Answers that need not go through the app


def test_what_is_there_without_waiting(reading: Reading) -> None:
    for path, status in (
        (b"/", 200),
        (b"/simple/demo/", 200),
        (b"/simple/Demo", 301),
        (b"/none", 404),
        (b"/simple/none/", 404),
    ):
        found = reading.immediate("GET", path, b"", [])
        assert found is not None
        assert found.status == status
        assert found.head.endswith(b"\r\n")
        assert b"content-length: %d\r\n" % len(found.body) in found.head


def test_files_and_functions_go_through_the_app(reading: Reading) -> None:
    for path in (WHEEL.encode(), WHEEL.encode() + b".metadata", b"/packages/none", b"/legacy/", b"/api/packages"):
        assert reading.immediate("GET", path, b"", []) is None


def test_importing_the_reading_side_brings_no_framework() -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    script = "import sys, entrypoints.http.reading; print(*sys.modules)"
    root = Path(__file__).parents[2]
    modules = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert not {"starlette", "uvicorn", "jinja2", "gzip"} & set(modules.stdout.split())


@pytest.mark.parametrize("path", ["/simple/demo/", WHEEL])
def test_what_cannot_be_opened_is_not_said_to_be_missing(
    reading: Reading, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installers would look elsewhere for it."""

    def no_handle_left(*_: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("entrypoints.http.site_pages.os.open", no_handle_left)
    with pytest.raises(OSError, match="Too many open files"):
        ask(reading, path)
