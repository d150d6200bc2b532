"""Publishing from a repository, over HTTP."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.github_faults import GitHubFails, GitHubRefuses
from domain.refusals import Refused
from domain.submission import MOST_WAITING
from entrypoints.http.asking import Asking
from tests.entrypoints.asgi_client import is_problem
from tests.entrypoints.browser import Browser
from tests.entrypoints.submitting import (
    COMMIT,
    GITHUB_TOKEN,
    HUBOT,
    Place,
    open_place,
    post,
    shown,
    submit,
)
from tests.wheels import make_wheel

FILENAME, CONTENT = make_wheel("frob", "1.0")
KEYS = ["id", "repository", "ref", "commit", "name", "version", "status", "log", "error", "files"]
LIMITED = GitHubRefuses("GitHub was asked too much lately.", timedelta(seconds=119.5))
BROKEN = GitHubFails("GitHub gives no answer of use (is broken).")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_place(tmp_path, {FILENAME: CONTENT}) as opened:
        opened.show()
        yield opened


@pytest.fixture
def browser(place: Place) -> Browser:
    return place.logged_in()


class TestSession:
    def test_of_nobody_is_none(self, place: Place) -> None:
        assert is_problem(Browser(place.app).get("/api/session"), 401)

    def test_says_who_it_is(self, browser: Browser) -> None:
        assert shown(browser.get("/api/session")) == {"login": "octocat", "account": "583231", "github": True}

    def test_with_a_token_of_this_index_nothing_is_known_of_github(self, place: Place, browser: Browser) -> None:
        token = place.index.tokens().create_local("alice")
        expected = {"login": "alice", "account": "local:alice", "github": False}
        assert shown(place.bearer(token, "GET", "/api/session")) == expected
        # Whoever says who they are is that and nobody else, whatever cookies they send.
        assert shown(browser.get("/api/session", authorization=f"Bearer {token}")) == expected

    def test_is_over_with_the_logout(self, browser: Browser) -> None:
        kept = dict(browser.jar)
        assert browser.send("POST", "/logout", x_csrf_token=browser.jar["csrf_token"]).status == 303
        browser.jar.update(kept)
        assert is_problem(browser.get("/api/session"), 401)


class TestRequest:
    def test_is_answered_before_anything_is_built(self, browser: Browser) -> None:
        told = post(browser, "/api/packages", {"repository": "octocat/frob"})
        assert told.status == 202
        submission = json.loads(told.body)
        assert list(submission) == KEYS
        assert told.headers["location"] == f"/api/submissions/{submission['id']}"
        assert shown(browser.get(told.headers["location"])) == submission
        assert submission | {"id": "", "log": ""} == {
            "id": "",
            "repository": "octocat/frob",
            "ref": "v1.0",
            "commit": COMMIT,
            "name": None,
            "version": None,
            "status": "queued",
            "log": "",
            "error": None,
            "files": [],
        }

    def test_ends_with_files_that_can_be_installed(self, place: Place, browser: Browser) -> None:
        submission = submit(browser, ref="main")
        place.work()
        ended = shown(browser.get(f"/api/submissions/{submission['id']}"))
        assert list(ended) == KEYS
        assert (ended["status"], ended["name"], ended["version"]) == ("published", "frob", "1.0")
        assert (ended["ref"], ended["commit"], ended["error"]) == ("main", COMMIT, None)
        (file,) = ended["files"]
        assert sorted(file) == ["filename", "sha256", "size"]
        assert (file["filename"], file["size"]) == (FILENAME, len(CONTENT))
        assert FILENAME in ended["log"]
        assert place.ports.objects().get("simple/frob/index.html")

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{",
            b"[" * 50_000,
            b"null",
            b"\xff",
            {},
            {"repository": None},
            {"repository": 1},
            {"repository": ["octocat/frob"]},
            {"repository": "octocat/frob", "ref": 1},
            {"repository": "octocat/frob", "ref": True},
            {"repository": "octocat/frob", "ref": ["v1.0"]},
            {"repository": "octocat/frob", "other": 1},
            {"ref": "v1.0"},
            {"repository": ""},
            {"repository": "frob"},
            {"repository": "https://github.com/octocat/frob"},
            {"repository": "octocat/frob/"},
            {"repository": "octocat/.."},
            {"repository": "octocat/fr ob"},
            {"repository": "octocat/frob\n"},
            {"repository": "octocat/frob?x=y"},
            {"repository": "octocat/%2e%2e"},
            {"repository": "o" * 200 + "/frob"},
            {"repository": "\ud800/frob"},
            {"repository": "octocat/frob", "ref": ""},
            {"repository": "octocat/frob", "ref": "-x"},
            {"repository": "octocat/frob", "ref": "a..b"},
            {"repository": "octocat/frob", "ref": "a b"},
            {"repository": "octocat/frob", "ref": "a\u0000"},
            {"repository": "octocat/frob", "ref": "@"},
            {"repository": "octocat/frob", "ref": "x" * 1000},
            {"repository": "octocat/frob", "ref": "\ud800"},
        ],
        ids=repr,
    )
    def test_that_is_malformed_is_told_so_and_nobody_is_asked(self, place: Place, browser: Browser, body: Any) -> None:
        assert is_problem(post(browser, "/api/packages", body), 422)
        assert place.ports.sources().asked() == []

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"owner_id": 1}, 403),
            ({"is_private": True}, 404),
            ({"is_fork": True}, 422),
            ({"is_archived": True}, 422),
        ],
        ids=str,
    )
    def test_for_what_cannot_be_published_is_refused(
        self, place: Place, browser: Browser, changes: dict[str, Any], status: int
    ) -> None:
        place.show(**changes)
        assert is_problem(post(browser, "/api/packages", {"repository": "octocat/frob"}), status)
        assert shown(browser.get("/api/packages"))["submissions"] == []

    @pytest.mark.parametrize(
        "body",
        [
            {"repository": "octocat/other"},
            {"repository": "nobody/frob"},
            {"repository": "octocat/frob", "ref": "v2.0"},
            {"repository": "octocat/frob", "ref": "0" * 40},
        ],
        ids=str,
    )
    def test_for_what_is_not_there_says_so(self, browser: Browser, body: dict[str, str]) -> None:
        assert is_problem(post(browser, "/api/packages", body), 404)

    def test_by_another_site_is_refused(self, place: Place, browser: Browser) -> None:
        body = b'{"repository": "octocat/frob"}'
        for headers in ({}, {"x_csrf_token": "0" * 64}, {"x_csrf_token": place.logged_in(HUBOT).jar["csrf_token"]}):
            assert is_problem(browser.send("POST", "/api/packages", body, **headers), 403)
        assert shown(browser.get("/api/packages"))["submissions"] == []

    def test_by_nobody_is_refused(self, place: Place) -> None:
        told = Browser(place.app).send("POST", "/api/packages", b'{"repository": "octocat/frob"}')
        assert is_problem(told, 401)

    def test_by_a_local_submitter_is_refused(self, place: Place) -> None:
        token = place.index.tokens().create_local("octocat")
        assert is_problem(place.bearer(token, "POST", "/api/packages", b'{"repository": "octocat/frob"}'), 403)

    def test_needs_a_token_for_everything(self, place: Place, browser: Browser) -> None:
        body = b'{"repository": "octocat/frob"}'
        for packages, status in ((["frob"], 403), (None, 202)):
            made = json.loads(post(browser, "/api/tokens", {"name": "ci", "packages": packages}).body)
            assert place.bearer(made["token"], "POST", "/api/packages", body).status == status

    @pytest.mark.parametrize(
        ("fault", "status", "seconds"), [(BROKEN, 502, None), (LIMITED, 503, "120")], ids=["broken", "limited"]
    )
    def test_when_github_fails_is_refused_with_what_to_do(
        self, place: Place, browser: Browser, fault: Refused, status: int, seconds: str | None
    ) -> None:
        place.ports.sources().fail(fault)
        told = post(browser, "/api/packages", {"repository": "octocat/frob"})
        assert is_problem(told, status)
        assert json.loads(told.body)["detail"] == str(fault)
        assert told.headers.get("retry-after") == seconds
        place.ports.sources().fail(None)
        assert submit(browser)["status"] == "queued"

    def test_after_github_revoked_the_login_says_to_log_in_again(self, place: Place, browser: Browser) -> None:
        place.ports.sources().revoke(GITHUB_TOKEN)
        assert is_problem(post(browser, "/api/packages", {"repository": "octocat/frob"}), 401)
        assert shown(browser.get("/api/session"))["login"] == "octocat"

    def test_too_many_wait_for_each_other(self, place: Place, browser: Browser) -> None:
        for number in range(MOST_WAITING):
            place.show(id=number + 1, full_name=f"octocat/frob{number}")
            submit(browser, f"octocat/frob{number}")
        told = post(browser, "/api/packages", {"repository": "octocat/frob"})
        assert is_problem(told, 429)
        assert int(told.headers["retry-after"]) > 0


class TestSubmission:
    def test_is_its_submitters_only(self, place: Place, browser: Browser) -> None:
        path = f"/api/submissions/{submit(browser)['id']}"
        assert is_problem(place.logged_in(HUBOT).get(path), 404)
        assert is_problem(place.bearer(place.index.tokens().create_local("octocat"), "GET", path), 404)
        assert is_problem(Browser(place.app).get(path), 401)
        assert shown(place.logged_in().get(path))["status"] == "queued"

    @pytest.mark.parametrize("name", ["0" * 16, "x", "A", "..", "%2e%2e", "a%2fb", "%00", "x" * 200, "ä"])
    def test_that_is_none_is_not_found(self, browser: Browser, name: str) -> None:
        assert is_problem(browser.get(f"/api/submissions/{name}"), 404)

    def test_that_failed_says_why(self, place: Place, browser: Browser) -> None:
        first = submit(browser)
        place.work()
        _, other = make_wheel("frob", "1.0", description="Another.")
        place.ports.builder().will(lambda *_: {FILENAME: other})
        again = submit(browser, ref="main")
        place.work()
        ended = shown(browser.get(f"/api/submissions/{again['id']}"))
        assert shown(browser.get(f"/api/submissions/{first['id']}"))["status"] == "published"
        assert ended["status"] == "failed"
        assert ended["error"]
        assert "\n" not in ended["error"]


class TestList:
    def test_shows_what_can_be_published(self, browser: Browser) -> None:
        listed = shown(browser.get("/api/packages"))
        assert listed == {
            "submitted": [],
            "submissions": [],
            "eligible": [
                {
                    "repository": "octocat/frob",
                    "description": "Frobs <things>.",
                    "language": "Python",
                    "pushed_at": None,
                }
            ],
        }

    def test_tells_times_as_github_does(self, place: Place, browser: Browser) -> None:
        place.show(pushed_at=datetime(2026, 11, 20, 10, tzinfo=UTC))
        (entry,) = shown(browser.get("/api/packages"))["eligible"]
        assert entry["pushed_at"] == "2026-11-20T10:00:00Z"

    def test_shows_what_was_published_and_how(self, place: Place, browser: Browser) -> None:
        submission = submit(browser)
        place.work()
        listed = shown(browser.get("/api/packages"))
        (entry,) = listed["submitted"]
        assert (entry["name"], entry["repository"], entry["versions"]) == ("frob", "octocat/frob", ["1.0"])
        last = entry["submission"]
        assert sorted(last) == ["at", "error", "id", "ref", "status"]
        assert (last["id"], last["status"], last["ref"], last["error"]) == (
            submission["id"],
            "published",
            "v1.0",
            None,
        )
        assert listed["eligible"] == []
        (row,) = listed["submissions"]
        assert sorted(row) == ["at", "error", "id", "name", "ref", "repository", "status", "version"]
        assert (row["id"], row["repository"], row["name"], row["version"]) == (
            submission["id"],
            "octocat/frob",
            "frob",
            "1.0",
        )

    def test_shows_the_newest_ten(self, place: Place, browser: Browser) -> None:
        made = []
        for number in range(12):
            place.show(id=number + 1, full_name=f"octocat/frob{number}")
            made.append(submit(browser, f"octocat/frob{number}")["id"])
        listed = shown(browser.get("/api/packages"))["submissions"]
        assert [row["id"] for row in listed] == made[:1:-1]

    def test_shows_what_could_be_published_when_github_said_so_last(self, place: Place, browser: Browser) -> None:
        before = shown(browser.get("/api/packages"))["eligible"]
        place.ports.sources().fail(BROKEN)
        listed = shown(browser.get("/api/packages"))
        assert listed["eligible"] == before
        assert listed["eligible_as_of"].endswith("Z")

    def test_shows_what_github_said_last_when_too_many_wait_for_it(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def crowded(*_: object) -> None:
            raise BROKEN

        before = shown(browser.get("/api/packages"))["eligible"]
        monkeypatch.setattr(Asking, "run", crowded)
        listed = shown(browser.get("/api/packages"))
        assert listed["eligible"] == before != []
        assert listed["eligible_as_of"].endswith("Z")

    def test_only_who_asks_github_waits_for_a_turn(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        async def crowded(*_: object) -> None:
            raise BROKEN

        monkeypatch.setattr(Asking, "run", crowded)
        token = place.index.tokens().create_local("alice")
        assert shown(place.bearer(token, "GET", "/api/packages"))["eligible"] == []
        wanted = {"kind": "github", "package": "frob", "repository": "octocat/frob", "workflow": "release.yml"}
        assert is_problem(place.bearer(token, "POST", "/api/publishers", json.dumps(wanted).encode()), 502)

    @pytest.mark.parametrize(("fault", "status"), [(BROKEN, 502), (LIMITED, 503)], ids=["broken", "limited"])
    def test_shows_what_the_index_knows_when_github_fails(
        self, place: Place, browser: Browser, fault: Refused, status: int
    ) -> None:
        submit(browser)
        place.work()
        place.ports.sources().fail(fault)
        answer = browser.get("/api/packages")
        assert is_problem(answer, status)
        told = json.loads(answer.body)
        assert [entry["name"] for entry in told["submitted"]] == ["frob"]
        assert [row["name"] for row in told["submissions"]] == ["frob"]
        assert told["detail"] == str(fault)
        assert "eligible" not in told

    def test_after_github_revoked_the_login_says_to_log_in_again(self, place: Place, browser: Browser) -> None:
        place.ports.sources().revoke(GITHUB_TOKEN)
        assert is_problem(browser.get("/api/packages"), 401)

    def test_of_a_local_submitter_has_nothing_of_github(self, place: Place) -> None:
        token = place.index.tokens().create_local("alice")
        listed = shown(place.bearer(token, "GET", "/api/packages"))
        assert (listed["submitted"], listed["eligible"], listed["submissions"]) == ([], [], [])
        assert place.ports.sources().asked() == []

    def test_with_a_token_for_some_packages_shows_those(self, place: Place, browser: Browser) -> None:
        place.show(id=2, full_name="octocat/other")
        submit(browser)
        place.work()
        submit(browser, "octocat/other")
        for packages, names in ((["frob"], ["frob"]), (["eggs"], [])):
            made = json.loads(post(browser, "/api/tokens", {"name": "ci", "packages": packages}).body)
            listed = shown(place.bearer(made["token"], "GET", "/api/packages"))
            assert [entry["name"] for entry in listed["submitted"]] == names
            assert (listed["submissions"], listed["eligible"]) == ([], [])


class TestPreview:
    def test_says_what_would_be_published(self, browser: Browser) -> None:
        assert shown(browser.get("/api/repositories/octocat/frob")) == {
            "repository": "octocat/frob",
            "description": "Frobs <things>.",
            "ref": "v1.0",
            "is_tag": True,
            "commit": COMMIT,
            "assets": [],
            "package": None,
            "versions": [],
        }
        assert shown(browser.get("/api/repositories/octocat/frob?ref="))["ref"] == "v1.0"

    def test_of_another_ref(self, place: Place, browser: Browser) -> None:
        place.ports.sources().tag("octocat/frob", "v1.1", COMMIT)
        place.ports.sources().release("octocat/frob", "v1.1", {FILENAME: CONTENT, "notes.txt": b"x"})
        main = shown(browser.get("/api/repositories/octocat/frob?ref=main"))
        assert (main["ref"], main["is_tag"], main["assets"]) == ("main", False, [])
        tagged = shown(browser.get("/api/repositories/octocat/frob?ref=v1.1"))
        assert tagged["assets"] == [{"filename": FILENAME, "size": len(CONTENT)}]

    def test_knows_the_package_that_is_there(self, place: Place, browser: Browser) -> None:
        submit(browser)
        place.work()
        known = shown(browser.get("/api/repositories/octocat/frob"))
        assert (known["package"], known["versions"]) == ("frob", ["1.0"])

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("octocat/other", 404),
            ("octocat/frob?ref=v2.0", 404),
            ("octocat/frob?ref=a%20b", 422),
            ("octocat/..", 422),
            ("-/frob", 422),
            ("octocat/frob/more", 404),
        ],
    )
    def test_of_what_cannot_be_is_refused(self, browser: Browser, path: str, status: int) -> None:
        assert is_problem(browser.get(f"/api/repositories/{path}"), status)

    def test_is_its_owners_only(self, place: Place) -> None:
        assert is_problem(place.logged_in(HUBOT).get("/api/repositories/octocat/frob"), 403)
        assert is_problem(Browser(place.app).get("/api/repositories/octocat/frob"), 401)

    def test_when_github_fails_says_so(self, place: Place, browser: Browser) -> None:
        place.ports.sources().fail(LIMITED)
        told = browser.get("/api/repositories/octocat/frob")
        assert is_problem(told, 503)
        assert told.headers["retry-after"] == "120"
