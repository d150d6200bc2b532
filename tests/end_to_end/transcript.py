"""What was run and what it said, for people to read: `.cache/end-to-end/transcript.txt`."""

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2

from tests.clients.clients import ROOT, Outcome, run

FOLDER = ROOT / ".cache" / "end-to-end"
MOST_LINES = 40
TOKEN = re.compile(r"slspypi-[A-Za-z0-9_.=-]+")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
TEMPORARY = re.compile(r"/\S*?/pytest-of-[^/]+/pytest-\d+/[^/\s]+/")
PAGES_FOLLOW_SECONDS = 30
ASK_AGAIN_SECONDS = 0.25


class Transcript:
    """A file that grows as the story is told; upload tokens are not in it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        path.write_text("")
        self._begun = time.monotonic()

    def write(self, text: str) -> None:
        """Add lines."""
        for pattern, instead in ((COLOUR, ""), (TOKEN, "slspypi-..."), (TEMPORARY, "")):
            text = pattern.sub(instead, text)
        with self._path.open("a") as file:
            file.write(text.rstrip("\n") + "\n")

    def chapter(self, title: str) -> None:
        """Begin something else."""
        self.write(f"\n## {title} ({time.monotonic() - self._begun:.0f} s)")

    def run(
        self, *command: object, env: Mapping[str, str], shown: str | None = None, status: int | None = 0
    ) -> Outcome:
        """Run a command to its end.

        Args:
            command: its words.
            env: its whole environment.
            shown: how people would type it, instead of `command`.
            status: how it has to end; None if that does not matter.
        """
        began = time.monotonic()
        outcome = run(*command, env=env, cwd=ROOT)
        self.write(f"\n$ {shown or ' '.join(map(str, command))}")
        lines = [line.rpartition("\r")[2].rstrip() for line in f"{outcome.err}\n{outcome.out}".splitlines()]
        lines = [line for line in lines if line]
        shown_lines = (
            lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], f"... {len(lines) - MOST_LINES} more"]
        )
        self.write("\n".join([*shown_lines, f"[status {outcome.status}, {time.monotonic() - began:.1f} s]"]))
        if status is not None:
            assert outcome.status == status, f"{shown or command} ended with {outcome.status}\n{outcome.text}"
        return outcome

    def answered(self, answer: httpx2.Response) -> None:
        """Note a request and its answer."""
        asked = answer.request
        accept = asked.headers.get("accept", "*/*")
        told = [answer.headers.get("content-type", ""), answer.headers.get("location", "")]
        words = [asked.method, asked.url.raw_path.decode(), *([] if accept == "*/*" else [f"(Accept: {accept})"])]
        self.write(f"{' '.join(words)} -> {answer.status_code} {' '.join(filter(None, told))}".rstrip())

    def eventually(self, what: str, seen: Callable[[], bool], seconds: float = PAGES_FOLLOW_SECONDS) -> None:
        """Wait for what has to follow by itself.

        Args:
            what: a sentence.
            seen: asked again and again until it says yes.
            seconds: how long it may take.
        """
        began = time.monotonic()
        while not seen():
            took = time.monotonic() - began
            assert took < seconds, f"not within {seconds} s: {what}"
            time.sleep(ASK_AGAIN_SECONDS)
        self.write(f"... {what} (after {time.monotonic() - began:.1f} s)")
