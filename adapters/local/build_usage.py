"""What a build holds at a moment: disk, memory and processes, files that it deleted and keeps open included."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from attrs import frozen

_BLOCK = 512
_KIB = 1024


@frozen
class BuildLimits:
    """How much a build may have of everything.

    Attributes:
        seconds: all stages together.
        memory_bytes: each of its processes, and all together.
        disk_bytes: all that it has written and not removed.
        files: how many of them.
        processes: at the same time; threads count.
        open_files: of each process.
        free_bytes: of the disk, that nobody leaves unused is not for builds.
    """

    seconds: float = 600
    memory_bytes: int = 2 * 2**30
    disk_bytes: int = 2 * 2**30
    files: int = 200_000
    processes: int = 256
    open_files: int = 1024
    free_bytes: int = 256 * 2**20


def exceeded(limits: BuildLimits, folders: Iterable[Path], process: int) -> str | None:
    """Which limit a process with all below it exceeds, as a sentence; None if it keeps to them."""
    below = _below(process)
    if len(below) > limits.processes:
        return f"The build started more than {limits.processes} processes."
    if sum(map(_memory, below)) > limits.memory_bytes and sum(map(_share, below)) > limits.memory_bytes:
        return f"The build used more than {amount(limits.memory_bytes)} of memory."
    used, files = sum(_deleted(process) for process in below), 0
    for folder in folders:
        more_used, more_files = _disk(folder, limits.disk_bytes - used, limits.files - files)
        used, files = used + more_used, files + more_files
        if used > limits.disk_bytes:
            return f"The build wrote more than {amount(limits.disk_bytes)}."
        if files > limits.files:
            return f"The build made more than {limits.files} files."
        disk = os.statvfs(folder)
        if disk.f_bavail * disk.f_frsize < limits.free_bytes:
            return "The disk of this index is nearly full: its operator has to make room."
    return None


def amount(size: int) -> str:
    """Bytes as people say them, rounded down."""
    unit, name = next(((unit, name) for unit, name in ((2**30, "GiB"), (2**20, "MiB")) if size >= unit), (1, "bytes"))
    return f"{size // unit} {name}"


def _disk(folder: Path, most_bytes: int, most_files: int) -> tuple[int, int]:
    """Bytes and files below a folder; counts no further than shows that it is too much."""
    used, files, waiting = 0, 0, [os.fspath(folder)]
    while waiting and used <= most_bytes and files <= most_files:
        # It changes meanwhile.
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    used, files = used + status.st_blocks * _BLOCK // max(status.st_nlink, 1), files + 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                if files > most_files:
                    break
    return used, files


def children(process: int) -> list[int]:
    """What a process started and did not lose."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _below(process: int) -> list[int]:
    """All that it started, and what those started. In a cell nobody can leave them."""
    found, waiting = [], [process]
    while waiting:
        started = children(waiting.pop())
        found += started
        waiting += started
    return found


def _memory(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(errors="replace").splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * _KIB
    return 0


def _share(process: int) -> int:
    """What would be free without it: what it shares with others counts in part."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * _KIB
    return _memory(process)


def _deleted(process: int) -> int:
    """Bytes of files that have no name any more and are kept open."""
    used = 0
    with suppress(OSError):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                status = descriptor.stat()
                used += status.st_blocks * _BLOCK if not status.st_nlink else 0
    return used
