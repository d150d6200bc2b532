"""The submitters' area, used as people use it: with a mouse, with the keyboard alone, and when something fails."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.running import Running, serving, token_of
from tests.web.tools import SHOTS, Tools
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.browser

Step = dict[str, Any]
SESSION = {"login": "alice", "account": "local:alice", "github": True}
HOSTILE = "<img src=x onerror=alert(1)><b>bold</b>"
COMMIT = "c0ffee" * 6 + "beef"
ELIGIBLE = [
    {
        "repository": f"alice/repository-{number:03}",
        "description": HOSTILE if number == 1 else f"What number {number} is good for",
        "language": "Python",
        "pushed_at": "2026-11-20T10:00:00Z",
    }
    for number in range(1, 236)
]
PREVIEW = {
    "repository": "alice/repository-042",
    "description": HOSTILE,
    "ref": "v1.1",
    "is_tag": True,
    "commit": COMMIT,
    "assets": [],
    "package": None,
    "versions": [],
}
WATCHED: dict[str, Any] = {
    "id": "s1",
    "repository": "alice/repository-042",
    "ref": "v1.1",
    "commit": COMMIT,
    "name": None,
    "version": None,
    "status": "queued",
    "log": "",
    "error": None,
    "files": [],
}
ROW = {"id": "s0", "repository": "alice/frob", "ref": "v1.0", "at": "2026-11-20T10:00:00Z", "status": "published"}
LOGIN: list[Step] = [
    {"go": "/my/"},
    {"see": ["main", "Log in"]},
    {"gone": "#app"},
    {"click": "#guest a"},
    {"fill": ["#login", "alice"]},
    {"press": "Enter"},
    {"url": "**/my/"},
    {"see": ["#account", "Logged in as alice"]},
]


def problem(status: int, detail: str, **more: Any) -> dict[str, Any]:
    told = {"type": "about:blank", "title": "No", "status": status, "detail": detail}
    return {"status": status, "json": told | more}


def listed(*submitted: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"json": {"submitted": list(submitted), "eligible": ELIGIBLE, "submissions": [], **others}}


def entry(name: str, repository: str | None = None, **others: Any) -> dict[str, Any]:
    figures = {"total": 12345, "last_day": 3, "last_30_days": 456, "locations": 7, "requesters": 89}
    return {
        "name": name,
        "repository": repository,
        "versions": ["1.0", "1.1"],
        "downloads": figures,
        "project_url": f"https://index.test/project/{name}/",
        "submission": None,
        **others,
    }


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """An index where alice has two packages, one of them with two files."""
    home = tmp_path / "home"
    with serving(home) as running:
        token = token_of(home)
        for version in ("1.0", "1.1"):
            assert running.upload(token, make_wheel("frob", version)).status_code == 200
        assert running.upload(token, make_wheel("grue", "1.0")).status_code == 200
        yield running


def walked(
    tools: Tools,
    server: Running,
    *steps: Step,
    expected: str = "",
    hurry: int = 0,
    remembers: bool = False,
    answers: Mapping[str, list[Any]] | None = None,
) -> dict[str, Any]:
    """What was seen along the steps, after a login; nothing is wider than the window or closed to anybody."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    stand = {"GET /api/session": [{"json": SESSION}], **(answers or {})}
    ways = {"hurry": hurry, "remembers": remembers, "shots": str(SHOTS)}
    job = {"origin": server.url, "steps": [*LOGIN, *steps], "answers": stand, **ways}
    seen = tools.walk(job)
    assert [error for error in seen["errors"] if not expected or expected not in error] == []
    assert seen["foreign"] == []
    assert seen["violations"] == []
    assert [(look["name"], look["width"], look["axe"]) for look in seen["looks"] if look["axe"]] == []
    assert [(look["name"], look["width"]) for look in seen["looks"] if look["overflow"] > 0] == []
    return seen


