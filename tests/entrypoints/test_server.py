"""The server on real sockets: what it says, whom it waits for, how it stops."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import httpx2
import pytest
from attrs import frozen

from entrypoints.http.server import CannotListen, listen, url_of
from tests.running import COMMAND, environment

ROOT = Path(__file__).parents[2]
PATIENCE = 0.4
STEADY = 5.0
LONG = 25.0
BIG = 24 * 2**20
GET = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


@frozen
class Running:
    """A server process and its address."""

    process: subprocess.Popen[str]
    port: int
    logs: Path

    def connected(self) -> socket.socket:
        """A new connection, on which nothing takes longer than a test may."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def told(self, request: bytes) -> bytes:
        """Everything that the server says to these bytes until it hangs up."""
        with self.connected() as peer:
            peer.sendall(request)
            return everything(peer)


def everything(peer: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    parts = []
    with contextlib.suppress(ConnectionResetError):
        while part := peer.recv(1 << 20):
            parts.append(part)
    return b"".join(parts)


def answer(peer: socket.socket) -> tuple[bytes, dict[bytes, bytes], bytes]:
    """One answer with its length said: first line, headers, body."""
    stream = peer.makefile("rb")
    line = stream.readline().rstrip(b"\r\n")
    fields = iter(lambda: stream.readline().rstrip(b"\r\n"), b"")
    headers = dict(field.split(b": ", 1) for field in fields)
    return line, headers, stream.read(int(headers.get(b"content-length", 0)))


@contextlib.contextmanager
def running(site: Path, patience: float, grace: int, logs: Path | None = None) -> Iterator[Running]:
    logs = logs or site.parent / "logs"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.entrypoints.served", str(site), str(patience), str(grace), str(logs)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Running(process, int(process.stdout.readline().rpartition(":")[2]), logs)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    (site / "simple").mkdir()
    (site / "simple" / "index.html").write_bytes(b"<!doctype html>all")
    (site / "packages" / "demo" / "1.0").mkdir(parents=True)
    with (site / "packages" / "demo" / "1.0" / "big.whl").open("wb") as big:
        big.truncate(BIG)
    return site


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Running]:
    """For whoever is not to be dropped, however long a busy machine takes for anything."""
    with running(site, 60, 4) as server:
        yield server


@pytest.fixture(scope="module")
def impatient(site: Path) -> Iterator[Running]:
    """For whoever is to be dropped."""
    with running(site, PATIENCE, 4) as server:
        yield server


# What it says


def test_pages_are_served(server: Running) -> None:
    with server.connected() as peer:
        for _ in range(3):
            peer.sendall(GET % b"/simple/")
            line, headers, body = answer(peer)
            assert (line, body) == (b"HTTP/1.1 200 OK", b"<!doctype html>all")
            assert b"server" not in headers
            assert headers[b"date"].endswith(b"GMT")
            peer.sendall(b"GET /simple/ HTTP/1.1\r\nHost: x\r\nIf-None-Match: %s\r\n\r\n" % headers[b"etag"])
            assert answer(peer)[0] == b"HTTP/1.1 304 Not Modified"


def test_head_has_no_body(server: Running) -> None:
    request = b"HEAD /simple/ HTTP/1.1\r\nHost: x\r\n\r\nHEAD /simple/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    told = server.told(request)
    assert told.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert b"doctype" not in told
    assert told.count(b"content-length: 18\r\n") == 2


