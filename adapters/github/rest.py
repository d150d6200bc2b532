"""One request to GitHub at a time. Whatever comes back, it is bounded, and over in time."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from attrs import field, frozen

if TYPE_CHECKING:
    import httpx2

MOST_BYTES = 1024 * 1024

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 5.0
_MOST_REDIRECTS = 3
_MOST_HANGING = 4
_REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)


class Unanswered(Exception):
    """There is no answer of use; the text says why in a few words."""


@frozen
class Reply:
    """An answer. Keys of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: bytes = b""


class Rest:
    """The API under one root URL, for some seconds: to be used within `in_time` and closed.

    Args:
        root: URL without a slash at its end.
        user_agent: GitHub refuses those who do not say who they are.
        seconds: how long all requests may take together.
    """

    def __init__(self, root: str, user_agent: str, seconds: float) -> None:
        """Be ready to ask.

        Raises:
            Unanswered: there is no way to, such as through a proxy that makes no sense.
        """
        import httpx2  # noqa: PLC0415 - takes a while, and most functions ask nobody

        self._until = time.monotonic() + seconds
        with _explained():
            self._root = httpx2.URL(root)
            self._http = httpx2.Client(
                headers={
                    "User-Agent": user_agent,
                    "Accept": "application/vnd.github+json",
                    # Compressed answers can be larger than they look.
                    "Accept-Encoding": "identity",
                    "X-GitHub-Api-Version": "2022-11-28",
                },
                # Proxies lead away from this machine.
                trust_env=self._root.host not in {"127.0.0.1", "::1", "localhost"},
            )

    def get(self, path: str, etag: str | None = None, token: str | None = None) -> Reply:
        """What is at the path, or where that sends us, as long as it is at the same place.

        Args:
            path: below the root.
            etag: of the answer that is there already.
            token: of whom this is asked for.

        Raises:
            Unanswered: nobody answers, or not within bounds.
        """
        headers = {"If-None-Match": etag} if etag else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        with _explained():
            url = self._at(path)
            for _ in range(_MOST_REDIRECTS + 1):
                reply = self._replied("GET", url, headers)
                if reply.status not in _REDIRECTS:
                    return reply
                url = self._followed(url, reply.headers.get("location", ""))
        raise Unanswered("sends round in circles")

    def post(self, path: str, form: Mapping[str, str]) -> Reply:
        """What is answered in JSON to a form, which is sent to nobody else.

        Raises:
            Unanswered: nobody answers, or not within bounds, or we shall send it elsewhere.
        """
        with _explained():
            headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
            reply = self._replied("POST", self._at(path), headers, urlencode(form).encode("ascii"))
        if reply.status in _REDIRECTS:
            raise Unanswered("sends elsewhere")
        return reply

    def close(self) -> None:
        """Ask no more."""
        self._http.close()

    def _at(self, path: str) -> "httpx2.URL":
        return self._root.copy_with(raw_path=self._root.raw_path.rstrip(b"/") + path.encode("ascii"))

    def _replied(self, method: str, url: "httpx2.URL", headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        import httpx2  # noqa: PLC0415

        left = self._left()
        patience = httpx2.Timeout(min(left, _READ_SECONDS), connect=min(left, _CONNECT_SECONDS))
        with self._http.stream(method, url, headers=headers, content=body, timeout=patience) as answer:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise Unanswered("compresses its answers")
            told = bytearray()
            for piece in answer.iter_raw():
                told += piece
                if len(told) > MOST_BYTES:
                    raise Unanswered("says too much")
                self._left()
        return Reply(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, bytes(told))

    def _followed(self, url: "httpx2.URL", location: str) -> "httpx2.URL":
        target = url.join(location)
        if (target.scheme, target.host, target.port) != (self._root.scheme, self._root.host, self._root.port):
            raise Unanswered("sends elsewhere")
        return target

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise Unanswered("takes too long")
        return left


_hanging = threading.BoundedSemaphore(_MOST_HANGING)


def in_time(ask: Callable[[], None], seconds: float, places: threading.BoundedSemaphore = _hanging) -> None:
    """Do it, and go on after so many seconds in any case: looking up a name has no bound, nor have slow headers.

    What still hangs then goes on in a thread of its own that ends with the process at the latest. There are `places`
    for so many; when all are taken, nothing is done.
    """
    if not places.acquire(blocking=False):
        return

    def run() -> None:
        try:
            ask()
        finally:
            places.release()

    thread = threading.Thread(target=run, name="github", daemon=True)
    thread.start()
    thread.join(seconds)


def unreached(root: str, user_agent: str, seconds: float) -> str | None:
    """Why nobody answers at the root URL, in a few words; None if somebody does, whatever they say."""
    faults: list[str | None] = []

    def ask() -> None:
        try:
            with closing(Rest(root, user_agent, seconds)) as rest:
                rest.get("/rate_limit")
        except Unanswered as fault:
            faults.append(str(fault))
        else:
            faults.append(None)

    in_time(ask, seconds)
    return faults[0] if faults else "takes too long"


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Unanswered:
        raise
    except Exception as fault:
        # Nobody can list what the other side may make of the client's libraries.
        raise Unanswered(type(fault).__name__) from fault
