"""People log in with GitHub, publish, and log out."""

from datetime import timedelta

import pytest

from domain import logins
from domain.devices import DeviceLoginOver
from domain.ownership import NotOwner
from domain.ports.identities import Declined, Identified
from domain.usecases.device_logins import DeviceLoggedIn, Waiting
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


def test_a_command_line_gets_a_token_of_whoever_types_in_its_code(world: World) -> None:
    devices, github = world.index.device_logins(), world.identities
    started = devices.start("sls-pypi login on laptop")
    declined = devices.start("sls-pypi login on laptop")
    world.ports.clock().pass_by(started.interval)
    assert isinstance(devices.ask(started.handle), Waiting)
    github.decide(started.user_code, OCTOCAT)
    github.decide(declined.user_code, Declined())
    world.ports.clock().pass_by(started.interval)

    answer = devices.ask(started.handle)

    assert isinstance(answer, DeviceLoggedIn)
    caller = world.index.tokens().authenticate(answer.token.secret)
    assert (caller.account, caller.login) == ("583231", "octocat")
    world.upload(caller, make_wheel("frob", "1.0"))
    world.settle()
    assert world.filenames("frob") == ["frob-1.0-py3-none-any.whl"]
    with pytest.raises(logins.LoginDeclined):
        devices.ask(declined.handle)
    for handle in (started.handle, declined.handle):
        with pytest.raises(DeviceLoginOver):
            devices.ask(handle)
