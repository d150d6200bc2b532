"""What a URL means: the object to serve, where its canonical spelling is, or that a function answers.

`route` is pure and total. The edge function of the deployed index is a second implementation; both obey one table of
cases, `tests/cases/routing.json`. Keys are decoded and made of safe segments only, so they never leave the site.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from attrs import frozen
from packaging.version import InvalidVersion, Version

from domain import names, negotiation

LONGEST_PATH = 2048
LONGEST_QUERY = 2048
LONGEST_SEGMENT = 255

DYNAMIC = frozenset({".well-known", "_", "api", "healthz", "legacy", "login", "logout"})
"""First segments of the paths that functions answer, with everything below them."""

NOT_FOUND_PAGE = "404.html"
"""The object that is shown in place of a missing page. It has no URL of its own."""
NOTHING = "404"
"""A key that no object has. The edge function asks for it in place of what cannot be."""

ALLOWED_METHODS = "GET, HEAD, OPTIONS"

_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!~-]*", re.ASCII)
_QUERY = re.compile(r"[\x21-\x7e]*", re.ASCII)
_SIMPLE_KEY = re.compile(r"simple/([^/]+)/index\.(?:v1_json|v1_html|html)")
_RELEASE_KEY = re.compile(r"project/([^/]+)/([^/]+)/index\.html")
_MOST_NUMBERS = 4  # of a version's, zeros at its end included, that are tried


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
    found = _find("/".join(segments), query, accept)
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


def respelt(key: str, has: Callable[[str], bool]) -> str | None:
    """Where the release's page is that a missing key stands for, if its version is only spelt otherwise there.

    A release is shown as its version was first published, so ``v1`` and ``1.0.0`` may both mean ``1.0``.

    Args:
        key: of an object that the site has not.
        has: whether the site has the object of a key.
    """
    match = _RELEASE_KEY.fullmatch(key)
    if match is None or not _is_canonical(match[1]):
        return None
    try:
        spellings = list(_spellings(Version(match[2])))
    except InvalidVersion:
        return None
    pages = (f"project/{match[1]}/{spelling}/" for spelling in spellings if spelling != match[2])
    return next((f"/{page}" for page in pages if has(f"{page}index.html")), None)


def _spellings(version: Version) -> Iterator[str]:
    """Normalised versions that are equal to this one, with more and fewer zeros at the end of its numbers; a few only.

    Each is looked for, and strangers choose what is asked.
    """
    epoch = f"{version.epoch}!" if version.epoch else ""
    numbers = ".".join(map(str, version.release))
    rest = str(version)[len(epoch) + len(numbers) :]
    least = re.sub(r"(?:\.0)+$", "", numbers).split(".")
    for count in range(len(least), max(len(least) + 1, _MOST_NUMBERS) + 1):
        yield f"{epoch}{'.'.join([*least, *['0'] * (count - len(least))])}{rest}"


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


def _find(path: str, query: str, accept: str | None) -> Route:
    """What the path of a GET, decoded and without its first slash, means."""
    for pattern, address in _PLACES:
        match = pattern.fullmatch(path)
        if match:
            return _at(address, match, query, accept)
    return NotFound()


def _at(address: str | None, match: re.Match[str], query: str, accept: str | None) -> Route:
    """A page or file at its one address, or where that is."""
    path, parts = match.string, match.groupdict()
    name, own = parts.get("name"), parts.get("own")
    if (name is not None and not names.is_valid(name)) or (own is not None and not _is_canonical(own)):
        return NotFound()
    if address is not None:
        canonical = address.format(*match.groups(), name=name and names.canonical(name))
        if canonical != path:
            return _moved(f"/{canonical}", query)
    if path.startswith("simple/"):
        representation = negotiation.chosen(accept, negotiation.asked_format(query))
        return ServeObject(f"{path}{representation.filename}") if representation else NotAcceptable()
    return ServeObject(path if path and not path.endswith("/") else f"{path}index.html")


_PLACES: Sequence[tuple[re.Pattern[str], str | None]] = tuple(
    (re.compile(pattern, re.ASCII), address)
    for pattern, address in (
        (r"", ""),
        (r"(browse|my|search|statistics)/?", "{0}/"),
        # For installers (PEP 503, PEP 691).
        (r"simple/?", "simple/"),
        (r"simple/(?P<name>[^/]+)/?", "simple/{name}/"),
        # For people: a project, its releases, and what says the same as text and as a feed. Normalised versions begin
        # with a digit, and others with a digit behind a v at most, so no filename is one.
        (r"project/(?P<name>[^/]+)/?", "project/{name}/"),
        (r"project/(?P<name>[^/]+)/([vV]?[0-9][^/]*)/?", "project/{name}/{1}/"),
        (r"project/(?P<name>[^/]+)/(index\.md|feed\.xml)", "project/{name}/{1}"),
        (r"badge/(?P<name>[^/]+)/((?:version|downloads|python|dependents)\.svg)", "badge/{name}/{1}"),
        # A beginning of canonical names; with a dot at its end a whole one.
        (r"browse/([a-z0-9][a-z0-9-]{0,199}\.?)/?", "browse/{0}/"),
        # The key of an account with a dot for its colon.
        (r"owner/([0-9]{1,20}|local\.[a-z0-9](?:[a-z0-9._-]{0,37}[a-z0-9])?)/?", "owner/{0}/"),
        # The older JSON API has no slash at its end.
        (r"pypi/(?P<name>[^/]+)/json/?", "pypi/{name}/json"),
        (r"stats/(?P<name>[^/]+)\.json", "stats/{name}.json"),
        # Files exist under one spelling only: nobody makes up their addresses, pages say them.
        (r"favicon\.(?:ico|svg)|feed\.xml|robots\.txt|sitemap\.xml|sitemap/[0-9]{1,6}\.xml", None),
        (r"search/v1/(?:map/)?[a-z0-9]{1,200}\.json", None),
        (r"packages/(?P<own>[^/]+)/[^/]+/[^/]+", None),
        (r"static(?:/[^/]+){1,8}", None),
    )
)
"""Decoded paths, and how the one address is spelt to which all spellings lead; None where there is but one."""


def _is_canonical(name: str) -> bool:
    return names.is_valid(name) and names.canonical(name) == name


def _moved(path: str, query: str) -> Redirect:
    return Redirect(f"{path}?{query}" if query else path)
