"""On what was measured, in words."""

import contextlib
import os
import platform
from pathlib import Path

from tests.benchmarks.processes import output
from tests.benchmarks.web import Failure

_ROOT = Path(__file__).resolve().parents[2]
_CHANGED = ("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")


def machine() -> tuple[str, ...]:
    """Processors, memory, system and Python."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} CPUs ({model})", f"{memory:.0f} GiB", f"{platform.system()} {platform.release()}", python


def origin() -> str:
    """Which code this is, as far as that can be said. What was measured before is written into documents meanwhile."""
    with contextlib.suppress(Failure):
        commit = _git("describe", "--always")
        return f"commit {commit}{', changed' if _git(*_CHANGED) else ''}"
    return "of this checkout"


def _git(*words: str) -> str:
    return output(["git", "-C", str(_ROOT), *words])
