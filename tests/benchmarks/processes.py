"""Server processes: started in sessions of their own, watched through /proc, and always ended."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from tests.benchmarks.corpus import filename
from tests.benchmarks.web import Failure, Request, page, send

_PATIENCE = 180.0
_TICK = 0.002
_QUIET, _IDLE = 1.0, 0.15  # seconds, and CPU seconds within them that are nothing: waking alone may cost some
_SERVING = re.compile(rb"^Serving (http://\S+?)/?\s*$", re.MULTILINE)
_KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL")


class Upload(NamedTuple):
    """How a server takes a file."""

    path: str
    authorization: str | None


class Server(NamedTuple):
    """An index that is loaded and can be started; `{upstream}` in its environment is the product's URL."""

    name: str
    argv: tuple[str, ...]
    url: str | None  # None: it says where it serves
    root: str  # project pages are below
    names: tuple[str, ...]
    environment: Mapping[str, str] = {}
    upload: Upload | None = None
    cold: bool = False  # a cache that every page must pass once
    loaded: float | None = None  # seconds it took to take the projects in

    def page(self, name: str) -> str:
        """The path of a project page."""
        return f"{self.root}{name}/"


class Child:
    """A process and whatever it started, with its output in a file."""

    def __init__(self, name: str, argv: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
        self.name, self._log = name, log
        with log.open("wb") as output:
            self.started = time.perf_counter()
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**clean_environment(), **environment},
                cwd=log.parent,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def announced(self) -> str | None:
        """The URL that the process printed, once it has."""
        found = _SERVING.search(self._log.read_bytes())
        return found[1].decode() if found else None

    def check(self) -> None:
        """Refuse to go on with a process that ended by itself."""
        if (status := self._process.poll()) is not None:
            raise Failure(f"{self.name} ended with status {status}: {self.last_words()}")

    def last_words(self) -> str:
        """The end of what it printed, on one line."""
        return " / ".join(self._log.read_text(errors="replace").strip().splitlines()[-4:])[-600:]

    def peak_memory(self) -> int | None:
        """The sum of the peak resident sizes of its processes, in bytes; None where there is no /proc."""
        peaks = []
        for pid in self._members():
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{pid}/status").read_text()
                peaks += [int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")]
        return sum(peaks) if peaks else None

    def busy(self) -> float:
        """The CPU seconds its processes have used so far; 0 where there is no /proc."""
        ticks = 0
        for pid in self._members():
            with contextlib.suppress(OSError):
                ticks += sum(int(field) for field in _fields(Path(f"/proc/{pid}/stat"))[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it: first politely, then whatever is left of its session."""
        if self._process.poll() is None:
            self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        for pid in list(self._members()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()

    def _members(self) -> Iterator[int]:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if _fields(stat)[3] == str(self._process.pid):
                    yield int(stat.parent.name)


class Running(NamedTuple):
    """A server that has answered its first page."""

    server: Server
    child: Child
    url: str
    took: float


@contextlib.contextmanager
def serve(
    server: Server, work: Path, upstream: str = "", first: tuple[Request, str] | None = None
) -> Iterator[Running]:
    """Run a server; what is yielded has answered `first`, a request and a text in its answer."""
    asked, text = first or (page(server.page(server.names[-1])), filename(server.names[-1]))
    environment = {name: value.replace("{upstream}", upstream) for name, value in server.environment.items()}
    with Child(server.name, server.argv, environment, work / f"{server.name}.log") as child:
        while not (url := _answering(server, child, asked, text)):
            child.check()
            if time.perf_counter() - child.started > _PATIENCE:
                raise Failure(
                    f"{server.name} does not answer {asked.path} after {_PATIENCE:.0f} s: {child.last_words()}"
                )
            time.sleep(_TICK)
        yield Running(server, child, url, time.perf_counter() - child.started)


def _answering(server: Server, child: Child, asked: Request, text: str) -> str | None:
    with contextlib.suppress(OSError):
        if (url := server.url or child.announced()) and send(url, asked).lists(text):
            return url
    return None


def settle(children: Sequence[Child], patience: float = 900) -> float:
    """Wait until nobody has anything left to do, and say how long that took: background work would be measured too.

    Raises:
        Failure: somebody is still busy.
    """
    began, before = time.monotonic(), [child.busy() for child in children]
    while True:
        time.sleep(_QUIET)
        now = [child.busy() for child in children]
        waited = time.monotonic() - began
        noisy = [child.name for child, ago, since in zip(children, before, now, strict=True) if since - ago > _IDLE]
        if not noisy:
            return waited - _QUIET
        if waited > patience:
            raise Failure(f"{', '.join(noisy)} still worked {waited:.0f} s later; what follows is measured beside that")
        before = now


def clean_environment() -> dict[str, str]:
    """What every server sees of ours: no setting of anybody's, no proxy."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


def output(argv: Sequence[str], advice: str = "", environment: Mapping[str, str] | None = None) -> str:
    """What a command prints; Failure with its last words if it cannot."""
    env = clean_environment() if environment is None else environment
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False, env=env)
    except OSError as error:
        raise Failure(f"{argv[0]} cannot be run ({error.strerror}): {advice}") from error
    if done.returncode:
        said = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise Failure(f"`{' '.join(argv)}` ended with status {done.returncode}: {said}")
    return (done.stdout or done.stderr).strip()


def free_port() -> int:
    """A port of the loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fields(stat: Path) -> list[str]:
    return stat.read_text().rpartition(")")[2].split()
