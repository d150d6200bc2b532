"""How well the search finds, what a visitor reads for it, and what a publish rewrites; as Markdown on stdout.

    python tests/benchmarks/search.py                # 1,000, 10,000 and 100,000 packages, some minutes
    python tests/benchmarks/search.py --sizes 1000

The packages are made up. Each text is asked by a visitor who has nothing yet, with the script that browsers run (node
is needed); bytes are compressed with gzip, as a server would.
"""

import argparse
import gzip
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from attrs import evolve

sys.path.insert(0, str(Path(__file__).parents[2]))

from adapters.memory.directory import MemoryDirectory, _Kept
from adapters.memory.objects import MemoryObjects
from domain.listing import Listing
from domain.search import STOP_WORDS, tokens_of, words_of
from domain.search_tree import map_key
from domain.usecases.directory_reading import listings_of
from domain.usecases.search_nodes import SearchNodes
from tests.benchmarks.search_names import listings, typos
from tests.search.oracle import search_objects
from tests.search.script import Answer, Script, write_all

_Row = Sequence[str]
_QUERIES = 200
_PUBLISHES = 200
_MAPS = map_key("").rpartition("/")[0]
_TYPOS = ("deletion", "insertion", "substitution", "transposition")


class Query(NamedTuple):
    """What somebody types, and the package that is meant; empty if any of several is."""

    text: str
    wanted: str = ""


class CountedObjects(MemoryObjects):
    """Objects that know which were rewritten."""

    def __init__(self) -> None:
        super().__init__()
        self.rewritten: set[str] = set()

    def put(self, key: str, body: bytes, if_match: str | None = None) -> None:
        """Create or replace the object."""
        super().put(key, body, if_match)
        self.rewritten.add(key)

    def delete(self, key: str) -> None:
        """Remove the object."""
        super().delete(key)
        self.rewritten.add(key)


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000], help="numbers of packages")
    sizes: list[int] = parser.parse_args().sizes
    stored: list[_Row] = []
    asked: list[_Row] = []
    written: list[_Row] = []
    for size in sizes:
        sys.stderr.write(f"{size:,} packages\n")
        packages = listings(size + _PUBLISHES)
        old, new = packages[:size], packages[size:]
        began = time.perf_counter()
        objects = search_objects(old)
        seconds = time.perf_counter() - began
        stored.append(_storage(size, objects, seconds))
        asked += _asked(size, old, objects)
        written += _written(size, old, new, objects)
    nodes = ("packages", "leaves", "maps", "MB", "leaf bytes gz", "largest", "largest map", "s for all at once")
    sys.stdout.write("# Search\n\n## Nodes\n\n" + _table(nodes, stored) + "\n")
    texts = ("packages", "asked", "texts", "files read", "bytes gz", "p95", "most", "first %", "in ten %", "ms")
    sys.stdout.write("## Texts\n\n" + _table(texts, asked) + "\n")
    publishes = ("packages", "publish", "nodes rewritten", "p99", "most", "ms")
    sys.stdout.write("## Publishes\n\n" + _table(publishes, written) + "\n")


