"""The double answers what GitHub says that it answers, and what it keeps is what comes out of it."""

import hashlib
import hmac
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import pytest

from adapters.clock import SystemClock
from adapters.github.sources import GitHubSources
from infrastructure.github_double import faults
from infrastructure.github_double.double import Answer, GitHub, github
from infrastructure.github_double.repository import AnnotatedTag, Commit, Release, ReleaseAsset, Repository
from infrastructure.github_double.webhooks import Hook
from tests.github.described import check_answer, check_event

FIRST = Commit(
    {"README.md": b"# Frob\n", "LICENSE": b"MIT", "pyproject.toml": b"[project]", "src/frob/__init__.py": b""}
)
SECOND = Commit({**FIRST.files, "README.md": b"# Frob 2\n"}, "More", "2026-11-21T10:00:00Z")
ANNOTATED = AnnotatedTag("v1.1", SECOND)
WHEEL = ReleaseAsset("frob-1.1-py3-none-any.whl", b"PK not really")
OCTETS = {"Accept": "application/octet-stream"}


def frob() -> Repository:
    return Repository(
        "octocat/frob",
        stars=3,
        pulls=3,
        contributors=3,
        description="Frobs",
        branches={"main": SECOND, "feature/x": FIRST},
        tags={"v1.0": FIRST, "v1.1": ANNOTATED, "rel/2": SECOND},
        releases=[
            Release("v1.0", published_at="2026-10-01T00:00:00Z"),
            Release("v1.1", [WHEEL], "Frob 1.1", "Better"),
            Release("v2.0rc1", prerelease=True, published_at="2026-11-25T00:00:00Z"),
            Release("v3.0", draft=True, published_at="2026-11-26T00:00:00Z"),
        ],
    )


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as running:
        running.has(frob())
        yield running


@pytest.fixture
def client(double: GitHub) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=double.url, headers={"User-Agent": "test"}) as each:
        yield each


def as_octocat(double: GitHub) -> dict[str, str]:
    return {"Authorization": f"Bearer {double.people.token('octocat')}"}


def told(answer: httpx2.Response) -> Any:
    return answer.raise_for_status().json()


# ---------------------------------------------------------------------------------------------------- as described


@pytest.mark.parametrize("repository", ["full", "bare"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "/commits/HEAD",
        "/commits/feature/x",
        "/commits/v1.1",
        f"/commits/{FIRST.sha}",
        "/commits/nothing",
        "/contents/",
        "/contents/README.md",
        "/contents/src/frob",
        "/contents/nothing",
        "/contributors",
        "/contributors?anon=true&per_page=1",
        "/git/ref/tags/v1.1",
        "/git/ref/tags/v1",
        "/git/ref/heads/feature/x",
        f"/git/tags/{ANNOTATED.sha}",
        "/git/tags/0123",
        "/languages",
        "/license",
        "/pulls?state=open&per_page=1",
        "/readme",
        "/releases",
        "/releases/latest",
        "/releases/tags/v1.1",
        "/releases/tags/v3.0",
        "/tags?per_page=2",
        "/tarball/v1.1",
    ],
)
def test_what_is_told_of_a_repository_is_as_described(
    double: GitHub, client: httpx2.Client, path: str, repository: str
) -> None:
    if repository == "bare":
        double.has(Repository("octocat/frob", spdx_id=None, language=None, contributors=0))
    answer = client.get(f"/repos/octocat/frob{path}")
    check_answer(
        f"/repos/octocat/frob{path}", answer.status_code, answer.headers.get("content-type", ""), answer.content
    )
    assert "x-ratelimit-remaining" in answer.headers


@pytest.mark.parametrize("path", ["/user", "/user/repos?per_page=1", "/users/octocat/repos", "/rate_limit"])
def test_what_is_told_of_people_is_as_described(double: GitHub, client: httpx2.Client, path: str) -> None:
    answer = client.get(path, headers=as_octocat(double))

    assert answer.status_code == 200
    check_answer(path, 200, answer.headers["content-type"], answer.content)


def test_a_release_and_its_file_are_as_described(client: httpx2.Client) -> None:
    release = told(client.get("/repos/octocat/frob/releases/tags/v1.1"))
    for url in (release["url"], release["assets_url"], release["assets"][0]["url"]):
        answer = client.get(url)
        check_answer(answer.request.url.path, answer.status_code, answer.headers["content-type"], answer.content)


def test_refusals_are_as_described(double: GitHub, client: httpx2.Client) -> None:
    assert client.get("/user").status_code == 401
    for path, headers in (("/user", {"Authorization": "Bearer no"}), ("/repos/octocat/nothing", {})):
        answer = client.get(path, headers=headers)
        check_answer(path, answer.status_code, answer.headers["content-type"], answer.content)
    double.renames("octocat/frob", "octocat/frobnicate")
    moved = client.get("/repos/octocat/frob")
    check_answer("/repos/octocat/frob", moved.status_code, moved.headers["content-type"], moved.content)


# -------------------------------------------------------------------------------------------------- what it keeps


