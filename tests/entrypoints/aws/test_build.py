"""The function that builds, in a process of its own as on AWS: what comes out, and what a hostile project gets."""

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from attrs import field, frozen

from adapters.aws.build_job import BuildBounds, Form, Job
from adapters.records import to_json
from tests.wheels import make_wheel

ROOT = Path(__file__).parents[3]
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAHUSH", "AWS_SECRET_ACCESS_KEY": "hush-hush", "AWS_SESSION_TOKEN": "hush-too"}
RUN = """
import json, logging, sys
logging.basicConfig(level=logging.INFO)
from entrypoints.aws.build import handler
class Context:
    def get_remaining_time_in_millis(self):
        return 300_000
print(json.dumps(handler(json.load(sys.stdin), Context())))
"""
BACKEND = """
import os, socket, subprocess, sys, tarfile, time, zipfile
from pathlib import Path

VERSION = os.environ.get("SETUPTOOLS_SCM_PRETEND_VERSION", "1.0")

def build_sdist(folder, _):
    with tarfile.open(Path(folder, f"frob-{VERSION}.tar.gz"), "w:gz") as archive:
        archive.add(".", f"frob-{VERSION}")
    return f"frob-{VERSION}.tar.gz"

def build_wheel(folder, *_):
    with zipfile.ZipFile(Path(folder, f"frob-{VERSION}-py3-none-any.whl"), "w") as archive:
        archive.writestr("frob.py", "")
    return f"frob-{VERSION}-py3-none-any.whl"
"""
SOURCE = "/source?X-Amz-Signature=geheim"
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'


def archive(files: Mapping[str, str]) -> bytes:
    """A source archive as GitHub gives it; of the same files it has the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as target:
        for name, text in files.items():
            info = tarfile.TarInfo(f"alice-frob-0123456/{name}")
            info.size = len(text.encode())
            target.addfile(info, io.BytesIO(text.encode()))
    return gzip.compress(content.getvalue(), mtime=0)


@frozen
class Store:
    """What can be fetched from a server on this machine, and what was put there."""

    url: str
    served: dict[str, bytes] = field(factory=dict)
    put: dict[str, list[bytes]] = field(factory=dict)

    def form(self, key: str) -> Form:
        return Form(f"{self.url}/put", {"key": key})

    def last(self, key: str) -> bytes:
        return self.put[key][-1]

    @property
    def outcome(self) -> Any:
        return json.loads(self.last("outcome"))

    @property
    def log(self) -> str:
        return self.last("log").decode()


@contextmanager
def serving() -> Iterator[Store]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = opened.served.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def do_POST(self) -> None:
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            form = message_from_bytes(head + self.rfile.read(int(self.headers["Content-Length"])), policy=HTTP)
            parts: dict[str, Any] = {
                str(part.get_param("name", header="Content-Disposition")): part.get_payload(decode=True)
                for part in form.iter_parts()
            }
            opened.put.setdefault(parts["key"].decode(), []).append(parts["file"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        opened = Store(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield opened
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def store() -> Iterator[Store]:
    with serving() as opened:
        yield opened


def build(
    store: Store,
    folder: Path,
    files: Mapping[str, str],
    version: str | None = None,
    source: str = SOURCE,
    **bounds: int,
) -> "subprocess.CompletedProcess[str]":
    """Have this project built; the function's process has ended."""
    store.served[SOURCE] = archive(files)
    index_url = f"{store.url.replace('//', '//reader:pa55word@')}/simple/"
    given = {"seconds": 600, "memory_bytes": 2**30, "disk_bytes": 2**28, "file_bytes": 2**24} | bounds
    job = Job(
        source=f"{store.url}{source}",
        files=(store.form("first"), store.form("second")),
        log=store.form("log"),
        outcome=store.form("outcome"),
        bounds=BuildBounds(**given),
        version=version,
        index_url=index_url,
    )
    return subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(to_json(job)),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(folder), **CREDENTIALS},
    )


def project(more: str = "", pyproject: str = PYPROJECT) -> dict[str, str]:
    """A project with a backend of its own, which does more as soon as it is imported."""
    return {"pyproject.toml": pyproject, "own.py": BACKEND + more}


def test_an_sdist_and_the_wheel_of_it_are_put_and_then_the_outcome(store: Store, tmp_path: Path) -> None:
    done = build(store, tmp_path, project("\nprint('Here I am')\n"))

    assert (done.returncode, done.stdout) == (0, "{}\n"), done.stderr
    assert store.outcome == {"filenames": ["frob-1.0.tar.gz", "frob-1.0-py3-none-any.whl"], "reason": None}
    with tarfile.open(fileobj=io.BytesIO(store.last("first"))) as sdist:
        assert sdist.getmember("frob-1.0/pyproject.toml")
    assert store.last("second").startswith(b"PK")
    assert "Here I am" in store.log
    assert list(store.put)[-1] == "outcome"
    assert list(tmp_path.iterdir()) == []


