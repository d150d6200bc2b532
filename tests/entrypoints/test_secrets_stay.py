"""Somebody logs in, publishes and goes, on good days and on bad ones: what is secret is said nowhere."""

import gzip
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import define, evolve, field
from dependency_injector import providers

from adapters.memory.builder import MemoryBuilder
from domain.logins import session_key
from entrypoints.http.app import application
from infrastructure.embedded import Embedded, opened
from infrastructure.github_double import faults
from infrastructure.github_double.answers import JSON, Answer
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import Commit, Release, Repository
from infrastructure.settings import Settings
from tests.entrypoints.asgi_client import Told
from tests.entrypoints.browser import Browser
from tests.entrypoints.conftest import BASE_URL, functions_of
from tests.entrypoints.submitting import WEBHOOK_SECRET, post, work
from tests.wheels import make_wheel

FILENAME, CONTENT = make_wheel("frob", "1.0")
COMMIT = Commit({"pyproject.toml": b"[project]\nname = 'frob'\nversion = '1.0'\n"})


@define
class Listening(Browser):
    """A browser of which everything is heard that it is told."""

    heard: list[Told] = field(factory=list)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Told:
        told = Browser._ask(self, method, path, headers, body)
        self.heard.append(told)
        return told


@define
class Story:
    """An index on this machine, GitHub beside it, and somebody who uses both."""

    world: Embedded
    github: GitHub
    browser: Listening
    functions: object
    secrets: dict[str, str] = field(factory=dict)

    @property
    def header_of_app(self) -> str:
        return str(self.world.settings.github_app.authorization).removeprefix("Basic ")

    def log_in(self) -> None:
        address = self.browser.get("/login").headers["location"]
        assert self.browser.get(_agreed(address).removeprefix(BASE_URL)).status == 303
        number = len(self.secrets)
        self.secrets[f"session {number}"] = self.browser.session
        for number, given in enumerate(self.github.people.given):
            self.secrets[f"given by GitHub {number}"] = given

    def work(self) -> None:
        work(self.world.ports, self.world.index)

    def deliver(self, secret: str, tag: str) -> Told:
        repository = {"id": Repository("octocat/frob").id, "full_name": "octocat/frob", "owner": {"id": 583231}}
        body = json.dumps({"action": "published", "release": {"tag_name": tag}, "repository": repository}).encode()
        signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return self.browser.send(
            "POST",
            "/api/github/webhook",
            body,
            x_github_event="release",
            x_github_delivery=tag.replace(".", "-"),
            x_hub_signature_256=f"sha256={signed}",
        )


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with github() as double:
        settings = Settings(
            home=tmp_path / "home",
            base_url=BASE_URL,
            github_url=double.url,
            github_api_url=double.url,
            github_client_id=double.people.client_id,
            github_client_secret=double.people.client_secret,
        )
        double.people.callback = f"{BASE_URL}/login/callback"
        double.has(Repository("octocat/frob", branches={"main": COMMIT}, tags={"v1.0": COMMIT, "v1.1": COMMIT}))
        with opened(settings, create=True) as world, ThreadPoolExecutor(4) as executor:
            builder = MemoryBuilder(world.ports.build_logs())
            builder.will(lambda *_: {FILENAME: CONTENT})
            world.ports.builder.override(providers.Object(builder))
            functions = evolve(functions_of(world.index, world.home.tmp), webhook_secret=WEBHOOK_SECRET)
            browser = Listening(application(functions, executor, executor), BASE_URL)
            made = Story(world, double, browser, functions)
            made.secrets |= {"of the app": double.people.client_secret, "of the webhook": WEBHOOK_SECRET}
            made.secrets["of the app, as a header"] = made.header_of_app
            yield made


def _agreed(address: str) -> str:
    """Where GitHub sends back who agrees; nothing of this is logged, as it is no part of the index."""
    parts = urlsplit(address)
    with closing(HTTPConnection(parts.netloc)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}")
        return connection.getresponse().headers["location"]