def test_requests_in_one_piece_are_answered_in_their_order(server: Running) -> None:
    paths = [b"/simple/", b"/api/plain", b"/none", b"/api/slow", b"/simple/", b"/simple/Demo"]
    told = server.told(
        b"".join(GET % path for path in paths) + b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    lines = [line for line in told.split(b"\r\n") if b"HTTP/1.1 " in line]
    codes = [line[line.index(b"HTTP/1.1 ") + 9 :][:3] for line in lines]
    assert codes == [b"200", b"200", b"404", b"200", b"200", b"301", b"404"]


def test_the_reason_of_a_refusal_is_in_the_first_line(server: Running) -> None:
    with server.connected() as peer:
        peer.sendall(POST % 3 + b"abc")
        line, headers, body = answer(peer)
        assert line.startswith("HTTP/1.1 400 File already exists (3 bytes): Zoë ? Injected: 1 xxx".encode("iso-8859-1"))
        assert len(line) == len("HTTP/1.1 400 ") + 200
        assert b"injected" not in {name.lower() for name in headers}
        assert body == b"3\n"
        assert headers[b"x-content-type-options"] == b"nosniff"
        peer.sendall(GET % b"/api/plain")
        assert answer(peer)[0] == b"HTTP/1.1 200 OK"


def test_every_answer_forbids_guessing_once(server: Running) -> None:
    for path in (b"/simple/", b"/none", b"/api/early", b"/api/plain", b"/api/fault"):
        told = server.told(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path).lower()
        assert told.count(b"x-content-type-options: nosniff\r\n") == 1, path


def test_a_fault_is_an_answer(server: Running) -> None:
    told = server.told(GET % b"/api/fault")
    assert told.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert b"connection: close" in told
    assert server.told(GET % b"/api/half").endswith(b"half")


def test_what_is_not_http(server: Running) -> None:
    for nonsense in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  \r\n\r\n",
        b"CONNECT x:1 H\r\n",
    ):
        told = server.told(nonsense)
        assert told.startswith(b"HTTP/1.1 400 ")
        assert b"nosniff" in told


def test_clients_of_http_1_0_are_answered(server: Running) -> None:
    assert server.told(b"GET /simple/ HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 OK")


def test_who_asks_before_sending_is_told_to_go_on(server: Running) -> None:
    with server.connected() as peer:
        peer.sendall(b"POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert peer.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.sendall(b"ab")
        assert answer(peer)[0].startswith(b"HTTP/1.1 400 File already exists (2 bytes)")


def test_a_body_that_was_not_wanted_does_not_spoil_the_connection(server: Running) -> None:
    with server.connected() as peer:
        for path in (b"/simple/", b"/api/early"):
            peer.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" % path)
            assert answer(peer)[0][9:12] in (b"405", b"403")
            peer.sendall(b"x" * 100000 + GET % b"/simple/")
            assert answer(peer)[0] == b"HTTP/1.1 200 OK"


def test_fields_behind_a_body_are_not_headers(server: Running) -> None:
    with server.connected() as peer:
        peer.sendall(b"POST /legacy/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n")
        peer.sendall(b"Trailing: %s\r\n\r\n" % (b"x" * 20000))
        assert answer(peer)[0].startswith(b"HTTP/1.1 400 File already exists (2 bytes)")


# Whom it keeps waiting


@pytest.mark.parametrize("client", ["httpx2", "http.client"])
def test_clients_without_patience_get_their_answer(server: Running, client: str) -> None:
    waits = int(10 * STEADY) + 5  # a tenth of a second each
    if client == "httpx2":
        url = f"http://127.0.0.1:{server.port}/api/patient?{waits}"
        assert httpx2.post(url, content=b"abc", timeout=STEADY).text == "3\n"
        return
    connection = HTTPConnection("127.0.0.1", server.port, timeout=STEADY)
    with contextlib.closing(connection):
        for number in (waits, 1):
            connection.request("POST", f"/api/patient?{number}", b"abc")
            assert connection.getresponse().read() == b"3\n"


def test_only_new_clients_are_told_to_wait(server: Running) -> None:
    asked = b"GET /api/patient HTTP/%s\r\nHost: x\r\nConnection: close\r\n\r\n"
    told = server.told(asked % b"1.1")
    assert told.startswith(b"HTTP/1.1 100 Continue\r\n\r\n" * 5)
    assert told.endswith(b"\r\n\r\n0\n")
    assert server.told(asked % b"1.0").startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    "field", [b"Via: 1.1 edge", b"X-Forwarded-For: 192.0.2.1", b"X-Forwarded-Host: a.test", b"X-Real-IP: 192.0.2.1"]
)
def test_proxies_are_not_told_to_wait(server: Running, field: bytes) -> None:
    asked = b"GET /api/patient HTTP/1.1\r\nHost: x\r\n%s\r\nConnection: close\r\n\r\n" % field
    assert server.told(asked).startswith(b"HTTP/1.1 200 OK\r\n")


