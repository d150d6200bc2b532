"""Requests found in access logs, grouped by package."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from operator import itemgetter

from domain.downloads import BAD_ESCAPE, Malformed, location
from domain.log_rows import Row


def by_package(rows: Iterable[Row], malformed: Counter[str]) -> Iterator[tuple[str, Iterable[Row]]]:
    """The requests of each package; each group is to be read before the next. Adds malformed paths to `malformed`.

    Rows come sorted by path, so those of one package are neighbours, apart from paths that spell its name with escapes.
    These sort before all others, as the percent sign sorts before every character of a name. So they are all known when
    the package's own group begins.
    """
    escaped: dict[str, list[Row]] = defaultdict(list)
    for name, paths in groupby(_by_path(rows, escaped, malformed), itemgetter(0)):
        yield name, chain(escaped.pop(name, ()), chain.from_iterable(same_path for _, same_path in paths))
    yield from escaped.items()


def _by_path(
    rows: Iterable[Row], escaped: dict[str, list[Row]], malformed: Counter[str]
) -> Iterator[tuple[str, Iterable[Row]]]:
    """Each path's requests with the package's name; where escapes spell it, they are added to `escaped` instead."""
    for path, same_path in groupby(rows, itemgetter(0)):
        try:
            found = location(path)
        except Malformed:
            malformed[BAD_ESCAPE] += sum(1 for _ in same_path)
            continue
        if found is None:
            continue
        if path.startswith(f"/packages/{found.package}/"):
            yield found.package, same_path
        else:
            escaped[found.package] += same_path
