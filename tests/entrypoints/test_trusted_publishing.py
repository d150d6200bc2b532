"""Workflows exchange their identity for a token over HTTP, and submitters say whom they trust."""

import base64
import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import frozen
from dependency_injector import providers
from httpx2 import Response
from starlette.testclient import TestClient

from adapters.oidc import OidcTokens
from domain.identity_claims import Kind
from domain.logins import csrf_token_of
from domain.repository import Source
from domain.usecases.logins import Person
from entrypoints.http.app import application
from entrypoints.http.oidc import TrustedPublishing
from tests.entrypoints.conftest import BASE_URL, Site
from tests.oidc import Served, issuing
from tests.wheels import make_wheel

AUDIENCE, MINT, DISCOVERY = "/_/oidc/audience", "/_/oidc/mint-token", "/.well-known/pytp"
OCTOCAT = 583231
FROB = {"kind": "github", "package": "frob", "repository": "octocat/frob", "workflow": "release.yml"}


@frozen
class Place:
    """An index that believes an issuer on this machine."""

    site: Site
    served: Served

    @property
    def client(self) -> TestClient:
        return self.site.client

    def trust(self, **changes: Any) -> dict[str, Any]:
        answer = self.client.post("/api/publishers", json=FROB | changes, headers=self.site.as_submitter())
        assert answer.status_code == 201, answer.text
        entry: dict[str, Any] = answer.json()
        return entry

    def exchange(self, **claims: object) -> Response:
        return self.client.post(MINT, json={"token": self.served.issuer.token(**claims)})

    def minted(self, **claims: object) -> str:
        answer = self.exchange(**claims)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    def upload(self, token: str, name: str, version: str = "1.0") -> Response:
        filename, content = make_wheel(name, version)
        pair = base64.b64encode(f"__token__:{token}".encode()).decode()
        form = {
            ":action": "file_upload",
            "protocol_version": "1",
            "name": name,
            "version": version,
            "filetype": "bdist_wheel",
            "pyversion": "py3",
            "metadata_version": "2.1",
        }
        files = {"content": (filename, content)}
        return self.client.post("/legacy/", data=form, files=files, headers={"Authorization": f"Basic {pair}"})


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def place(site: Site, served: Served) -> Iterator[Place]:
    with site.ports.identity_tokens.override(providers.Object(OidcTokens({Kind.GITHUB: served.issuer.url}, "tests"))):
        site.ports.sources().show(
            Source(
                id=1296269,
                full_name="octocat/frob",
                owner_id=OCTOCAT,
                is_private=False,
                is_fork=False,
                is_archived=False,
                default_branch="main",
            )
        )
        site.index.minting.reset()
        with ThreadPoolExecutor(2) as executor:
            app = application(
                site.functions(trusted_publishing=TrustedPublishing(site.index.publishers(), site.index.minting())),
                executor,
                executor,
            )
            client = TestClient(app, raise_server_exceptions=False)
            yield Place(Site(site.ports, site.index, client, site.token, site.folder), served)


def failed(answer: Response, code: str) -> str:
    """Why there is no token, as publishing clients read it."""
    assert answer.status_code == 422
    body = answer.json()
    assert body.keys() == {"message", "errors"}
    assert body["message"] == "Token request failed"
    (error,) = body["errors"]
    assert error.keys() == {"code", "description"}
    assert error["code"] == code
    return str(error["description"])


