"""The product's event store beside the `eventsourcing` library on SQLite and beside SQLite alone, as Markdown.

    python tests/benchmarks/events.py [--events 5000] [--rounds 5] [--quick]

Each store has a file of its own on the same disk and the same events, made before the clock runs, and each job is a
process of its own, by turns. All of them use a write-ahead log with `synchronous = FULL`: a commit waits for the disk.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

from tests.benchmarks.comparison import Row, table
from tests.benchmarks.events_jobs import STORES
from tests.benchmarks.peers import Packaged, cache
from tests.benchmarks.processes import output
from tests.benchmarks.telling import say, tell
from tests.benchmarks.web import Failure

_PEER, _LIMIT = "eventsourcing", "sqlite3"
_JOBS = Path(__file__).with_name("events_jobs.py")
Found = dict[str, dict[str, list[Mapping[str, float]]]]  # by what was measured and store, one of each round


def main() -> None:
    """Measure and print."""
    options = _options()
    pythons = dict.fromkeys(STORES, sys.executable)
    facts, missing = [], []
    peer = Packaged(cache(), _PEER)
    try:
        facts.append(f"{peer.version()}: its event store with its JSON transcoder")
        pythons[_PEER] = peer.tool("python")
    except Failure as failure:
        del pythons[_PEER]
        missing.append(f"{_PEER}: {failure}")
    found: Found = {}
    for round_ in range(options.rounds):
        say(f"round {round_ + 1} of {options.rounds}")
        with tempfile.TemporaryDirectory(prefix="sls-pypi-events-") as folder:
            for name, measured in _round(Path(folder), pythons, options.events):
                found.setdefault(name, {}).setdefault(measured[0], []).append(measured[1])
    pragmas = {name: rounds[0] for name, rounds in found.pop("pragmas").items()}
    facts += [f"`PRAGMA`s of {name}: {_told(told)}" for name, told in pragmas.items()]
    facts.append(f"medians of {options.rounds} rounds of {options.events:,} events each")
    tell("# Event store\n")
    tell("".join(f"- {fact}\n" for fact in facts))
    tell(table(list(_rows(found)), [_PEER], [_LIMIT]))
    if missing:
        tell("Not measured:\n\n" + "".join(f"- {each}\n" for each in missing))


def _round(
    work: Path, pythons: Mapping[str, str], events: int
) -> Iterator[tuple[str, tuple[str, Mapping[str, float]]]]:
    for job in ("pragmas", "append", "fill", "read", "follow"):
        for name, python in pythons.items():
            # Whoever reads has a file of streams that are read, in order, and of nothing else.
            path = work / f"{name}-{'append' if job == 'append' else 'read'}.db"
            said = output((python, str(_JOBS), name, job, str(path), str(events)), environment=os.environ)
            measured: Mapping[str, Mapping[str, float]] = json.loads(said)
            for what, figures in measured.items():
                yield what, (name, figures)


def _rows(found: Found) -> Iterator[Row]:
    for what, stores in found.items():
        wall = {name: _median(rounds, "seconds") for name, rounds in stores.items()}
        cpu = {name: _median(rounds, "cpu") for name, rounds in stores.items()}
        yield Row(what, "a second", {name: 1 / value for name, value in wall.items()})
        yield Row(what, "CPU µs each", {name: value * 1e6 for name, value in cpu.items()}, less=True)


def _median(rounds: Sequence[Mapping[str, float]], which: str) -> float:
    return statistics.median(each[which] / each["count"] for each in rounds)


def _told(pragmas: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in pragmas.items())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=5_000, help="in each job")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round of few events")
    options = parser.parse_args()
    if options.quick:
        options.events, options.rounds = 1_000, 1
    return options


if __name__ == "__main__":
    main()
