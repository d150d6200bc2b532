"""Files from GitHub, which sends us elsewhere for them. Whatever comes, it is bounded, and over in time."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import IO, TYPE_CHECKING

from attrs import field, frozen

from adapters.github.clients import client
from adapters.github.patience import TooSlow, Unanswered, explained, in_time
from adapters.github.rest import REDIRECTS, Reply
from adapters.github.standing import Standing

if TYPE_CHECKING:
    import httpx2

_MOST_REDIRECTS = 5
_MOST_REFUSAL_BYTES = 64 * 1024
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 10.0
_PLACES = threading.BoundedSemaphore(8)


class TooLong(Unanswered):
    """There is more than was to be fetched."""


@frozen
class Fetching:
    """Fetches what everybody may have: nobody's token goes anywhere.

    Attributes:
        root: URL of the API, without a slash at its end. Only where that is plain HTTP, on one machine, plain HTTP is
            followed.
        seconds: how long one file may take in all.
        standing: as whom the API is asked. Where it sends us, we are nobody.
    """

    root: str
    user_agent: str
    seconds: float
    standing: Standing = field(factory=Standing)

    def fetch(self, path: str, accept: str, destination: Path, most_bytes: int) -> Reply:
        """Write what is at the path into a file if that is answered with 200; its answer's body is then empty.

        Nothing is left at the destination unless all of it is there.

        Raises:
            Unanswered: nobody answers, or not within bounds.
            TooLong: there are more bytes than that.
        """
        is_whole = False
        try:
            with destination.open("wb") as file:
                # Whoever still hangs there after that finds the file closed.
                reply = in_time(lambda: self._fetched(path, accept, file, most_bytes), self.seconds, _PLACES)
            is_whole = reply.status == HTTPStatus.OK
        finally:
            if not is_whole:
                destination.unlink(missing_ok=True)
        return reply

    def _fetched(self, path: str, accept: str, file: IO[bytes], most_bytes: int) -> Reply:
        until = time.monotonic() + self.seconds
        with explained(), client(self.root, self.user_agent) as http:
            is_plain = http.base_url.scheme == "http"
            origin = _origin(http.base_url)
            url = http.base_url.copy_with(raw_path=http.base_url.raw_path.rstrip(b"/") + path.encode("ascii"))
            for _ in range(_MOST_REDIRECTS + 1):
                if url.scheme != "https" and not (is_plain and url.scheme == "http"):
                    raise Unanswered("sends to where nobody is safe")
                streamed = partial(_streamed, http, url, accept, file, most_bytes, until)
                reply = self.standing.ask(streamed) if _origin(url) == origin else streamed({})
                if reply.status not in REDIRECTS:
                    return reply
                url = url.join(reply.headers.get("location", ""))
        raise Unanswered("sends round in circles")


def _origin(url: "httpx2.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _streamed(
    http: "httpx2.Client",
    url: "httpx2.URL",
    accept: str,
    file: IO[bytes],
    most_bytes: int,
    until: float,
    more: Mapping[str, str],
) -> Reply:
    import httpx2  # noqa: PLC0415 - takes a while, and most functions ask nobody

    patience = httpx2.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    with http.stream("GET", url, headers={"Accept": accept, **more}, timeout=patience) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if answer.status_code != HTTPStatus.OK:
            refusal = bytearray()
            with suppress(TooLong):
                _copied(answer, refusal.extend, _MOST_REFUSAL_BYTES, until)
            return Reply(answer.status_code, headers, bytes(refusal))
        if headers.get("content-encoding", "identity") != "identity":
            raise Unanswered("compresses its answers")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most_bytes:
            raise TooLong
        _copied(answer, file.write, most_bytes, until)
    return Reply(answer.status_code, headers)


def _copied(answer: "httpx2.Response", write: Callable[[bytes], object], most_bytes: int, until: float) -> None:
    copied = 0
    for piece in answer.iter_raw():
        if time.monotonic() > until:
            raise TooSlow
        copied += len(piece)
        if copied > most_bytes:
            raise TooLong
        write(piece)
