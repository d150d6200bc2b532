"""Requests from logs, package by package."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from operator import itemgetter

from domain.downloads import BAD_ESCAPE, Malformed, location
from domain.log_rows import Row


def by_package(rows: Iterable[Row], malformed: Counter[str]) -> Iterator[tuple[str, Iterable[Row]]]:
    """The requests of each package, to be read before the next one's; malformed paths are added to `malformed`.

    Rows come in the order of their paths, so those of one package are neighbours. A path that spells the name with
    escapes comes before all that do not, as no character of a name comes before the percent sign.
    """
    escaped: dict[str, list[Row]] = defaultdict(list)
    for name, paths in groupby(_by_path(rows, escaped, malformed), itemgetter(0)):
        yield name, chain(escaped.pop(name, ()), chain.from_iterable(same_path for _, same_path in paths))
    yield from escaped.items()


def _by_path(
    rows: Iterable[Row], escaped: dict[str, list[Row]], malformed: Counter[str]
) -> Iterator[tuple[str, Iterable[Row]]]:
    """The requests of each path with the package's name; if that is spelled with escapes, they are put by instead."""
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
