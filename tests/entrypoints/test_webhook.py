"""What GitHub sends when a release is published."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.github_faults import GitHubFails, GitHubRefuses
from domain.refusals import Refused
from tests.entrypoints.asgi_client import Told, ask, is_problem
from tests.entrypoints.submitting import COMMIT, WEBHOOK_SECRET, Place, open_place, shown, submit
from tests.wheels import make_wheel

PATH = "/api/github/webhook"
OLD, NEW = make_wheel("frob", "1.0"), make_wheel("frob", "1.1")
LIMITED = GitHubRefuses("GitHub was asked too much lately.", timedelta(minutes=1))
RELEASE: dict[str, Any] = {
    "action": "published",
    "release": {"id": 1, "tag_name": "v1.1", "draft": False, "prerelease": False},
    "repository": {"id": 1296269, "full_name": "octocat/frob", "owner": {"login": "octocat", "id": 583231}},
    "sender": {"login": "octocat", "id": 583231},
}


def signature(body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def deliver(place: Place, body: object = RELEASE, **headers: str | None) -> Told:
    """Send what GitHub would; headers of None are not sent."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    usual = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/044aadd",
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-github-event": "release",
        "x-hub-signature-256": signature(raw),
    }
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in (usual | changed).items() if value is not None}
    return ask(place.app, PATH, sent, method="POST", body=raw)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An index with a package of a repository in which there is something new."""
    with open_place(tmp_path, dict([OLD])) as opened:
        opened.show()
        submit(opened.logged_in())
        opened.work()
        opened.ports.builder().will(lambda *_: dict([NEW]))
        opened.ports.sources().tag("octocat/frob", "v1.1", COMMIT, b"archive")
        yield opened


def submissions(place: Place) -> list[dict[str, Any]]:
    return list(shown(place.logged_in().get("/api/packages"))["submissions"])


def versions(place: Place) -> list[str]:
    (entry,) = shown(place.logged_in().get("/api/packages"))["submitted"]
    return list(entry["versions"])


def test_a_release_that_is_published_is_published_here(place: Place) -> None:
    told = deliver(place)
    assert told.status == 202
    place.work()
    assert submissions(place)[0]["id"] == json.loads(told.body)["submission"]
    assert submissions(place)[0]["ref"] == "v1.1"
    assert versions(place) == ["1.0", "1.1"]


def test_a_delivery_that_comes_again_changes_nothing(place: Place) -> None:
    for _ in range(2):
        assert deliver(place).status == 202
        place.work()
    assert deliver(place).status == 202
    assert len(submissions(place)) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"x_hub_signature_256": None},
        {"x_hub_signature_256": ""},
        {"x_hub_signature_256": "sha256="},
        {"x_hub_signature_256": "sha256=" + "0" * 64},
        {"x_hub_signature_256": "sha256=" + "é" * 64},
        {"x_hub_signature_256": signature(b"{}")},
        {"x_hub_signature_256": signature(json.dumps(RELEASE).encode(), "")},
        {"x_hub_signature_256": signature(json.dumps(RELEASE).encode()).upper()},
        {"x_hub_signature_256": signature(json.dumps(RELEASE).encode()).removeprefix("sha256=")},
        {"x_hub_signature_256": signature(json.dumps(RELEASE).encode()) + "0"},
        {"x_hub_signature_256": None, "x_hub_signature": "sha1=" + "0" * 40},
    ],
)
def test_what_others_send_is_refused(place: Place, headers: dict[str, str | None]) -> None:
    assert is_problem(deliver(place, **headers), 403)
    assert is_problem(deliver(place, x_github_event="ping", **headers), 403)
    assert len(submissions(place)) == 1


def test_where_it_is_not_set_up_nothing_is_taken(tmp_path: Path) -> None:
    with open_place(tmp_path, {}, webhook_secret="") as place:
        told = deliver(place, x_hub_signature_256=signature(json.dumps(RELEASE).encode(), ""))
    assert is_problem(told, 503)
    assert "SLS_PYPI_GITHUB_WEBHOOK_SECRET" in json.loads(told.body)["detail"]


def test_a_ping_is_answered(place: Place) -> None:
    assert deliver(place, {"zen": "Design for failure.", "hook_id": 1}, x_github_event="ping").status == 204


@pytest.mark.parametrize("action", ["created", "edited", "deleted", "prereleased", "released", "unpublished"])
def test_other_things_that_happen_to_releases_do_not_matter(place: Place, action: str) -> None:
    assert deliver(place, RELEASE | {"action": action}).status == 202
    assert len(submissions(place)) == 1


@pytest.mark.parametrize("event", ["push", "workflow_run", "RELEASE", "", None])
def test_other_events_do_not_matter(place: Place, event: str | None) -> None:
    assert deliver(place, x_github_event=event).status == 202
    assert len(submissions(place)) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b"\xff",
        b"payload=%7B%7D",
        {},
        {"action": 1},
        {"action": "published"},
        RELEASE | {"release": None},
        RELEASE | {"release": {"tag_name": 1}},
        RELEASE | {"release": {"tag_name": ""}},
        RELEASE | {"release": {"tag_name": "../../x"}},
        RELEASE | {"release": {"tag_name": "\ud800"}},
        RELEASE | {"repository": []},
        RELEASE | {"repository": {"id": 1, "full_name": "octocat/frob", "owner": {"id": True}}},
        RELEASE | {"repository": {"id": "1", "full_name": "octocat/frob", "owner": {"id": 1}}},
        RELEASE | {"repository": {"id": 0, "full_name": "octocat/frob", "owner": {"id": 1}}},
        RELEASE | {"repository": {"id": 1, "full_name": "octocat/frob", "owner": {"id": 10**30}}},
        RELEASE | {"repository": {"id": 1.0, "full_name": "octocat/frob", "owner": {"id": 1}}},
        RELEASE | {"repository": {"id": 1, "full_name": "../frob", "owner": {"id": 1}}},
        RELEASE | {"repository": {"id": 1, "full_name": "octocat/frob?x", "owner": {"id": 1}}},
    ],
    ids=repr,
)
def test_a_body_that_says_nothing_is_refused(place: Place, body: Any) -> None:
    assert is_problem(deliver(place, body), 422)
    assert len(submissions(place)) == 1


@pytest.mark.parametrize("delivery", [None, "", "a b", "a/b", "x" * 65, "é"])
def test_a_delivery_is_told_from_others(place: Place, delivery: str | None) -> None:
    assert is_problem(deliver(place, x_github_delivery=delivery), 400)
    assert len(submissions(place)) == 1


def test_what_is_too_long_is_refused(place: Place) -> None:
    assert deliver(place, b" " * 5 * 2**20, x_github_event="push").status == 202
    assert is_problem(deliver(place, b" " * (5 * 2**20 + 1), x_github_event="push"), 413)


@pytest.mark.parametrize(
    ("changes", "owner", "status"),
    [
        ({}, 1, 202),
        ({"id": 2}, 583231, 202),
        ({"full_name": "hubot/frob"}, 583231, 403),
        ({"full_name": "octocat/copy"}, 583231, 202),
        ({"full_name": "octocat/other"}, 583231, 404),
    ],
    ids=str,
)
def test_what_is_said_is_not_believed(place: Place, changes: dict[str, Any], owner: int, status: int) -> None:
    place.show(id=3, full_name="hubot/frob", owner_id=1)
    place.show(id=4, full_name="octocat/copy")
    for name in ("hubot/frob", "octocat/copy"):
        place.ports.sources().tag(name, "v1.1", COMMIT, b"archive")
    told = deliver(place, RELEASE | {"repository": RELEASE["repository"] | changes | {"owner": {"id": owner}}})
    place.work()
    assert told.status == status
    assert len(submissions(place)) == 1
    assert versions(place) == ["1.0"]


@pytest.mark.parametrize(("fault", "status"), [(GitHubFails("It is broken."), 502), (LIMITED, 503)], ids=str)
def test_when_github_fails_the_delivery_may_come_again(place: Place, fault: Refused, status: int) -> None:
    place.ports.sources().fail(fault)
    told = deliver(place)
    assert is_problem(told, status)
    assert told.headers.get("retry-after") == ("60" if status == 503 else None)
    place.ports.sources().fail(None)
    assert json.loads(deliver(place).body)["submission"]
