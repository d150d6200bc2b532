"""What stands between an index and its clients: pages that others parse, ranges, and lines that break."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx2
import pytest
from attrs import define, field
from pypi_simple import ACCEPT_HTML_ONLY, ACCEPT_JSON_ONLY, ProjectPage, PyPISimple

from tests.clients.clients import sha256, succeed
from tests.clients.index import Index, eventually
from tests.clients.tools import Tools
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.clients

WHEEL = make_wheel("Read.Me_Well", "1.0+x.1", metadata_extra=["Requires-Python: >=3.8,<99"])
SDIST = make_sdist("Read.Me_Well", "1!1.0")
LARGE = make_wheel("read-large", "1.0", files={"read_large.py": bytes(range(256)) * 8000}, compression=0)


@pytest.fixture(scope="module", autouse=True)
def packages(server: Index, token: str) -> None:
    """What the tests below read."""
    server.publish(token, "Read.Me_Well", "1.0+x.1", WHEEL)
    server.publish(token, "Read.Me_Well", "1!1.0", SDIST)
    server.yank(token, "read-me-well", SDIST[0], 'Quoted "<reason>"')
    server.publish(token, "read-large", "1.0", LARGE)


@pytest.fixture(params=[ACCEPT_JSON_ONLY, ACCEPT_HTML_ONLY], ids=["json", "html"])
def parser(request: pytest.FixtureRequest, server: Index) -> Iterator[PyPISimple]:
    """An independent parser of each representation."""
    with PyPISimple(endpoint=server.simple, accept=request.param) as client:
        yield client


def project_page(parser: PyPISimple) -> ProjectPage:
    """The page of the project that all tests read."""
    return parser.get_project_page("read.me.well")


def test_an_independent_parser_reads_the_root(parser: PyPISimple) -> None:
    assert eventually(lambda: {"read-me-well", "read-large"} <= set(parser.get_index_page().projects))
    assert parser.get_index_page().repository_version == "1.4"


def test_an_independent_parser_reads_a_project(parser: PyPISimple, server: Index) -> None:
    page = project_page(parser)
    assert page.repository_version == "1.4"
    packages = {package.filename: package for package in page.packages}
    assert set(packages) == {WHEEL[0], SDIST[0]}
    wheel, sdist = packages[WHEEL[0]], packages[SDIST[0]]
    assert (wheel.project, wheel.version, wheel.package_type) == (
        "Read.Me_Well".lower().replace(".", "_"),
        "1.0+x.1",
        "wheel",
    )
    assert wheel.digests == {"sha256": sha256(WHEEL[1])}
    assert wheel.requires_python == ">=3.8,<99"
    assert (wheel.is_yanked, sdist.is_yanked, sdist.yanked_reason) == (False, True, 'Quoted "<reason>"')
    assert wheel.has_metadata
    assert server.get(wheel.url).content == WHEEL[1]
    assert server.get(sdist.url).content == SDIST[1]


def test_the_metadata_file_is_what_the_page_promises(parser: PyPISimple, server: Index) -> None:
    (wheel,) = [package for package in project_page(parser).packages if package.filename == WHEEL[0]]
    content = server.get(wheel.metadata_url).content
    assert wheel.metadata_digests == {"sha256": sha256(content)}
    assert b"\nRequires-Python: >=3.8,<99\n" in content


def test_json_says_size_and_upload_time(server: Index) -> None:
    with PyPISimple(endpoint=server.simple, accept=ACCEPT_JSON_ONLY) as client:
        packages = {package.filename: package for package in project_page(client).packages}
    assert packages[WHEEL[0]].size == len(WHEEL[1])
    assert all(package.upload_time is not None for package in packages.values())


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=1000-", 1000, len(LARGE[1])),
        ("bytes=-10000", len(LARGE[1]) - 10000, len(LARGE[1])),
    ],
)
def test_a_range_is_answered_exactly(server: Index, wanted: str, first: int, end: int) -> None:
    url = server.file_url("read-large", LARGE[0])
    whole = server.get(url)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = server.get(url, Range=wanted, If_Range=whole.headers["ETag"])
    assert part.status_code == HTTPStatus.PARTIAL_CONTENT
    assert part.headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(LARGE[1])}"
    assert part.content == LARGE[1][first:end]
    assert server.get(url, Range=wanted, If_Range='"other"').content == LARGE[1]


@define
class Line:
    """A line to an index that breaks once in the middle of each file.

    Attributes:
        index: what is behind it.
        broken: paths of the files that broke.
        ranges: the ranges asked for afterwards.
    """

    index: Index
    broken: list[str] = field(factory=list)
    ranges: list[str] = field(factory=list)

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        """Answer as the index does, as far as the line holds."""
        hop = {"host", "connection"}
        headers = {key: value for key, value in request.headers.items() if key.lower() not in hop}
        with httpx2.stream("GET", self.index.url + request.path, headers=headers, trust_env=False) as answer:
            content = b"".join(answer.iter_raw())
        request.send_response(answer.status_code)
        for key, value in answer.headers.items():
            if key.lower() not in {"connection", "content-length", "transfer-encoding"}:
                request.send_header(key, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        if request.path.endswith(".whl"):
            self.ranges += [value for key, value in headers.items() if key.lower() == "range"]
            if request.path not in self.broken:
                self.broken.append(request.path)
                content = content[: len(content) // 2]
        request.wfile.write(content)

    @contextmanager
    def open(self) -> Iterator[str]:
        """The URL of this end of the line."""
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                line.pass_on(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as end:
            thread = Thread(target=end.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{end.server_address[1]}"
            finally:
                end.shutdown()
                thread.join()


def test_pip_resumes_a_download_that_broke(
    server: Index, tools: Tools, clean_env: dict[str, str], tmp_path: Path
) -> None:
    line = Line(server)
    with line.open() as url:
        options = ["--index-url", f"{url}/simple/", "--dest", tmp_path, "--resume-retries", "3"]
        succeed(tools.path("pip"), "download", *options, "read-large", env=clean_env)
    assert len(line.broken) == 1
    assert line.ranges == [f"bytes={len(LARGE[1]) // 2}-"]
    assert (tmp_path / LARGE[0]).read_bytes() == LARGE[1]