class TestExchange:
    def test_a_workflow_uploads_without_a_token_of_ours(self, place: Place) -> None:
        place.trust()
        assert place.client.get(AUDIENCE).json() == {"audience": "sls-pypi"}
        before = time.time()

        answer = place.exchange()

        body = answer.json()
        assert (answer.status_code, body.keys()) == (200, {"success", "token", "expires"})
        assert body["success"] is True
        assert body["token"].startswith("slspypi-oidc-")
        assert before + 899 <= body["expires"] <= time.time() + 900
        assert answer.headers["cache-control"] == "no-store"
        assert place.upload(body["token"], "frob").status_code == 200
        assert place.site.index.publishing().is_published(
            place.site.index.tokens().authenticate(place.site.token), *_published("frob")
        )

    def test_an_identity_counts_once(self, place: Place) -> None:
        place.trust()
        token = place.served.issuer.token()
        assert place.client.post(MINT, json={"token": token}).status_code == 200
        assert "before" in failed(place.client.post(MINT, json={"token": token}), "invalid-reuse-token")

    def test_an_identity_that_nobody_trusts_counts_once_somebody_does(self, place: Place) -> None:
        token = place.served.issuer.token()
        said = failed(place.client.post(MINT, json={"token": token}), "invalid-publisher")
        assert "octocat/frob/.github/workflows/release.yml" in said
        place.trust()
        assert place.client.post(MINT, json={"token": token}).status_code == 200

    @pytest.mark.parametrize(
        ("claims", "code"),
        [
            ({"aud": "pypi"}, "invalid-token"),
            ({"exp": 1}, "invalid-token"),
            ({"iss": "https://elsewhere.test"}, "invalid-token"),
            ({"repository": "octocat/other"}, "invalid-publisher"),
            ({"repository_owner_id": "1"}, "invalid-publisher"),
            ({"event_name": "pull_request_target"}, "invalid-publisher"),
            ({"job_workflow_ref": "evil/frob/.github/workflows/release.yml@refs/tags/v1.0"}, "invalid-publisher"),
        ],
    )
    def test_whoever_it_is_not_gets_nothing(self, place: Place, claims: dict[str, object], code: str) -> None:
        place.trust()
        assert failed(place.exchange(**claims), code)

    def test_a_new_name_that_two_accounts_want_is_founded_by_neither(self, place: Place) -> None:
        place.trust()
        other = place.site.index.tokens().create_local("mallory")
        answer = place.client.post(
            "/api/publishers", json=FROB | {"package": "evil"}, headers=place.site.as_submitter(other)
        )
        assert answer.status_code == 201
        assert failed(place.exchange(), "invalid-pending-publisher")
        # What exists is its owner's to say.
        assert place.upload(place.site.token, "frob").status_code == 200
        token = place.minted()
        assert place.upload(token, "frob", "2.0").status_code == 200
        assert place.upload(token, "evil").status_code == 403

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b"null", b'{"token": 7}', b'{"tokens": "x"}', b"[" * 10_000, b'{"token": "' + b"a" * 70_000],
    )
    def test_what_is_no_request_is_said_to_be_none(self, place: Place, body: bytes) -> None:
        assert failed(place.client.post(MINT, content=body), "invalid-payload")

    def test_where_it_is_switched_off_that_is_said(self, place: Place) -> None:
        off = TrustedPublishing(place.site.index.publishers(), None)
        with ThreadPoolExecutor(1) as executor:
            client = TestClient(application(place.site.functions(trusted_publishing=off), executor, executor))
            answer = client.get(AUDIENCE)
            assert (answer.status_code, answer.json().keys()) == (403, {"message"})
            assert failed(client.post(MINT, json={"token": "x"}), "not-enabled")
            assert client.get(DISCOVERY, params={"discover": "/legacy/"}).status_code == 404

    @pytest.mark.parametrize("discover", ["/legacy/", "/legacy"])
    def test_clients_find_out_where_it_is(self, place: Place, discover: str) -> None:
        answer = place.client.get(DISCOVERY, params={"discover": discover})
        assert answer.headers["content-type"] == "application/vnd.pypi.pytp.v1+json"
        assert answer.json() == {
            "audience-endpoint": f"{BASE_URL}{AUDIENCE}",
            "token-mint-endpoint": f"{BASE_URL}{MINT}",
        }

    @pytest.mark.parametrize("query", ["", "discover=", "discover=%2F", "discover=%2Flegacy%2Fx", "discover=legacy"])
    def test_for_other_addresses_there_is_none(self, place: Place, query: str) -> None:
        assert place.client.get(f"{DISCOVERY}?{query}").status_code == 404


class TestMintedToken:
    def test_it_uploads_and_does_nothing_else(self, place: Place) -> None:
        place.trust()
        token = place.minted()
        assert place.upload(token, "frob").status_code == 200
        filename = make_wheel("frob", "1.0")[0]
        bearer = {"Authorization": f"Bearer {token}"}
        for method, path, body in (
            ("PATCH", f"/api/packages/frob/files/{filename}", {"yanked": True}),
            ("DELETE", f"/api/packages/frob/files/{filename}", None),
            ("DELETE", "/api/packages/frob", None),
            ("GET", "/api/packages", None),
            ("GET", "/api/packages/frob/downloads.csv", None),
            ("GET", "/api/tokens", None),
            ("POST", "/api/tokens", {"name": "more"}),
            ("GET", "/api/publishers", None),
            ("POST", "/api/publishers", FROB),
            ("DELETE", "/api/publishers/1", None),
        ):
            answer = place.client.request(method, path, json=body, headers=bearer)
            assert answer.status_code == 403, path
            assert "nothing else" in answer.json()["detail"]
        assert place.upload(token, "frob", "2.0").status_code == 200

    def test_it_uploads_files_of_its_packages_only(self, place: Place) -> None:
        place.trust()
        place.trust(package="spam")
        token = place.minted()
        assert place.upload(token, "spam").status_code == 200
        refused = place.upload(token, "eggs")
        assert (refused.status_code, refused.text) == (
            403,
            "The given token isn't allowed to upload to project 'eggs'.\n",
        )

    def test_it_uploads_large_files_in_their_three_steps(self, place: Place) -> None:
        place.trust()
        bearer = {"Authorization": f"Bearer {place.minted()}"}
        filename, content = make_wheel("frob", "1.0")
        sha256 = _published("frob")[1]
        announced = {"filename": filename, "size": len(content), "sha256": sha256}
        reserved = place.client.post("/api/uploads", json=announced, headers=bearer)
        assert reserved.status_code == 201
        other = {**announced, "filename": filename.replace("frob", "eggs")}
        assert place.client.post("/api/uploads", json=other, headers=bearer).status_code == 403
        assert place.client.post(reserved.json()["complete"], headers=bearer).status_code == 202

    def test_it_is_of_no_use_once_its_publisher_is_distrusted(self, place: Place) -> None:
        entry = place.trust()
        token = place.minted()
        gone = place.client.delete(f"/api/publishers/{entry['id']}", headers=place.site.as_submitter())
        assert gone.status_code == 204
        assert place.upload(token, "frob").status_code == 403
        assert failed(place.exchange(), "invalid-publisher")


