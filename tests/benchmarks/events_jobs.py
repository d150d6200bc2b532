"""What is measured of one event store, in a process: `events_jobs.py STORE JOB FILE EVENTS` prints JSON.

It imports nothing of the product itself, as the library has an environment of its own.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

if TYPE_CHECKING:
    from tests.benchmarks.events_stores import Store

STORES = {
    "sls-pypi": "tests.benchmarks.events_stores:Ours",
    "eventsourcing": "tests.benchmarks.events_library:Library",
    "sqlite3": "tests.benchmarks.events_stores:Sqlite",
}
BATCH = 100
LENGTHS = (1, 10, 100, 1_000)
_PRAGMAS = ("journal_mode", "synchronous", "wal_autocheckpoint", "page_size", "cache_size")
_POLLS = 200
Measured = dict[str, Mapping[str, float]]


class Clock:
    """What took how long, by name."""

    def __init__(self) -> None:
        self.measured: Measured = {}

    @contextmanager
    def running(self, what: str, count: int) -> Iterator[None]:
        """Note seconds and seconds of the processor, for so many of something."""
        began, cpu = time.perf_counter(), time.process_time()
        yield
        used = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "count": count}
        self.measured[what] = used


def fields(stream: str, version: int) -> dict[str, Any]:
    """The fields of an event as an upload stores it."""
    seed = f"{stream} {version}".encode()
    return {
        "filename": f"{stream[8:].replace('-', '_')}-1.{version}-py3-none-any.whl",
        "version": f"1.{version}",
        "kind": "bdist_wheel",
        "size": 10_000 + version,
        "sha256": hashlib.sha256(seed).hexdigest(),
        "blake2b_256": hashlib.blake2b(seed, digest_size=32).hexdigest(),
        "md5": hashlib.md5(seed, usedforsecurity=False).hexdigest(),
        "metadata_sha256": hashlib.sha256(seed[::-1]).hexdigest(),
        "requires_python": ">=3.9",
        "at": "2026-11-26T12:00:00.123456+00:00",
        "by": "12345678",
        "source_commit": None,
    }


def appending(store: "Store", clock: Clock, events: int) -> None:
    """One by one to many streams in turn, in batches, and where somebody was faster."""
    many = max(1, events // 50)
    streams = [f"package/one-{number:05}" for number in range(many)]
    places = [(streams[number % many], number // many) for number in range(events)]
    single = [(stream, at, [store.made(stream, at + 1, fields(stream, at + 1))]) for stream, at in places]
    with clock.running("append one by one", events):
        for stream, expected, made in single:
            store.append(stream, expected, made)
    batches = [
        (f"package/batch-{number:05}", _events(store, f"package/batch-{number:05}", BATCH))
        for number in range(max(1, events // BATCH))
    ]
    with clock.running(f"append {BATCH} at a time", len(batches) * BATCH):
        for stream, made in batches:
            store.append(stream, 0, made)
    late = single[: max(1, events // 4)]
    with clock.running("notice a conflict", len(late)):
        noticed = sum(store.is_refused(*each) for each in late)
    if noticed != len(late):
        raise AssertionError(f"{len(late) - noticed} conflicts went unnoticed")


def filling(store: "Store", _clock: Clock, events: int) -> None:
    """The streams that are read, each length with as many events as any other."""
    for length in LENGTHS:
        for stream in _of_length(length, events):
            store.append(stream, 0, _events(store, stream, length))


def reading(store: "Store", clock: Clock, events: int) -> None:
    """Streams that this process never read before, and the same once more."""
    for length in LENGTHS:
        streams = _of_length(length, events)
        for turn in ("first", "again"):
            with clock.running(f"read a stream of {length:,}, {turn}", len(streams) * length):
                found = sum(store.read(stream) for stream in streams)
            _expect(found, len(streams) * length)


def following(store: "Store", clock: Clock, events: int) -> None:
    """All events in their order, and looking whether there is a new one, which there is."""
    whole = sum(len(_of_length(length, events)) * length for length in LENGTHS)
    position = found = 0
    with clock.running("read all in order", whole):
        while True:
            many, position = store.after(position, 1_000)
            if not many:
                break
            found += many
    _expect(found, whole)
    with clock.running("look for new ones, and find one", _POLLS):
        found = sum(store.after(position - 1, 1_000)[0] for _ in range(_POLLS))
    _expect(found, _POLLS)


def telling(store: "Store", clock: Clock, _events: int) -> None:
    """How SQLite is set."""
    clock.measured["pragmas"] = store.pragmas(_PRAGMAS)


def _of_length(length: int, events: int) -> Sequence[str]:
    return [f"package/of-{length}-{number:05}" for number in range(max(1, events // length))]


def _events(store: "Store", stream: str, count: int) -> list[Any]:
    return [store.made(stream, version, fields(stream, version)) for version in range(1, count + 1)]


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise AssertionError(f"{found} events were read, not {wanted}")


JOBS: Mapping[str, Callable[["Store", Clock, int], None]] = {
    "append": appending,
    "fill": filling,
    "read": reading,
    "follow": following,
    "pragmas": telling,
}


def main() -> None:
    """Run one job."""
    name, job, path, events = sys.argv[1:]
    module, _, kind = STORES[name].partition(":")
    store: Store = getattr(import_module(module), kind)(Path(path))
    clock = Clock()
    JOBS[job](store, clock, int(events))
    store.close()
    sys.stdout.write(json.dumps(clock.measured))


if __name__ == "__main__":
    main()