def test_what_is_submitted_is_shown_and_files_are_yanked_and_deleted(tools: Tools, server: Running) -> None:
    seen = walked(
        tools,
        server,
        {"see": ["#my-packages", "2 packages.*frob.*2 versions: 1.1, 1.0.*grue"]},
        {"click": "#my-packages li:has(> h3 a[href='/project/frob/']) summary"},
        {"see": ["#my-packages", r"Files \(2\).*frob-1.1-py3-none-any.whl.*frob-1.0-py3-none-any.whl"]},
        {"click": "role=button[name='Yank frob-1.0-py3-none-any.whl']"},
        {"focused": "#yank-reason"},
        {"type": HOSTILE},
        {"look": "yank"},
        {"press": "Enter"},
        {"gone": "#dialog"},
        {"see": ["#my-packages", "yanked: <img src=x"]},
        {"focused": "[aria-label='Unyank frob-1.0-py3-none-any.whl']"},
        {"look": "yanked"},
        {"press": "Enter"},
        {"see": ["#said", "not yanked any more"]},
        {"focused": "[aria-label='Yank frob-1.0-py3-none-any.whl']"},
        {"click": "role=button[name='Yank frob-1.1-py3-none-any.whl']"},
        {"press": "Enter"},
        {"gone": "#dialog"},
        {"click": "role=button[name='Delete frob-1.0-py3-none-any.whl']"},
        {"press": "Escape"},
        {"focused": "[aria-label='Delete frob-1.0-py3-none-any.whl']"},
        {"press": "Enter"},
        {"focused": "#typed-name"},
        {"see": ["#dialog", "Type frob to delete it"]},
        {"click": "#dialog button.bad"},
        {"see": ["#dialog", "That is not frob: nothing was deleted"]},
        {"type": "frob"},
        {"press": "Enter"},
        {"see": ["#my-packages", r"Files \(1\)"]},
        {"see": ["#my-packages", "1 version: 1.1"]},
        {"focused": "[aria-label='Unyank frob 1.1']"},
        {"download": "role=link[name='CSV of the downloads of frob']"},
    )
    assert seen["told"][0].startswith("frob-downloads.csv\n")
    (file,) = server.simple("frob")["files"]
    assert (file["filename"], file["yanked"]) == ("frob-1.1-py3-none-any.whl", True)


def test_a_release_is_yanked_and_unyanked_as_a_whole(tools: Tools, server: Running, tmp_path: Path) -> None:
    assert server.upload(token_of(tmp_path / "home"), make_sdist("frob", "1.1.0")).status_code == 200
    walked(
        tools,
        server,
        {"click": "#my-packages li:has(> h3 a[href='/project/frob/']) summary"},
        {
            "see": [
                "#my-packages",
                r"Files \(3\).*1\.1\s.*frob-1.1-py3-none-any.whl.*frob-1.1.0.tar.gz.*1\.0\s.*frob-1.0",
            ]
        },
        {"click": "role=button[name='Yank frob-1.1.0.tar.gz']"},
        {"type": "broken"},
        {"press": "Enter"},
        {"gone": "#dialog"},
        {"reach": "[aria-label='Yank frob 1.1']"},
        {"press": "Enter"},
        {"see": ["#dialog", r"Yank frob 1.1 \(2 files\)\?"]},
        {"type": "<b>wrong</b>"},
        {"press": "Enter"},
        {"gone": "#dialog"},
        {"see": ["#said", "^frob 1.1 is yanked.$"]},
        {"focused": "[aria-label='Unyank frob 1.1']"},
        {"look": "yanked-release"},
    )
    states = {file["filename"]: file["yanked"] for file in server.simple("frob")["files"]}
    assert states == {
        "frob-1.0-py3-none-any.whl": False,
        "frob-1.1-py3-none-any.whl": "<b>wrong</b>",
        "frob-1.1.0.tar.gz": "broken",
    }
    walked(
        tools,
        server,
        {"click": "#my-packages li:has(> h3 a[href='/project/frob/']) summary"},
        {"click": "role=button[name='Unyank frob 1.1']"},
        {"see": ["#said", "^frob 1.1 is not yanked any more.$"]},
        {"focused": "[aria-label='Yank frob 1.1']"},
    )
    assert {file["yanked"] for file in server.simple("frob")["files"]} == {False}


