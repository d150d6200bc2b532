"""The index that is served, killed and started again, always at the same address."""

import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TextIO

from tests.running import ROOT, environment
from tests.soak.ledger import Ledger

_PROGRAM = (sys.executable, "-m", "entrypoints.local")
_STOP_SECONDS = 120  # this is about what is kept, on machines that may be busy
_CONFIRMS = (1, 30)
_LONGEST_LIFE_SECONDS = 20.0
_TOLD = 500  # letters


class Server:
    """`sls-pypi serve` on one home.

    Args:
        home: of the index.
        output: where everything is kept that its processes say.
        ledger: is told of kills.
    """

    def __init__(self, home: Path, output: Path, ledger: Ledger) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.home = home
        self.url = f"http://127.0.0.1:{self._port}"
        self.output = output
        self._ledger = ledger
        self._process: subprocess.Popen[str] | None = None
        self.generation = (
            0  # grows with each start and each stop, so that a client knows whether it was served all along
        )

    def start(self) -> None:
        """Serve. What was confirmed is listed from the first answer on."""
        with self.output.open("a") as said:
            process = subprocess.Popen(
                [*_PROGRAM, "serve", "--home", str(self.home), "--port", str(self._port)],
                cwd=ROOT,
                env=environment(),
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert re.fullmatch(r"Serving \S+\n", line), f"the server said {line!r}, see {self.output}"
        self._process = process
        self.generation += 1

    def stop(self, *, gently: bool) -> None:
        """End it, as an operator does or as a power cut does."""
        process, self._process = self._process, None
        if process is None:
            return
        self.generation += 1
        if gently:
            process.send_signal(signal.SIGTERM)
            status = process.wait(_STOP_SECONDS)
            if status:
                self._ledger.trouble(f"exit status {status} after SIGTERM")
            self._ledger.count("servers stopped by SIGTERM")
        else:
            process.kill()
            process.wait(_STOP_SECONDS)
            self._ledger.count("servers killed")
        assert process.stdout is not None
        process.stdout.close()

    def lives_and_dies(self, random: Random, over: threading.Event) -> None:
        """Serve until some more is confirmed, again and again: so it does something, on slow machines too."""
        while not over.is_set():
            enough = self._ledger.confirmed() + random.randint(*_CONFIRMS)
            deadline = time.monotonic() + _LONGEST_LIFE_SECONDS
            while self._ledger.confirmed() < enough and time.monotonic() < deadline and not over.is_set():
                over.wait(0.05)
            if not over.wait(random.random()):
                self.stop(gently=random.random() < 0.25)
                self.start()

    def command(self, *arguments: object, kill_after: float | None = None) -> int | None:
        """Run another command on the same home; None if it was killed. What it says when it fails is a trouble."""
        with tempfile.TemporaryFile("w+") as said:
            status = self._ended(said, arguments, kill_after)
            said.seek(0)
            text = said.read()
        with self.output.open("a") as output:
            output.write(text)
        if status:
            self._ledger.trouble(f"`{arguments[0]}` ended with {status}: {text.strip()[-_TOLD:]}")
        return status

    def _ended(self, said: TextIO, arguments: Sequence[object], kill_after: float | None) -> int | None:
        process = subprocess.Popen(
            [*_PROGRAM, *map(str, arguments), "--home", str(self.home)],
            cwd=ROOT,
            env=environment(),
            stdout=said,
            stderr=said,
        )
        try:
            return process.wait(kill_after if kill_after is not None else 300)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
