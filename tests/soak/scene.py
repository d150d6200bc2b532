"""What everybody shares who takes part."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from attrs import frozen

from tests.clients.tools import Tools
from tests.soak.ledger import Ledger
from tests.soak.server import Server


@frozen
class Scene:
    """What everybody needs.

    Attributes:
        folder: for what somebody publishes or installs.
        env: of the clients, without settings of this machine.
    """

    server: Server
    ledger: Ledger
    tools: Tools
    token: str
    folder: Path
    env: dict[str, str]
    over: threading.Event

    def client(self) -> httpx2.Client:
        """For asking the index."""
        return httpx2.Client(base_url=self.server.url, trust_env=False, timeout=30)

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A folder for a moment."""
        path = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            yield path
        finally:
            shutil.rmtree(path)

    def asked(self, client: httpx2.Client, method: str, path: str, **more: Any) -> httpx2.Response | None:
        """The answer; None if there is nobody to answer, or only the beginning of an answer."""
        try:
            answer = client.request(method, path, **more)
        except httpx2.HTTPError:
            self.ledger.count("requests cut off")
            return None
        if answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            self.ledger.trouble(f"{answer.status_code} to {method} {path.split('/')[1]}: {answer.text[:100].strip()}")
        return answer