def files_of(home: Path) -> Iterator[tuple[str, bytes]]:
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield str(path), gzip.decompress(content) if path.suffix == ".gz" else content


def text_of(told: Told) -> str:
    return f"{dict(told.headers)} {told.body.decode(errors='replace')}"


BAD_DAYS: Mapping[str, Callable[[], Answer]] = {
    "broken": faults.failing,
    "limited": lambda: faults.too_many(90),
    "revoked": lambda: Answer(401, b'{"message": "Bad credentials"}', JSON),
    "useless": lambda: Answer(200, b"{", JSON),
}


def test_what_is_secret_is_said_to_nobody_else(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser, index = story.browser, story.world.index
    story.log_in()

    # Good days: published by a click and by a release, and a token made for uploads.
    assert post(browser, "/api/packages", {"repository": "octocat/frob"}).status == 202
    story.work()
    assert story.deliver(WEBHOOK_SECRET, "v1.1").status == 202
    story.work()
    story.github.publishes("octocat/frob", Release("v1.1"))
    made = post(browser, "/api/tokens", {"name": "laptop"})
    story.secrets["for uploads"] = json.loads(made.body)["token"]
    for path in ("/api/session", "/api/packages", "/api/repositories/octocat/frob", "/api/tokens"):
        assert browser.get(path).status == 200
    assert browser.get("/api/packages", authorization=f"Bearer {story.secrets['for uploads']}").status == 200

    # Bad ones: GitHub says all kinds of things, and others send what they should not.
    for day in BAD_DAYS.values():
        story.github.fault = faults.everywhere(day())
        for path in ("/api/packages", "/api/repositories/octocat/frob"):
            assert browser.get(path).status in {200, 401, 502, 503}
        post(browser, "/api/packages", {"repository": "octocat/frob"})
        address = browser.get("/login").headers["location"]
        (state,) = parse_qs(urlsplit(address).query)["state"]
        story.secrets[f"code {len(story.secrets)}"] = code = f"code-{len(story.secrets)}-{'c' * 20}"
        assert browser.get(f"/login/callback?code={code}&state={state}").status >= 400
    story.github.fault = None
    assert story.deliver("another secret", "v1.2").status == 403
    assert browser.get("/api/packages", authorization=f"Bearer x{story.secrets['for uploads']}").status == 401
    assert browser.send("POST", "/api/packages", b"{}").status == 403

    # Nobody stays for ever.
    first = browser.session
    assert browser.send("POST", "/logout", x_csrf_token=browser.jar["csrf_token"]).status == 303
    story.log_in()
    assert story.world.ports.sessions().get(session_key(first), story.world.ports.clock().now()) is None

    told = {f"answer {number}": text_of(each) for number, each in enumerate(browser.heard) if each is not made}
    logged = {f"log {number}": f"{each.getMessage()} {each.args}" for number, each in enumerate(caplog.records)}
    written = dict(files_of(story.world.home.path))
    shown = {
        repr(type(each)): repr(each)
        for each in (
            story.functions,
            story.world.settings,
            story.world.settings.github_app,
            story.world.ports.identities(),
            story.world.ports.sources(),
            story.world.ports.repositories(),
            index.login_sessions(),
        )
    }
    everything = {**shown, **told, **logged, **{path: content.decode("latin-1") for path, content in written.items()}}

    # What is looked through is what there is.
    assert any((each.authorization or "").endswith(story.header_of_app) for each in story.github.asked)
    assert any("octocat/frob" in text for text in told.values())
    assert any("octocat/frob" in text for text in logged.values())
    assert any(b"octocat/frob" in content for content in written.values())
    assert len(story.secrets) > 8
    found = [
        f"{name} in {place}"
        for name, secret in story.secrets.items()
        for place, text in everything.items()
        if secret in text
    ]
    assert found == []
