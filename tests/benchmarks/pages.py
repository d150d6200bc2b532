"""Making pages: the product beside dumb-pypi, which makes far simpler ones, over the same projects.

`python tests/benchmarks/pages.py [--projects 1000,10000] [--files 1] [--runs 1]`
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that it runs as a plain script

from tests.benchmarks.corpus import filename
from tests.benchmarks.pages_jobs import names, versions
from tests.benchmarks.peers import Packaged, cache
from tests.benchmarks.processes import output
from tests.benchmarks.telling import say, tell

_JOBS = Path(__file__).with_name("pages_jobs.py")
_TIMED = Path(__file__).with_name("timed.py")
_PEER = "dumb-pypi"
_PRODUCT = "sls-pypi"
_LIMIT = "only writing the same objects *(limit)*"
Found = Mapping[str, float]


def main() -> None:
    """Measure and print."""
    options = _options()
    peer = Packaged(cache(), _PEER)
    say(peer.version())
    for projects in map(int, options.projects.split(",")):
        found: dict[str, list[tuple[Found, Found]]] = {_PRODUCT: [], _PEER: [], _LIMIT: []}
        for _ in range(options.runs):
            with tempfile.TemporaryDirectory(prefix="sls-pypi-pages-") as folder:
                work = Path(folder)
                made, published, written = _product(work, projects, options.files)
                found[_PRODUCT].append((made, published))
                found[_LIMIT].append((written, {}))
                found[_PEER].append(_peer(work, peer, projects, options.files))
        tell(f"\n## {projects:,} projects of {options.files} releases, each a wheel\n")
        tell(table(found, projects))


def _product(work: Path, projects: int, files: int) -> tuple[Found, Found, Found]:
    home = work / "home"
    _job("fill", home, projects, files)
    say(f"{projects:,} projects are published")
    made, written = (_job(job, home, projects, files) for job in ("generate", "write"))
    return made, _job("publish", home, projects, files), written


def _peer(work: Path, peer: Packaged, projects: int, files: int) -> tuple[Found, Found]:
    before, after, site = work / "before.json", work / "after.json", work / "dumb"
    lines = [_line(name, label) for name in names(projects) for label in versions(files)]
    before.write_text("".join(lines))
    after.write_text("".join([*lines, _line(f"bench-{projects // 2:06}", f"1.{files}")]))
    common = ["--output-dir", str(site), "--packages-url", "../../pool/"]
    whole = _timed(peer, site, ["--package-list-json", str(before), *common])
    one = ["--package-list-json", str(after), "--previous-package-list-json", str(before), *common]
    found = whole, _timed(peer, site, one)
    shutil.rmtree(site)
    return found


def _line(name: str, label: str) -> str:
    """A file as dumb-pypi is told of it."""
    described = {
        "filename": filename(name, label),
        "hash": f"sha256={'0' * 64}",
        "requires_python": ">=3.9",
        "upload_timestamp": 1767268800,
        "uploaded_by": "bench",
        "core_metadata": f"sha256={'0' * 64}",
        "requires_dist": ["bench-000001>=1"],
    }
    return json.dumps(described) + "\n"


def _job(job: str, home: Path, projects: int, files: int) -> Found:
    found: Found = json.loads(output((sys.executable, str(_JOBS), job, str(home), str(projects), str(files))))
    return found


def _timed(peer: Packaged, site: Path, arguments: Sequence[str]) -> Found:
    found: Found = json.loads(output((sys.executable, str(_TIMED), str(site), peer.tool(_PEER), *arguments)))
    return found


def table(found: Mapping[str, Sequence[tuple[Found, Found]]], projects: int) -> str:
    """Medians."""
    heads = (
        *("", "seconds", "CPU s", "projects/s", "projects/CPU s", "times dumb-pypi", "objects", "objects/CPU s"),
        *("peak MiB", "one publish: s", "objects written"),
    )
    rows = [f"| {' | '.join(heads)} |", f"|---{'|--:' * (len(heads) - 1)}|"]
    cost = {name: statistics.median(whole["cpu"] for whole, _ in runs) for name, runs in found.items()}
    for name, runs in found.items():
        whole, one = runs[0]
        seconds = statistics.median(each["seconds"] for each, _ in runs)
        cells = (
            *(name, f"{seconds:.1f}", f"{cost[name]:.1f}", f"{projects / seconds:,.0f}"),
            *(f"{projects / cost[name]:,.0f}", f"{cost[_PEER] / cost[name]:.2f}"),
            *(f"{whole['objects']:,.0f}", f"{whole['objects'] / cost[name]:,.0f}"),
            f"{whole['peak'] / 2**20:,.0f}" if whole["peak"] else "-",
            f"{statistics.median(each['seconds'] for _, each in runs):.2f}" if one else "-",
            f"{one['objects']:,.0f}" if one else "-",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", default="1000,10000", help="sizes of the index, with commas")
    parser.add_argument("--files", type=int, default=1, help="releases of each project")
    parser.add_argument("--runs", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