def _storage(size: int, objects: Mapping[str, bytes], seconds: float) -> Sequence[str]:
    maps = [len(gzip.compress(body)) for key, body in objects.items() if key.startswith(_MAPS)]
    leaves = [body for key, body in objects.items() if not key.startswith(_MAPS)]
    some = [len(gzip.compress(body)) for body in leaves[:: max(1, len(leaves) // 2000)]]
    figures = (
        len(leaves),
        len(maps),
        sum(map(len, objects.values())) / 1e6,
        statistics.mean(some),
        max(some),
        max(maps),
    )
    return (f"{size:,}", *(f"{figure:,.0f}" for figure in figures), f"{seconds:.1f}")


def _asked(size: int, packages: Sequence[Listing], objects: Mapping[str, bytes]) -> Iterable[Sequence[str]]:
    with tempfile.TemporaryDirectory() as folder:
        write_all(objects, Path(folder))
        with Script(Path(folder)) as script:
            for kind, queries in _queries(packages).items():
                began = time.perf_counter()
                answers = script.ask(query.text for query in queries)
                yield (f"{size:,}", kind, *_findings(queries, answers, time.perf_counter() - began))


def _queries(packages: Sequence[Listing]) -> Mapping[str, Sequence[Query]]:
    random_ = random.Random(708)  # noqa: S311 - reproducible, not secret
    chosen = random_.sample(packages, _QUERIES)
    in_parts = random_.sample([each for each in packages if "-" in each.name], _QUERIES)
    described = random_.sample([each for each in packages if len(_words(each)) > 1], _QUERIES)
    misspelt = [dict(typos(random_, each.name)) | {"wanted": each.name} for each in chosen]
    return {
        "exact": [Query(each.spelling, each.name) for each in chosen],
        "prefix": [Query(each.name[: max(3, len(each.name) // 2)]) for each in chosen],
        "part": [Query(each.name.split("-")[1]) for each in in_parts],
        "word": [Query(_words(each)[0]) for each in described],
        "two words": [Query(" ".join(_words(each)[:2])) for each in described],
        **{kind: [Query(each[kind], each["wanted"]) for each in misspelt if kind in each] for kind in _TYPOS},
    }


def _words(listing: Listing) -> Sequence[str]:
    return [word for word in words_of(listing.summary) if word not in STOP_WORDS]


def _findings(queries: Sequence[Query], answers: Sequence[Answer], seconds: float) -> Sequence[str]:
    sizes = sorted(sum(answer.read.values()) for answer in answers)
    pairs = [(query.wanted, answer.names) for query, answer in zip(queries, answers, strict=True) if query.wanted]
    first = [wanted == names[0] if names else False for wanted, names in pairs]
    in_ten = [wanted in names[:10] for wanted, names in pairs]
    return (
        str(len(queries)),
        f"{statistics.mean(len(answer.read) for answer in answers):.1f}",
        f"{statistics.mean(sizes):,.0f}",
        f"{sizes[len(sizes) * 95 // 100]:,}",
        f"{sizes[-1]:,}",
        *(f"{100 * statistics.mean(right):.1f}" if right else "" for right in (first, in_ten)),
        f"{seconds * 1000 / len(queries):.1f}",
    )


def _written(
    size: int, old: Sequence[Listing], new: Sequence[Listing], objects: Mapping[str, bytes]
) -> Iterable[Sequence[str]]:
    directory, site = _directory_of(old), CountedObjects()
    for key, body in objects.items():
        site.put(key, body)
    random_ = random.Random(709)  # noqa: S311 - reproducible, not secret
    some = random_.sample(old, _PUBLISHES)
    popular = sorted(old, key=lambda each: -each.downloads)[:_PUBLISHES]
    publishes: Mapping[str, tuple[Sequence[Listing], Callable[[Listing], Listing]]] = {
        "of a new package": (new, lambda each: each),
        "of a new version": (some, lambda each: evolve(each, latest="99.1", updated="2026-11-26")),
        "with another summary": (
            some,
            lambda each: evolve(each, summary="Entirely other words than those said before"),
        ),
        "of the most popular": (popular, lambda each: evolve(each, latest="99.2", updated="2026-11-26")),
    }
    for kind, (chosen, change) in publishes.items():
        counts, began = [], time.perf_counter()
        for each in chosen:
            site.rewritten.clear()
            listing = change(each)
            directory.put(listing.name, listing, tokens_of(listing))
            owed = directory.owed(1)
            SearchNodes(directory, site).write(owed[0].tokens)
            directory.settle(owed)
            counts.append(len(site.rewritten))
        took = (time.perf_counter() - began) * 1000 / len(chosen)
        counts.sort()
        figures = (counts[len(counts) * 99 // 100], counts[-1])
        yield (f"{size:,}", kind, f"{statistics.mean(counts):.1f}", *map(str, figures), f"{took:.0f}")
    if {key: site.get(key) for key in site.keys()} != search_objects(listings_of(directory)):
        sys.stderr.write("What was written step by step differs from a replay.\n")


def _directory_of(packages: Sequence[Listing]) -> MemoryDirectory:
    """A directory that owes nothing; in one go, as each of so many packages by itself takes its time."""
    directory = MemoryDirectory()
    kept = directory._kept
    kept |= {each.name: _Kept(each, tokens_of(each)) for each in packages}
    for place in sorted(place for each in kept.values() for place in each.places):
        directory._places.setdefault(place[0][0], []).append(place)
    return directory


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---", *["---:"] * (len(head) - 1)], *rows)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
