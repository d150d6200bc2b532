"""People log in with GitHub, publish, and log out."""

from datetime import timedelta

import pytest

from domain import logins
from domain.decider import NotOwner
from domain.ports.identities import Identified
from domain.usecases.logins import Attempt
from tests.scenarios.conftest import World
from tests.wheels import make_wheel

OCTOCAT = Identified(583231, "octocat")


def test_who_logs_in_owns_what_they_publish_whatever_they_are_called(world: World) -> None:
    sessions = world.index.login_sessions()
    caller = sessions.caller(world.logs_in(OCTOCAT))
    world.upload(caller, make_wheel("frob", "1.0"))

    renamed = sessions.caller(world.logs_in(Identified(583231, "hubot")))
    world.upload(renamed, make_wheel("frob", "2.0"))
    taker = sessions.caller(world.logs_in(Identified(1, "octocat")))
    local = world.submitter("octocat")
    for other in (taker, local):
        with pytest.raises(NotOwner):
            world.upload(other, make_wheel("frob", "3.0"))
    world.settle()

    assert (caller.account, renamed.login) == ("583231", "hubot")
    assert world.filenames("frob") == ["frob-1.0-py3-none-any.whl", "frob-2.0-py3-none-any.whl"]
    assert [package.name for package in world.index.portfolio().submitted(renamed)] == ["frob"]
    assert world.index.portfolio().submitted(taker) == []
    assert "hubot" in world.text("owner/583231/index.html")
    assert world.differences() == []


def test_a_token_made_in_a_session_outlives_it(world: World) -> None:
    sessions = world.index.login_sessions()
    secret = world.logs_in(OCTOCAT)
    made = world.index.tokens().issue(sessions.caller(secret), "laptop", None)

    sessions.end(secret)

    with pytest.raises(logins.NotLoggedIn):
        sessions.caller(secret)
    assert world.index.tokens().authenticate(made.secret).account == "583231"


def test_a_login_goes_on_once_within_its_time_and_a_session_lasts_for_its_own(world: World) -> None:
    started = world.index.logins().start("/project/frob/")
    late = world.index.logins().start(None)
    secret = world.logs_in(OCTOCAT)

    assert world.index.logins().resume(started).next == "/project/frob/"
    with pytest.raises(logins.LoginNotStarted):
        world.index.logins().resume(started)
    with pytest.raises(logins.LoginNotStarted):
        world.index.logins().resume(Attempt(late.state, started.verifier))
    world.ports.clock().pass_by(logins.ATTEMPT_LASTS)
    with pytest.raises(logins.LoginNotStarted):
        world.index.logins().resume(late)
    assert world.index.login_sessions().caller(secret).login == "octocat"
    world.ports.clock().pass_by(logins.SESSION_LASTS - timedelta(minutes=5))
    with pytest.raises(logins.NotLoggedIn):
        world.index.login_sessions().caller(secret)
