"""Where a project's own code runs in the function that builds: a child process, as confined as a function can be.

A function has no namespaces and one user. What it does have: limits, no new privileges, a filter of system calls that
leaves no sockets (so no network, and no runtime API either), and a parent that ends whatever is left behind.
"""

import json
import logging
import os
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from adapters.aws.build_job import BuildBounds
from adapters.aws.build_processes import end_all
from adapters.building import answers, hostile_files, inside, requirements
from adapters.building.build_log import BuildLog
from adapters.building.stages import BuildFails

_INSIDE = Path(inside.__file__)
_ENTER = Path(__file__).parents[1] / "building" / "cell" / "enter.py"
_MOST_PROCESSES = 512
_MOST_OPEN_FILES = 1024
_PIECE = 64 * 1024
_TICK = 0.2
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH")


class FunctionRoom:
    """A `stages.Room`.

    Args:
        folder: empty, and for nothing else.
        bounds: what may be used.
        index_url: where requirements come from.
        until: when it has to be over, by `time.monotonic`.
        log: takes what is printed.
        tick: called several times a second while something runs.
    """

    def __init__(
        self,
        folder: Path,
        bounds: BuildBounds,
        index_url: str,
        until: float,
        log: BuildLog,
        tick: Callable[[], None],
    ) -> None:
        self._work = folder / "work"
        self._out = folder / "out"
        self._out.mkdir()
        self._bounds = bounds
        self._index_url = index_url
        self._until = until
        self._log = log
        self._tick = tick
        self._used = shutil.disk_usage(folder).used
        self._is_silent = _can_be_silenced()
        if not self._is_silent:
            log.say("This system cannot keep a build from the network: nothing secret is near it")
            logging.warning("strangers' code is built with a network: this system takes no filter of system calls")

    def prepare(self, source: Path) -> None:
        """Begin with an empty folder that has nothing but this archive in it."""
        hostile_files.remove(self._work)
        for folder in (self._work, self._work / "home", self._work / "tmp", self._work / "needed"):
            folder.mkdir()
        shutil.copyfile(source, self._work / inside.ARCHIVE)

    def install(self, wanted: Sequence[str]) -> None:
        """Have these, and nothing else, importable from now on."""
        needed = self._work / "needed"
        hostile_files.remove(needed)
        needed.mkdir()
        if not wanted:
            return
        request = {
            "do": "pip",
            "folder": str(requirements.pip_folder().parent),
            "arguments": requirements.arguments(wanted, str(needed)),
        }
        failed = self._child(request, requirements.environment(self._index_url, os.environ), silent=False)
        if failed:
            raise BuildFails("The build requirements cannot be installed: see the log.")

    def run(self, request: Mapping[str, object], failure: str) -> object:
        """What `adapters.building.inside` answers."""
        answers.forget(self._work)
        failed = self._child(request, {"PYTHONPATH": str(self._work / "needed")}, silent=self._is_silent)
        if failed:
            raise BuildFails(failure)
        return answers.said(self._work, failure)

    def take(self, filename: str) -> Path:
        """Bring one of the files that were made to where no later stage reaches it by its name."""
        taken = self._out / filename
        try:
            hostile_files.copy(self._work, inside.DIST, filename, destination=taken, most_bytes=self._bounds.file_bytes)
        except hostile_files.NoSuchFile:
            raise BuildFails(
                f"The build backend made no file {filename} of at most {self._bounds.file_bytes} bytes."
            ) from None
        except FileExistsError:
            raise BuildFails(f"The build backend made {filename} twice.") from None
        return taken

    def _child(self, request: Mapping[str, object], more: Mapping[str, str], *, silent: bool) -> int:
        """Run a request to its end; its exit status."""
        python = [sys.executable, "-I", "-S"]
        order = {
            "run": [*python, str(_INSIDE), json.dumps(request)],
            "folder": str(self._work),
            "lock": True,
            "limits": {
                "AS": self._bounds.memory_bytes,
                "FSIZE": self._bounds.disk_bytes,
                "NPROC": _MOST_PROCESSES,
                "NOFILE": _MOST_OPEN_FILES,
                "CORE": 0,
            },
            **({"silent": True} if silent else {}),
        }
        with subprocess.Popen(  # noqa: S603 - our own words
            [*python, str(_ENTER), json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._work,
            env=self._environment() | dict(more),
            start_new_session=True,
        ) as process:
            try:
                self._follow(process)
            finally:
                process.kill()
                process.wait()
                end_all()
            self._drain(process)
            return process.returncode

    def _environment(self) -> dict[str, str]:
        return _kept() | {
            "HOME": str(self._work / "home"),
            "TMPDIR": str(self._work / "tmp"),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
        }

    def _follow(self, process: "subprocess.Popen[bytes]") -> None:
        """Keep what it prints until it ends or has to."""
        if process.stdout is None:
            raise ValueError(process)
        os.set_blocking(process.stdout.fileno(), False)
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while process.poll() is None:
                if selector.select(_TICK):
                    piece = process.stdout.read(_PIECE)
                    if piece:
                        self._log.add(piece)
                    elif piece == b"":
                        # It has closed its output and goes on.
                        selector.unregister(process.stdout)
                        time.sleep(_TICK)
                self._tick()
                self._check()

    def _check(self) -> None:
        if time.monotonic() > self._until:
            raise BuildFails(f"The build took longer than {self._bounds.seconds} seconds.")
        if shutil.disk_usage(self._work).used - self._used > self._bounds.disk_bytes:
            raise BuildFails(f"The build wrote more than {self._bounds.disk_bytes} bytes.")

    def _drain(self, process: "subprocess.Popen[bytes]") -> None:
        """What was printed last; whoever could still write is gone."""
        while process.stdout is not None and (piece := process.stdout.read(_PIECE)):
            self._log.add(piece)


def _kept() -> dict[str, str]:
    """Without these Python may not start."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def _can_be_silenced() -> bool:
    python = [sys.executable, "-I", "-S"]
    order = {"run": [*python, "-c", ""], "lock": True, "silent": True}
    done = subprocess.run(  # noqa: S603 - our own words
        [*python, str(_ENTER), json.dumps(order)], capture_output=True, check=False, env=_kept()
    )
    return done.returncode == 0
