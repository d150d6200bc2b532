"""The submitters' area when the login changes in another tab, and when answers fail, are late or never come."""

from typing import Any

import pytest

from tests.running import Running
from tests.web.test_my import (
    COMMIT,
    LOGIN,
    PREVIEW,
    SESSION,
    WATCHED,
    Step,
    entry,
    listed,
    problem,
    server,
    walked,
)
from tests.web.tools import Tools

__all__ = ["server"]

pytestmark = pytest.mark.browser

BOB = {"login": "bob", "account": "local:bob", "github": True}
LEAVE: list[Step] = [{"go": "/my/"}, {"click": "#account button"}, {"see": ["#said", "You are logged out"]}]
REFUSED = "Failed to load resource"
PUBLISH: list[Step] = [
    {"click": "role=button[name='Publish alice/repository-042']"},
    {"see": ["#dialog", "v1.1.*built from its source"]},
]
FIND: Step = {"fill": ["#find-repositories", "042"]}
ACCEPTED = {"status": 202, "headers": {"Location": "/api/submissions/s1"}, "json": WATCHED}


def publishing(**others: Any) -> dict[str, list[Any]]:
    return {
        "GET /api/packages": [listed()],
        "GET /api/repositories/alice/repository-042": [{"json": PREVIEW}],
        "GET /api/submissions/s1": [{"json": {**WATCHED, "status": "building"}}],
        **others,
    }


def test_a_page_says_so_when_another_tab_has_logged_out(tools: Tools, server: Running) -> None:
    walked(
        tools,
        server,
        {"fill": ["#token-name", "kept"]},
        {"elsewhere": LEAVE},
        {"see": ["#ended", "You are logged out.*Log in"]},
        {"elsewhere": LOGIN},
        {"gone": "#ended > p"},
        {"click": "role=button[name='Make a token']"},
        {"see": ["#made", "kept"]},
    )


def test_a_page_follows_whoever_logs_in_in_another_tab(tools: Tools, server: Running) -> None:
    bob = [{"answer": {"GET /api/session": [{"json": BOB}]}}, *LOGIN[:4], {"fill": ["#login", "bob"]}]
    walked(
        tools,
        server,
        {"see": ["#my-packages", "2 packages.*frob"]},
        {"click": "role=button[name='Delete frob']"},
        {"elsewhere": [*LEAVE, *bob, {"press": "Enter"}, {"see": ["#account", "Logged in as bob"]}]},
        {"see": ["#account", "Logged in as bob"]},
        {"see": ["#my-packages", "None yet"]},
        {"gone": "#dialog"},
        {"elsewhere": LEAVE},
        {"click": "#ended button"},
        {"see": ["#ended", "You are logged out"]},
        expected=REFUSED,
    )


def test_going_back_shows_nothing_of_whoever_has_logged_out(tools: Tools, server: Running) -> None:
    walked(
        tools,
        server,
        {"fill": ["#token-name", "secret"]},
        {"press": "Enter"},
        {"see": ["#made", "never shown again"]},
        {"click": ".top .brand"},
        {"url": "**/"},
        {"elsewhere": LEAVE},
        {"back": None},
        {"see": ["#said", "^You are logged out.$"]},
        {"gone": "#app"},
        {"gone": "#ended > p"},
        {"see": ["main", "Log in to publish"]},
        {"elsewhere": LOGIN},
        {"see": ["#account", "Logged in as alice"]},
        {"gone": "#made"},
        remembers=True,
    )


def test_nothing_is_done_for_another_account_than_the_page_shows(tools: Tools, server: Running) -> None:
    seen = walked(
        tools,
        server,
        {"fill": ["#token-name", "whose"]},
        {"answer": {"GET /api/session": [{"json": BOB}]}},
        {"cookie": ["csrf_token", "of-bob"]},
        {"press": "Enter"},
        {"see": ["#my-tokens", "logged in as somebody else now: nothing was done"]},
        {"see": ["#account", "Logged in as bob"]},
        answers={"POST /api/tokens": [{"status": 201, "json": {}}]},
    )
    assert [asked for asked in seen["asked"] if asked["call"] == "POST /api/tokens"] == []


def test_a_login_that_does_not_fit_is_told_to_people(tools: Tools, server: Running) -> None:
    walked(
        tools,
        server,
        {"fill": ["#token-name", "ci"]},
        {"press": "Enter"},
        {"see": ["#ended", "^Your login does not fit this page. Log in"]},
        expected=REFUSED,
        answers={"POST /api/tokens": [problem(403, "Send the value of the cookie csrf_token in the header.")]},
    )


def test_what_could_not_be_read_is_read_again(tools: Tools, server: Running) -> None:
    failing = problem(500, "Something is wrong.")
    walked(
        tools,
        server,
        {"see": ["#my-packages", "^Packages\\s+Something is wrong. Try again$"]},
        {"gone": "#my-packages .pager"},
        {"look": "unread"},
        {"click": "#my-packages .trouble button"},
        {"see": ["#my-packages", "1 package.*frob"]},
        {"see": ["#my-tokens .trouble", "Something is wrong"]},
        {"click": "#my-tokens .trouble button"},
        {"see": ["#my-tokens", "None yet"]},
        {"answer": {"GET /api/session": [failing, {"json": SESSION, "after": 1000}]}},
        {"go": "/my/"},
        {"see": [".hero", "Log in.*Something is wrong. Try again"]},
        {"click": "#said button"},
        {"see": ["#said", "Loading"]},
        {"gone": "#guest"},
        {"see": ["#account", "Logged in as alice"]},
        {"see": ["#said", "^$"]},
        expected=REFUSED,
        answers={
            "GET /api/packages": [failing, listed(entry("frob"))],
            "GET /api/tokens": [failing, {"json": []}],
        },
    )


def test_an_answer_that_never_comes_ends_the_waiting(tools: Tools, server: Running) -> None:
    walked(
        tools,
        server,
        {"fill": ["#token-name", "ci"]},
        {"press": "Enter"},
        {"see": ["#my-tokens", "The index does not answer"]},
        hurry=10,
        answers={"POST /api/tokens": [{"hangs": True}]},
    )


def test_what_is_in_work_is_not_published_again(tools: Tools, server: Running) -> None:
    seen = walked(
        tools,
        server,
        FIND,
        *PUBLISH,
        {"click": "#dialog button.main"},
        {"see": ["#my-submissions", "Building"]},
        {"click": "role=button[name='Publish alice/repository-042']"},
        {"see": ["#dialog", f"{COMMIT}.*v1.1 is being published already"]},
        {"gone": "#dialog button.main"},
        answers=publishing(**{"POST /api/packages": [ACCEPTED]}),
    )
    assert len([asked for asked in seen["asked"] if asked["call"] == "POST /api/packages"]) == 1


def test_whoever_does_not_wait_is_told_what_comes_of_it(tools: Tools, server: Running) -> None:
    publish = "[aria-label='Publish alice/repository-042']"
    walked(
        tools,
        server,
        FIND,
        *PUBLISH,
        {"click": "#dialog button.main"},
        {"press": "Escape"},
        {"see": ["#said", "sent already, and goes on"]},
        {"see": ["#said", "Enough of yours are waiting"]},
        *PUBLISH,
        {"click": "#dialog button.main"},
        {"press": "Escape"},
        {"see": ["#my-submissions", "Building"]},
        {"focused": publish},
        expected=REFUSED,
        answers=publishing(
            **{
                "POST /api/packages": [
                    {**problem(403, "Enough of yours are waiting."), "after": 1000},
                    {**ACCEPTED, "after": 1000},
                ]
            }
        ),
    )
