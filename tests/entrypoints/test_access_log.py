"""What a running server writes about its answers."""

import gzip
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.access_log import FIELDS
from tests.entrypoints.test_server import BIG, GET, POST, Running, answer, everything, running

NAMES = FIELDS.split(" ")
FILE = b"/packages/demo/1.0/big.whl"
LAST = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
ENOUGH = 60.0

Entry = Mapping[str, str]


def entries(logs: Path) -> list[Entry]:
    """All lines of all files, in the order of their ids."""
    texts = [gzip.decompress(path.read_bytes()).decode() for path in logs.glob("*.gz")]
    lines = [line for text in texts for line in text.splitlines() if not line.startswith("#")]
    found = [dict(zip(NAMES, line.split("\t"), strict=True)) for line in lines]
    return sorted(found, key=lambda entry: entry["x-edge-request-id"])


def awaited(logs: Path, seen: Callable[[list[Entry]], bool]) -> list[Entry]:
    """The lines as soon as they are as they should be."""
    ends = time.monotonic() + ENOUGH
    while not seen(found := entries(logs)):
        assert time.monotonic() < ends, found
        time.sleep(0.05)
    return found


@contextmanager
def logged(tmp_path: Path, patience: float = 30, grace: int = 4) -> Iterator[Running]:
    site = tmp_path / "site"
    (site / "simple").mkdir(parents=True)
    (site / "simple" / "index.html").write_bytes(b"<!doctype html>all")
    (site / "packages" / "demo" / "1.0").mkdir(parents=True)
    with (site / "packages" / "demo" / "1.0" / "big.whl").open("wb") as big:
        big.truncate(BIG)
    with running(site, patience, grace, tmp_path / "logs") as server:
        yield server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with logged(tmp_path) as server:
        yield server


def brief(entry: Entry) -> tuple[str, str, str, str]:
    return entry["cs-method"], entry["cs-uri-stem"], entry["sc-status"], entry["x-edge-result-type"]


def test_requests_in_one_piece_each_have_a_line(server: Running) -> None:
    targets = [b"/simple/?a=b", b"/api/plain?secret", b"/none", b"/simple/", b"/simple/Demo", FILE]
    told = server.told(b"".join(GET % target for target in targets) + LAST % b"/simple/")
    found = awaited(server.logs, lambda found: len(found) == 7)
    assert sorted(map(brief, found)) == sorted(
        [
            ("GET", "/simple/", "200", "Hit"),
            ("GET", "/api/plain", "200", "Miss"),
            ("GET", "/none", "404", "Error"),
            ("GET", "/simple/", "200", "Hit"),
            ("GET", "/simple/Demo", "301", "Hit"),
            ("GET", FILE.decode(), "200", "Hit"),
            ("GET", "/simple/", "200", "Hit"),
        ]
    )
    assert sum(int(entry["sc-bytes"]) for entry in found) == len(told)
    assert {entry["cs-uri-query"] for entry in found} == {"-", "a=b"}
    assert {entry["c-ip"] for entry in found} == {"127.0.0.1"}
    assert [entry["cs-bytes"] for entry in found if entry["cs-uri-stem"] == "/none"] == [str(len(GET % b"/none"))]
    assert len({entry["x-edge-request-id"] for entry in found}) == 7


def test_a_request_in_many_pieces_has_a_line(server: Running) -> None:
    with server.connected() as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = b"GET /simple/ HTTP/1.1\r\nHost: x\r\nUser-Agent: pip/1 {}\r\n\r\n"
        for at in range(0, len(request), 7):
            peer.sendall(request[at : at + 7])
            time.sleep(0.01)
        answer(peer)
    (entry,) = awaited(server.logs, bool)
    assert brief(entry) == ("GET", "/simple/", "200", "Hit")
    assert (entry["cs(User-Agent)"], entry["cs-bytes"]) == ("pip/1%20%7B%7D", str(len(request)))


def test_a_head_and_a_part_say_that_they_are(server: Running) -> None:
    server.told(
        b"HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n" % FILE
        + b"GET %s HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9\r\n\r\n" % FILE
        + b"GET %s HTTP/1.1\r\nHost: x\r\nRange: bytes=5-\r\n\r\n" % FILE
        + b"GET %s HTTP/1.1\r\nHost: x\r\nRange: bytes=%d-\r\nConnection: close\r\n\r\n" % (FILE, BIG)
    )
    head, first, second, beyond = awaited(server.logs, lambda found: len(found) == 4)
    assert brief(head) == ("HEAD", FILE.decode(), "200", "Hit")
    assert int(head["sc-bytes"]) < 1000
    assert (first["sc-status"], first["sc-range-start"], first["sc-range-end"]) == ("206", "0", "9")
    assert (second["sc-status"], second["sc-range-start"], second["sc-range-end"]) == ("206", "5", str(BIG - 1))
    assert (beyond["sc-status"], beyond["sc-range-start"]) == ("416", "-")


