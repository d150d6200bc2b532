"""Programs for node that answer each line of JSON by another."""

import json
import shutil
import subprocess
from types import TracebackType
from typing import IO, Any, Self, cast


class NodeProgram:
    """One process for many questions; a context manager.

    Args:
        arguments: the program and what it is given.
    """

    def __init__(self, *arguments: str) -> None:
        command = [shutil.which("node") or "node", *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)

    def answer(self, question: object) -> Any:
        """What the program makes of the question."""
        stdin, stdout = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        line = stdout.readline()
        assert line, "the program failed: node says why on stderr"
        return json.loads(line)
