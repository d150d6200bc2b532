"""What a URL means: the object to serve, where its canonical spelling is, or that a function answers.

`route` is pure and total. The edge function of the deployed index is a second implementation; both obey one table of
cases, `tests/cases/routing.json`. Keys are decoded and made of safe segments only, so they never leave the site.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from attrs import frozen

from domain import names, negotiation

LONGEST_PATH = 2048
LONGEST_QUERY = 2048
LONGEST_SEGMENT = 255
DEEPEST = 8

DYNAMIC = frozenset({"api", "healthz", "legacy", "login", "logout"})
"""First segments of the paths that functions answer, with everything below them."""

ROOT_FILES = frozenset({"favicon.ico", "favicon.svg", "robots.txt"})
ALLOWED_METHODS = "GET, HEAD, OPTIONS"

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!~-]*", re.ASCII)
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


def elsewhere(key: str, upstream: str | None, ever_had: Callable[[str], bool]) -> str | None:
    """Where the page is that a missing key stands for, if it may be in another index.

    Only projects that this index never had are looked up there: whoever publishes a name elsewhere that was given up or
    is quarantined here gets nobody's installers.

    Args:
        key: of an object that the site has not.
        upstream: the other index's simple URL; None if there is none.
        ever_had: whether the index has or ever had the project of this canonical name.
    """
    match = _SIMPLE_KEY.fullmatch(key)
    if upstream is None or match is None or not _is_canonical(match[1]) or ever_had(match[1]):
        return None
    return f"{upstream.rstrip('/')}/{match[1]}/"


def _segments(path: str) -> list[str] | None:
    """The decoded segments, the last one empty if the path ends in a slash; None if one is unsafe.

    Each is decoded once (RFC 3986 section 2.4), so ``%252F`` keeps a percent sign and is unsafe.
    """
    if not path.startswith("/") or len(path) > LONGEST_PATH:
        return None
    *inner, last = (unquote(raw, "latin-1") if "%" in raw else raw for raw in path[1:].split("/"))
    if all(map(_is_safe, inner)) and (not last or _is_safe(last)):
        return [*inner, last]
    return None


def _is_safe(segment: str) -> bool:
    """Whether a segment is a plain filename: nothing hidden, relative, quoted or from another alphabet."""
    return len(segment) <= LONGEST_SEGMENT and _SEGMENT.fullmatch(segment) is not None


def _find(segments: list[str], query: str, accept: str | None) -> Route:
    """What the path of a GET means."""
    area, *rest = segments
    if area in _AREAS:
        return _AREAS[area](rest, query, accept)
    if rest:
        return NotFound()
    if not area:
        return ServeObject("index.html")
    return ServeObject(area) if area in ROOT_FILES else NotFound()


def _simple(rest: list[str], query: str, accept: str | None) -> Route:
    """Pages for installers (PEP 503, PEP 691)."""
    match rest:
        case [] | [""]:
            folder = "simple"
        case [name] | [name, ""] if names.is_valid(name):
            folder = f"simple/{names.canonical(name)}"
        case _:
            return NotFound()
    if ["simple", *rest] != [*folder.split("/"), ""]:
        return _moved(f"/{folder}/", query)
    representation = negotiation.chosen(accept, negotiation.asked_format(query))
    return ServeObject(f"{folder}/{representation.filename}") if representation else NotAcceptable()


def _project(rest: list[str], query: str, _accept: str | None) -> Route:
    """Pages for people."""
    match rest:
        case [name] | [name, ""] if names.is_valid(name):
            canonical = names.canonical(name)
            is_canonical = rest == [canonical, ""]
            return (
                ServeObject(f"project/{name}/index.html") if is_canonical else _moved(f"/project/{canonical}/", query)
            )
        case _:
            return NotFound()


def _legacy_json(rest: list[str], query: str, _accept: str | None) -> Route:
    """The older JSON API, whose canonical URL has no slash at its end."""
    match rest:
        case [name, "json"] | [name, "json", ""] if names.is_valid(name):
            canonical = names.canonical(name)
            is_canonical = rest == [canonical, "json"]
            return ServeObject(f"pypi/{name}/json") if is_canonical else _moved(f"/pypi/{canonical}/json", query)
        case _:
            return NotFound()


def _my(rest: list[str], query: str, _accept: str | None) -> Route:
    """The submitter area's page."""
    match rest:
        case []:
            return _moved("/my/", query)
        case [""]:
            return ServeObject("my/index.html")
        case _:
            return NotFound()


def _packages(rest: list[str], _query: str, _accept: str | None) -> Route:
    """Files and their metadata. Only the canonical spelling exists: installers take these URLs from our pages."""
    match rest:
        case [name, version, filename] if version and filename and _is_canonical(name):
            return ServeObject(f"packages/{name}/{version}/{filename}")
        case _:
            return NotFound()


def _stats(rest: list[str], _query: str, _accept: str | None) -> Route:
    """The figures behind the charts."""
    match rest:
        case [filename] if filename.endswith(".json") and _is_canonical(filename.removesuffix(".json")):
            return ServeObject(f"stats/{filename}")
        case _:
            return NotFound()


def _static(rest: list[str], _query: str, _accept: str | None) -> Route:
    """Style sheets, scripts, pictures."""
    return ServeObject("/".join(["static", *rest])) if rest and rest[-1] and len(rest) <= DEEPEST else NotFound()


_AREAS: Mapping[str, Callable[[list[str], str, str | None], Route]] = {
    "my": _my,
    "packages": _packages,
    "project": _project,
    "pypi": _legacy_json,
    "simple": _simple,
    "static": _static,
    "stats": _stats,
}


def _is_canonical(name: str) -> bool:
    return names.is_valid(name) and names.canonical(name) == name


def _moved(path: str, query: str) -> Redirect:
    return Redirect(f"{path}?{query}" if query else path)
