"""What a URL means: the object to serve, where its canonical spelling is, or that a function answers.

`route` is pure and total. The edge function of the deployed index is a second implementation; both obey one table of
cases, `tests/cases/routing.json`. Keys are decoded and made of safe segments only, so they never leave the site.
"""

import re
from urllib.parse import unquote

from attrs import frozen
from packaging.utils import InvalidName, canonicalize_name

from domain import negotiation

LONGEST_PATH = 2048
LONGEST_QUERY = 2048
LONGEST_SEGMENT = 255
DEEPEST_STATIC = 8

DYNAMIC = frozenset({"api", "healthz", "legacy", "login", "logout"})
"""First segments of the paths that functions answer, with everything below them."""

ROOT_FILES = frozenset({"favicon.ico", "favicon.svg", "robots.txt"})
ALLOWED_METHODS = "GET, HEAD, OPTIONS"

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!-]*", re.ASCII)
_QUERY = re.compile(r"[\x21-\x7e]*", re.ASCII)
_SIMPLE_KEY = re.compile(r"simple/([^/]+)/index\.(?:v1_json|v1_html|html)")


@frozen
class ServeObject:
    """Serve the site's object `key`, or say that it is missing."""

    key: str


@frozen
class Redirect:
    """Permanently elsewhere on this origin; `location` is a path with its query."""

    location: str
    status: int = 301


@frozen
class NotFound:
    """No object and no function has this URL."""


@frozen
class NotAcceptable:
    """The page exists in none of the asked forms. `area` is the first part of its key."""

    area: str = "simple"


@frozen
class MethodNotAllowed:
    """The URL can only be read."""

    allow: str = ALLOWED_METHODS


@frozen
class Preflight:
    """OPTIONS for something readable. `area` is the first part of its key."""

    area: str


@frozen
class Dynamic:
    """A function answers."""


Route = ServeObject | Redirect | NotFound | NotAcceptable | MethodNotAllowed | Preflight | Dynamic


def route(method: str, path: str, query: str = "", accept: str | None = None) -> Route:
    """What a request means.

    Args:
        method: upper case, as sent.
        path: as sent, percent-encoded, without the query.
        query: as sent, without the question mark.
        accept: the Accept header, several of them joined with commas; None if there is none.
    """
    if path[1:].partition("/")[0] in DYNAMIC and path.startswith("/"):
        return Dynamic()
    segments = _segments(path)
    if segments is None or len(query) > LONGEST_QUERY or not _QUERY.fullmatch(query):
        return NotFound()
    found = _find(segments, query, accept)
    if method in {"GET", "HEAD"} or isinstance(found, NotFound):
        return found
    return Preflight(segments[0]) if method == "OPTIONS" else MethodNotAllowed()


def is_servable(filename: str) -> bool:
    """Whether a file of this name can be reached below ``/packages/``; others cannot be published."""
    return len(filename) <= LONGEST_SEGMENT and _SEGMENT.fullmatch(filename) is not None


def missing_project(key: str) -> str | None:
    """The project whose page for installers has this key; None for any other key."""
    match = _SIMPLE_KEY.fullmatch(key)
    return match[1] if match else None


def upstream_location(upstream: str, name: str) -> str:
    """The page of a canonical name in another index; `upstream` is that index's simple URL."""
    return f"{upstream.rstrip('/')}/{name}/"


def _segments(path: str) -> list[str] | None:
    """The decoded segments, the last one empty if the path ends in a slash; None if one is unsafe.

    Each is decoded once (RFC 3986 section 2.4), so ``%252F`` keeps a percent sign and is unsafe.
    """
    if not path.startswith("/") or len(path) > LONGEST_PATH:
        return None
    *inner, last = (unquote(raw, "latin-1") if "%" in raw else raw for raw in path[1:].split("/"))
    if all(map(is_servable, inner)) and (not last or is_servable(last)):
        return [*inner, last]
    return None


def _find(segments: list[str], query: str, accept: str | None) -> Route:
    """What the path of a GET means."""
    match segments:
        case [""]:
            return ServeObject("index.html")
        case [file] if file in ROOT_FILES:
            return ServeObject(file)
        case ["simple" | "my" as page]:
            return Redirect(_location(f"/{page}/", query))
        case ["my", ""]:
            return ServeObject("my/index.html")
        case ["simple", ""]:
            return _negotiated("simple", query, accept)
        case ["simple" | "project" as page, name, *slash] if name and slash in ([], [""]):
            return _page(page, name, query, accept, has_slash=bool(slash))
        case ["pypi", name, "json", *slash] if slash in ([], [""]):
            return _legacy_json(name, query, has_slash=bool(slash))
        case ["packages", name, version, file] if version and file and name == _canonical(name):
            return ServeObject(f"packages/{name}/{version}/{file}")
        case ["stats", file] if file.endswith(".json") and file[:-5] == _canonical(file[:-5]):
            return ServeObject(f"stats/{file}")
        case ["static", *rest] if rest[-1:] != [""] and 0 < len(rest) <= DEEPEST_STATIC:
            return ServeObject("/".join(segments))
        case _:
            return NotFound()


def _page(area: str, name: str, query: str, accept: str | None, *, has_slash: bool) -> Route:
    """The page of a project for people or for installers; name and slash become canonical in one hop."""
    canonical = _canonical(name)
    if canonical is None:
        return NotFound()
    if not has_slash or canonical != name:
        return Redirect(_location(f"/{area}/{canonical}/", query))
    if area == "simple":
        return _negotiated(f"simple/{name}", query, accept)
    return ServeObject(f"{area}/{name}/index.html")


def _legacy_json(name: str, query: str, *, has_slash: bool) -> Route:
    """The older JSON API, whose canonical URL has no slash at its end."""
    canonical = _canonical(name)
    if canonical is None:
        return NotFound()
    if has_slash or canonical != name:
        return Redirect(_location(f"/pypi/{canonical}/json", query))
    return ServeObject(f"pypi/{name}/json")


def _negotiated(folder: str, query: str, accept: str | None) -> Route:
    """One of the three representations of a page of the Simple API."""
    representation = negotiation.chosen(accept, negotiation.asked_format(query))
    return ServeObject(f"{folder}/{representation.filename}") if representation else NotAcceptable()


def _canonical(name: str) -> str | None:
    """The canonical spelling (PEP 503); None if no project can have this name."""
    try:
        return canonicalize_name(name, validate=True)
    except InvalidName:
        return None


def _location(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
