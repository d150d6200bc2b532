"""The API of submitters."""

import json
from typing import Any

import pytest

from tests.entrypoints.conftest import Site
from tests.wheels import make_wheel

FILENAME, CONTENT = make_wheel("frob", "1.0")
FILE = f"/api/packages/frob/files/{FILENAME}"


@pytest.fixture
def published(site: Site) -> Site:
    form = {"name": "frob", "filetype": "bdist_wheel"}
    answer = site.client.post(
        "/legacy/", data=form, files={"content": (FILENAME, CONTENT)}, headers=site.as_submitter()
    )
    assert answer.status_code == 200
    return site


def yanked(site: Site) -> Any:
    body = site.ports.objects().get("simple/frob/index.v1_json")
    assert body is not None
    return json.loads(body)["files"][0]["yanked"]


def is_problem(answer: Any, status: int) -> bool:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    return bool(answer.status_code == problem["status"] == status and problem["title"] and problem["detail"])


def test_a_file_is_yanked_and_unyanked(published: Site) -> None:
    answer = published.client.patch(FILE, json={"yanked": True, "reason": "broken"}, headers=published.as_submitter())
    assert answer.status_code == 200
    assert answer.json() == {"filename": FILENAME, "yanked": True, "reason": "broken"}
    assert yanked(published) == "broken"
    answer = published.client.patch(FILE, json={"yanked": False, "reason": "x"}, headers=published.as_submitter())
    assert answer.json() == {"filename": FILENAME, "yanked": False}
    assert yanked(published) is False


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 50_000,
        b"{}",
        b'{"yanked": "yes"}',
        b'{"yanked": 1}',
        b'{"yanked": true, "reason": 5}',
        b'{"yanked": true, "reason": false}',
        b'{"yanked": false, "reason": []}',
        b'{"yanked": true, "reason": "two\\nlines"}',
        b'{"yanked": true, "reason": "' + b"x" * 600 + b'"}',
        b'{"yanked": true, "other": 1}',
        b'{"yanked": true, "reason": "' + b"x" * 100_000 + b'"}',
    ],
)
def test_a_wrong_body_is_422_and_changes_nothing(published: Site, body: bytes) -> None:
    assert is_problem(published.client.patch(FILE, content=body, headers=published.as_submitter()), 422)
    assert yanked(published) is False


def test_a_file_and_a_package_are_deleted(published: Site) -> None:
    assert published.client.delete(FILE, headers=published.as_submitter()).status_code == 204
    assert is_problem(published.client.delete(FILE, headers=published.as_submitter()), 404)
    assert published.client.delete("/api/packages/Frob", headers=published.as_submitter()).status_code == 204
    assert published.ports.objects().get("simple/frob/index.v1_json") is None
    assert is_problem(published.client.delete("/api/packages/frob", headers=published.as_submitter()), 404)


def test_submitters_see_what_is_theirs(published: Site) -> None:
    answer = published.client.get("/api/packages", headers=published.as_submitter())
    (package,) = answer.json()["submitted"]
    assert answer.json()["eligible"] == []
    assert package["name"] == "frob"
    assert package["versions"] == ["1.0"]
    assert package["project_url"] == "https://index.test/project/frob/"
    bob = published.index.tokens().create_local("bob")
    assert published.client.get("/api/packages", headers=published.as_submitter(bob)).json()["submitted"] == []


def test_only_the_owner_acts(published: Site) -> None:
    bob = published.as_submitter(published.index.tokens().create_local("bob"))
    assert is_problem(published.client.patch(FILE, json={"yanked": True}, headers=bob), 403)
    assert is_problem(published.client.delete(FILE, headers=bob), 403)
    assert is_problem(published.client.delete("/api/packages/frob", headers=bob), 403)
    assert yanked(published) is False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/packages"),
        ("DELETE", "/api/packages/frob"),
        ("PATCH", FILE),
        ("DELETE", FILE),
        ("GET", "/api/tokens"),
        ("POST", "/api/tokens"),
        ("DELETE", "/api/tokens/x"),
    ],
)
def test_nobody_in_particular_is_401(published: Site, method: str, path: str) -> None:
    answer = published.client.request(method, path)
    assert is_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_what_is_not_there_is_a_problem_too(published: Site) -> None:
    assert is_problem(published.client.get("/api/nothing", headers=published.as_submitter()), 404)
    wrong = published.client.put("/api/packages", headers=published.as_submitter())
    assert is_problem(wrong, 405)
    assert "GET" in wrong.headers["allow"]


def test_a_token_is_shown_once_and_works_until_it_is_revoked(site: Site) -> None:
    made = site.client.post("/api/tokens", json={"name": "CI"}, headers=site.as_submitter())
    assert made.status_code == 201
    token = made.json()
    assert token["token"].startswith("slspypi-")
    assert token["name"] == "CI"
    assert token["packages"] is None
    listed = site.client.get("/api/tokens", headers=site.as_submitter(token["token"]))
    assert [one["name"] for one in listed.json()] == ["token create", "CI"]
    assert token["token"] not in listed.text
    path = f"/api/tokens/{token['id']}"
    bob = site.as_submitter(site.index.tokens().create_local("bob"))
    assert is_problem(site.client.delete(path, headers=bob), 404)
    assert site.client.delete(path, headers=site.as_submitter()).status_code == 204
    assert is_problem(site.client.get("/api/tokens", headers=site.as_submitter(token["token"])), 401)


def test_a_restricted_token_acts_on_its_packages_only_and_makes_no_others(published: Site) -> None:
    body = {"name": "CI", "packages": ["Other.Thing"]}
    made = published.client.post("/api/tokens", json=body, headers=published.as_submitter()).json()
    assert made["packages"] == ["other-thing"]
    restricted = published.as_submitter(made["token"])
    assert is_problem(published.client.patch(FILE, json={"yanked": True}, headers=restricted), 403)
    assert is_problem(published.client.post("/api/tokens", json={"name": "x"}, headers=restricted), 403)
    assert is_problem(published.client.get("/api/tokens", headers=restricted), 403)
    assert published.client.get("/api/packages", headers=restricted).json()["submitted"] == []


@pytest.mark.parametrize(
    "body", [{}, {"name": 1}, {"name": "x", "packages": "frob"}, {"name": "x", "packages": [1]}, {"name": "x", "z": 1}]
)
def test_a_wrong_token_request_is_422(site: Site, body: dict[str, Any]) -> None:
    assert is_problem(site.client.post("/api/tokens", json=body, headers=site.as_submitter()), 422)


def test_a_name_that_cannot_be_is_400(site: Site) -> None:
    body = {"name": "x", "packages": ["../x"]}
    assert is_problem(site.client.post("/api/tokens", json=body, headers=site.as_submitter()), 400)


def test_the_index_says_how_it_is(site: Site) -> None:
    answer = site.client.get("/healthz")
    assert answer.json() == {"status": "ok", "lag": 0}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/tokens", "GET, HEAD, POST"),
        (FILE, "DELETE, PATCH"),
        ("/api/packages", "GET, HEAD, POST"),
        ("/login/device", "POST"),
        ("/healthz", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_all_that_there_are(site: Site, path: str, allowed: str) -> None:
    answer = site.client.put(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
