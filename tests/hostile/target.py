"""A real server to be attacked, with files around its site that nobody may ever see."""

import random
import re
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
from attrs import frozen

from tests.running import COMMAND, PATIENCE, ROOT, command, environment, token_of
from tests.wheels import make_wheel

CANARY = b"canary-4f1d9c"
_FIRST_LINE = re.compile(rb"HTTP/1\.1 (\d{3})[^\r\n]*\r\n")
_LINES = re.compile(rb"HTTP/1\.1 [2-5]\d\d ")
_SILENCE = 0.4
_BYTES = random.Random(1).randbytes(3 * 2**20)  # noqa: S311 - what cannot be compressed
_LINKS = ("static/link.css", "packages/demo/1.0/link.whl", "simple/link/index.html", "sitemap/1.xml")


@frozen
class Answer:
    """One of the answers on a connection; a body is missing where the server hung up first."""

    status: int
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def field(self, name: bytes) -> bytes:
        """The value of a header field, empty if there is none."""
        return next((value for key, value in self.fields if key == name), b"")


@frozen
class Target:
    """A server process, its address, its home and what it wrote to its log."""

    process: subprocess.Popen[bytes]
    port: int
    home: Path
    log: Path
    token: str

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    def connected(self) -> socket.socket:
        """A new connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def told(self, *pieces: bytes, least: int = 0, shut: bool = False) -> bytes:
        """Everything that comes back until the server hangs up, or is silent after at least so many answers."""
        parts: list[bytes] = []
        # An OSError as well: who hung up already cannot be told that nothing more comes.
        with self.connected() as peer, suppress(OSError):
            for piece in pieces:
                peer.sendall(piece)
            if shut:
                peer.shutdown(socket.SHUT_WR)
            ready = select.poll()
            ready.register(peer, select.POLLIN)
            while ready.poll(1000 * _SILENCE) or len(_LINES.findall(b"".join(parts))) < least:
                part = peer.recv(1 << 18)
                if not part:
                    break
                parts.append(part)
                assert sum(map(len, parts)) < 1 << 26
        return b"".join(parts)

    def check_well(self) -> None:
        """It runs, answers others, and has nothing to complain about."""
        assert self.process.poll() is None, "the server is gone"
        assert httpx2.get(f"{self.url}/healthz", timeout=PATIENCE).status_code == 200
        said = self.log.read_text(errors="replace")
        assert not said, said[-4000:]

    def check_clean(self) -> None:
        """Nothing of what was refused is left, and what is served is what was published."""
        until = time.monotonic() + PATIENCE
        while (left := list((self.home / "tmp").glob("upload-*"))) and time.monotonic() < until:
            time.sleep(0.1)
        assert not left
        for link in _LINKS:
            (self.home / "site" / link).unlink(missing_ok=True)
        command("verify", "--home", self.home)

    def memory(self) -> int:
        """The most that it ever had in memory, in MiB."""
        said = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", said)[1]) // 1024  # type: ignore[index]


def answers(raw: bytes) -> list[Answer]:
    """The answers in what came on a connection. Interim answers are passed over.

    Raises:
        AssertionError: what came is not HTTP, or holds a canary.
    """
    assert CANARY not in raw, raw[:2000]
    found = []
    while raw:
        match = _FIRST_LINE.match(raw)
        assert match, raw[:200]
        head, end, rest = raw.partition(b"\r\n\r\n")
        assert end, raw[:200]
        status = int(match[1])
        lines = head.split(b"\r\n")[1:]
        assert all(b": " in line for line in lines), head
        fields = tuple((line.split(b": ", 1)[0].lower(), line.split(b": ", 1)[1]) for line in lines)
        answer = Answer(status, fields, b"")
        length = 0 if status < 200 or status in (204, 304) else int(answer.field(b"content-length") or len(rest))
        if status >= 200:
            found.append(Answer(status, fields, rest[:length]))
        raw = rest[length:]
    return found


def check_answers(raw: bytes, *, head: bool = False) -> list[Answer]:
    """What no answer may be.

    Args:
        raw: what came.
        head: whether the request was a HEAD, whose answer tells a length and has no body.
    """
    found = [] if head else answers(raw)
    assert CANARY not in raw
    for answer in found:
        # Whoever wants to log in where no login is set up is told how that is done, and that is all.
        assert answer.status < 500 or b"SLS_PYPI_GITHUB_CLIENT_ID" in answer.body, raw[:500]
        assert answer.field(b"x-content-type-options") == b"nosniff", raw[:500]
        if 400 <= answer.status < 500 and answer.field(b"content-type").startswith(b"text/plain"):
            assert answer.body.count(b"\n") <= 1, answer.body
    return found


@contextmanager
def target(folder: Path, *, open_files: int | None = None, **changes: str) -> Iterator[Target]:
    """A server with one package, stopped at the end.

    Args:
        folder: of our own.
        open_files: how many files and connections it may have open.
        changes: of its environment.
    """
    home = folder / "home"
    token = token_of(home)
    for place in (folder, home, home / "secrets", home / "blobs", home / "site-2"):
        place.mkdir(exist_ok=True)
        (place / "canary.txt").write_bytes(CANARY)
        (place / "index.html").write_bytes(CANARY)
    for link in _LINKS:
        (home / "site" / link).parent.mkdir(parents=True, exist_ok=True)
        (home / "site" / link).symlink_to(folder / "canary.txt")
    log = folder / "log"
    limit = () if open_files is None else ("prlimit", f"--nofile={open_files}:{open_files}")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*limit, *COMMAND, "serve", "--home", str(home), "--port", "0"],
            cwd=ROOT,
            env=environment(**changes),
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl-C ends the campaign, which then looks at the server
        )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        match = re.fullmatch(rb"Serving http://127\.0\.0\.1:(\d+)\n", said)
        assert match, (said, log.read_text())
        served = Target(process, int(match[1]), home, log, token)
        _publish(served)
        yield served
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()


def _publish(served: Target) -> None:
    filename, content = make_wheel("demo", "1.0", files={"demo/data": _BYTES})
    form = {":action": "file_upload", "name": "demo", "version": "1.0", "filetype": "bdist_wheel"}
    answer = httpx2.post(
        f"{served.url}/legacy/",
        data=form,
        files={"content": (filename, content)},
        auth=("__token__", served.token),
        timeout=PATIENCE,
    )
    assert answer.status_code == 200, answer.text
