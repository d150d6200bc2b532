"""The functions of an index in memory, to which anything can be sent, and what has to hold whatever it was."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from attrs import define, evolve, field, frozen
from dependency_injector import providers

from adapters.oidc import OidcTokens
from domain.identity_claims import Kind
from domain.policy import Policy
from domain.site_settings import SiteSettings
from entrypoints.http.app import application
from entrypoints.http.asgi import ASGIApp, Message
from infrastructure.memory import Memory
from tests.entrypoints.conftest import BASE_URL, BOUNDS, functions_of
from tests.entrypoints.described import check_described
from tests.entrypoints.submitting import OCTOCAT, WEBHOOK_SECRET, Place
from tests.following import events_after
from tests.indexes import index_over
from tests.oidc import Served, issuing
from tests.wheels import make_wheel

Fields = tuple[tuple[bytes, bytes], ...]
FILE, CONTENT = make_wheel("frob", "1.0")
TRUSTED = {"kind": "github", "package": "frob", "repository": "octocat/frob", "workflow": "release.yml"}


@frozen
class Sent:
    """A request as it leaves a client; `target` is path and query, `only` the statuses that are right, if any are."""

    method: str
    target: bytes
    fields: Fields = ()
    body: bytes = b""
    only: tuple[int, ...] = ()


@frozen
class Answered:
    """What came back."""

    status: int
    fields: dict[str, str]
    body: bytes


class Noted(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@define
class Target:
    """The index; `tried` counts what was sent, by status."""

    ports: Memory
    app: ASGIApp
    session: bytes
    csrf: bytes
    token: bytes
    issuer: Served
    noted: Noted
    tried: Counter[int] = field(factory=Counter)
    _position: int = 0

    def check(self, sent: Sent) -> Answered:
        """Send it; it is answered as is described, in one line if it is refused, and then nothing has changed."""
        self._changes()
        self.noted.lines.clear()
        answer = self.ask(sent)
        shown = f"{sent}: {answer}"
        self.tried[answer.status] += 1
        assert not sent.only or answer.status in sent.only, shown
        assert answer.status < 500 or answer.status in {502, 503}, shown
        assert self.noted.lines == [], f"{self.noted.lines} {shown}"
        path = unquote(sent.target.partition(b"?")[0])
        check_described(sent.method, path, answer.status, answer.fields, answer.body)
        assert answer.fields["x-content-type-options"] == "nosniff", shown
        if answer.status >= 400:
            assert not self._changes(), f"something has changed: {shown}"
            if sent.method != "HEAD":
                check_reason(path, answer)
        return answer

    def ask(self, sent: Sent) -> Answered:
        """Send it, as our server does."""
        path, _, query = sent.target.partition(b"?")
        scope: dict[str, Any] = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": sent.method,
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in sent.fields],
            "client": ("192.0.2.1", 1234),
            "server": ("127.0.0.1", 8000),
        }
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": sent.body, "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        asyncio.run(self.app(scope, receive, send))  # type: ignore[arg-type]
        start, *parts = told
        fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        return Answered(start["status"], fields, b"".join(part.get("body", b"") for part in parts))

    def _changes(self) -> int:
        """How many events there are since somebody asked."""
        recorded, self._position = events_after(self.ports, self._position)
        return len(recorded)


def check_reason(path: str, answer: Answered) -> None:
    """A refusal says why, in one printable line; publishing clients and browsers are told in their own ways."""
    kind = answer.fields.get("content-type", "")
    if path == "/api" or path.startswith("/api/") or kind == "application/problem+json":
        assert kind == "application/problem+json", answer
        problem = json.loads(answer.body, parse_constant=_refuse)
        assert problem["status"] == answer.status
        assert is_line(problem["detail"]), problem
    elif kind.startswith("text/plain"):
        assert is_line(answer.body.decode().removesuffix("\n")), answer
    elif kind == "application/json":
        assert is_line(json.loads(answer.body)["message"])
    else:
        assert kind == "text/html; charset=utf-8", answer


def is_line(text: str) -> bool:
    return 0 < len(text) < 1000 and text.isprintable()


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


@contextmanager
def target(folder: Path) -> Iterator[Target]:
    """It has one package, and somebody who is logged in."""
    ports = Memory()
    noted = Noted()
    logging.getLogger().addHandler(noted)
    index = index_over(ports, SiteSettings(BASE_URL), Policy(bounds=BOUNDS))
    try:
        with issuing() as issuer, ThreadPoolExecutor(2) as executor:
            tokens = OidcTokens({Kind.GITHUB: issuer.issuer.url}, "tests")
            ports.identity_tokens.override(providers.Object(tokens))
            functions = evolve(functions_of(index, folder), webhook_secret=WEBHOOK_SECRET)
            app = application(functions, executor, executor)
            place = Place(ports, index, app)
            browser = place.logged_in(OCTOCAT)
            csrf = browser.jar["csrf_token"]
            made = browser.send("POST", "/api/tokens", b'{"name": "fuzz"}', x_csrf_token=csrf)
            token = json.loads(made.body)["token"].encode()
            place.show()
            trusted = browser.send("POST", "/api/publishers", json.dumps(TRUSTED).encode(), x_csrf_token=csrf)
            assert trusted.status == 201, trusted.body
            yield Target(ports, app, browser.session.encode(), csrf.encode(), token, issuer, noted)
    finally:
        logging.getLogger().removeHandler(noted)
