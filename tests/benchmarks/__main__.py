"""All benchmarks, one after another, and a document that holds what they found.

    python -m tests.benchmarks --write docs/performance.md     # all of them, some hours
    python -m tests.benchmarks --quick                         # some minutes: does it all work?
    python -m tests.benchmarks --only serving,events

Each benchmark is a program of its own that prints Markdown. With --write, what stands in the document between
`<!-- NAME -->` and `<!-- /NAME -->` is replaced; without, everything is printed. The status is 1 if one of them failed,
and then the document says why in its place.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.machine import machine, origin
from tests.benchmarks.telling import say

_FOLDER = Path(__file__).parent


class Benchmark(NamedTuple):
    """One program, and how it is called."""

    program: str
    whole: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()


BENCHMARKS = {
    "serving": Benchmark("serving.py", quick=("--quick",)),
    "pages": Benchmark("pages.py", quick=("--projects", "100")),
    "usage": Benchmark("usage.py", quick=("--lines", "20000", "--packages", "50", "--runs", "1")),
    "events": Benchmark("events.py", quick=("--quick",)),
    "cold-start": Benchmark("cold_start.py", quick=("--rounds", "1")),
    "search": Benchmark("search.py", quick=("--sizes", "1000")),
}


class Failed(Exception):
    """A benchmark ended with another status than 0; the text is the last it said."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them."""
    options = _options(arguments)
    failed = []
    for name in options.only:
        benchmark, began = BENCHMARKS[name], time.monotonic()
        say(f"{name}: begins")
        try:
            found = _run(benchmark, options.quick)
        except Failed as failure:
            failed.append(name)
            found = f"Not measured: {failure}\n"
        text = f"{_when()}\n\n{_without_title(found)}"
        say(f"{name}: {'failed' if name in failed else 'done'} after {time.monotonic() - began:,.0f} s")
        if options.write:
            document = options.write.read_text()
            options.write.write_text(placed(document, name, text))
        else:
            sys.stdout.write(f"# {name}\n\n{text}\n")
            sys.stdout.flush()
    if failed:
        say(f"not measured: {', '.join(failed)}")
    return int(bool(failed))


def placed(document: str, name: str, text: str) -> str:
    """The document with this text between the marks of this name.

    Raises:
        ValueError: the document has no such marks.
    """
    marks = re.compile(
        rf"(?<=^<!-- {re.escape(name)} -->\n).*?(?=^<!-- /{re.escape(name)} -->$)", re.DOTALL | re.MULTILINE
    )
    replaced, count = marks.subn(lambda _: f"\n{text.strip()}\n\n", document)
    if count != 1:
        raise ValueError(f"the document has {count} places for {name}, not one")
    return replaced


def _run(benchmark: Benchmark, quick: bool) -> str:  # noqa: FBT001 - what was asked for
    argv = (sys.executable, "-m", f"tests.benchmarks.{benchmark.program.removesuffix('.py')}")
    done = subprocess.run(
        [*argv, *(benchmark.quick if quick else benchmark.whole)],
        cwd=_FOLDER.parents[1],
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(
            f"`{' '.join(argv[1:])}` ended with status {done.returncode}. {done.stdout.strip()[-300:]}".strip()
        )
    return done.stdout


def _when() -> str:
    return f"Measured on {datetime.now(UTC):%Y-%m-%d}: {'; '.join((*machine(), origin()))}."


def _without_title(text: str) -> str:
    """The document has titles of its own above."""
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    return "\n".join(f"#{line}" if line.startswith("## ") else line for line in lines).strip() + "\n"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="little of everything, to see that it works")
    parser.add_argument("--only", type=_names, default=list(BENCHMARKS), help=f"by comma: {', '.join(BENCHMARKS)}")
    parser.add_argument("--write", type=Path, metavar="DOCUMENT", help="put what is found into this document")
    return parser.parse_args(arguments)


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := set(names) - set(BENCHMARKS):
        raise argparse.ArgumentTypeError(f"no such benchmark: {', '.join(sorted(unknown))}")
    return names


if __name__ == "__main__":
    sys.exit(main())