@pytest.mark.parametrize(
    ("ref", "commit"),
    [
        ("v1.0", FIRST),
        ("v1.1", SECOND),
        ("rel/2", SECOND),
        ("main", SECOND),
        ("feature/x", FIRST),
        (FIRST.sha, FIRST),
        (FIRST.sha[:7], FIRST),
        (ANNOTATED.sha, SECOND),
        ("HEAD", SECOND),
    ],
)
def test_every_ref_leads_to_its_commit(client: httpx2.Client, ref: str, commit: Commit) -> None:
    assert told(client.get(f"/repos/octocat/frob/commits/{ref}"))["sha"] == commit.sha
    assert (
        client.get(f"/repos/octocat/frob/commits/{ref}", headers={"Accept": "application/vnd.github.sha"}).text
        == commit.sha
    )


def test_an_annotated_tag_is_an_object_of_its_own(client: httpx2.Client) -> None:
    light = told(client.get("/repos/octocat/frob/git/ref/tags/v1.0"))["object"]
    heavy = told(client.get("/repos/octocat/frob/git/ref/tags/v1.1"))["object"]

    assert (light["type"], light["sha"]) == ("commit", FIRST.sha)
    assert (heavy["type"], heavy["sha"]) == ("tag", ANNOTATED.sha)
    assert told(client.get(heavy["url"]))["object"]["sha"] == SECOND.sha


def test_archives_come_from_another_origin_and_have_one_folder(double: GitHub, client: httpx2.Client) -> None:
    sent = client.get("/repos/octocat/frob/tarball/v1.1")
    assert sent.status_code == 302
    assert sent.headers["location"].startswith(double.files_url)
    archive = client.get(sent.headers["location"])

    with tarfile.open(fileobj=io.BytesIO(archive.content)) as tar:
        files = {each.name: _read(tar, each) for each in tar if each.isfile()}
        assert tar.pax_headers["comment"] == SECOND.sha
    top = f"octocat-frob-{SECOND.sha[:7]}"
    assert files.keys() == {f"{top}/{path}" for path in SECOND.files}
    assert files[f"{top}/README.md"] == b"# Frob 2\n"
    assert "content-length" not in archive.headers
    assert client.get(f"{double.files_url}/octocat/frob/legacy.tar.gz/nothing").status_code == 404


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file
    return file.read()


def test_a_releases_file_comes_from_another_origin_where_no_token_goes(double: GitHub, client: httpx2.Client) -> None:
    asset = told(client.get("/repos/octocat/frob/releases/latest"))["assets"][0]
    assert asset["size"] == len(WHEEL.content)
    for url in (asset["url"], asset["browser_download_url"]):
        sent = client.get(url, headers=OCTETS)
        assert sent.status_code == 302
        assert sent.headers["location"].startswith(double.files_url)
        assert client.get(sent.headers["location"]).content == WHEEL.content
        assert client.get(sent.headers["location"], headers=as_octocat(double)).status_code == 404
    assert len(double.fetched) == 4


def test_lists_have_pages(double: GitHub, client: httpx2.Client) -> None:
    for number in range(250):
        double.has(Repository(f"octocat/r{number}"))
    for url in ("/user/repos?per_page=100", "/users/octocat/repos?per_page=100"):
        names: list[str] = []
        following: str | None = url
        while following:
            answer = client.get(following, headers=as_octocat(double))
            names += [each["full_name"] for each in told(answer)]
            following = answer.links.get("next", {}).get("url")
        assert len(names) == len(set(names)) == 251


def test_what_did_not_change_is_not_told_again_and_costs_nothing(double: GitHub, client: httpx2.Client) -> None:
    first = client.get("/repos/octocat/frob/tags")
    again = client.get("/repos/octocat/frob/tags", headers={"If-None-Match": first.headers["etag"]})
    frob().tags.clear()

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
    double.limits.budget_of_nobody = 1
    refused = client.get("/repos/octocat/frob/tags")
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (403, "0")


def test_the_app_has_a_budget_of_its_own_and_a_wrong_secret_is_refused(double: GitHub, client: httpx2.Client) -> None:
    app = (double.people.client_id, double.people.client_secret)
    client.get("/repos/octocat/frob")
    taken = client.get("/repos/octocat/frob", auth=app)
    assert [taken.headers[f"x-ratelimit-{each}"] for each in ("limit", "used")] == ["5000", "1"]
    assert client.get("/repos/octocat/frob").headers["x-ratelimit-limit"] == "60"
    assert told(client.get("/rate_limit", auth=app))["rate"]["limit"] == 5000
    assert told(client.get("/rate_limit"))["rate"]["limit"] == 60
    assert client.get("/user", auth=app).status_code == 401
    refused = client.get("/repos/octocat/frob", auth=(app[0], "wrong"))
    assert (refused.status_code, refused.json()["message"]) == (401, "Bad credentials")


