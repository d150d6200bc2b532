"""A sample GitHub that is known at once, and made when there is time."""

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infrastructure.demo.catalogue import samples

if TYPE_CHECKING:
    from infrastructure.github_double.double import GitHub

_HERE = "127.0.0.1"


class LateGitHub:
    """It listens on this machine only, and answers once it was started: until then whoever asks waits.

    Attributes:
        url: of its site and its API.
        client_id, client_secret: of the app that the index is there.
    """

    client_id = "Iv1.sample"

    def __init__(self, port: int, callback: str) -> None:
        try:
            self._listener = socket.create_server((_HERE, port))
        except OSError:
            self._listener = socket.create_server((_HERE, 0))
        self._files = socket.create_server((_HERE, 0))
        self._callback = callback
        self._thread = threading.Thread(target=self._make, name="sample GitHub")
        self._made: GitHub | None = None
        self.port = self._listener.getsockname()[1]
        self.url = f"http://{_HERE}:{self.port}"
        self.client_secret = secrets.token_hex(20)

    def start(self) -> None:
        """Make it, in a thread of its own, and answer."""
        self._thread.start()

    def stop(self) -> None:
        """No more."""
        if self._thread.ident is not None:
            self._thread.join()
        if self._made:
            self._made.stop()
        self._listener.close()
        self._files.close()

    def _make(self) -> None:
        # Its modules take some tenths of a second.
        from infrastructure.demo.github import furnish  # noqa: PLC0415
        from infrastructure.github_double.double import GitHub  # noqa: PLC0415

        made = GitHub(self._listener, self._files)
        made.people.client_id, made.people.client_secret = self.client_id, self.client_secret
        made.people.callback = self._callback
        furnish(made, samples(self.url), datetime.now(UTC))
        made.start()
        self._made = made


@contextmanager
def late_github(port: int, callback: str) -> Iterator[LateGitHub]:
    """One that can be started, and is stopped in the end.

    Args:
        port: where it was the last time; another one if that is taken, or 0.
        callback: the URL where people come back to.
    """
    late = LateGitHub(port, callback)
    try:
        yield late
    finally:
        late.stop()