def test_what_of_a_release_could_not_be_yanked_is_told_and_done_again(
    tools: Tools, server: Running, tmp_path: Path
) -> None:
    for tag in ("cp312-cp312-win_amd64", "cp313-cp313-win_amd64"):
        assert server.upload(token_of(tmp_path / "home"), make_wheel("frob", "1.1", tag=tag)).status_code == 200
    path = "PATCH /api/packages/frob/files/frob-1.1-{}.whl"
    gone = path.format("cp312-cp312-win_amd64")
    failing = path.format("cp313-cp313-win_amd64")
    seen = walked(
        tools,
        server,
        {"click": "#my-packages li:has(> h3 a[href='/project/frob/']) summary"},
        {"click": "role=button[name='Yank frob 1.1']"},
        {"press": "Enter"},
        {"see": ["#dialog .trouble", "^frob-1.1-.*whl: There is no such file. frob-1.1-cp313.*whl: Not now.$"]},
        {"look": "left"},
        {"press": "Enter"},
        {"gone": "#dialog"},
        {"see": ["#said", "^frob 1.1 is yanked.$"]},
        expected="Failed to load resource",
        answers={
            gone: [problem(404, "There is no such file."), {"json": {}}],
            failing: [problem(503, "Not now."), {"json": {}}],
        },
    )
    assert [asked["call"] for asked in seen["asked"] if asked["call"].startswith("PATCH")] == [gone, failing] * 2
    assert {file["yanked"] for file in server.simple("frob")["files"] if "py3" in file["filename"]} == {False, True}


def test_a_package_is_deleted_by_who_types_its_name(tools: Tools, server: Running) -> None:
    walked(
        tools,
        server,
        {"click": "role=button[name='Delete frob']"},
        {"focused": "#typed-name"},
        {"type": "grue"},
        {"press": "Enter"},
        {"see": ["#dialog", "That is not frob"]},
        {"focused": "#typed-name"},
        {"look": "delete"},
        {"fill": ["#typed-name", "frob"]},
        {"press": "Enter"},
        {"gone": "#dialog"},
        {"focused": "#packages-title"},
        {"see": ["#my-packages", "1 package.*grue"]},
        {"click": "role=button[name='Delete grue']"},
        {"type": "grue"},
        {"press": "Enter"},
        {"see": ["#my-packages", "None yet"]},
        {"look": "empty"},
    )


def test_a_token_is_made_with_the_keyboard_alone_and_revoked(tools: Tools, server: Running) -> None:
    seen = walked(
        tools,
        server,
        {"reach": "#token-name"},
        {"type": "laptop"},
        {"press": "Tab"},
        {"type": "frob, nosuch"},
        {"press": "Enter"},
        {"focused": "#made"},
        {"see": ["#made", "never shown again. You have no nosuch yet."]},
        {"tell": "#made code"},
        {"look": "token"},
        {"press": "Tab"},
        {"press": "Tab"},
        {"press": "Enter"},
        {"see": ["#made", "Copied|selected"]},
        {"press": "Tab"},
        {"press": "Enter"},
        {"gone": "#made"},
        {"focused": "#tokens-title"},
        {"see": ["#my-tokens", "laptop.*frob, nosuch"]},
        {"reach": "[aria-label='Revoke the token “laptop”']"},
        {"press": "Enter"},
        {"press": "Escape"},
        {"focused": "[aria-label='Revoke the token “laptop”']"},
        {"press": "Enter"},
        {"see": ["#dialog", "Revoke the token"]},
        {"clicks": ["#dialog .actions button:last-child", "[aria-label='Revoke the token “laptop”']"]},
        {"see": ["#dialog", "Revoke the token.*frob, nosuch"]},
        {"press": "Tab"},
        {"press": "Enter"},
        {"gone": "#dialog"},
        {"focused": "#tokens-title"},
        {"see": ["#said", "^Revoked the token “laptop”.$"]},
    )
    assert len(seen["told"][0]) > 20


