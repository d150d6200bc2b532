"""What to answer for a key that the site does not have: a redirect if the page may be elsewhere, else a 404."""

from collections.abc import Callable

from domain import representations, routing
from entrypoints.http.answers import Answer, text

_NO_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not found</title></head>
<body><main><h1>Not found</h1><p>There is nothing at this address. <a href="/">All packages</a></p></main></body></html>
"""

_READS = ("GET", "HEAD")

MissingPage = Callable[[str, bytes | None], Answer | None]
"""The site's own page for what is missing, by the first segment of the path and the Accept-Encoding; None if there is
none yet."""


class Absent:
    """Answers for missing keys.

    Args:
        upstream: another index's simple URL, for projects that this index never had.
        ever_had: whether the index has or ever had the project of this canonical name.
        has: whether the site has the object of a key.
        page: what people are shown.
    """

    def __init__(
        self,
        upstream: str | None,
        ever_had: Callable[[str], bool],
        has: Callable[[str], bool],
        page: MissingPage,
    ) -> None:
        self._upstream = upstream
        self._ever_had = ever_had
        self._has = has
        self._page = page

    def answer(self, key: str, accept_encoding: bytes | None = None) -> Answer:
        """There is no such object here; a project may be elsewhere, a release spelt otherwise."""
        location = routing.elsewhere(key, self._upstream, self._ever_had)
        if location is not None:
            return text(302, "", (("Location", location), *representations.elsewhere("simple")))
        location = routing.respelt(key, self._has)
        if location is not None:
            return text(301, "", (("Location", location), *representations.elsewhere("project")))
        return self.nowhere("GET", representations.area(key), accept_encoding)

    def nowhere(self, method: str, area: str, accept_encoding: bytes | None = None) -> Answer:
        """A page for people who read, a line for programs; `area` is the first segment of the path."""
        if method not in _READS or area in representations.PROGRAM_AREAS:
            return text(404, "404 Not Found\n", representations.missing(area))
        return self._page(area, accept_encoding) or shown(_NO_PAGE.encode(), area)


def shown(page: bytes, area: str) -> Answer:
    """The page as the answer in an area."""
    kind = ("Content-Type", representations.content_type(routing.NOT_FOUND_PAGE))
    return Answer(404, (kind, *representations.PAGE_HEADERS, *representations.missing(area)), page)
