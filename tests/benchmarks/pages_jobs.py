"""What is measured of making pages, each in a process: `python pages_jobs.py JOB HOME PROJECTS FILES` prints JSON."""

import hashlib
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

from adapters import readme
from adapters.local import durable
from domain.events import FilePublished, PackageSubmitted, SubmitterRegistered
from domain.ports.blobs import blob_key
from domain.streams import account_stream, package_stream
from entrypoints.local.worker import worker_of
from infrastructure.embedded import Embedded, opened
from infrastructure.settings import Settings
from tests.benchmarks.corpus import filename, metadata

_BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)
_OWNER = "local:bench"


def names(projects: int) -> Iterator[str]:
    """The projects."""
    return (f"bench-{number:06}" for number in range(1, projects + 1))


def versions(files: int) -> Iterator[str]:
    """The releases of one project, a wheel each."""
    return (f"1.{number}" for number in range(files))


def publish(world: Embedded, name: str, labels: Sequence[str], *, is_new: bool) -> None:
    """Store events and blobs of wheels, of which only the metadata is real."""
    store, blobs = world.ports.event_store(), world.ports.blobs()
    stream = package_stream(name)
    expected = store.version(stream)
    requires = [] if name.endswith("1") else [f"{name[:-1]}1>=1"]
    events: list[PackageSubmitted | FilePublished] = [PackageSubmitted(name, _OWNER, _BEGAN)] if is_new else []
    for number, label in enumerate(labels):
        described = metadata(name, label, requires).encode()
        wheel = f"{name} {label}".encode() * 40
        digest = hashlib.sha256(wheel).hexdigest()
        blob = blob_key(name, digest, filename(name, label))
        blobs.add_bytes(blob, wheel)
        blobs.add_bytes(f"{blob}.metadata", described)
        events.append(
            FilePublished(
                filename=filename(name, label),
                version=label,
                kind="bdist_wheel",
                size=len(wheel),
                sha256=digest,
                blake2b_256=digest,
                md5=digest[:32],
                metadata_sha256=hashlib.sha256(described).hexdigest(),
                requires_python=">=3.9",
                at=_BEGAN + timedelta(days=30 * number, seconds=int(name[-6:])),
                by=_OWNER,
            )
        )
    store.append(stream, expected, events)


def fill(world: Embedded, projects: int, files: int) -> dict[str, float]:
    """Everything published, no page made."""
    world.ports.event_store().append(account_stream(_OWNER), 0, [SubmitterRegistered("bench", _BEGAN)])
    with durable.unwaited():
        for name in names(projects):
            publish(world, name, list(versions(files)), is_new=True)
    return {}


def generate(world: Embedded, _projects: int, _files: int) -> dict[str, float]:
    """Every page that the events make due."""
    found = _measured(world)
    return found | {"objects": sum(1 for _ in world.ports.objects().keys())}


def publish_one(world: Embedded, projects: int, files: int) -> dict[str, float]:
    """One more release of a project in the middle; `objects` are those that were written anew."""
    name = f"bench-{projects // 2:06}"
    publish(world, name, [f"1.{files}"], is_new=False)
    before = _inodes(world)
    found = _measured(world)
    return found | {"objects": len(_inodes(world) - before)}


def write_again(world: Embedded, _projects: int, _files: int) -> dict[str, float]:
    """The objects that are there, written elsewhere: each is whole or not there, and none is waited for."""
    target = world.home.path / "again"
    bodies = {key: world.ports.objects().get(key) or b"" for key in world.ports.objects().keys()}
    began, cpu = time.perf_counter(), _cpu()
    for key, body in bodies.items():
        path = target / key
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = f"{path}.new"
        with open(temporary, "wb") as file:  # noqa: PTH123 - the shortest way there is
            file.write(body)
        os.replace(temporary, path)  # noqa: PTH105
    used = {"seconds": time.perf_counter() - began, "cpu": _cpu() - cpu}
    shutil.rmtree(target)
    return used | {"objects": len(bodies), "peak": 0}


def _measured(world: Embedded) -> dict[str, float]:
    began, cpu = time.perf_counter(), _cpu()
    worker = worker_of(world)
    world.index.lists().ensure_start()
    for _left in worker.drain():
        pass
    readme.close()  # what a child used is known when it has ended
    return {
        "seconds": time.perf_counter() - began,
        "cpu": _cpu() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _inodes(world: Embedded) -> set[tuple[str, int]]:
    """Whatever is written anew is another file."""
    site = os.fspath(world.home.site)
    return {
        (entry.path, entry.inode())
        for folder, _, _ in os.walk(site)
        for entry in os.scandir(folder)
        if entry.is_file(follow_symlinks=False)
    }


_JOBS = {"fill": fill, "generate": generate, "publish": publish_one, "write": write_again}


def main() -> None:
    """Run one job."""
    job, home, projects, files = sys.argv[1:]
    settings = Settings.from_environment({"SLS_PYPI_HOME": home})
    with opened(settings, create=True) as world:
        found = _JOBS[job](world, int(projects), int(files))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
