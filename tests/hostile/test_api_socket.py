"""Bytes that are no good HTTP, sent to the API of a real server: a refusal or silence, never a fault."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.running import COMMAND, PATIENCE, ROOT, environment

_WAITS = 0.3
_HOST = b"host: index.test\r\nconnection: close\r\n"
_JSON = b"content-type: application/json\r\n"
_TOKENS = b"POST /api/tokens HTTP/1.1\r\n" + _HOST + _JSON
RAW = [
    b"GET /api/tokens HTTP/1.1\r\n\r\n",
    b"GET /api/tokens HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    b"GET /api/tokens HTTP/1.1\r\nhost: [::1\r\n\r\n",
    b"GET /api/%00/%ff/..%2f HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /api/\xff\xfe HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /api/\xc0\xae\xc0\xae/ HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET //api//tokens HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET \\api\\tokens HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET http://[::1/api/tokens HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET http://evil.test:99999/api/tokens HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET * HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"OPTIONS * HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"CONNECT index.test:443 HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"TRACE /api/tokens HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"get /api/tokens HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"FROB /api/tokens HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /api/tokens\r\n\r\n",
    b"GET /api/tokens HTTP/9.9\r\n" + _HOST + b"\r\n",
    b"GET /api/" + b"x" * 100_000 + b" HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /api/tokens HTTP/1.1\r\n" + _HOST + b"cookie: " + b"x" * 200_000 + b"\r\n\r\n",
    b"GET /api/tokens HTTP/1.1\r\n" + _HOST + b"x: y\r\n" * 20_000 + b"\r\n",
    b"GET /api/tokens HTTP/1.1\r\n" + _HOST + b"authorization: Basic \x80\xff\r\n\r\n",
    b"GET /api/tokens HTTP/1.1\r\n" + _HOST + b"authorization : Bearer x\r\n\r\n",
    b"GET /api/tokens HTTP/1.1\r\n" + _HOST + b"cookie: a\x00b\r\n\r\n",
    b"GET /api/tokens HTTP/1.1\r\n" + _HOST + b" folded: x\r\n\r\n",
    b"GET /login?next=\xff HTTP/1.1\r\n" + _HOST + b"\r\n",
    b"GET /api/tokens HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: x\r\n"
    + _HOST
    + b"\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    _TOKENS + b"content-length: 5\r\n\r\n{}{}{}{}",
    _TOKENS + b"content-length: -1\r\n\r\n{}",
    _TOKENS + b"content-length: 99999999999999999999999\r\n\r\n{}",
    _TOKENS + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}",
    _TOKENS + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    _TOKENS + b"content-length: 0x2\r\n\r\n{}",
    _TOKENS + b"content-length: \xb2\r\n\r\n{}",
    _TOKENS + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
    _TOKENS + b"transfer-encoding: chunked\r\n\r\nffffffffffffffffffff\r\n{}",
    _TOKENS + b"transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    _TOKENS + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: " + b"y" * 100_000 + b"\r\n\r\n",
    _TOKENS + b"expect: nothing\r\ncontent-length: 2\r\n\r\n{}",
    _TOKENS + b"content-length: 10\r\n\r\n{}",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\0" * 1000,
    b"\r\n" * 5000,
]
FEW = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


def _pieces(peer: socket.socket) -> Iterator[bytes]:
    """All that comes. Who waits for more, as the server may do too, is told that there is no more."""
    peer.settimeout(_WAITS)
    try:
        yield from iter(lambda: peer.recv(65536), b"")
    except TimeoutError:
        peer.settimeout(PATIENCE)
        peer.shutdown(socket.SHUT_WR)
        yield from iter(lambda: peer.recv(65536), b"")


@frozen
class Server:
    """A real one, and where it says what goes wrong."""

    address: tuple[str, int]
    said: Path

    def send(self, raw: bytes) -> bytes:
        """All that is answered to these bytes, which are all there are."""
        with socket.create_connection(self.address, timeout=PATIENCE) as peer:
            try:
                peer.sendall(raw)
                return b"".join(_pieces(peer))
            except OSError:
                return b""  # refused before it had all come

    def check(self, raw: bytes) -> int:
        """Whatever is answered is no fault, and the operator is told nothing; the first status, 0 if there is none."""
        answered = self.send(raw)
        assert not answered or answered.startswith(b"HTTP/1.1 "), (raw[:300], answered[:300])
        status = int(answered[9:12] or b"0")
        assert status < 500 or status in {501, 505}, (raw[:300], answered[:300])
        assert b"\r\nx-powered" not in answered.lower()
        assert self.said.read_text() == "", raw[:300]
        return status


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    said = home.with_suffix(".err")
    with said.open("w") as errors:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--home", str(home), "--port", "0"],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert url.startswith("Serving http://"), said.read_text()
            host, _, port = url.rpartition("/")[2].partition(":")
            yield Server((host, int(port)), said)
        finally:
            process.terminate()
            process.wait(PATIENCE)
            process.stdout.close()


def test_bytes_that_are_no_good_http(server: Server) -> None:
    for raw in RAW:
        server.check(raw)
    answered = server.send(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    assert answered.startswith(b"HTTP/1.1 200 "), "it serves no more"


def test_bytes_that_are_changed_anywhere(server: Server) -> None:
    @FEW
    @given(st.sampled_from(RAW), st.integers(0, 200), st.binary(max_size=8), st.integers(0, 8))
    def tried(raw: bytes, place: int, new: bytes, gone: int) -> None:
        server.check(raw[:place] + new + raw[place + gone :])

    tried()