def test_waiting_is_told_before_its_own_answer(server: Running) -> None:
    told = server.told(
        GET % b"/api/slow" + GET % b"/api/patient" + b"GET /simple/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    codes = [line[:3] for line in told.split(b"HTTP/1.1 ")[1:]]
    assert codes == [b"200", *[b"100"] * (len(codes) - 3), b"200", b"200"]
    assert len(codes) > 5


def test_who_keeps_us_waiting_meanwhile_is_dropped_all_the_same(impatient: Running) -> None:
    with impatient.connected() as peer:
        told, seconds = waited(peer, b"POST /api/patient HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
    assert b"HTTP/1.1 408 Request Timeout\r\n" in told
    assert b" 500 " not in told
    assert seconds < LONG


# Whom it waits for


@pytest.fixture(scope="module")
def steady(site: Path) -> Iterator[Running]:
    """For whoever is not to be dropped, but takes longer in all than it may take at a time."""
    with running(site, STEADY, 4) as server:
        yield server


def waited(peer: socket.socket, begun: bytes) -> tuple[bytes, float]:
    """What the server says to this before it hangs up, and after how long."""
    started = time.monotonic()
    peer.sendall(begun)
    return everything(peer), time.monotonic() - started


@pytest.mark.parametrize("begun", [b"G", b"GET /simple/ HTTP/1.1\r\n", b"GET /simple/ HTTP/1.1\r\nHost: x\r\nA:"])
def test_a_peer_that_stalls_in_its_headers_is_told_and_dropped(impatient: Running, begun: bytes) -> None:
    with impatient.connected() as peer:
        told, seconds = waited(peer, begun)
    assert told.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert PATIENCE / 2 < seconds < LONG


@pytest.mark.parametrize("before", [b"", GET % b"/simple/", GET % b"/api/plain", b"\r\n"])
def test_a_peer_that_says_nothing_is_dropped(impatient: Running, before: bytes) -> None:
    with impatient.connected() as peer:
        told, seconds = waited(peer, before)
    assert b" 408 " not in told
    assert seconds < LONG


def drip(peer: socket.socket, seconds: float) -> bool:
    """Send a byte now and then, no line break; whether the server has hung up by the end."""
    ends = time.monotonic() + seconds
    try:
        while time.monotonic() < ends:
            peer.sendall(b"x")
            time.sleep(0.02)
    except OSError:
        return True
    return False


@pytest.mark.parametrize(
    "begun", [b"GET / HTTP/1.1\r\nA: ", POST % 10**6, b"POST / HTTP/1.1\r\nContent-Length: 9999\r\n\r\n"]
)
def test_a_peer_that_drips_is_dropped(impatient: Running, begun: bytes) -> None:
    with impatient.connected() as peer:
        peer.sendall(begun)
        assert drip(peer, LONG)


def test_a_body_that_stalls_is_told_and_dropped(impatient: Running) -> None:
    with impatient.connected() as peer:
        told, seconds = waited(peer, POST % 100 + b"part")
    assert told.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"connection: close" in told
    assert PATIENCE / 2 < seconds < LONG


def test_a_slow_but_steady_body_is_taken(steady: Running) -> None:
    pieces = 40
    with steady.connected() as peer:
        peer.sendall(POST % (pieces * 200))
        for _ in range(pieces):
            peer.sendall(b"x" * 200)
            time.sleep(1.1 * STEADY / pieces)
        assert answer(peer)[0].startswith(b"HTTP/1.1 400 File already exists (8000 bytes)")


def test_others_are_served_meanwhile(server: Running) -> None:
    with contextlib.ExitStack() as stack:
        for begun in (b"", b"GET /", POST % 100) * 30:
            stack.enter_context(server.connected()).sendall(begun)
        with server.connected() as peer:
            peer.sendall(GET % b"/simple/")
            assert answer(peer)[0] == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("pieces", [1, 10])
def test_headers_without_end_are_refused(server: Running, pieces: int) -> None:
    with server.connected() as peer:
        request = b"GET / HTTP/1.1\r\nA: " + b"x" * 9000
        with contextlib.suppress(ConnectionError):
            for start in range(0, len(request), len(request) // pieces):
                peer.sendall(request[start : start + len(request) // pieces])
        assert everything(peer).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert server.told(request + b"\r\n\r\n").startswith(b"HTTP/1.1 431 ")


def test_nothing_is_answered_after_a_refusal(server: Running) -> None:
    request = b"GET / HTTP/1.1\r\nA: " + b"x" * 9000 + b"\r\n\r\n"
    told = server.told(request + (GET % b"/simple/" + GET % b"/api/plain") * 10)
    assert told.count(b"HTTP/1.1 ") == told.count(b"HTTP/1.1 431 ") == 1


def test_a_peer_that_takes_nothing_is_dropped(impatient: Running) -> None:
    with impatient.connected() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        hung_up = select.poll()
        hung_up.register(peer, 0)
        peer.sendall(GET % b"/packages/demo/1.0/big.whl")
        assert hung_up.poll(1000 * LONG)
        assert len(everything(peer)) < BIG


def test_a_peer_that_takes_its_time_gets_everything(steady: Running) -> None:
    with steady.connected() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        peer.sendall(b"GET /packages/demo/1.0/big.whl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        came, ends = 0, time.monotonic() + 1.1 * STEADY
        while part := peer.recv(1 << 16):
            came += len(part)
            if time.monotonic() < ends:
                time.sleep(STEADY / 100)
    assert came > BIG


# How it starts and stops


def begin(peer: socket.socket, path: bytes) -> None:
    """Ask for something, and see that it is in work."""
    peer.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n" % path)
    told = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert peer.recv(len(told), socket.MSG_WAITALL) == told
    peer.sendall(b"x")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_without_failure(site: Path, number: int) -> None:
    with running(site, 60, 30) as server, server.connected() as idle, server.connected() as half:
        idle.sendall(GET % b"/simple/")
        answer(idle)
        half.sendall(b"GET /simple/ HT")
        with server.connected() as working:
            begin(working, b"/api/slow")
            server.process.send_signal(number)
            line, _, body = answer(working)
        out, err = server.process.communicate(timeout=60)
        assert (line, body) == (b"HTTP/1.1 200 OK", b"slow\n")
        assert (server.process.returncode, out, err) == (0, "stopped\n", "")
        with pytest.raises(ConnectionRefusedError):
            server.connected()


def test_what_hangs_is_given_up_and_told_to_try_again(site: Path) -> None:
    with running(site, 60, 1) as server, server.connected() as hung, server.connected() as untaken:
        begin(hung, b"/api/hung")
        untaken.sendall(GET % b"/packages/demo/1.0/big.whl")
        assert untaken.recv(1)
        server.process.terminate()
        out, err = server.process.communicate(timeout=60)
        assert (server.process.returncode, out) == (0, "stopped\n")
        assert "Traceback" not in err
        status, fields, body = answer(hung)
        assert status == b"HTTP/1.1 503 Service Unavailable"
        assert fields[b"retry-after"]
        assert b"try again" in body


def test_a_port_in_use_is_said_in_a_line() -> None:
    with listen("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"^Port {port} of 127\.0\.0\.1 is in use\..*--port 0[^\n]*$"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port"),
    [("192.0.2.1", 0), ("256.256.256.256", 0), ("127.0.0.1", 70000), ("::1", -1), ("::zz", 0), ("a" * 300, 0)],
)
def test_an_address_of_nobody_is_said_in_a_line(host: str, port: int) -> None:
    with pytest.raises(
        CannotListen, match=r"^[^\n]*(?:is no address of this machine|is no port|cannot be listened on)[^\n]*$"
    ):
        listen(host, port)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may listen anywhere")
def test_a_port_for_root_is_said_in_a_line() -> None:
    with contextlib.suppress(PermissionError), pytest.raises(CannotListen, match="above 1023"):
        listen("127.0.0.1", 1)


def test_addresses_are_shown_as_browsers_take_them() -> None:
    for host, shown in (("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", None)):  # noqa: S104
        with listen(host, 0) as listener:
            port = listener.getsockname()[1]
            assert port > 0
            assert url_of(listener) in {f"http://{shown or '127.0.0.1'}:{port}", f"http://[::1]:{port}"}


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
@pytest.mark.parametrize("host", ["::1", "[::1]", "::"])
def test_ipv6_addresses_are_shown_as_browsers_take_them(host: str) -> None:
    with contextlib.suppress(CannotListen), listen(host, 0) as listener:
        assert url_of(listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_where_too_few_files_may_be_open_it_says_what_to_do(tmp_path: Path) -> None:
    argv = ["bash", "-c", 'ulimit -n 128; exec "$@"', "bash", *COMMAND, "serve", "--home", str(tmp_path), "--port", "0"]
    done = subprocess.run(argv, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "may open 128 files, which is too few for a server. Let it open 256 or more: `ulimit -n`" in done.stderr
