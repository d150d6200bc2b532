"""An index in memory to which people log in with GitHub and publish from there."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import evolve, frozen

from domain.messages import Build
from domain.policy import Policy
from domain.ports.identities import Identified
from domain.reactions import react
from domain.repository import Source
from domain.site_settings import SiteSettings
from entrypoints.http.app import application
from entrypoints.http.asgi import ASGIApp
from infrastructure.index import Index
from infrastructure.local import Local
from infrastructure.memory import Memory
from tests.entrypoints.asgi_client import Told, ask
from tests.entrypoints.browser import Browser
from tests.entrypoints.conftest import BASE_URL, BOUNDS, functions_of
from tests.following import events_after
from tests.indexes import index_over

GITHUB_TOKEN = "gho_16C7e42F292c6912E7710c838347Ae178B4a"  # noqa: S105 - nobody's
WEBHOOK_SECRET = "It's a Secret to Everybody"  # noqa: S105 - that of GitHub's documentation
OCTOCAT = Identified(583231, "octocat", GITHUB_TOKEN)
HUBOT = Identified(1, "hubot", f"{GITHUB_TOKEN}-hubot")
COMMIT = "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"
FROB = Source(
    id=1296269,
    full_name="octocat/frob",
    owner_id=OCTOCAT.number,
    is_private=False,
    is_fork=False,
    is_archived=False,
    default_branch="main",
    description="Frobs <things>.",
    language="Python",
)


@frozen
class Place:
    """The index."""

    ports: Memory
    index: Index
    app: ASGIApp

    def logged_in(self, person: Identified = OCTOCAT) -> Browser:
        """The browser of somebody."""
        assert person.token is not None
        self.ports.sources().login(person.token, person.number)
        browser = Browser(self.app, BASE_URL)
        address = browser.get("/login").headers["location"]
        code = self.ports.identities().agree(address, person)
        state = parse_qs(urlsplit(address).query)["state"][0]
        assert browser.get(f"/login/callback?code={code}&state={state}").status == 303
        return browser

    def bearer(self, token: str, method: str, path: str, body: bytes = b"") -> Told:
        """What somebody with a token of this index is told."""
        return ask(self.app, path, {"authorization": f"Bearer {token}"}, method=method, body=body)

    def show(self, **changes: Any) -> Source:
        """A repository with a tag and a branch."""
        source = evolve(FROB, **changes)
        sources = self.ports.sources()
        sources.show(source)
        sources.push(source.full_name, COMMIT, "main", b"archive")
        sources.tag(source.full_name, "v1.0", COMMIT, b"archive")
        return source

    def work(self) -> None:
        """Do what waits."""
        work(self.ports, self.index)


def work(ports: Memory | Local, index: Index) -> None:
    """Work on what was asked to be published."""
    recorded, position = events_after(ports)
    while recorded:
        for message in (message for each in recorded for message in react(each)):
            if isinstance(message, Build):
                index.building().carry_on(message.submission)
        recorded, position = events_after(ports, position)


def post(browser: Browser, path: str, body: object) -> Told:
    """What a page of this index is told."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return browser.send("POST", path, raw, x_csrf_token=browser.jar["csrf_token"])


def submit(browser: Browser, repository: str = "octocat/frob", ref: str | None = None) -> dict[str, Any]:
    """Ask for a repository to be published; returns the submission."""
    told = post(browser, "/api/packages", {"repository": repository} | ({"ref": ref} if ref else {}))
    assert told.status == 202, told.body
    return dict(json.loads(told.body))


def shown(told: Told) -> Any:
    """What a successful answer says."""
    assert told.status == 200, told.body
    assert told.headers["content-type"] == "application/json"
    assert told.headers["cache-control"] == "no-store"
    return json.loads(told.body)


@contextmanager
def open_place(folder: Path, files: Mapping[str, bytes], **changes: Any) -> Iterator[Place]:
    """An index; `files` are what comes out of every build, and `changes` are of its functions."""
    ports = Memory()
    index = index_over(ports, SiteSettings(BASE_URL), Policy(bounds=BOUNDS))
    ports.builder().will(lambda *_: files)
    with ThreadPoolExecutor(4) as executor:
        functions = evolve(functions_of(index, folder), **{"webhook_secret": WEBHOOK_SECRET, **changes})
        yield Place(ports, index, application(functions, executor, executor))
