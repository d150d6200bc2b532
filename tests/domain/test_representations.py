"""How objects are presented, family by family."""

import json
from pathlib import Path

import pytest

from domain.representations import (
    FOR_EVER,
    INERT_POLICY,
    PAGE_POLICY,
    cache_control,
    content_type,
    headers,
    missing,
    preflight,
)
from domain.routing import NOTHING

CASES = json.loads((Path(__file__).parents[1] / "cases" / "routing.json").read_text())
KEYS = sorted({case["expect"]["serve"] for case in CASES if "serve" in case["expect"]})


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("project/demo/index.html", "text/html; charset=utf-8"),
        ("my/index.html", "text/html; charset=utf-8"),
        ("simple/index.v1_json", "application/vnd.pypi.simple.v1+json"),
        ("simple/demo/index.v1_json", "application/vnd.pypi.simple.v1+json"),
        ("simple/demo/index.v1_html", "application/vnd.pypi.simple.v1+html"),
        ("simple/demo/index.html", "text/html; charset=utf-8"),
        ("pypi/demo/json", "application/json"),
        ("stats/demo.json", "application/json"),
        ("packages/demo/1.0/demo-1.0-py3-none-any.whl", "application/octet-stream"),
        ("packages/demo/1.0/demo-1.0.tar.gz", "application/octet-stream"),
        ("packages/demo/1.0/demo-1.0-py3-none-any.whl.metadata", "text/plain; charset=utf-8"),
        ("packages/demo/1.0/index.html", "application/octet-stream"),
        ("static/site.css", "text/css; charset=utf-8"),
        ("static/site.js", "text/javascript; charset=utf-8"),
        ("static/logo.svg", "image/svg+xml"),
        ("static/unheard-of.xyz", "application/octet-stream"),
        ("favicon.ico", "image/x-icon"),
        ("404.html", "text/html; charset=utf-8"),
        ("project/demo/1.0/index.html", "text/html; charset=utf-8"),
        ("project/demo/index.md", "text/markdown; charset=utf-8"),
        ("project/demo/feed.xml", "application/atom+xml; charset=utf-8"),
        ("feed.xml", "application/atom+xml; charset=utf-8"),
        ("sitemap.xml", "application/xml"),
        ("sitemap/1.xml", "application/xml"),
        ("badge/demo/version.svg", "image/svg+xml"),
        ("search/index.html", "text/html; charset=utf-8"),
        ("search/v1/1a.json", "application/json"),
        ("static/page.html", "application/octet-stream"),
        ("robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_a_key_has_its_content_type(key: str, kind: str) -> None:
    assert content_type(key) == kind


@pytest.mark.parametrize("key", KEYS)
def test_every_object_says_what_it_must(key: str) -> None:
    said = dict(headers(key))
    assert len(said) == len(headers(key))
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Content-Type"] == content_type(key)
    assert said["Cache-Control"] == cache_control(key)
    kind = content_type(key)
    if "svg" not in kind and any(word in kind for word in ("html", "xml", "markdown")):
        assert said["Content-Security-Policy"] == PAGE_POLICY
        assert said["Referrer-Policy"] == "same-origin"
        assert said["Cross-Origin-Opener-Policy"] == "same-origin"


def test_what_changes_is_asked_for_each_time_and_what_does_not_is_kept() -> None:
    for key in ("index.html", "simple/demo/index.v1_json", "project/demo/index.html", "pypi/demo/json", "static/a.css"):
        assert cache_control(key) == "public, max-age=0, must-revalidate"
    for key in ("project/demo/feed.xml", "feed.xml", "sitemap.xml", "badge/demo/version.svg", "search/v1/1.json"):
        assert cache_control(key) == "public, max-age=0, must-revalidate"
    for name in ("demo-1.0-py3-none-any.whl", "demo-1.0-py3-none-any.whl.metadata"):
        assert cache_control(f"packages/demo/1.0/{name}") == FOR_EVER
    for name in ("site.0123abcd.css", "site-0123456789abcdef.css", "a" * 63 + "0.svg"):
        assert cache_control(f"static/{name}") == FOR_EVER
    for name in ("deadbeef.css", "site-2024.css", "0123abcd", "jquery.min.js"):
        assert cache_control(f"static/{name}") != FOR_EVER
    assert cache_control("favicon.ico") == "public, max-age=60"


def test_what_is_missing_may_be_there_the_next_moment_and_what_cannot_be_not() -> None:
    for family in ("project", "simple", "badge", "index.html"):
        assert dict(missing(family))["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert dict(missing(NOTHING))["Cache-Control"] == "public, max-age=60"


def test_negotiated_pages_vary_and_only_those() -> None:
    for key in KEYS:
        assert ("Vary" in dict(headers(key))) == key.startswith("simple/")


def test_other_origins_may_read_what_installers_read() -> None:
    for key in KEYS:
        is_shared = key.startswith(("packages/", "pypi/", "simple/", "stats/"))
        assert dict(headers(key)).get("Access-Control-Allow-Origin") == ("*" if is_shared else None)
    assert dict(preflight("simple"))["Access-Control-Max-Age"] == "86400"
    assert "Access-Control-Allow-Origin" not in dict(preflight("my"))
    assert dict(preflight("my"))["Allow"] == "GET, HEAD, OPTIONS"


def test_what_others_wrote_does_not_run() -> None:
    for key in (
        "packages/demo/1.0/demo-1.0-py3-none-any.whl.metadata",
        "static/readme/drawing.svg",
        "badge/demo/version.svg",
    ):
        assert dict(headers(key))["Content-Security-Policy"] == INERT_POLICY
    assert "sandbox" in INERT_POLICY
