"""What is said where the site has no object."""

from collections.abc import Callable

from domain import representations, routing
from entrypoints.http.answers import Answer, text

_NO_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not found</title></head>
<body><main><h1>Not found</h1><p>There is nothing at this address. <a href="/">All packages</a></p></main></body></html>
"""


class Absent:
    """Answers what is nowhere, or maybe elsewhere.

    Args:
        upstream: another index's simple URL, for projects that this index never had.
        ever_had: whether the index has or ever had the project of this canonical name.
    """

    def __init__(self, upstream: str | None, ever_had: Callable[[str], bool]) -> None:
        self._upstream = upstream
        self._ever_had = ever_had

    def answer(self, key: str) -> Answer:
        """There is no such object here; a project that was never here may be elsewhere."""
        location = routing.elsewhere(key, self._upstream, self._ever_had)
        if location is not None:
            return text(302, "", (("Location", location), *representations.elsewhere("simple")))
        return not_found(representations.area(key))


def not_found(area: str) -> Answer:
    """A line for programs, a page for people; `area` is the first segment of the path."""
    if area in representations.SHARED_AREAS:
        return text(404, "404 Not Found\n", representations.missing(area))
    headers = (("Content-Type", "text/html; charset=utf-8"), *representations.PAGE_HEADERS)
    return Answer(404, (*headers, *representations.missing(area)), _NO_PAGE.encode())
