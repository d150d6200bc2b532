"""Which representation of the Simple API answers a request (PEP 691, RFC 9110 section 12.5.1).

The edge function follows the same table of cases (`tests/cases/routing.json`), so every rule here is one that plain
string work can express.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from attrs import frozen

LONGEST_ACCEPT = 1000
"""Characters of an Accept header that are looked at; ranges behind them are not seen."""

_RANGE = re.compile(r"([a-z0-9!#$&^_.+-]+)/([a-z0-9!#$&^_.+-]+|\*)|\*/\*", re.ASCII)
_QUALITY = re.compile(r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_Q_NAME = re.compile(r"q\s*(=|$)", re.ASCII)


@frozen
class Representation:
    """One of the three objects that every page of the Simple API has.

    Attributes:
        filename: the last part of the object's key.
        content_type: what the answer says it is; never ``latest``.
        aliases: media types by which a client may ask for it, lower case.
    """

    filename: str
    content_type: str
    aliases: frozenset[str]


JSON = Representation(
    "index.v1_json",
    "application/vnd.pypi.simple.v1+json",
    frozenset({"application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json"}),
)
HTML = Representation(
    "index.v1_html",
    "application/vnd.pypi.simple.v1+html",
    frozenset({"application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html"}),
)
LEGACY_HTML = Representation("index.html", "text/html", frozenset({"text/html"}))

OFFERS = (JSON, HTML, LEGACY_HTML)
"""By the index's preference: the first of equally wanted ones is served."""

_NAMED, _FAMILY, _ANYTHING = 3, 2, 1


@frozen
class _Wish:
    """How much a client wants an offer, and how exactly it said so."""

    quality: float = 0.0
    exactness: int = 0


def chosen(accept: str | None, format_: str | None) -> Representation | None:
    """The representation to serve; None where nothing fits (406).

    Args:
        accept: the Accept header; None or blank if there is none.
        format_: the decoded `format` parameter of the query, which beats the header; None if there is none.
    """
    if format_ is not None:
        return next((offer for offer in OFFERS if format_.lower() in offer.aliases), None)
    ranges = list(_ranges(accept or "")) or [("*/*", 1.0)]
    wishes = [(offer, _wish(offer, ranges)) for offer in OFFERS]
    best = max(wish.quality for _, wish in wishes)
    if best == 0:
        return None
    wanted = [(offer, wish) for offer, wish in wishes if wish.quality == best]
    if all(wish.exactness == _ANYTHING for _, wish in wanted):
        # Browsers, curl and pip before 22.2 ask like this: they cannot read JSON.
        return LEGACY_HTML if wanted[-1][0] is LEGACY_HTML else wanted[0][0]
    return wanted[0][0]


def takes(accept: str, content_type: str) -> bool:
    """Whether a media type is accepted by its name, with a quality above nothing."""
    return any(name == content_type and quality > 0 for name, quality in _ranges(accept))


def asked_format(query: str) -> str | None:
    """The value of the first `format` parameter; a `+` in it is a plus sign, raw or as ``%2B``."""
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "format":
            return unquote(value, "latin-1")
    return None


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """The media ranges with their qualities; malformed parts are passed over."""
    if len(accept) > LONGEST_ACCEPT:
        accept = accept[:LONGEST_ACCEPT].rpartition(",")[0]
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip(" \t") for piece in part.split(";"))
        quality = _quality(parameters)
        if quality is not None and _RANGE.fullmatch(name):
            yield name, quality


def _quality(parameters: list[str]) -> float | None:
    """The q of a range, 1 if it says none, None if it is malformed (RFC 9110 section 12.4.2)."""
    for parameter in parameters:
        if _Q_NAME.match(parameter):
            match = _QUALITY.fullmatch(parameter)
            return float(match[1]) if match else None
    return 1.0


def _wish(offer: Representation, ranges: list[tuple[str, float]]) -> _Wish:
    """The quality of the most specific range that matches the offer."""
    family = offer.content_type.partition("/")[0] + "/*"
    wish = _Wish()
    for name, quality in ranges:
        exactness = _NAMED if name in offer.aliases else _FAMILY if name == family else _ANYTHING * (name == "*/*")
        if exactness and (exactness, quality) > (wish.exactness, wish.quality):
            wish = _Wish(quality, exactness)
    return wish
