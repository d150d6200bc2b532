"""What is measured of a growing index, each in a process of its own: `growth_jobs.py JOB HOME NUMBER` prints JSON."""

import gc
import hashlib
import json
import os
import resource
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

from attrs import astuple, evolve

from adapters import readme
from adapters.local import durable
from adapters.local.database import Database
from adapters.records import to_json
from domain.caller import Caller
from domain.digests import Digester
from domain.events import DownloadsAggregated
from domain.listing import Entry, listing_of
from domain.package import fold
from domain.received import ReceivedFile
from domain.refusals import Refused
from domain.search import WHOLE, name_token, tokens_of
from domain.search_tree import leaf_key, map_key, path_of, root_of, shape_of
from domain.streams import package_stream
from domain.usage import Usage
from domain.usecases.usage_history import row_of, summary_of
from entrypoints.local.worker import worker_of
from infrastructure.embedded import Embedded, opened
from infrastructure.settings import Settings
from tests.benchmarks.growth_corpus import account_of, events_of, needs_of, packages, wheel_of
from tests.benchmarks.usage_logs import DAY, write_logs

Found = dict[str, float]
MEASURED = 100
"""How many packages are in the logs of a night."""


def fill(world: Embedded, upto: int) -> Found:
    """Publish packages until there are so many, and make all pages."""
    began = cpu()
    with durable.unwaited():
        new = publish_missing(world, upto)
        published = cpu()
        world.index.lists().ensure_start()
        for _ in worker_of(world).drain():
            pass
        readme.close()  # what a child used is known when it has ended
    return {"new": len(new), "published_cpu": published - began, "pages_cpu": cpu() - published}


