"""The peers: how each is installed, loaded and started, as its own documentation says."""

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from tests.benchmarks.corpus import Corpus
from tests.benchmarks.processes import Server, Upload, free_port, output, serve
from tests.benchmarks.web import Failure, Request, basic, multipart, send

ROOT = Path(__file__).resolve().parents[2]
_SECRET = "benchmark"  # noqa: S105 - the password of a server that lives for minutes on the loopback


class Load(NamedTuple):
    """What a server is loaded from, and where it may keep its own."""

    corpus: Corpus
    work: Path
    limit: int  # for servers that take projects in slowly

    @property
    def home(self) -> Path:
        """The product's home."""
        return self.work / "home"


class Peer(Protocol):
    """A server to compare with."""

    def version(self) -> str:
        """Install it if need be and say what it is; Failure if it cannot be had here."""
        ...

    def load(self, load: Load) -> Server:
        """Take the data in."""
        ...


class Packaged:
    """A peer from the package index, in an environment of its own."""

    def __init__(self, cache: Path, *requirements: str) -> None:
        self._home, self._requirements = cache / requirements[0].partition("[")[0], requirements

    def version(self) -> str:
        """The versions of what was asked for, installed if need be."""
        names = [requirement.partition("[")[0] for requirement in self._requirements]
        if not (done := self._home / "installed").exists():
            environment(self._home, *self._requirements)
            done.touch()
        code = "import importlib.metadata as m, sys; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
        return output([self.tool("python"), "-c", code, *names])

    def tool(self, name: str) -> str:
        """The path of one of its commands."""
        return str(self._home / "bin" / name)


class Pypiserver(Packaged):
    """The wheels' directory with the cached backend, behind waitress."""

    def __init__(self, cache: Path) -> None:
        super().__init__(cache, "pypiserver[cache]", "watchdog", "waitress")

    def load(self, load: Load) -> Server:
        """Serve the directory as it is."""
        port = free_port()
        listen = ("-i", "127.0.0.1", "-p", str(port), "-P", ".", "-a", ".", "--disable-fallback")
        argv = (self.tool("pypi-server"), "run", *listen, str(load.corpus.directory))
        return Server("pypiserver", argv, local(port), "/simple/", load.corpus.names, upload=Upload("/", None))


class Devpi(Packaged):
    """A stage index without bases."""

    def __init__(self, cache: Path) -> None:
        super().__init__(cache, "devpi-server")

    def load(self, load: Load) -> Server:
        """Upload a bounded number of projects, one after another: there is no bulk way but its own dumps."""
        data, secret, port = str(load.work / "devpi"), str(load.work / "devpi.secret"), free_port()
        output([self.tool("devpi-gen-secret"), "--secretfile", secret])
        initial = ("--no-root-pypi", "--root-passwd", _SECRET)
        output([self.tool("devpi-init"), "--serverdir", data, *initial])
        listen = ("--host", "127.0.0.1", "--port", str(port), "--offline-mode")
        argv = (self.tool("devpi-server"), "--serverdir", data, "--secretfile", secret, *listen)
        names = load.corpus.names[: load.limit]
        server = Server("devpi", argv, local(port), "/root/bench/+simple/", names)
        status = Request("GET", "/+status", {"Accept": "application/json"})
        with serve(server, load.work, first=(status, "result")) as running:
            login = _json(running.url, "POST", "/+login", {"user": "root", "password": _SECRET}, {})
            authorization = basic("root", str(login["password"]))
            headers = {"Authorization": authorization}
            _json(running.url, "PUT", "/root/bench", {"type": "stage", "bases": [], "volatile": True}, headers)
            upload = Upload("/root/bench/", authorization)
            wheels = [*(load.corpus.wheel(name) for name in names), *load.corpus.many]
            began = time.perf_counter()
            for made in wheels:
                body = multipart(upload.path, made.form(), made.filename, made.content, authorization)
                _expect(send(running.url, body).status, f"devpi took no {made.filename}")
            took = time.perf_counter() - began
        return server._replace(upload=upload, loaded=took)


class Proxpi(Packaged):
    """A cache of the product's index, run as its container image does."""

    def __init__(self, cache: Path) -> None:
        super().__init__(cache, "proxpi", "gunicorn", "flask")

    def load(self, load: Load) -> Server:
        """Nothing to load: it asks upstream."""
        port = free_port()
        argv = (
            self.tool("gunicorn"),
            "--preload",
            "--bind",
            f"127.0.0.1:{port}",
            "--threads",
            "2",
            "proxpi.server:app",
        )
        environment = {"PROXPI_INDEX_URL": "{upstream}/simple/"}
        return Server("proxpi", argv, local(port), "/index/", load.corpus.names, environment, cold=True)


def cache() -> Path:
    """Where peers are installed once."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base, "sls-pypi") if base else ROOT / ".cache") / "benchmarks"


class SimpleRepositoryServer(Packaged):
    """A local directory with a folder for each project; JSON pages. Files are put there, it takes no uploads."""

    def __init__(self, cache: Path) -> None:
        super().__init__(cache, "simple-repository-server")

    def load(self, load: Load) -> Server:
        """Link the wheels into folders."""
        folder, port = load.work / "simple-repository", free_port()
        for wheel in load.corpus.directory.iterdir():
            project = folder / wheel.name.partition("-")[0].replace("_", "-")
            project.mkdir(parents=True, exist_ok=True)
            (project / wheel.name).hardlink_to(wheel)
        argv = (self.tool("python"), "-m", "simple_repository_server", "--host", "127.0.0.1", "--port", str(port))
        return Server("simple-repository-server", (*argv, str(folder)), local(port), "/simple/", load.corpus.names)


def everyone(cache: Path) -> dict[str, Peer]:
    """Every peer by name."""
    return {
        "pypiserver": Pypiserver(cache),
        "devpi": Devpi(cache),
        "proxpi": Proxpi(cache),
        "simple-repository-server": SimpleRepositoryServer(cache),
    }


def environment(home: Path, *requirements: str) -> None:
    """An environment of this Python with what is required."""
    shutil.rmtree(home, ignore_errors=True)
    output([sys.executable, "-m", "venv", str(home)], "install the venv module of this Python")
    pip = [str(home / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *requirements]
    output(pip, environment=os.environ)


def local(port: int) -> str:
    """The URL of a server on this machine."""
    return f"http://127.0.0.1:{port}"


def _expect(status: int, otherwise: str) -> None:
    if status not in {200, 201}:
        raise Failure(f"{otherwise}: status {status}")


def _json(
    url: str, method: str, path: str, body: Mapping[str, object], headers: Mapping[str, str]
) -> Mapping[str, object]:
    kinds = {"Content-Type": "application/json", "Accept": "application/json"}
    answer = send(url, Request(method, path, {**kinds, **headers}, json.dumps(body).encode()))
    _expect(answer.status, f"{method} {path}")
    result: Mapping[str, object] = json.loads(answer.body)["result"]
    return result
