"""Connections that should do no harm: to the server, and to others who ask it meanwhile."""

import contextlib
import socket
import struct
from collections.abc import Iterator

import httpx2
import pytest

from tests.hostile.target import Target, check_answers, target

GET = b"GET /simple/demo/ HTTP/1.1\r\nHost: x\r\n\r\n"
FILE = b"/packages/demo/1.0/demo-1.0-py3-none-any.whl"
FEW_FILES = 300


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("server"), open_files=FEW_FILES) as served:
        yield served
        served.check_well()
        served.check_clean()


def others_are_served(server: Target) -> None:
    """New clients get pages, files and answers of functions."""
    with httpx2.Client(base_url=server.url, timeout=30) as client:
        assert client.get("/simple/demo/").status_code == 200
        assert client.get("/packages/demo/1.0/demo-1.0-py3-none-any.whl").status_code == 200
        assert client.get("/healthz").status_code == 200


def test_more_idle_connections_than_files_can_be_open(server: Target) -> None:
    with contextlib.ExitStack() as opened:
        peers = [opened.enter_context(server.connected()) for _ in range(FEW_FILES + 100)]
        for peer in peers[::3]:
            with contextlib.suppress(ConnectionError):
                peer.sendall(b"GET / HTTP/1.1\r\n")
        others_are_served(server)
    others_are_served(server)


def test_more_downloads_that_nobody_takes_than_files_can_be_open(server: Target) -> None:
    with contextlib.ExitStack() as opened:
        for _ in range(FEW_FILES):
            peer = opened.enter_context(socket.socket())
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.settimeout(10)
            with contextlib.suppress(ConnectionError):
                peer.connect(("127.0.0.1", server.port))
                peer.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % FILE)
        # Somebody has to be told to come again, and is; nobody is told that a page is not there.
        assert httpx2.get(f"{server.url}/simple/demo/", timeout=30).status_code in {200, 503}
    others_are_served(server)


def test_peers_that_reset_in_the_middle(server: Target) -> None:
    upload = b"POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
    for sent in (b"", GET[:20], GET, GET * 50, upload, upload + b"x" * 5000):
        for _ in range(5):
            peer = server.connected()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.sendall(sent)
            peer.close()
    others_are_served(server)


def test_many_requests_in_one_piece(server: Target) -> None:
    found = check_answers(server.told(GET * 500, least=500))
    assert [answer.status for answer in found] == [200] * 500


def test_bytes_of_other_protocols(server: Target) -> None:
    for preface in (
        b"\x16\x03\x01\x02\0\1\0\1\xfc\3\3",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0" * 1000,
        b"SSH-2.0-x\r\n",
    ):
        found = check_answers(server.told(preface, least=1))
        assert [answer.status for answer in found] == [400]


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 5, 5",
        b"Content-Length : 5",
        b"Transfer-Encoding : chunked",
        b"Transfer-Encoding:\r\n chunked",
        b"Transfer-Encoding: \x0bchunked",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        b"Content-Length: +5",
        b"Content-Length: 0x5",
        b"X: y\nContent-Length: 5",
        b"X: a\rContent-Length: 5",
    ],
)
def test_a_body_whose_end_can_be_doubted_is_refused_with_all_that_follows(server: Target, framing: bytes) -> None:
    request = b"POST /legacy/ HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n0\r\n\r\n" + GET
    assert [answer.status for answer in check_answers(server.told(request, least=1))] == [400]


@pytest.mark.parametrize("ranges", [b"0-0," * 5000 + b"0-0", b"5-1", b"-" + b"9" * 4000, b"--1", b"\xb2-"])
def test_a_range_that_is_none_gives_the_whole_file(server: Target, ranges: bytes) -> None:
    request = (
        b"GET /packages/demo/1.0/demo-1.0-py3-none-any.whl HTTP/1.1\r\nHost: x\r\nRange: bytes=" + ranges + b"\r\n\r\n"
    )
    (answer,) = check_answers(server.told(request, least=1))
    assert answer.status == 200
    assert len(answer.body) > 1000


@pytest.mark.parametrize(
    "path", ["/static/link.css", "/packages/demo/1.0/link.whl", "/simple/link/", "/sitemap/1.xml", "/../canary.txt"]
)
def test_what_lies_outside_of_the_site_is_not_there(server: Target, path: str) -> None:
    (answer,) = check_answers(server.told(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), least=1))
    assert answer.status == 404
