"""Processes that examine log files beside this one: looking at bytes keeps the interpreter, so threads would not help.

They hold nothing that could be lost. They end with their input, which also ends when this process is killed.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from attrs import asdict

from adapters.local.log_contents import LogContents, examined
from adapters.local.log_texts import Place
from adapters.records import from_json

_WORTH_STARTING = 16 * 2**20  # bytes of files, which take one process as long as others take to start
_MOST_READERS = 8
_PROGRAM = "import sys; sys.path[:] = {path!r}; from adapters.local.log_readers import main; main()"

_Reader = subprocess.Popen[bytes]


class LogReaders:
    """Examines files for several threads at once; where no process is left, in the threads themselves."""

    def __init__(self, readers: SimpleQueue[_Reader]) -> None:
        self._idle = readers

    def examined(self, path: Path, place: Place | None = None) -> LogContents:
        """Read the file once; `place` is for the requests as text, if that saves work.

        Raises:
            OSError: it is gone, cannot be read, or is no regular file.
        """
        with suppress(Empty):
            reader = self._idle.get_nowait()
            answer = _answer(reader, path, place)
            if answer:
                self._idle.put(reader)
            if answer.strip():
                return from_json(LogContents, json.loads(answer))
        return examined(path, place)


@contextmanager
def log_readers(many: int) -> Iterator[LogReaders]:
    """So many processes, as far as they can be started."""
    readers = SimpleQueue[_Reader]()
    with ExitStack() as started:
        with suppress(OSError):
            for _ in range(many):
                reader = _started()
                started.callback(_end, reader)
                readers.put(reader)
        yield LogReaders(readers)


def worth_it(size: int) -> int:
    """How many processes to start for so many bytes of files: one a processor, or none."""
    processors = os.cpu_count() or 1
    return min(processors, _MOST_READERS) if processors > 1 and size >= _WORTH_STARTING else 0


def main() -> None:
    """Answer each request by what the file holds, both as JSON in a line; by an empty line if it cannot be read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this ends it
    for line in sys.stdin:
        path, target, most = json.loads(line)
        place = None if target is None else Place(Path(target), most)
        try:
            answer = json.dumps(asdict(examined(Path(path), place)))
        except OSError:
            answer = ""
        try:
            os.write(sys.stdout.fileno(), f"{answer}\n".encode())
        except BrokenPipeError:
            return


def _answer(reader: _Reader, path: Path, place: Place | None) -> bytes:
    """What the process says; nothing if it is gone."""
    if reader.stdin is None or reader.stdout is None:  # it has both
        return b""
    request = (str(path), *((str(place.path), place.most) if place else (None, 0)))
    try:
        reader.stdin.write(json.dumps(request).encode() + b"\n")
        reader.stdin.flush()
        answer = reader.stdout.readline()
    except OSError:
        return b""
    return answer if answer.endswith(b"\n") else b""


def _started() -> _Reader:
    # -P: in whatever folder we were started lie modules that may be called like those of the standard library.
    program = [sys.executable, "-P", "-c", _PROGRAM.format(path=sys.path)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and code
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _end(reader: _Reader) -> None:
    reader.kill()
    with suppress(OSError), reader:
        pass