def test_a_repository_is_found_previewed_and_published_while_the_log_grows(tools: Tools, server: Running) -> None:
    files = [{"filename": "repository_042-1.0-py3-none-any.whl", "size": 12345}]
    done = {**WATCHED, "status": "published", "name": "repository-042", "version": "1.1", "log": "one\ntwo\nthree\n"}
    seen = walked(
        tools,
        server,
        {"see": ["#my-repositories", "235 repositories, page 1 of 12"]},
        {"look": "full"},
        {"click": "#my-repositories .pager button:last-child"},
        {"see": ["#my-repositories", "page 2 of 12.*repository-021"]},
        {"fill": ["#find-repositories", "042"]},
        {"see": ["#my-repositories", "1 repository"]},
        {"click": "role=button[name='Publish alice/repository-042']"},
        {"see": ["#dialog", "v1.1.*c0ffee.*built from its source"]},
        {"look": "preview"},
        {
            "answer": {
                "GET /api/repositories/alice/repository-042": [{"json": {**PREVIEW, "ref": "v1.0", "assets": files}}]
            }
        },
        {"fill": ["#preview-ref", "v1.0"]},
        {"press": "Enter"},
        {"see": ["#dialog", "1 file of the release.*none-any.whl 12 kB"]},
        {"click": "#dialog button.main"},
        {"gone": "#dialog"},
        {"focused": "#submission-s1"},
        {"see": ["#my-submissions", "Building.*one"]},
        {"look": "building"},
        {"see": ["#my-submissions", "Published: repository-042 1.1"]},
        {"see": ["#my-submissions", "pip install --index-url http.*/simple/ repository-042"]},
        {"see": ["#my-submissions", "one\ntwo\nthree"]},
        {"see": ["#said", "repository-042 is published"]},
        {"look": "published"},
        answers={
            "GET /api/packages": [listed(entry("frob", "alice/frob", submission=ROW), submissions=[ROW])],
            "GET /api/repositories/alice/repository-042": [{"json": PREVIEW}],
            "POST /api/packages": [{"status": 202, "headers": {"Location": "/api/submissions/s1"}, "json": WATCHED}],
            "GET /api/submissions/s1": [
                {"json": WATCHED},
                *[{"json": {**WATCHED, "status": "building", "log": "one\n"}}] * 4,
                {"json": {**WATCHED, "status": "building", "log": "one\ntwo\n"}},
                {"json": done},
            ],
        },
    )
    (sent,) = [asked for asked in seen["asked"] if asked["call"] == "POST /api/packages"]
    assert sent["body"] == {"repository": "alice/repository-042", "ref": "v1.0"}
    assert sent["csrf"]
    assert "?ref=v1.0" in [asked["search"] for asked in seen["asked"]]


