"""Time a program that writes a folder: `timed.py FOLDER PROGRAM ARGUMENT...` prints JSON, what it wrote counted."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Run it."""
    folder, *command = sys.argv[1:]
    before = _inodes(Path(folder))
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    written = [path for path, mark in _inodes(Path(folder)).items() if before.get(path) != mark]
    found = {
        "objects": len(written),
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * 1024,
    }
    sys.stdout.write(json.dumps(found))


def _inodes(folder: Path) -> dict[Path, tuple[int, int]]:
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (status.st_ino, status.st_mtime_ns) for path, status in found.items()}


if __name__ == "__main__":
    main()
