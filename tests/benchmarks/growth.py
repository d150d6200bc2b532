"""What the work costs as an index grows: one home, measured at each size. `python -m tests.benchmarks.growth --help`.

Each result is appended to a file at once, so what was measured is not lost with what was not.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

from tests.benchmarks.processes import output

_JOBS = Path(__file__).with_name("growth_jobs.py")
Found = Mapping[str, float]
_MIB = 2**20
_JOBS_OF: Mapping[str, Callable[[int], Sequence[tuple[str, int]]]] = {
    # All there is: hours from 10,000 packages on.
    "pages": lambda size: (("fill", size), *_used(size)),
    # Events and rows, and hardly any files: what a publish costs depends on no more.
    "tables": lambda size: (("fill-tables", size), *_used(size)),
    # What is about all packages, all of them downloaded.
    "lists": lambda size: (("lists", size),),
    # Everything anew from events and files.
    "whole": lambda size: (("files", size), ("rebuild", 0), ("verify", 0)),
}
"""What is done in a home of so many packages, each job with its number."""


def _used(size: int) -> Sequence[tuple[str, int]]:
    return ("publish", size // 2), ("search", size), ("night", 0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000", help="up to 100,000 packages")
    parser.add_argument("--mode", choices=_JOBS_OF, default="pages", help="see the table of jobs in the source")
    parser.add_argument("--results", type=Path, default=Path("growth.jsonl"))
    options = parser.parse_args()
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="sls-pypi-growth-") as folder:
            for job, number in _JOBS_OF[options.mode](size):
                found = measured(job, Path(folder) / "home", number)
                with options.results.open("a") as results:
                    results.write(json.dumps({"size": size, "job": job, "found": found}) + "\n")
                sys.stderr.write(f"{size:,} packages: {job}\n")
    sys.stdout.writelines(f"{line}\n" for line in table(options.results))


def measured(job: str, home: Path, number: int) -> Found:
    """One job in a process of its own."""
    found: Found = json.loads(output((sys.executable, str(_JOBS), job, str(home), str(number))))
    return found


def table(results: Path) -> Iterator[str]:
    """What grows and what does not, in Markdown."""
    by_size: dict[int, dict[str, Found]] = {}
    for line in results.read_text().splitlines():
        one = json.loads(line)
        by_size.setdefault(one["size"], {})[one["job"]] = one["found"]
    yield f"| packages | {' | '.join(f'{size:,}' for size in by_size)} |"
    yield f"|---|{'--:|' * len(by_size)}"
    for title, job, key, scale, digits in _ROWS:
        cells = [_cell(found.get(job), key, scale, digits) for found in by_size.values()]
        if any(cell != "-" for cell in cells):
            yield f"| {title} | {' | '.join(cells)} |"


def _cell(found: Found | None, key: str, scale: float, digits: int) -> str:
    return "-" if found is None or key not in found else f"{found[key] * scale:,.{digits}f}"


_ROWS: Sequence[tuple[str, str, str, float, int]] = (
    ("one publish until it is answered, CPU ms", "publish", "answered_cpu", 1000, 1),
    ("all pages that follow, CPU ms", "publish", "pages_cpu", 1000, 0),
    ("objects written for it", "publish", "files", 1, 0),
    ("bytes of these, KiB", "publish", "bytes", 1 / 1024, 0),
    ("waits for the disk until it is answered", "publish", "waits_until_answered", 1, 0),
    ("a night of 3,000 requests: counted, CPU s", "night", "counted_cpu", 1, 2),
    ("pages of that night, CPU s", "night", "pages_cpu", 1, 2),
    ("a search: map, bytes", "search", "map", 1, 0),
    ("a search: leaf, bytes", "search", "leaf", 1, 0),
    ("the list of all projects, CPU ms", "lists", "root", 1000, 1),
    ("home page, feed, site map, browsing, CPU ms", "lists", "people", 1000, 1),
    ("statistics, CPU ms", "lists", "statistics", 1000, 1),
    ("all of these, CPU ms", "lists", "lists", 1000, 1),
    ("statistics after figures changed, CPU ms", "lists", "statistics_first", 1000, 0),
    ("lists, peak MiB", "lists", "peak", 1 / _MIB, 0),
    ("verify, CPU s", "verify", "cpu", 1, 1),
    ("verify, peak MiB", "verify", "peak", 1 / _MIB, 0),
    ("rebuild from nothing, CPU s", "rebuild", "cpu", 1, 1),
    ("rebuild, peak MiB", "rebuild", "peak", 1 / _MIB, 0),
    ("worker, peak MiB", "publish", "peak", 1 / _MIB, 0),
)

if __name__ == "__main__":
    main()