def test_what_fails_is_said_where_it_happened_and_hides_nothing(tools: Tools, server: Running) -> None:
    failed = {**WATCHED, "status": "failed", "error": "The build ended with 1.", "log": "Traceback\n"}
    path = "GET /api/repositories/bob/thing"
    walked(
        tools,
        server,
        {"see": ["#my-repositories", "GitHub answers with 502"]},
        {"see": ["#my-packages", "frob.*12,345"]},
        {"fill": ["#repository", "nonsense"]},
        {"press": "Enter"},
        {"see": ["#my-repositories", "Give the repository as owner/name"]},
        {"focused": "#repository"},
        {"fill": ["#repository", "https://github.com/bob/thing"]},
        {"press": "Enter"},
        {"see": ["#dialog", "belongs to another account"]},
        {"look": "refused"},
        {"answer": {path: [{"json": {**PREVIEW, "repository": "bob/thing"}}]}},
        {"click": "#dialog .field button"},
        {"see": ["#dialog", "built from its source"]},
        {"click": "#dialog button.main"},
        {"see": ["#dialog", "Enough of yours are waiting"]},
        {"click": "#dialog button.main"},
        {"focused": "#submission-s1"},
        {"see": ["#my-submissions", r"Failed: The build ended with 1\..*Traceback"]},
        {"see": ["#said", "failed"]},
        {"look": "failed"},
        {"click": "role=button[name='Publish again alice/repository-042']"},
        {"see": ["#dialog", "Publish alice/repository-042"]},
        expected="Failed to load resource",
        answers={
            "GET /api/packages": [problem(502, "GitHub answers with 502.", submitted=[entry("frob")])],
            path: [problem(403, "bob/thing belongs to another account.")],
            "POST /api/packages": [
                problem(403, "Enough of yours are waiting."),
                {"status": 202, "headers": {"Location": "/api/submissions/s1"}, "json": WATCHED},
            ],
            "GET /api/submissions/s1": [problem(503, "Not now."), {"json": failed}],
        },
    )


def test_a_list_that_github_does_not_renew_says_how_old_it_is(tools: Tools, server: Running) -> None:
    walked(
        tools,
        server,
        {"see": ["#my-repositories", "as of .* ago"]},
        answers={"GET /api/packages": [listed(eligible_as_of="2026-11-01T00:00:00Z")]},
    )


def test_a_login_that_ends_loses_nothing_of_the_page(tools: Tools, server: Running) -> None:
    walked(
        tools,
        server,
        {"fill": ["#token-name", "kept"]},
        {"forget": None},
        {"click": "role=button[name='Make a token']"},
        {"see": ["#ended", "Log in.*nothing on this page is lost"]},
        {"look": "ended"},
        {"elsewhere": LOGIN},
        {"gone": "#ended > p"},
        {"click": "role=button[name='Make a token']"},
        {"see": ["#made", "kept"]},
        {"click": "#account button"},
        {"see": ["#said", "You are logged out"]},
        {"focused": "#guest a"},
        {"gone": "#app"},
        {"look": "guest"},
        {"go": "/my/"},
        {"gone": "#app"},
        expected="Failed to load resource",
    )


def test_a_publisher_is_trusted_and_removed(tools: Tools, server: Running) -> None:
    walked(
        tools,
        server,
        {"see": ["#my-publishers", "None yet"]},
        {"choose": ["#publisher-kind", "gitlab"]},
        {"fill": ["#publisher-package", "frob"]},
        {"fill": ["#publisher-repository", "alice/frob"]},
        {"fill": ["#publisher-workflow", "release.yml"]},
        {"press": "Enter"},
        {"see": ["#my-publishers", "frob.*GitLab · alice/frob · release.yml · any environment"]},
        {"look": "publisher"},
        {"click": "role=button[name='Remove alice/frob for frob']"},
        {"click": "#dialog button.bad"},
        {"focused": "#publishers-title"},
        {"see": ["#my-publishers", "None yet"]},
    )


def test_a_publisher_is_given_by_what_people_copy(tools: Tools, server: Running) -> None:
    seen = walked(
        tools,
        server,
        {"fill": ["#publisher-package", "frob"]},
        {"fill": ["#publisher-repository", "https://github.com/alice/frob.git"]},
        {"fill": ["#publisher-workflow", ".github/workflows/release.yml"]},
        {"press": "Enter"},
        {"see": ["#said", "alice/frob is trusted now"]},
        answers={
            "GET /api/publishers": [{"json": []}],
            "POST /api/publishers": [{"status": 201, "json": {"repository": "alice/frob"}}],
        },
    )
    (sent,) = [asked["body"] for asked in seen["asked"] if asked["call"] == "POST /api/publishers"]
    assert (sent["repository"], sent["workflow"]) == ("alice/frob", "release.yml")
