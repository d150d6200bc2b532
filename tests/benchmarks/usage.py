"""Count a day's downloads with the product and with other programs, and print how they compare, as Markdown.

Run it on demand: `python tests/benchmarks/usage.py --help`.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

from tests.benchmarks.corpus import lay_out
from tests.benchmarks.peers import cache as installations
from tests.benchmarks.processes import output
from tests.benchmarks.product import Product
from tests.benchmarks.telling import say, tell
from tests.benchmarks.usage_logs import DAY, write_logs
from tests.benchmarks.web import Failure

_JOBS = Path(__file__).with_name("usage_jobs.py")
_PRODUCT = ("sls-pypi, counted", "sls-pypi, all pages", "sls-pypi, once more")
_DUCKDB, _GOACCESS, _PYTHON = "DuckDB alone", "goaccess", "a loop in Python"


class Took(NamedTuple):
    """One run.

    Attributes:
        cpu: seconds of processors, the steadier figure when other programs run.
        peak: memory in bytes; None: not known.
        downloads: how many were counted; None: not told.
    """

    seconds: float
    cpu: float
    peak: int | None
    downloads: int | None = None


Findings = dict[str, list[Took]]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--packages", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--growth", action="store_true", help="also with more packages and with a longer history")
    parser.add_argument("--large", action="store_true", help="also the peak memory at ten times as many lines")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sls-pypi-usage-") as folder:
        work = Path(folder)
        home, names = made_home(work, options.packages)
        size = write_logs(work / "logs", names, options.lines)
        say(f"{options.lines:,} lines of {size / options.lines:.0f} bytes")
        tell(f"# Counting {options.lines:,} lines of {size / options.lines:.0f} bytes, {options.packages:,} packages\n")
        tell(table(measured(work, home, options.runs), options.lines))
        if options.growth:
            tell(growth(work, options.lines // 10, options.runs))
        if options.large:
            shutil.rmtree(work / "logs")
            write_logs(work / "logs", names, options.lines * 10)
            with home_with(home, work / "logs") as copy:
                first = _job("product", work / "logs", copy)
            tell(
                f"\n{options.lines * 10:,} lines: {first['counted']:.1f} s, {first['peak'] / 2**20:,.0f} MiB at most\n"
            )


def made_home(work: Path, packages: int) -> tuple[Path, list[str]]:
    """A home with so many packages."""
    home = work / f"home-{packages}"
    corpus = lay_out(work / f"wheels-{packages}", packages, 0)
    say(f"importing {packages:,} packages")
    program = str(Path(sys.executable).with_name("sls-pypi"))
    output((program, "import", str(corpus.directory), "--as", "bench", "--home", str(home)))
    return home, list(corpus.names)


@contextmanager
def home_with(home: Path, logs: Path) -> Iterator[Path]:
    """A copy in which nothing is counted yet."""
    copy = home.with_name("copy")
    shutil.copytree(home, copy)
    shutil.copytree(logs, copy / "logs", dirs_exist_ok=True)
    os.sync()  # who waits for the disk must not wait for this copy
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def measured(work: Path, home: Path, runs: int) -> Findings:
    """All programs by turns."""
    findings: Findings = {}
    for run in range(runs):
        say(f"run {run + 1} of {runs}")
        with home_with(home, work / "logs") as copy:
            first, second = (_job("product", work / "logs", copy) for _ in range(2))
        counted, pages, again = _PRODUCT
        _note(findings, counted, {**first, "seconds": first["counted"], "cpu": first["counted_cpu"]})
        _note(findings, pages, first)
        _note(findings, again, second)
        _note(findings, _DUCKDB, _job("duckdb", work / "logs", home))
        _note(findings, _PYTHON, _job("python", work / "logs", home))
        if shutil.which("goaccess"):
            findings.setdefault(_GOACCESS, []).append(_goaccess(work))
    if _GOACCESS not in findings:
        say("goaccess is not installed, so it is left out (apt install goaccess)")
    return findings


def _note(findings: Findings, name: str, told: Mapping[str, float]) -> None:
    took = Took(told["seconds"], told["cpu"], int(told["peak"]), int(told["downloads"]))
    findings.setdefault(name, []).append(took)


def _job(job: str, logs: Path, home: Path) -> Mapping[str, float]:
    found: Mapping[str, float] = json.loads(output((_python(), str(_JOBS), job, str(logs), str(home), DAY)))
    return found


@cache
def _python() -> str:
    """As users have it: development has libraries that are imported wherever they are found."""
    product = Product(installations())
    product.version()
    return str(product.python)


def _goaccess(work: Path) -> Took:
    target = work / "goaccess.json"
    command = f"zcat {work}/logs/*.gz | goaccess - --no-global-config --log-format=CLOUDFRONT -o {target}"
    began, before = time.perf_counter(), _cpu_of_children()
    done = subprocess.run(("sh", "-c", command), capture_output=True, text=True, check=False)
    if done.returncode or not target.exists():
        raise Failure(f"goaccess failed: {done.stderr[-300:]}")
    return Took(time.perf_counter() - began, _cpu_of_children() - before, None)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def table(findings: Findings, lines: int) -> str:
    """Medians."""
    medians = {name: statistics.median(took.seconds for took in each) for name, each in findings.items()}
    rows = [
        "| | seconds | CPU s | lines/s | times DuckDB | times goaccess | peak MiB | downloads |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, seconds in medians.items():
        peaks = [took.peak for took in findings[name] if took.peak]
        downloads = findings[name][0].downloads
        cells = (
            *(name, f"{seconds:.2f}", f"{statistics.median(took.cpu for took in findings[name]):.2f}"),
            *(f"{lines / seconds:,.0f}", f"{medians[_DUCKDB] / seconds:.2f}"),
            f"{medians[_GOACCESS] / seconds:.2f}" if _GOACCESS in medians else "-",
            f"{max(peaks) / 2**20:,.0f}" if peaks else "-",
            "-" if downloads is None else f"{downloads:,}",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def growth(work: Path, lines: int, runs: int) -> str:
    """The same log, of 100 packages, in ever larger indexes, and after ever more days."""
    rows = ["| packages | days before | counted s | all pages s |", "|--:|--:|--:|--:|"]
    for packages, days in ((100, 0), (1_000, 0), (10_000, 0), (100, 30), (100, 300)):
        folder = work / f"growth-{packages}-{days}"
        folder.mkdir()
        home, names = made_home(folder, packages)
        write_logs(folder / "logs", names[:100], lines)
        add_history(home, names[:100], days)
        took = []
        for _ in range(runs):
            with home_with(home, folder / "logs") as copy:
                took.append(_job("product", folder / "logs", copy))
        medians = [statistics.median(each[which] for each in took) for which in ("counted", "seconds")]
        rows.append(f"| {packages:,} | {days} | {medians[0]:.2f} | {medians[1]:.2f} |")
        shutil.rmtree(folder)
    return f"\n## {lines:,} lines about 100 packages\n\n" + "\n".join(rows) + "\n"


def add_history(home: Path, names: Sequence[str], days: int) -> None:
    """Figures of so many days before."""
    from domain.events import DownloadsAggregated, UsageYearOpened  # noqa: PLC0415 - only where it is wanted
    from domain.streams import usage_stream, usage_years_stream  # noqa: PLC0415
    from infrastructure.embedded import opened  # noqa: PLC0415
    from infrastructure.settings import Settings  # noqa: PLC0415

    if not days:
        return
    now = datetime.now(UTC)
    with opened(Settings.from_environment({"SLS_PYPI_HOME": str(home)}), create=False) as embedded:
        store = embedded.ports.event_store()
        for name in names:
            one = {"unknown": 1}
            figures = [
                DownloadsAggregated(
                    *((date.fromisoformat(DAY) - timedelta(days=ago)).isoformat(), 1, 1, 1),
                    *(one, one, one, one, one, one, one),
                    *(0, 0, now),
                )
                for ago in range(days, 0, -1)
            ]
            store.append(usage_years_stream(name), 0, [UsageYearOpened(int(DAY[:4]), now)])
            store.append(usage_stream(name, int(DAY[:4])), 0, figures)


if __name__ == "__main__":
    main()
