"""`sls-pypi proxy` with real publishers: files that do not fit into one request, refusals, and patience."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from tests.clients.clients import UNAUTHENTICATED, WRONG_TOKEN, fail, succeed, write
from tests.clients.index import Index, create_token, running, serving
from tests.clients.test_refusals import large
from tests.clients.tools import Tools
from tests.wheels import make_wheel

pytestmark = pytest.mark.clients

REQUEST_BYTES = 4_000_000
LIMIT_BYTES = 40_000_000
LONGER_THAN_HATCH_WAITS = 12.0

Publisher = Callable[[Tools, str, str], list[object]]


def twine(tools: Tools, address: str, token: str) -> list[object]:
    where = ["--repository-url", address, "--username", "__token__", "--password", token]
    return [tools.path("twine"), "upload", "--verbose", "--non-interactive", "--disable-progress-bar", *where]


def uv(tools: Tools, address: str, token: str) -> list[object]:
    return [tools.path("uv"), "publish", "--publish-url", address, "--trusted-publishing", "never", "--token", token]


def hatch(tools: Tools, address: str, token: str) -> list[object]:
    return [tools.path("hatch"), "publish", "--no-prompt", "--repo", address, "--user", "__token__", "--auth", token]


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory, index_env: dict[str, str]) -> Iterator[Index]:
    """An index like the one on AWS: 4 MB a request, more in a session."""
    limits = {"SLS_PYPI_LEGACY_MAX_BYTES": str(REQUEST_BYTES), "SLS_PYPI_MAX_FILE_BYTES": str(LIMIT_BYTES)}
    with serving(tmp_path_factory.mktemp("narrow") / "home", index_env | limits) as index:
        yield index


@pytest.fixture(scope="module")
def secret(narrow: Index, index_env: dict[str, str]) -> str:
    return create_token(narrow.home, "alice", index_env)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, narrow: Index, index_env: dict[str, str]) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("proxy") / "output", index_env, "proxy", "--url", narrow.url) as url:
        yield f"{url}/"


@pytest.mark.parametrize("publisher", [twine, uv, hatch])
def test_a_file_above_the_limit_of_a_request_is_published(
    publisher: Publisher,
    tools: Tools,
    narrow: Index,
    proxy: str,
    secret: str,
    clean_env: dict[str, str],
    tmp_path: Path,
) -> None:
    name = f"large-{publisher.__name__}"
    wheel = large(name)
    (path,) = write(tmp_path, wheel)
    direct = fail(*publisher(tools, narrow.legacy, secret), path, env=clean_env)
    assert "413" in direct.text
    for _ in range(2):
        succeed(*publisher(tools, proxy, secret), path, env=clean_env)
    assert narrow.get(narrow.file_url(name, wheel[0])).content == wheel[1]


@pytest.mark.parametrize("publisher", [twine, uv])
def test_what_the_index_refuses_is_read_as_from_the_index(
    publisher: Publisher,
    tools: Tools,
    narrow: Index,
    proxy: str,
    secret: str,
    clean_env: dict[str, str],
    tmp_path: Path,
) -> None:
    name = f"refused-{publisher.__name__}"
    (first,) = write(tmp_path / "first", make_wheel(name, "1.0"))
    (other,) = write(tmp_path / "other", make_wheel(name, "1.0", description="Changed."))
    (huge,) = write(tmp_path / "huge", large(f"huge-{publisher.__name__}", LIMIT_BYTES))
    succeed(*publisher(tools, proxy, secret), first, env=clean_env)
    assert "File already exists" in fail(*publisher(tools, proxy, secret), other, env=clean_env).text
    assert UNAUTHENTICATED in fail(*publisher(tools, proxy, WRONG_TOKEN), other, env=clean_env).text
    assert "The limit of this index is 38 MiB" in fail(*publisher(tools, proxy, secret), huge, env=clean_env).text
    assert narrow.filenames(name) == {first.name}


class Slow(BaseHTTPRequestHandler):
    """An index that needs longer for each file than publishers wait for an answer."""

    protocol_version = "HTTP/1.1"
    published: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        match self.path:
            case "/api/uploads":
                filename = json.loads(content)["filename"]
                told = {"filename": filename, "url": "/file", "fields": {}, "complete": f"/complete/{filename}"}
                self._answer(201, json.dumps(told).encode())
            case "/file":
                self._answer(204)
            case _:
                time.sleep(LONGER_THAN_HATCH_WAITS)
                self.published.append(self.path.removeprefix("/complete/"))
                self._answer(200, b"{}")

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def slow_index() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_publishers_wait_as_long_as_the_index_needs(
    tools: Tools, index_env: dict[str, str], clean_env: dict[str, str], tmp_path: Path
) -> None:
    (path,) = write(tmp_path / "dist", make_wheel("slow", "1.0"))
    with slow_index() as slow, running(tmp_path / "output", index_env, "proxy", "--url", slow) as url:
        succeed(*hatch(tools, f"{url}/", "any"), path, env=clean_env)
    assert Slow.published == [path.name]
