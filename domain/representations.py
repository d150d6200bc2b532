"""How the site's objects are presented: content type, lifetime and the other headers, by key.

Whatever was written by somebody else (files, their metadata, pictures of READMEs) is never run by a browser, and
nothing is ever guessed from its bytes.
"""

import re
from types import MappingProxyType

from domain import negotiation, routing

Headers = tuple[tuple[str, str], ...]

REVALIDATE = "public, max-age=0, must-revalidate"
"""For whatever changes: kept, but asked for each time, so that a new release is seen at once (RFC 9111 section 5.2.2).

pip 26.2 and later, uv, poetry and pdm honour `max-age`; each second of it would hide a release for a second.
"""
A_MINUTE = "public, max-age=60"
FOR_EVER = "public, max-age=31536000, immutable"

NOSNIFF = ("X-Content-Type-Options", "nosniff")
VARY = ("Vary", "Accept")
SHARED = ("Access-Control-Allow-Origin", "*")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
INERT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""For what others wrote: a drawing keeps its own colours, and nothing runs."""

PAGE_HEADERS: Headers = (
    ("Content-Security-Policy", PAGE_POLICY),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
PREFLIGHT_HEADERS: Headers = (
    SHARED,
    ("Access-Control-Allow-Methods", "GET, HEAD"),
    (
        "Access-Control-Allow-Headers",
        "Cache-Control, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range",
    ),
    ("Access-Control-Max-Age", "86400"),
)

_HTML = "text/html; charset=utf-8"
_BINARY = "application/octet-stream"
SHARED_AREAS = frozenset({"packages", "pypi", "simple", "stats"})
PROGRAM_AREAS = SHARED_AREAS | {"badge", "search", "static"}
"""What programs and pages read, and nobody opens: a line says that something is missing there."""

_PAGE_TYPES = MappingProxyType(
    {
        "index.html": _HTML,
        routing.NOT_FOUND_PAGE: _HTML,
        "index.md": "text/markdown; charset=utf-8",
        "feed.xml": "application/atom+xml; charset=utf-8",
        "sitemap.xml": "application/xml",
    }
)
_SIMPLE_TYPES = MappingProxyType(
    {
        negotiation.JSON.filename: negotiation.JSON.content_type,
        negotiation.HTML.filename: negotiation.HTML.content_type,
        negotiation.LEGACY_HTML.filename: _HTML,
    }
)
_STATIC_TYPES = MappingProxyType(
    {
        "avif": "image/avif",
        "css": "text/css; charset=utf-8",
        "gif": "image/gif",
        "ico": "image/x-icon",
        "jpeg": "image/jpeg",
        "jpg": "image/jpeg",
        "js": "text/javascript; charset=utf-8",
        "json": "application/json",
        "png": "image/png",
        "svg": "image/svg+xml",
        "txt": "text/plain; charset=utf-8",
        "webp": "image/webp",
        "woff2": "font/woff2",
    }
)
# A digest between separators in the last segment: `site.3f2a9c1b.css`, `readme-0123456789abcdef.png`, `<sha256>.svg`.
_HASHED = re.compile(r"(?:^|[.-])(?=[0-9a-f]*[0-9])[0-9a-f]{8,}(?:\.[a-z0-9]+)+")


def area(key: str) -> str:
    """The family of objects a key belongs to: its first segment."""
    return key.partition("/")[0]


def content_type(key: str) -> str:
    """The media type of the object."""
    folder, _, filename = key.rpartition("/")
    match area(key):
        case "packages":
            # Never a type that a browser would show with somebody else's markup in it.
            return "text/plain; charset=utf-8" if filename.endswith(".metadata") else _BINARY
        case "simple" if folder:
            return _SIMPLE_TYPES.get(filename, _BINARY)
        case "pypi" | "stats":
            return "application/json"
        case "sitemap":
            return "application/xml"
        case _:
            return _PAGE_TYPES.get(filename) or _STATIC_TYPES.get(filename.rpartition(".")[2], _BINARY)


def cache_control(key: str) -> str:
    """How long the object may be kept without asking."""
    match area(key):
        case "packages":
            return FOR_EVER
        case "static":
            return FOR_EVER if _HASHED.search(key.rpartition("/")[2]) else REVALIDATE
        case "favicon.ico" | "favicon.svg" | "robots.txt":
            return A_MINUTE
        case _:
            return REVALIDATE


def headers(key: str) -> Headers:
    """Everything a 200 says about the object, apart from what depends on its bytes."""
    kind = content_type(key)
    return (
        ("Content-Type", kind),
        ("Cache-Control", cache_control(key)),
        NOSNIFF,
        *policies(key, kind),
        *common(area(key)),
    )


def policies(key: str, kind: str) -> Headers:
    """What browsers may do with the object."""
    if area(key) == "packages" or "svg" in kind:
        return (("Content-Security-Policy", INERT_POLICY),)
    # Browsers run scripts in XML as well.
    return PAGE_HEADERS if any(word in kind for word in ("html", "xml", "markdown")) else ()


def common(family: str) -> Headers:
    """What every answer about an area says, whether there is an object or not (404, 406 and 302 too)."""
    vary = (VARY,) if family == "simple" else ()
    return (*vary, SHARED) if family in SHARED_AREAS else vary


def preflight(family: str) -> Headers:
    """The answer to OPTIONS: scripts of other origins may read what installers read (standard: Fetch, CORS)."""
    shared = PREFLIGHT_HEADERS if family in SHARED_AREAS else ()
    return (("Allow", routing.ALLOWED_METHODS), NOSNIFF, *shared)


def missing(family: str) -> Headers:
    """What a 404 or 406 in an area says: it may change with the next upload, so nobody keeps it.

    What no upload can make is kept for a minute.
    """
    lifetime = A_MINUTE if family == routing.NOTHING else REVALIDATE
    return (("Cache-Control", lifetime), NOSNIFF, *common(family))


def elsewhere(family: str) -> Headers:
    """What a redirect says. A minute at most: a project may appear here that was somewhere else (302)."""
    return (("Cache-Control", A_MINUTE), NOSNIFF, *common(family))
