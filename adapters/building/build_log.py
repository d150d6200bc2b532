"""What a build prints, as something that can be shown: bounded, readable, and without what is nobody's business."""

import codecs
import re
from collections import deque
from collections.abc import Mapping

MOST_BYTES = 960 * 1024
"""With what the index itself says before and after, a log stays below `domain.submission.MOST_LOG_BYTES`."""

_LONGEST_LINE = 8 * 1024
_MOST_LEFT_OUT = 100
# ECMA-48: CSI and OSC sequences, then two-character escapes; what is left of cut ones goes with the controls.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile(r"\r+\n?")


class BuildLog:
    """Takes bytes as they come; keeps the beginning and the end.

    Args:
        hidden: texts that are not to be read by whoever publishes, and what stands in their place.
        most_bytes: how much is kept.
    """

    def __init__(self, hidden: Mapping[str, str] | None = None, most_bytes: int = MOST_BYTES) -> None:
        # Longer ones first: one may be part of another.
        self._hidden = sorted((hidden or {}).items(), key=lambda pair: -len(pair[0]))
        self._room = (most_bytes - _MOST_LEFT_OUT) // 2
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._head: list[bytes] = []
        self._head_bytes = 0
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._left_out = 0

    def add(self, printed: bytes) -> None:
        """Take what was printed next."""
        self._take(self._decoder.decode(printed))

    def say(self, heading: str) -> None:
        """A line of our own, with an empty one before it."""
        self._take(self._decoder.decode(b"", final=True))
        self._decoder.reset()
        start = "\n" if self._line else ""
        between = "\n" if self._head or self._line else ""
        self._take(f"{start}{between}{heading}\n")

    def text(self) -> bytes:
        """All that is kept, with a line that says what is not."""
        last = self._cleaned(self._line).encode(errors="replace")
        if not self._left_out:
            return b"".join((*self._head, *self._tail, last))
        gap = f"\n[... {self._left_out} bytes are left out ...]\n".encode()
        return b"".join((*self._head, gap, *self._tail, last[: self._room]))

    def _take(self, text: str) -> None:
        lines = (self._line + text).split("\n")
        for line in lines[:-1]:
            self._keep(f"{line}\n")
        self._line = lines[-1]
        while len(self._line) > _LONGEST_LINE:
            self._keep(self._line[:_LONGEST_LINE])
            self._line = self._line[_LONGEST_LINE:]

    def _keep(self, line: str) -> None:
        kept = self._cleaned(line).encode(errors="replace")
        # A line is at most four times its characters: this leaves room for the one that is not ended yet.
        room = self._room - 4 * _LONGEST_LINE
        if not self._tail and self._head_bytes + len(kept) <= room:
            self._head.append(kept)
            self._head_bytes += len(kept)
            return
        self._tail.append(kept)
        self._tail_bytes += len(kept)
        while self._tail_bytes > room:
            gone = self._tail.popleft()
            self._tail_bytes -= len(gone)
            self._left_out += len(gone)

    def _cleaned(self, line: str) -> str:
        cleaned = _CONTROLS.sub("", _LINE_ENDS.sub("\n", _ESCAPES.sub("", line)))
        for text, instead in self._hidden:
            cleaned = cleaned.replace(text, instead)
        return cleaned
