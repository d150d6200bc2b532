"""What the work costs as an index grows: one home, measured at each size. `python -m tests.benchmarks.growth --help`.

Each result is appended to a file at once, so what was measured is not lost with what was not.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

from tests.benchmarks.processes import output

_JOBS = Path(__file__).with_name("growth_jobs.py")
Found = Mapping[str, float]
_MIB = 2**20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000", help="up to 100,000 packages, ascending")
    filling = parser.add_mutually_exclusive_group()
    filling.add_argument("--tables", action="store_true", help="events and rows, hardly any files: far sooner filled")
    filling.add_argument("--whole", action="store_true", help="only rebuild from events and files, and verify")
    parser.add_argument("--results", type=Path, default=Path("growth.jsonl"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sls-pypi-growth-") as folder:
        home = Path(folder) / "home"
        for size in map(int, options.sizes.split(",")):
            found: dict[str, Found] = {}
            for job, number in jobs(size, tables=options.tables, whole=options.whole):
                found[job] = measured(job, home, number)
                with options.results.open("a") as results:
                    results.write(json.dumps({"size": size, "job": job, "found": found[job]}) + "\n")
                sys.stderr.write(f"{size:,} packages: {job}\n")
            for log in (home / "logs").iterdir():
                log.unlink()
    sys.stdout.writelines(f"{line}\n" for line in table(options.results))


def jobs(size: int, *, tables: bool, whole: bool) -> Iterator[tuple[str, int]]:
    """What is done at one size, each with its number."""
    if whole:
        yield "files", size
        yield "rebuild", 0
        yield "verify", 0
        return
    yield "fill-tables" if tables else "fill", size
    yield "publish", size // 2
    yield "search", size
    yield "night", 0


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
    ("verify, CPU s", "verify", "cpu", 1, 1),
    ("verify, peak MiB", "verify", "peak", 1 / _MIB, 0),
    ("rebuild from nothing, CPU s", "rebuild", "cpu", 1, 1),
    ("rebuild, peak MiB", "rebuild", "peak", 1 / _MIB, 0),
    ("worker, peak MiB", "publish", "peak", 1 / _MIB, 0),
)

if __name__ == "__main__":
    main()