class TestPublishers:
    def test_they_are_trusted_listed_and_distrusted(self, place: Place) -> None:
        headers = place.site.as_submitter()
        answer = place.client.post(
            "/api/publishers", json=FROB | {"repository": "OCTOCAT/frob", "environment": "pypi"}, headers=headers
        )
        entry = answer.json()
        assert answer.status_code == 201
        assert answer.headers["location"] == f"/api/publishers/{entry['id']}"
        assert datetime.fromisoformat(entry["created"]).tzinfo == UTC
        assert entry == FROB | {"id": entry["id"], "environment": "pypi", "created": entry["created"]}
        assert place.client.get("/api/publishers", headers=headers).json() == [entry]
        assert place.client.delete(f"/api/publishers/{entry['id']}", headers=headers).status_code == 204
        assert place.client.get("/api/publishers", headers=headers).json() == []
        assert place.client.delete(f"/api/publishers/{entry['id']}", headers=headers).status_code == 404

    def test_nobody_sees_or_drops_those_of_others(self, place: Place) -> None:
        entry = place.trust()
        other = place.site.as_submitter(place.site.index.tokens().create_local("bob"))
        assert place.client.get("/api/publishers", headers=other).json() == []
        assert place.client.delete(f"/api/publishers/{entry['id']}", headers=other).status_code == 404
        assert place.client.get("/api/publishers").status_code == 401

    def test_a_token_for_packages_manages_none(self, place: Place) -> None:
        caller = place.site.index.tokens().authenticate(place.site.token)
        scoped = place.site.as_submitter(place.site.index.tokens().issue(caller, "ci", ["frob"]).secret)
        assert place.client.post("/api/publishers", json=FROB, headers=scoped).status_code == 403
        assert place.client.get("/api/publishers", headers=scoped).status_code == 403

    def test_a_browser_needs_to_say_that_it_means_it(self, place: Place) -> None:
        secret = place.site.index.login_sessions().begin(Person("local:alice"))
        cookie = {"Cookie": f"__Host-sls_session={secret}"}
        assert place.client.post("/api/publishers", json=FROB, headers=cookie).status_code == 403
        meant = {**cookie, "X-CSRF-Token": csrf_token_of(secret)}
        assert place.client.post("/api/publishers", json=FROB, headers=meant).status_code == 201
        assert len(place.client.get("/api/publishers", headers=cookie).json()) == 1

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"kind": "jenkins"}, 422),
            ({"package": 7}, 422),
            ({"environment": 7}, 422),
            ({"environment": False}, 422),
            ({"environment": []}, 422),
            ({"owner_id": 1}, 422),
            ({"package": "a/b"}, 400),
            ({"package": "simple"}, 400),
            ({"package": "f-r-o-b"}, 400),
            ({"package": "theirs"}, 403),
            ({"repository": "frob"}, 422),
            ({"repository": "octocat/none"}, 404),
            ({"workflow": ".github/workflows/release.yml"}, 400),
            ({"package": "frob"}, 400),
        ],
    )
    def test_what_cannot_be_trusted_is_refused_with_a_reason(
        self, place: Place, changes: dict[str, Any], status: int
    ) -> None:
        place.trust()
        assert place.upload(place.site.token, "frob").status_code == 200
        assert place.upload(place.site.index.tokens().create_local("bob"), "theirs").status_code == 200
        answer = place.client.post("/api/publishers", json=FROB | changes, headers=place.site.as_submitter())
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["detail"]
        assert len(place.client.get("/api/publishers", headers=place.site.as_submitter()).json()) == 1

    def test_a_project_on_gitlab_is_taken_as_it_is_put(self, place: Place) -> None:
        entry = place.trust(kind="gitlab", repository="group/sub/frob", workflow=".gitlab-ci.yml", environment="")
        assert (entry["repository"], entry["environment"]) == ("group/sub/frob", None)


def _published(name: str) -> tuple[str, str]:
    filename, content = make_wheel(name, "1.0")
    return filename, hashlib.sha256(content).hexdigest()