def fill_tables(world: Embedded, upto: int) -> Found:
    """Make events and rows of so many packages, and what is about all of them, but files only of those measured later.

    What a publish costs depends on tables and lists, and not on the files and pages of others.
    """
    began = cpu()
    known = set(world.index.verification().names())
    measured = {*range(MEASURED), upto // 2}
    with durable.unwaited():
        for number, listing in enumerate(packages()[:upto]):
            if listing.name not in known:
                publish_one(world, number) if number in measured else put_rows(world, number)
        rows = cpu()
        for _ in worker_of(world).drain():
            pass
        with world.ports.database().transaction(derived=True) as connection:
            connection.execute("DELETE FROM owed")  # all are written next
        world.index.rebuilding().renew_lists()
    return {"new": upto - len(known), "rows_cpu": rows - began, "lists_cpu": cpu() - rows}


def files(world: Embedded, upto: int) -> Found:
    """Publish packages until there are so many, and make nothing for people."""
    began = cpu()
    with durable.unwaited():
        new = publish_missing(world, upto)
    return {"new": len(new), "cpu": cpu() - began}


def put_rows(world: Embedded, number: int) -> None:
    """What publishing leaves of a package in events and tables, with nothing that is due for it."""
    ports, entry = world.ports, entry_of(number)
    name = entry.name
    ports.event_store().append(package_stream(name), 0, events_of(number))
    listing = listing_of(entry, 0)
    assert listing
    ports.catalogue().put(entry)
    ports.directory().put(name, listing, tokens_of(listing))
    ports.dependents().put(name, needs_of(number))
    with ports.database().transaction(derived=True) as connection:
        connection.execute("UPDATE relayed SET position = (SELECT max(position) FROM events)")


def lists(world: Embedded, count: int) -> Found:
    """Write each of the lists of so many packages, all downloaded each day, once more after all were written."""
    made = world.index.lists()
    row, summary = row_of("", used()), json.dumps(to_json(summary_of(used())))
    with world.ports.database().transaction(derived=True) as connection:
        for number in range(count):  # in one transaction, for which ports are not made
            entry = to_json(entry_of(number))
            places = ", ".join(f":{column}" for column in entry)
            connection.execute(f"INSERT INTO catalogue ({', '.join(entry)}) VALUES ({places})", entry)  # noqa: S608 - ours
            connection.execute("INSERT INTO usage VALUES (?, ?, ?, ?, ?)", astuple(evolve(row, name=entry["name"])))
            connection.execute("INSERT INTO usage_summaries VALUES (?, ?, ?)", (entry["name"], row.stamp, summary))
    gc.freeze()  # the examples are no work of the product's
    found: Found = {}
    writings = {"root": made.for_installers, "people": made.for_people, "statistics": made.statistics}
    for what, write in writings.items():
        began = cpu()
        write()
        first = cpu()
        write()
        found |= {f"{what}_first": first - began, what: cpu() - first}
    return found | {"lists": sum(found[what] for what in writings)}


def entry_of(number: int) -> Entry:
    """The catalogue's row of the package of this number."""
    events = events_of(number)
    package = fold(events)
    assert package
    return Entry(
        name=package.name,
        stream_version=len(events),
        listed=True,
        spelling=package.spelling,
        owner=package.owner,
        latest="1.0",
        summary=packages()[number].summary,
        updated=events[-1].at,
        changed=events[-1].at,
    )


def used() -> Usage:
    """A year in which a package was downloaded daily, by all kinds of installers."""
    said = {"pip": 40, "uv": 30, "poetry": 5, "browser": 1, "unknown": 2}
    pythons = {f"3.{minor}": minor for minor in range(8, 15)}
    systems, countries = {"Linux": 60, "macOS": 10, "Windows": 8}, dict.fromkeys(("DE", "FR", "US", "JP", "BR"), 6)
    end = date.fromisoformat(DAY)
    days = [
        DownloadsAggregated(
            day=(end - timedelta(days=ago)).isoformat(),
            downloads=78,
            requesters=50,
            rules=1,
            versions={},
            files={},
            installers=said,
            pythons=pythons,
            systems=systems,
            countries=countries,
            edges={},
            ci=3,
            mirrors=1,
            at=events_of(0)[-1].at,
        )
        for ago in reversed(range(365))
    ]
    return Usage(tuple(days), DAY, len(days))


def publish_missing(world: Embedded, upto: int) -> list[str]:
    """Publish packages as `import` does until there are so many; returns the names of the new ones."""
    known = set(world.index.verification().names())
    return [
        listing.name
        for number, listing in enumerate(packages()[:upto])
        if listing.name not in known and publish_one(world, number)
    ]


def publish_one(world: Embedded, number: int) -> bool:
    """Publish the package of this number as `import` does; whether it was taken."""
    login = account_of(number)
    caller = Caller(world.index.tokens().register_local(login), login)
    with suppress(Refused):
        world.index.publishing().add(caller, received(world, *wheel_of(number)))
        return True
    return False


def received(world: Embedded, filename: str, content: bytes) -> ReceivedFile:
    """The file as it has come in."""
    digester = Digester()
    digester.update(content)
    path = world.home.tmp / f"growth-{hashlib.sha256(content).hexdigest()}"
    path.write_bytes(content)
    return ReceivedFile(filename, path, len(content), digester.digests())


def cpu() -> float:
    """Seconds of processors so far, also of processes that were started and have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


class Counted:
    """What is written while it is open: whole files with their bytes, and waits for the disk."""

    def __init__(self) -> None:
        self.files, self.bytes, self.waits = 0, 0, 0

    def __enter__(self) -> Self:
        self._patches = ExitStack()
        write, fsync, transaction = durable.write, os.fsync, Database.transaction

        def counted(path: str, body: bytes, mode: int, *, sync: bool) -> None:
            self.files, self.bytes = self.files + 1, self.bytes + len(body)
            write(path, body, mode, sync=sync)

        def synced(descriptor: int) -> None:
            self.waits += 1
            fsync(descriptor)

        def committed(database: Database, *, derived: bool = False) -> AbstractContextManager[sqlite3.Connection]:
            self.waits += not derived
            return transaction(database, derived=derived)

        for where, what, by in (
            (durable, "write", counted),
            (os, "fsync", synced),
            (Database, "transaction", committed),
        ):
            self._patches.enter_context(patch.object(where, what, by))
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()


def publish(world: Embedded, number: int) -> Found:
    """One more release of the package of this number, then all pages that follow; twice, as the first one warms up."""
    name = packages()[number].name
    login = account_of(number)
    caller = Caller(world.index.tokens().register_local(login), login)
    worker = worker_of(world)
    found: Found = {}
    for version in ("1.1", "1.2"):
        filename, content = wheel_of(number, version)
        file = received(world, filename, content)
        form = {"name": name, "filetype": "bdist_wheel"}
        with Counted() as counted:
            began = cpu()
            world.index.publishing().upload(caller, form, file)
            answered, waits = cpu(), counted.waits
            for _ in worker.drain():
                pass
        found = {
            "answered_cpu": answered - began,
            "pages_cpu": cpu() - answered,
            "files": counted.files,
            "bytes": counted.bytes,
            "waits_until_answered": waits,
        }
    return found


def night(world: Embedded, _: int) -> Found:
    """Count a day of the same 3,000 requests for 100 packages, and write all pages that follow."""
    names = sorted(listing.name for listing in packages()[:MEASURED])
    with TemporaryDirectory() as folder:
        write_logs(Path(folder) / "logs", names, 3_000)
        for log in (Path(folder) / "logs").iterdir():
            shutil.copy(log, world.home.logs)
    began = cpu()
    counting = world.index.counting()
    downloads = sum(counting.count(request).downloads for request in counting.plan(DAY))
    counted = cpu()
    for _ in worker_of(world).drain():
        pass
    return {"downloads": downloads, "counted_cpu": counted - began, "pages_cpu": cpu() - counted}


def search(world: Embedded, upto: int) -> Found:
    """The bytes of one search for a whole name: the map and the leaf that the browser reads, over 200 names."""
    objects, sizes = world.ports.objects(), []
    for listing in packages()[: upto : max(1, upto // 200)]:
        token = name_token(listing.name.replace("-", "")) + WHOLE
        body = objects.get(map_key(root_of(token)))
        leaf = shape_of(root_of(token), body).reached(path_of(token))
        sizes.append((len(body or b""), len(objects.get(leaf_key(leaf)) or b"")))
    return {"map": statistics.mean(map_ for map_, _ in sizes), "leaf": statistics.mean(leaf for _, leaf in sizes)}


def verify(world: Embedded, _: int) -> Found:
    """Compare everything."""
    began = cpu()
    count = sum(1 for _ in world.index.verification().differences())
    readme.close()
    return {"differences": count, "cpu": cpu() - began}


def rebuild(world: Embedded, _: int) -> Found:
    """Derive everything from an empty site and empty tables."""
    for key in list(world.ports.objects().keys()):
        world.ports.objects().delete(key)
    with world.ports.database().transaction(derived=True) as connection:
        for table in ("catalogue", "listings", "postings", "needs", "usage", "usage_summaries", "usage_briefs"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
    began = cpu()
    lost = sum(1 for _ in world.index.rebuilding().rebuild())
    readme.close()
    return {"lost": lost, "cpu": cpu() - began}


JOBS: Mapping[str, Callable[[Embedded, int], Found]] = {
    "fill": fill,
    "fill-tables": fill_tables,
    "files": files,
    "lists": lists,
    "publish": publish,
    "night": night,
    "search": search,
    "verify": verify,
    "rebuild": rebuild,
}


def main() -> None:
    """Run one job."""
    job, home, number = sys.argv[1:]
    settings = Settings.from_environment({"SLS_PYPI_HOME": home, "SLS_PYPI_BASE_URL": "http://index.test"})
    began = time.perf_counter()
    with opened(settings, create=True) as world:
        if world.home.shown_edition() is None:
            world.home.record_edition(world.edition)
        found = JOBS[job](world, int(number))
    found["seconds"] = time.perf_counter() - began
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