def test_private_drafts_and_what_is_gone_are_nobodys_business(double: GitHub, client: httpx2.Client) -> None:
    assert [each["tag_name"] for each in told(client.get("/repos/octocat/frob/releases"))] == [
        "v2.0rc1",
        "v1.1",
        "v1.0",
    ]
    double.hides("octocat/frob")
    assert client.get("/repos/octocat/frob", headers=as_octocat(double)).status_code == 404
    assert told(client.get("/user/repos", headers=as_octocat(double))) == []
    double.loses("octocat/frob")
    assert client.get("/repos/octocat/frob").status_code == 404


def test_what_was_renamed_is_followed_and_what_was_transferred_has_another_owner(
    double: GitHub, client: httpx2.Client
) -> None:
    before = told(client.get("/repos/octocat/frob"))
    double.people.numbers["hubot"] = 9
    double.renames("octocat/frob", "octocat/frob2")
    double.transfers("octocat/frob2", "hubot/frob2")
    after = told(client.get("/repos/octocat/frob", follow_redirects=True))

    assert (after["id"], after["full_name"], after["owner"]["id"]) == (before["id"], "hubot/frob2", 9)
    assert told(client.get("/repos/octocat/frob/tags?per_page=1", follow_redirects=True))[0]["name"] == "v1.1"


def test_an_agent_without_a_name_is_refused_and_a_token_that_was_taken_back_does_not_work(
    double: GitHub, client: httpx2.Client
) -> None:
    token = double.people.token("octocat")
    app = (double.people.client_id, double.people.client_secret)
    place = f"/applications/{double.people.client_id}/token"
    assert client.request("DELETE", place, json={"access_token": token}).status_code == 404
    assert client.request("DELETE", place, json={"access_token": token}, auth=app).status_code == 204
    assert client.get("/user", headers={"Authorization": f"token {token}"}).status_code == 401
    del client.headers["user-agent"]
    assert client.get("/repos/octocat/frob").status_code == 403


# ---------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (faults.too_many(), 429),
        (faults.secondary(), 403),
        (faults.spent(2_000_000_000), 403),
        (faults.revoked(), 401),
        (faults.failing(), 502),
        (faults.a_page(), 200),
        (faults.broken(), 200),
    ],
)
def test_a_fault_is_where_it_should_be_and_so_often(
    double: GitHub, client: httpx2.Client, fault: Answer, status: int
) -> None:
    double.fault = faults.times(1, faults.where("/tags", fault))

    assert client.get("/repos/octocat/frob").status_code == 200
    assert client.get("/repos/octocat/frob/tags").content == fault.body
    assert fault.status == status
    assert isinstance(told(client.get("/repos/octocat/frob/tags")), list)


def test_a_body_can_end_too_early(double: GitHub, client: httpx2.Client) -> None:
    double.fault = faults.everywhere(faults.truncated())
    with pytest.raises(httpx2.RemoteProtocolError):
        client.get("/repos/octocat/frob")


# -------------------------------------------------------------------------------------------------------- webhooks


class Listener:
    """Whoever is told."""

    def __init__(self) -> None:
        heard: list[tuple[dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(202)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.heard = heard
        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/github/webhook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.stop()


def test_every_event_is_told_as_described_and_signed(double: GitHub, listener: Listener) -> None:
    double.hook = Hook(listener.url, "secret-of-both")
    double.people.numbers["hubot"] = 9
    delivery = double.publishes("octocat/frob", Release("v4", published_at="2026-11-26T09:00:00Z"))
    double.renames("octocat/frob", "octocat/frob2")
    double.transfers("octocat/frob2", "hubot/frob2")
    double.hides("hubot/frob2")
    double.loses("hubot/frob2")
    assert double.hook.send(delivery) == 202

    events = []
    for headers, body in listener.heard:
        action = json.loads(body)["action"]
        check_event(headers["x-github-event"], action, body)
        events.append((headers["x-github-event"], action))
        expected = hmac.new(b"secret-of-both", body, hashlib.sha256).hexdigest()
        assert headers["x-hub-signature-256"] == f"sha256={expected}"
    actions = ("renamed", "transferred", "privatized", "deleted")
    published = ("release", "published")
    assert events == [published, *(("repository", action) for action in actions), published]
    deliveries = [headers["x-github-delivery"] for headers, _ in listener.heard]
    assert deliveries[0] == deliveries[-1] == delivery.id
    assert len(set(deliveries)) == 5


def test_the_adapter_understands_all_of_it(double: GitHub, tmp_path: Any) -> None:
    sources = GitHubSources(double.url, "test", SystemClock())

    assert sources.latest_release("octocat/frob") == "v1.1"
    assert sources.commit("octocat/frob", "v1.1") == SECOND.sha
    asset = sources.assets("octocat/frob", "v1.1")[0]
    sources.fetch_asset("octocat/frob", asset, tmp_path / "wheel", 1000)
    sources.fetch_archive("octocat/frob", SECOND.sha, tmp_path / "archive", 100_000)
    assert (tmp_path / "wheel").read_bytes() == WHEEL.content
    assert tarfile.is_tarfile(tmp_path / "archive")
