"""Descriptions as safe HTML. They are hostile input to big parsers, so a child process renders them.

The child has bounded memory and time, so that no description stops the index: whatever cannot be rendered is shown as
the plain text that it is. The child starts with a description, serves later ones, and ends when none came for a while.
"""

import atexit
import hashlib
import json
import os
import re
import select
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from html import escape
from pathlib import Path

LONGEST = 1024 * 1024
"""Characters. Longer descriptions are shown as plain text, and no more than this of them."""

_SECONDS = 10.0
_IDLE_SECONDS = 60.0
_PIECE = 65_536
_REMEMBERED = 16 * 1024 * 1024
_ROOT = str(Path(__file__).parents[1])
_PROGRAM = (
    f"import sys; sys.path.insert(0, {_ROOT!r}); from adapters.readme_child import main; main(float(sys.argv[1]))"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n?")


class ReadmeRenderer:
    """Renders descriptions; remembers the last ones."""

    def __init__(self, seconds: float = _SECONDS, idle_seconds: float = _IDLE_SECONDS) -> None:
        """Give up on a description after so many seconds; keep the child for so many after its last answer."""
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._cache: OrderedDict[bytes, str] = OrderedDict()
        self._remembered = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def render(self, description: str, content_type: str | None, base: str | None = None) -> str:
        """Safe HTML.

        Args:
            description: Markdown, reStructuredText or plain text.
            content_type: which of them; None if it is reStructuredText if it can be.
            base: URL with a slash at its end, below which relative links lead; None if they lead nowhere.
        """
        text = _readable(description)
        digest = hashlib.sha256(f"{content_type}\n{base}\n{text}".encode(errors="replace")).digest()
        with self._lock:
            if digest in self._cache:
                self._cache.move_to_end(digest)
                return self._cache[digest]
            try:
                answer = self._ask(text, content_type, base) if len(text) <= LONGEST else None
            except OSError:
                return plain(text)  # no process for it; the next time there may be one
            html = plain(text) if answer is None else answer
            self._remember(digest, html)
            return html

    def close(self) -> None:
        """End the child process; it starts again when needed."""
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():
            child.kill()
            child.communicate()
        atexit.unregister(self.close)

    def _remember(self, digest: bytes, html: str) -> None:
        self._cache[digest] = html
        self._remembered += len(html)
        while self._remembered > _REMEMBERED:
            _, forgotten = self._cache.popitem(last=False)
            self._remembered -= len(forgotten)

    def _ask(self, text: str, content_type: str | None, base: str | None) -> str | None:
        """What the child makes of it; None if it refuses, fails or takes too long.

        Raises:
            OSError: there can be no child.
        """
        question = json.dumps([text, content_type, base]).encode() + b"\n"
        for _ in range(2):
            line, in_time = self._answer(question)
            if line.endswith(b"\n"):
                html = json.loads(line)
                return html if isinstance(html, str) else None
            self.close()
            if not in_time:
                return None
            # It died: of this description, or before, of something else, or it just had nothing to do for long enough.
            # A second one tells.
        return None

    def _answer(self, question: bytes) -> tuple[bytes, bool]:
        """A line from the child, incomplete if it died, and whether it was left to live."""
        deadline = time.monotonic() + self._seconds
        pipe_in, pipe_out = self._running_child()
        try:
            return _exchanged(pipe_in, pipe_out, question, deadline), True
        except TimeoutError:
            self.close()
            return b"", False
        except OSError:
            return b"", True

    def _running_child(self) -> tuple[int, int]:
        """The ends of the pipes to it and from it."""
        child = self._child
        if child is None or self._owner != os.getpid() or child.poll() is not None:
            self.close()
            # -P: in whatever folder we were started lie modules that may be called like those of the standard library.
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-P", "-W", "ignore", "-c", _PROGRAM, str(self._idle_seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                bufsize=0,
            )
            self._child, self._owner = child, os.getpid()
            # However it ends, nothing of it stays, be there another question or not.
            threading.Thread(target=child.wait, name="readme", daemon=True).start()
            atexit.register(self.close)
        if child.stdin is None or child.stdout is None:
            raise OSError("a child without pipes")
        os.set_blocking(child.stdin.fileno(), False)
        return child.stdin.fileno(), child.stdout.fileno()


def _exchanged(pipe_in: int, pipe_out: int, question: bytes, deadline: float) -> bytes:
    """The line that answers a question, incomplete if there comes no more.

    Raises:
        TimeoutError: it is not there in time.
        OSError: nobody listens.
    """
    poll = select.poll()
    poll.register(pipe_out, select.POLLIN)
    poll.register(pipe_in, select.POLLOUT)
    left, answer = memoryview(question), bytearray()
    while not answer.endswith(b"\n"):
        seconds = deadline - time.monotonic()
        ready = poll.poll(1000 * seconds) if seconds > 0 else []
        if not ready:
            raise TimeoutError
        for pipe, _ in ready:
            if pipe == pipe_in:
                left = left[os.write(pipe_in, left) :]
                if not left:
                    poll.unregister(pipe_in)
            elif piece := os.read(pipe_out, _PIECE):
                answer += piece
            else:
                return bytes(answer)
    return bytes(answer)


def plain(text: str) -> str:
    """The text as it is, its beginning if it is very long."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n…"
    return f'<pre class="plain" tabindex="0">{escape(shown)}</pre>\n'


def _readable(description: str) -> str:
    """Without control characters and halves of characters, which HTML has no place for."""
    whole = description.encode(errors="replace").decode()
    return _CONTROLS.sub("", _LINE_END.sub("\n", whole))


def _environment() -> dict[str, str]:
    """Where Python finds its libraries, and none of the index's secrets; docutils reads no configuration of others."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT") if name in os.environ}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return kept | {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "DOCUTILSCONFIG": os.devnull}


_RENDERER = ReadmeRenderer()
render = _RENDERER.render
close = _RENDERER.close
