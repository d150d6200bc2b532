"""Sending files of any size to an index, in three steps. Each can be repeated, and is when the way there fails."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, TypeVar

import httpx2
from attrs import frozen

from infrastructure.version import USER_AGENT, __version__

PAUSES = (1.0, 2.0, 4.0)
"""Seconds between the attempts at a step."""
_CHECK_PAUSES = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0)
_LONGEST_CHECK_PAUSE = 10.0
_CHECK_SECONDS = 300.0
_BUSY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
_TIMEOUT = httpx2.Timeout(120, connect=20)
_LONGEST_LINE = 1000
_S3_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")

T = TypeVar("T")
Opened = Callable[[Path], AbstractContextManager[IO[bytes]]]


@frozen
class Outgoing:
    """A file to send. `size` is in bytes, `sha256` in hexadecimal digits."""

    path: Path
    filename: str
    size: int
    sha256: str


class NotTaken(Exception):
    """The index refuses the file; the text is its sentence."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Unreachable(Exception):
    """The index cannot be asked; the text is one line that says why."""


class StillChecking(Exception):
    """The index has the file and needs longer to check it."""


class _Passing(Exception):
    """A fault that may be over at the next attempt."""


def advised(fault: NotTaken | Unreachable | StillChecking, url: str) -> str:
    """What is wrong, and what to do if that is known here."""
    if isinstance(fault, NotTaken) and fault.status == HTTPStatus.UNAUTHORIZED:
        return f"{fault} Log in with `sls-pypi login --url {url}`, or give another token."
    return str(fault)


def client() -> httpx2.Client:
    """What requests are made with. It follows no redirect: credentials go where they were meant to, or nowhere."""
    return httpx2.Client(timeout=_TIMEOUT, headers={"User-Agent": USER_AGENT})


class Sender:
    """Sends files to one index, from any thread.

    Args:
        url: the index's base URL.
        http: from `client`.
        pause: waits for so many seconds.
    """

    def __init__(self, url: str, http: httpx2.Client, pause: Callable[[float], None] = time.sleep) -> None:
        self._url = httpx2.URL(f"{url}/")
        self._http = http
        self._pause = pause

    def send(self, file: Outgoing, token: str, opened: Opened = lambda path: path.open("rb")) -> bool:
        """Publish a file; False if the very same file was there already.

        Args:
            file: what to send.
            token: an upload token of the index; it goes nowhere else.
            opened: opens the file, from its start, once for each attempt.

        Raises:
            NotTaken: the index refuses it.
            Unreachable: the index, or where it wants the file, did not answer sensibly.
            StillChecking: it will be published, if it is valid, but not yet.
        """
        headers = {"Authorization": f"Bearer {token}"}
        # Announced anew with each attempt: what permits to send the file may be over by then.
        completed = self._persistently(lambda: self._brought(file, headers, opened))
        if completed is None:
            return False
        for pause in _check_pauses():
            answer = self._persistently(lambda: self._post(completed, headers))
            if answer.status_code == HTTPStatus.OK:
                return True
            self._pause(pause)
        raise StillChecking(
            f"{self._host} has {file.filename} and is still checking it; it will be published once that is done. "
            "Send it again later to be sure: nothing happens twice."
        )

    @property
    def _host(self) -> str:
        return str(self._url).rstrip("/")

    def _brought(self, file: Outgoing, headers: Mapping[str, str], opened: Opened) -> httpx2.URL | None:
        """Announce the file and bring it to where it is wanted; returns where to complete, or None if it is there."""
        announced = {"filename": file.filename, "size": file.size, "sha256": file.sha256}
        answer = self._post(self._url.join("/api/uploads"), headers, json=announced)
        if answer.status_code == HTTPStatus.OK:
            return None
        try:
            told = answer.json()
            target, complete = self._url.join(str(told["url"])), self._url.join(str(told["complete"]))
            fields = {str(name): str(value) for name, value in told["fields"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, httpx2.InvalidURL):
            raise Unreachable(f"{self._host} gives an answer that sls-pypi {__version__} does not know.") from None
        with opened(file.path) as content:
            files = {"file": (file.filename, content, "application/octet-stream")}
            self._post(target, headers, data=fields, files=files)
        return complete

    def _post(self, url: httpx2.URL, headers: Mapping[str, str], **content: Any) -> httpx2.Response:  # noqa: ANN401
        """A success, whichever; credentials only go to the index itself."""
        own = origin_of(url) == origin_of(self._url)
        try:
            answer = self._http.post(url, headers=headers if own else None, **content)
        except httpx2.RequestError as fault:
            raise _Passing(
                f"{origin_of(url)} cannot be reached: {one_line(str(fault)) or type(fault).__name__}"
            ) from None
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status_code in _BUSY:
            raise _Passing(f"{origin_of(url)} fails: {answer.status_code} {told_by(answer)}")
        if answer.is_redirect:
            raise Unreachable(sent_elsewhere(origin_of(url), answer))
        if answer.is_success:
            return answer
        if own and not is_problem(answer):
            raise Unreachable(f"{url} is answered {answer.status_code}: is there an sls-pypi index at {self._host}?")
        raise NotTaken(answer.status_code, told_by(answer))

    def _persistently(self, step: Callable[[], T]) -> T:
        for pause in PAUSES:
            try:
                return step()
            except _Passing:
                self._pause(pause)
        try:
            return step()
        except _Passing as fault:
            raise Unreachable(str(fault)) from None


def _check_pauses() -> Iterator[float]:
    waited = 0.0
    pauses = iter(_CHECK_PAUSES)
    while waited < _CHECK_SECONDS:
        pause = next(pauses, _LONGEST_CHECK_PAUSE)
        waited += pause
        yield pause


def origin_of(url: httpx2.URL) -> str:
    """Scheme, host and port, as text."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def is_problem(answer: httpx2.Response) -> bool:
    """Whether an index says what is wrong (RFC 9457)."""
    return answer.headers.get("content-type", "").startswith("application/problem+json")


def told_by(answer: httpx2.Response) -> str:
    """The reason in an answer: of a problem (RFC 9457), of S3's XML, or else the phrase of its status."""
    if is_problem(answer):
        try:
            return one_line(str(json.loads(answer.content)["detail"]))
        except (ValueError, KeyError, TypeError):
            return answer.reason_phrase
    message = _S3_MESSAGE.search(answer.text)
    return one_line(message[1]) if message else answer.reason_phrase


def sent_elsewhere(url: str, answer: httpx2.Response) -> str:
    """What to do about a redirect, which is not followed."""
    location = answer.headers.get("location")
    return f"{url} sends elsewhere: give {one_line(location)} as its URL." if location else f"{url} sends elsewhere."


def one_line(text: str) -> str:
    """One printable line, whatever was sent."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_LONGEST_LINE]
