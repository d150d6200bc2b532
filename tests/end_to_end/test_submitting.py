"""Somebody logs in with GitHub and publishes a repository of theirs, which a function without rights builds."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from attrs import frozen

from infrastructure.demo import in_tree_backend
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import Commit, Release, Repository
from infrastructure.github_double.webhooks import Hook
from tests.clients.clients import python_of, succeed
from tests.clients.index import JSON_PAGE
from tests.emulator.ministack import MiniStack
from tests.end_to_end.stack import Stack, deployed
from tests.end_to_end.transcript import Transcript

pytestmark = pytest.mark.end_to_end

WEBHOOK_SECRET = "told-to-github-too"  # noqa: S105 - nobody's
A_BUILD_TAKES_SECONDS = 120
PYPROJECT = """
[build-system]
requires = []
build-backend = "in_tree_backend"
backend-path = ["."]

[project]
name = "frobbery"
version = "{version}"
description = "Frobs"
license = "MIT"
requires-python = ">=3.11"

[project.urls]
Source = "https://github.com/octocat/frobbery"
"""


def commit(version: str, more: str = "") -> Commit:
    """The repository when it had this version."""
    backend = Path(in_tree_backend.__file__).read_text() + more
    files = {"pyproject.toml": PYPROJECT.format(version=version), "in_tree_backend.py": backend}
    files |= {"frobbery.py": f'VERSION = "{version}"\n', "README.md": "# Frobbery\n"}
    return Commit({path: text.encode() for path, text in files.items()})


@pytest.fixture(scope="module")
def double() -> Iterator[GitHub]:
    with github() as running:
        running.has(
            Repository(
                "octocat/frobbery",
                branches={"main": commit("1.0")},
                tags={"v1.0": commit("1.0")},
                releases=[Release("v1.0")],
            )
        )
        yield running


@pytest.fixture(scope="module")
def index(cloud: MiniStack, transcript: Transcript, double: GitHub) -> Iterator[Stack]:
    """An index that knows GitHub."""
    settings = {
        "SLS_PYPI_GITHUB_URL": double.url,
        "SLS_PYPI_GITHUB_API_URL": double.url,
        "SLS_PYPI_GITHUB_CLIENT_ID": double.people.client_id,
        "SLS_PYPI_GITHUB_CLIENT_SECRET": double.people.client_secret,
        "SLS_PYPI_GITHUB_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "SLS_PYPI_BUILD_SECONDS": "20",
    }
    with deployed(cloud, transcript, "submitters", **settings) as opened:
        yield opened


@frozen
class Browser:
    """Somebody's; it believes to speak https, as with a deployed index."""

    stack: Stack
    cookies: dict[str, str]

    def ask(self, method: str, path: str, body: object = None) -> httpx2.Response:
        csrf = {"X-CSRF-Token": self.cookies["csrf_token"]} if "csrf_token" in self.cookies else {}
        answer = self.stack.http.request(
            method, self.stack.index.url + path, headers={"Cookie": self._cookie, **csrf}, json=body
        )
        for line in answer.headers.get_list("set-cookie"):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return answer

    def ended(self, submission: str) -> dict[str, Any]:
        """The submission when it is over."""
        told: dict[str, Any] = {}

        def is_over() -> bool:
            told.update(self.stack.quiet(f"/api/submissions/{submission}", Cookie=self._cookie).json())
            return told["status"] in {"published", "failed"}

        self.stack.transcript.eventually("the submission is over", is_over, A_BUILD_TAKES_SECONDS)
        return told

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


@pytest.fixture(scope="module")
def octocat(index: Stack) -> Browser:
    browser = Browser(index, {})
    started = browser.ask("GET", "/login?next=/my/")
    assert started.status_code == 303, started.text
    agreed = httpx2.get(started.headers["location"], trust_env=False)
    back = urlsplit(agreed.headers["location"])
    assert f"{back.scheme}://{back.netloc}" == index.outputs["SiteUrl"].rstrip("/")
    returned = browser.ask("GET", f"{back.path}?{back.query}")
    assert (returned.status_code, returned.headers["location"]) == (303, "/my/")
    return browser


def test_a_repository_is_published_and_installed(
    index: Stack, octocat: Browser, venv: Path, clean_env: dict[str, str]
) -> None:
    assert octocat.ask("GET", "/api/session").json()["login"] == "octocat"
    offered = octocat.ask("GET", "/api/packages").json()["eligible"]
    assert [one["repository"] for one in offered] == ["octocat/frobbery"]

    asked = octocat.ask("POST", "/api/packages", {"repository": "octocat/frobbery"})
    assert asked.status_code == 202, asked.text
    told = octocat.ended(asked.json()["id"])

    assert (told["status"], told["name"], told["version"]) == ("published", "frobbery", "1.0"), told
    assert "building frobbery 1.0" in told["log"]
    assert len(told["files"]) == 2
    index.pip(venv, "install", "--index-url", f"{index.index.url}/simple/", "frobbery", env=clean_env)
    succeed(python_of(venv), "-c", "import frobbery; assert frobbery.VERSION == '1.0'", env=clean_env)


HOSTILE = """
import os, socket, subprocess, sys, time
for name in ("started", "detached"):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(900)"], start_new_session=True)
print("environment", sorted(os.environ))
pid = os.getppid()
try:
    print("found", Path(f"/proc/{pid}/environ").read_bytes())
except OSError as error:
    print("refused", type(error).__name__)
try:
    socket.create_connection(("127.0.0.1", 80), 1)
except OSError as error:
    print("no network", type(error).__name__)
time.sleep(900)
"""


def test_a_hostile_repository_is_stopped_and_nothing_changes(index: Stack, octocat: Browser, double: GitHub) -> None:
    hostile = commit("6.6", HOSTILE)
    double.has(Repository("octocat/hostile", branches={"main": hostile}))

    asked = octocat.ask("POST", "/api/packages", {"repository": "octocat/hostile"})
    assert asked.status_code == 202, asked.text
    told = octocat.ended(asked.json()["id"])

    assert told["status"] == "failed"
    assert "20 seconds" in told["error"]
    assert "refused PermissionError" in told["log"]
    assert "no network PermissionError" in told["log"]
    assert "AWS_" not in told["log"]
    assert index.index.get("/simple/frobbery/", Accept=JSON_PAGE).json()["versions"] == ["1.0"]
    dead = index.client("sqs").get_queue_url(QueueName=f"{index.name}-dispatch-dead")["QueueUrl"]
    waiting = index.client("sqs").get_queue_attributes(QueueUrl=dead, AttributeNames=["ApproximateNumberOfMessages"])
    assert waiting["Attributes"]["ApproximateNumberOfMessages"] == "0"


def test_a_release_on_github_publishes_without_a_click(index: Stack, octocat: Browser, double: GitHub) -> None:
    repository = double.has(
        Repository("octocat/frobbery", branches={"main": commit("1.1")}, tags={"v1.1": commit("1.1")})
    )
    delivery = double.publishes(repository.full_name, Release("v1.1"))
    hook = Hook(f"{index.index.url}/api/github/webhook", WEBHOOK_SECRET)

    told = index.http.post(hook.url, content=delivery.body, headers=dict(hook.headers(delivery)))

    assert told.is_success, told.text
    index.transcript.eventually(
        "the new version is listed",
        lambda: "1.1" in index.quiet("/simple/frobbery/", Accept=JSON_PAGE).json()["versions"],
        A_BUILD_TAKES_SECONDS,
    )
    latest = octocat.ask("GET", "/api/packages").json()["submissions"][0]
    assert octocat.ended(latest["id"])["status"] == "published"
