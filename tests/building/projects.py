"""Projects that bring the backend that builds them, and what a build of theirs did."""

import gzip
import io
import tarfile
import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import evolve, field, frozen

from adapters.local.build_usage import BuildLimits
from adapters.local.builder import SandboxBuilder
from adapters.local.confinement import Confinement
from domain.ports.builder import Built, NotBuilt, Outcome

NOWHERE = "http://127.0.0.1:9/simple/"
MIB = 2**20
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """
import os, sys, tarfile, time, zipfile

VERSION = os.environ.get("SETUPTOOLS_SCM_PRETEND_VERSION", "1.0")

def build_sdist(folder, settings=None):
    act(folder)
    with tarfile.open(f"{folder}/thing-{VERSION}.tar.gz", "w:gz") as archive:
        archive.add(".", f"thing-{VERSION}")
    return f"thing-{VERSION}.tar.gz"

def build_wheel(folder, settings=None, metadata=None):
    told = os.environ.get("PDM_BUILD_SCM_VERSION", "1.0")
    with zipfile.ZipFile(f"{folder}/thing-{VERSION}-py3-none-any.whl", "w") as archive:
        archive.writestr("thing.py", "thing = 1")
        archive.writestr(f"thing-{VERSION}.dist-info/METADATA", f"Name: thing\\nVersion: {told}\\n")
    return f"thing-{VERSION}-py3-none-any.whl"
"""


class Logs:
    """Logs of builds, all that they ever were."""

    def __init__(self) -> None:
        self.said: list[bytes] = []

    def put(self, _submission: str, _part: int, text: bytes) -> None:
        self.said.append(text)

    def get(self, _submission: str) -> bytes:
        return self.said[-1]

    @property
    def text(self) -> str:
        return self.said[-1].decode()


@frozen
class Building:
    """A builder in a folder of its own."""

    path: Path
    how: Confinement | None
    limits: BuildLimits = field(factory=BuildLimits)
    index_url: str = NOWHERE
    logs: Logs = field(factory=Logs)
    hidden: tuple[Path, ...] = ()
    clock: Callable[[], float] = time.monotonic

    @property
    def builder(self) -> SandboxBuilder:
        """A new one each time, as after a restart."""
        return SandboxBuilder(
            self.path / "builds", self.logs, self.limits, self.index_url, self.how, self.hidden, self.clock
        )

    def until(self, word: str) -> "Building":
        """One whose time is over as soon as the word can be read in its log."""

        def clock() -> float:
            is_over = any(word.encode() in said for said in self.logs.said)
            return time.monotonic() + is_over * 2 * self.limits.seconds

        return evolve(self, clock=clock)

    def outcome(self, archive: bytes, version: str | None = None) -> Outcome:
        source = self.path / "source.tar.gz"
        source.write_bytes(archive)
        self.builder.start("s1", source, version)
        outcome = self.builder.outcome("s1")
        assert outcome is not None
        return outcome

    def reason(self, archive: bytes) -> str:
        outcome = self.outcome(archive)
        assert isinstance(outcome, NotBuilt), f"it was built: {self.logs.text}"
        return outcome.reason

    def filenames(self, archive: bytes, version: str | None = None) -> tuple[str, ...]:
        outcome = self.outcome(archive, version)
        assert isinstance(outcome, Built), f"{outcome.reason}\n{self.logs.text}"
        return outcome.filenames


def archive(files: Mapping[str, str | bytes], *more: tarfile.TarInfo, top: str = "owner-thing-0123abc") -> bytes:
    """A source archive as GitHub gives it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        for name, content in files.items():
            body = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(f"{top}/{name}")
            info.size, info.mtime = len(body), 1_700_000_000
            made.addfile(info, io.BytesIO(body))
        for info in more:
            made.addfile(info)
    # Of no time: equal projects are equal bytes, also where they name a test.
    return gzip.compress(buffer.getvalue(), mtime=0)


def project(act: str = "pass", backend: str = BACKEND, pyproject: str = PYPROJECT, **files: str) -> bytes:
    """One that does `act` while its sdist is built; `folder` is where that goes."""
    body = textwrap.indent(textwrap.dedent(act), "    ")
    return archive({"pyproject.toml": pyproject, "backend.py": f"{backend}\ndef act(folder):\n{body}\n", **files})


def entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info
