"""One request to GitHub at a time. Whatever comes back, it is bounded, and over in time."""

import json
import time
from collections.abc import Mapping
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from attrs import field, frozen

from adapters.github.clients import client
from adapters.github.patience import TooSlow, Unanswered, explained, in_time
from adapters.github.standing import Standing

if TYPE_CHECKING:
    import httpx2

MOST_BYTES = 1024 * 1024

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 5.0
_MOST_REDIRECTS = 3
REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)


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
        most_bytes: how long an answer may be.
        read_seconds: how long nothing may come.
        standing: as whom what has no token is got.
    """

    def __init__(
        self,
        root: str,
        user_agent: str,
        seconds: float,
        most_bytes: int = MOST_BYTES,
        read_seconds: float = _READ_SECONDS,
        standing: Standing | None = None,
    ) -> None:
        """Be ready to ask.

        Raises:
            Unanswered: there is no way to, such as through a proxy that makes no sense.
        """
        self._until = time.monotonic() + seconds
        self._most_bytes = most_bytes
        self._read_seconds = read_seconds
        self._standing = standing or Standing()
        with explained():
            self._http = client(root, user_agent)
            self._root = self._http.base_url

    def get(self, path: str, etag: str | None = None, token: str | None = None, accept: str | None = None) -> Reply:
        """What is at the path, or where that sends us, as long as it is at the same place.

        Args:
            path: below the root.
            etag: of the answer that is there already.
            token: of whom this is asked for; without one it is asked with the standing that there is.
            accept: the media type, if it is another one than usual.

        Raises:
            Unanswered: nobody answers, or not within bounds.
        """
        headers = _bearer(token)
        if etag:
            headers["If-None-Match"] = etag
        if accept:
            headers["Accept"] = accept
        with explained():
            url = self._at(path)
            for _ in range(_MOST_REDIRECTS + 1):
                reply = self._got(url, headers, is_anonymous=token is None)
                if reply.status not in REDIRECTS:
                    return reply
                url = self._followed(url, reply.headers.get("location", ""))
        raise Unanswered("sends round in circles")

    def post(self, path: str, form: Mapping[str, str]) -> Reply:
        """What is answered in JSON to a form, which is sent to nobody else.

        Raises:
            Unanswered: nobody answers, or not within bounds, or we shall send it elsewhere.
        """
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        with explained():
            return self._posted(self._at(path), headers, urlencode(form).encode("ascii"))

    def post_json(self, url: str, document: Mapping[str, object], token: str) -> Reply:
        """What is answered to a JSON document of somebody, at a URL of the same origin as the root.

        Raises:
            Unanswered: as for `post`.
        """
        headers = {"Content-Type": "application/json", **_bearer(token)}
        with explained():
            return self._posted(self._followed(self._root, url), headers, json.dumps(document).encode("ascii"))

    def close(self) -> None:
        """Ask no more."""
        self._http.close()

    def _got(self, url: "httpx2.URL", headers: Mapping[str, str], *, is_anonymous: bool) -> Reply:
        if not is_anonymous:
            return self._replied("GET", url, headers)
        return self._standing.ask(lambda more: self._replied("GET", url, {**headers, **more}))

    def _posted(self, url: "httpx2.URL", headers: Mapping[str, str], body: bytes) -> Reply:
        reply = self._replied("POST", url, headers, body)
        if reply.status in REDIRECTS:
            raise Unanswered("sends elsewhere")
        return reply

    def _at(self, path: str) -> "httpx2.URL":
        return self._root.copy_with(raw_path=self._root.raw_path.rstrip(b"/") + path.encode("ascii"))

    def _replied(self, method: str, url: "httpx2.URL", headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        import httpx2  # noqa: PLC0415

        left = self._left()
        patience = httpx2.Timeout(min(left, self._read_seconds), connect=min(left, _CONNECT_SECONDS))
        with self._http.stream(method, url, headers=headers, content=body, timeout=patience) as answer:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise Unanswered("compresses its answers")
            told = bytearray()
            for piece in answer.iter_raw():
                told += piece
                if len(told) > self._most_bytes:
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
            raise TooSlow
        return left


def unreached(root: str, user_agent: str, seconds: float, standing: Standing) -> str | None:
    """Why nobody answers at the root URL, in a few words; None if somebody does, whatever they say."""

    def ask() -> Reply:
        with closing(Rest(root, user_agent, seconds, standing=standing)) as rest:
            return rest.get("/rate_limit")

    try:
        in_time(ask, seconds)
    except Unanswered as fault:
        return str(fault)
    return None


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}
