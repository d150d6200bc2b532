"""Descriptions as safe HTML. They are hostile input to big parsers, so a child process renders them.

The child has bounded memory and time, so that no description stops the index: whatever cannot be rendered is shown as
the plain text that it is. The child starts with the first description and serves all later ones.
"""

import atexit
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from html import escape
from pathlib import Path

LONGEST = 1024 * 1024
"""Bytes. Longer descriptions are shown as plain text."""

_SECONDS = 5.0
_KEPT = 256
_PROGRAM = Path(__file__).with_name("readme_html.py")


class ReadmeRenderer:
    """Renders descriptions; remembers the last ones."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        """Give up on a description after so many seconds."""
        self._seconds = seconds
        self._lock = threading.Lock()
        self._cache: OrderedDict[bytes, str] = OrderedDict()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def render(self, description: str, content_type: str | None) -> str:
        """Safe HTML. The text is Markdown, reStructuredText or plain; without a type reStructuredText if it can be."""
        source = description.encode(errors="replace")
        digest = hashlib.sha256(f"{content_type}\n".encode(errors="replace") + source).digest()
        with self._lock:
            if digest in self._cache:
                self._cache.move_to_end(digest)
                return self._cache[digest]
            html = self._ask(source.decode(), content_type) if len(source) <= LONGEST else None
            html = plain(description) if html is None else html
            self._cache[digest] = html
            if len(self._cache) > _KEPT:
                self._cache.popitem(last=False)
            return html

    def close(self) -> None:
        """End the child process; it starts again when needed."""
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():
            child.kill()
            child.communicate()
        atexit.unregister(self.close)

    def _ask(self, description: str, content_type: str | None) -> str | None:
        """What the child makes of it; None if it refuses, fails or takes too long."""
        try:
            child = self._running_child()
        except OSError:
            return None
        pipe_in, pipe_out = child.stdin, child.stdout
        if pipe_in is None or pipe_out is None:
            return None
        watchdog = threading.Timer(self._seconds, child.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            pipe_in.write(json.dumps([description, content_type]).encode() + b"\n")
            pipe_in.flush()
            answer = json.loads(pipe_out.readline() or b"null")
        except (OSError, ValueError):
            answer = None
        finally:
            watchdog.cancel()
        return answer if isinstance(answer, str) else None

    def _running_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._owner == os.getpid() and self._child.poll() is None:
            return self._child
        self.close()
        # -P: beside the program lie modules that may be called like those of the standard library.
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-P", "-W", "ignore", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        self._owner = os.getpid()
        atexit.register(self.close)
        return self._child


def _environment() -> dict[str, str]:
    """Where Python finds its libraries, and none of the index's secrets; docutils reads no configuration of others."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT") if name in os.environ}
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return kept | {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "DOCUTILSCONFIG": os.devnull}


def plain(text: str) -> str:
    """The text as it is."""
    readable = "".join(character if character.isprintable() or character in "\n\t" else " " for character in text)
    return f'<pre class="plain" tabindex="0">{escape(readable)}</pre>\n'


_RENDERER = ReadmeRenderer()
render = _RENDERER.render