def test_what_the_tag_says_is_told_to_the_project(store: Store, tmp_path: Path) -> None:
    done = build(store, tmp_path, project(), "2.1rc1")

    assert done.returncode == 0, done.stderr
    assert store.outcome["filenames"] == ["frob-2.1rc1.tar.gz", "frob-2.1rc1-py3-none-any.whl"]


def test_requirements_come_from_the_index_whose_password_nobody_reads(store: Store, tmp_path: Path) -> None:
    filename, content = make_wheel("tool", "1.0", files={"tool.py": b"answer = 42"})
    store.served["/simple/tool/"] = f'<a href="/files/{filename}">{filename}</a>'.encode()
    store.served[f"/files/{filename}"] = content
    needing = PYPROJECT.replace("[]", '["tool"]', 1)

    done = build(store, tmp_path, project("\nimport tool\nprint('the answer is', tool.answer)\n", needing))

    assert done.returncode == 0, done.stderr
    assert store.outcome["reason"] is None, store.log
    assert "the answer is 42" in store.log
    assert "pa55word" not in store.log + done.stdout + done.stderr


def test_what_cannot_be_built_ends_with_a_reason_and_its_output(store: Store, tmp_path: Path) -> None:
    done = build(store, tmp_path, project("\nraise RuntimeError('I do not feel like it')\n"))

    assert done.returncode == 0
    assert store.outcome == {
        "filenames": [],
        "reason": "The build backend failed while it made the sdist: see the log.",
    }
    assert "I do not feel like it" in store.log
    assert store.put.keys() == {"log", "outcome"}


PRYING = """
def tell(what, act):
    try:
        print(what, "->", act())
    except BaseException as error:
        print(what, "-> refused", type(error).__name__)

tell("environment", lambda: sorted(os.environ.items()))
pid = os.getpid()
while pid > 1:
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    pid = int(stat[1])
    words = Path(f"/proc/{pid}/cmdline").read_bytes() if pid else b""
    if b"entrypoints.aws.build" in words:
        tell("its parent's environment", lambda: Path(f"/proc/{pid}/environ").read_bytes())
        tell("its parent's memory", lambda: open(f"/proc/{pid}/mem", "rb").read(1))
        tell("its parent's files", lambda: os.readlink(f"/proc/{pid}/fd/0"))
        break
tell("network", lambda: socket.create_connection(("127.0.0.1", PORT), 1))
tell("datagrams", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
"""


def test_a_project_learns_nothing_and_reaches_nobody(store: Store, tmp_path: Path) -> None:
    port = store.url.rpartition(":")[2]

    build(store, tmp_path, project(PRYING.replace("PORT", port)))

    assert store.outcome["reason"] is None
    for what in ("its parent's environment", "its parent's memory", "its parent's files", "network", "datagrams"):
        assert f"{what} -> refused" in store.log
    assert "hush" not in store.log.lower()
    assert "/put" not in store.log


LINGERING = """
for _ in range(3):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "MARK"], start_new_session=True)
"""


@pytest.mark.parametrize("more", ["", "time.sleep(600)\n", "while True:\n    print('x' * 4000)\n"])
def test_nothing_of_a_build_outlives_it(store: Store, tmp_path: Path, more: str) -> None:
    mark = tmp_path.name + "-lingers"

    done = build(store, tmp_path, project(LINGERING.replace("MARK", mark) + more), seconds=600 if not more else 3)

    assert done.returncode == 0, done.stderr
    assert store.outcome["reason"] == (None if not more else "The build took longer than 3 seconds.")
    assert len(store.last("log")) <= 2**20
    running = [path for path in Path("/proc").iterdir() if path.name.isdigit()]
    assert not [path for path in running if mark.encode() in commandline(path)]
    assert list(tmp_path.iterdir()) == []


def commandline(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def test_a_build_that_fills_the_disk_is_stopped(store: Store, tmp_path: Path) -> None:
    filling = (
        "\nfor number in range(100):\n    Path(f'large-{number}').write_bytes(bytes(2**22))\n    time.sleep(0.1)\n"
    )

    build(store, tmp_path, project(filling), disk_bytes=2**25)

    assert store.outcome["reason"] == f"The build wrote more than {2**25} bytes."


def test_what_a_build_forbids_us_to_remove_is_removed(store: Store, tmp_path: Path) -> None:
    locking = """
Path("locked/deeper").mkdir(parents=True)
Path("locked/deeper/file").touch()
Path("away").symlink_to("/")
os.chmod("locked/deeper", 0)
os.chmod("locked", 0)
"""
    done = build(store, tmp_path, project(locking))

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_is_not_there_is_no_outcome(store: Store, tmp_path: Path) -> None:
    failed = build(store, tmp_path, project(), source="/nothing?X-Amz-Signature=geheim")

    assert failed.returncode == 1
    assert not store.put
    assert "404" in failed.stderr
    assert "geheim" not in failed.stderr


def test_addresses_that_open_a_door_are_in_no_log(store: Store, tmp_path: Path) -> None:
    """Lambda keeps what is logged from INFO on."""
    done = build(store, tmp_path, project())

    assert done.returncode == 0, done.stderr
    assert "geheim" not in done.stdout + done.stderr + store.log