def test_a_download_that_was_given_up_is_an_error(server: Running) -> None:
    with server.connected() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        peer.sendall(GET % FILE)
        assert peer.recv(1 << 16)
    (entry,) = awaited(server.logs, bool)
    assert brief(entry) == ("GET", FILE.decode(), "200", "Error")
    assert entry["x-edge-detailed-result-type"] == "ClientCommError"


def test_a_download_that_took_its_time_is_written_at_its_end(server: Running) -> None:
    with server.connected() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        peer.sendall(GET % FILE)
        assert peer.recv(1)
        assert server.told(LAST % b"/simple/").startswith(b"HTTP/1.1 200 OK")
        awaited(server.logs, bool)
        came = 1
        while came < BIG:
            came += len(peer.recv(1 << 16))
    found = awaited(server.logs, lambda found: len(found) == 2)
    assert [brief(entry)[1:] for entry in found] == [("/simple/", "200", "Hit"), (FILE.decode(), "200", "Hit")]


def test_who_leaves_before_an_answer_has_status_000(server: Running) -> None:
    with server.connected() as peer:
        peer.sendall(GET % b"/api/slow")
    (entry,) = awaited(server.logs, bool)
    assert brief(entry) == ("GET", "/api/slow", "000", "Error")


def test_faults_are_what_the_peer_was_told(server: Running) -> None:
    server.told(GET % b"/api/fault")
    server.told(GET % b"/api/half")
    fault, half = awaited(server.logs, lambda found: len(found) == 2)
    assert brief(fault) == ("GET", "/api/fault", "500", "Error")
    assert brief(half) == ("GET", "/api/half", "200", "Error")


def test_bodies_are_counted_and_reasons_do_not_matter(server: Running) -> None:
    with server.connected() as peer:
        peer.sendall(POST % 3 + b"abc")
        answer(peer)
    (entry,) = awaited(server.logs, bool)
    assert brief(entry) == ("POST", "/legacy/", "400", "Error")
    assert entry["cs-bytes"] == str(len(POST % 3) + 3)


def test_refusals_are_written(server: Running) -> None:
    server.told(b"\x16\x03\x01\x02\x00\x01")
    server.told(GET % b"/simple/" + b"nonsense\r\n\r\n")
    server.told(b"GET /long HTTP/1.1\r\nAuthorization: " + b"secret" * 2000 + b"\r\n\r\n")
    found = awaited(server.logs, lambda found: len(found) == 4)
    assert list(map(brief, found)) == [
        ("-", "-", "400", "Error"),
        ("GET", "/simple/", "200", "Hit"),
        ("-", "-", "400", "Error"),
        ("GET", "/long", "431", "Error"),
    ]
    assert "secret" not in str(found)


def test_who_stalls_in_the_headers_is_written(tmp_path: Path) -> None:
    with logged(tmp_path, patience=0.4) as server:
        server.told(b"GET /simple/ HTTP/1.1\r\nHost: x\r\nAccept: y\r\n")
        (entry,) = awaited(server.logs, bool)
        assert brief(entry) == ("GET", "/simple/", "408", "Error")
        assert entry["cs(Host)"] == "x"


def test_a_proxy_on_this_machine_says_whom_it_asks_for(server: Running) -> None:
    for target in (b"/simple/", FILE):
        server.told(
            b"HEAD %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.9\r\n"
            b"Connection: close\r\n\r\n" % target
        )
    found = awaited(server.logs, lambda found: len(found) == 2)
    assert [entry["c-ip"] for entry in found] == ["203.0.113.9"] * 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_stop_writes_what_is_left(server: Running, number: int) -> None:
    with server.connected() as peer:
        peer.sendall(LAST % FILE)
        everything(peer)
    server.process.send_signal(number)
    out, err = server.process.communicate(timeout=30)
    assert (server.process.returncode, out, err) == (0, "stopped\n", "")
    (entry,) = entries(server.logs)
    assert brief(entry) == ("GET", FILE.decode(), "200", "Hit")


def test_what_is_cut_off_by_the_end_is_written_as_an_error(tmp_path: Path) -> None:
    with logged(tmp_path, grace=1) as server, server.connected() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.sendall(GET % FILE)
        assert peer.recv(1)
        server.process.terminate()
        server.process.communicate(timeout=30)
        (entry,) = entries(server.logs)
        assert brief(entry) == ("GET", FILE.decode(), "200", "Error")


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "logs").write_bytes(b"in the way")
    with logged(tmp_path) as server:
        for _ in range(2):
            assert server.told(LAST % b"/simple/").startswith(b"HTTP/1.1 200 OK")
        server.process.terminate()
        server.process.communicate(timeout=30)
        assert server.process.returncode == 0
