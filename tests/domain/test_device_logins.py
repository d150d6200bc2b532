"""Logging in at a command line: rules, and the use case over memory; given / when / then."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.identities import MemoryIdentities
from adapters.memory.sessions import MemorySessions
from adapters.secrets import SystemSecrets
from domain import devices, logins
from domain.account import InvalidTokenRequest
from domain.github_faults import GitHubFails, GitHubRefuses
from domain.ports.identities import (
    Declined,
    DeviceAnswer,
    DeviceCode,
    DeviceOffer,
    Identified,
    Identity,
    Undecided,
    Unknown,
    Unwelcome,
)
from domain.ports.repositories import RateLimited, Silent
from domain.usecases.device_logins import DeviceLoggedIn, DeviceLogins, Waiting
from domain.usecases.tokens import Tokens

AT = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
OCTOCAT = Identified(583231, "octocat")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
NAME = "sls-pypi login on laptop"


class Clock:
    def __init__(self) -> None:
        self.at = AT

    def now(self) -> datetime:
        return self.at


class Watched(MemoryIdentities):
    """GitHub; `asked` says when it was polled, and `meanwhile` is what happens while it thinks."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[datetime] = []
        self.offer: Callable[[DeviceCode], DeviceOffer] = lambda code: code
        self.meanwhile: Callable[[], object] = lambda: None

    def device(self, now: datetime) -> DeviceOffer:
        offer = super().device(now)
        return self.offer(offer) if isinstance(offer, DeviceCode) else offer

    def device_person(self, device_code: str, now: datetime) -> DeviceAnswer:
        self.asked.append(now)
        self.meanwhile()
        return super().device_person(device_code, now)


class Index:
    """Command lines that log in, in memory."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.kept = MemorySessions()
        self.github = Watched()
        secrets = SystemSecrets()
        self.tokens = Tokens(MemoryEventStore(), self.kept, self.clock, secrets)
        self.devices = DeviceLogins(self.kept, self.github, self.tokens, self.clock, secrets)

    def later(self, by: timedelta = 5 * SECOND) -> None:
        self.clock.at += by


@pytest.fixture
def index() -> Index:
    return Index()


def test_who_agrees_gets_a_token_of_their_account_once(index: Index) -> None:
    started = index.devices.start(NAME)
    index.github.decide(started.user_code, OCTOCAT)
    index.later()

    answer = index.devices.ask(started.handle)

    assert isinstance(answer, DeviceLoggedIn)
    caller = index.tokens.authenticate(answer.token.secret)
    assert (caller.account, caller.login, caller.packages, answer.login) == ("583231", "octocat", None, "octocat")
    assert [(token.id, token.name) for token in index.tokens.of(caller)] == [(answer.token.issued.id, NAME)]
    with pytest.raises(devices.DeviceLoginOver):
        index.devices.ask(started.handle)


def test_whoever_starts_is_told_what_to_type_and_not_what_github_is_asked_with(index: Index) -> None:
    started = index.devices.start(NAME)
    assert (started.lasts, started.interval) == (15 * MINUTE, 5 * SECOND)
    assert started.verification_uri == "https://github.test/login/device"
    assert "device-" not in f"{started}{started.handle}"
    assert started.handle not in repr(started)


def test_github_is_asked_no_more_often_than_it_allows(index: Index) -> None:
    started = index.devices.start(NAME)

    for _ in range(40):
        assert isinstance(index.devices.ask(started.handle), Waiting)
        index.later(SECOND / 2)

    assert index.github.asked == [AT + 5 * SECOND, AT + 10 * SECOND, AT + 15 * SECOND]


def test_who_asks_early_is_told_how_long_is_left(index: Index) -> None:
    started = index.devices.start(NAME)
    index.later(2 * SECOND)
    assert index.devices.ask(started.handle) == Waiting(3 * SECOND)


def test_who_is_too_fast_for_github_is_slowed_down_each_time(index: Index) -> None:
    started = index.devices.start(NAME)
    index.github.decide(started.user_code, Undecided(too_soon=True))
    index.later()
    assert index.devices.ask(started.handle) == Waiting(10 * SECOND)
    index.later()
    assert index.devices.ask(started.handle) == Waiting(5 * SECOND)
    index.later()
    assert index.devices.ask(started.handle) == Waiting(15 * SECOND)
    index.github.decide(started.user_code, Undecided())
    index.later(15 * SECOND)
    assert index.devices.ask(started.handle) == Waiting(15 * SECOND)


def test_while_github_is_asked_nobody_else_asks(index: Index) -> None:
    started = index.devices.start(NAME)
    others: list[object] = []
    index.github.meanwhile = lambda: others.append(index.devices.ask(started.handle))
    index.later()
    assert index.devices.ask(started.handle) == Waiting(5 * SECOND)
    assert others == [Waiting(devices.LONGEST_ANSWER)]
    assert len(index.github.asked) == 1


def test_a_login_goes_on_after_a_crash_in_the_middle_of_it(index: Index) -> None:
    started = index.devices.start(NAME)
    index.github.decide(started.user_code, OCTOCAT)

    def crash() -> None:
        raise RuntimeError

    index.github.meanwhile = crash
    index.later()
    with pytest.raises(RuntimeError):
        index.devices.ask(started.handle)
    index.github.meanwhile = lambda: None
    index.later(devices.LONGEST_ANSWER)
    assert isinstance(index.devices.ask(started.handle), DeviceLoggedIn)


def test_who_does_not_agree_is_told_once(index: Index) -> None:
    started = index.devices.start(NAME)
    index.github.decide(started.user_code, Declined())
    index.later()
    with pytest.raises(logins.LoginDeclined):
        index.devices.ask(started.handle)
    with pytest.raises(devices.DeviceLoginOver):
        index.devices.ask(started.handle)


def test_a_login_takes_as_long_as_github_gives(index: Index) -> None:
    started = index.devices.start(NAME)
    index.later(15 * MINUTE - SECOND)
    assert isinstance(index.devices.ask(started.handle), Waiting)
    index.later(SECOND)
    with pytest.raises(devices.DeviceLoginOver):
        index.devices.ask(started.handle)


def test_what_github_has_forgotten_is_over(index: Index) -> None:
    started = index.devices.start(NAME)
    index.github.decide(started.user_code, Unknown())
    index.later()
    with pytest.raises(devices.DeviceLoginOver):
        index.devices.ask(started.handle)
    index.later()
    with pytest.raises(devices.DeviceLoginOver):
        index.devices.ask(started.handle)
    assert len(index.github.asked) == 1


@pytest.mark.parametrize("handle", ["", "x", "x" * 43, "x" * 500, "é" * 43, "../" * 20])
def test_nobody_goes_on_with_what_is_no_handle(index: Index, handle: str) -> None:
    index.devices.start(NAME)
    with pytest.raises(devices.DeviceLoginOver):
        index.devices.ask(handle)


@pytest.mark.parametrize("fault", [Unwelcome("device_flow_disabled"), Silent("is broken")])
def test_when_github_fails_it_is_said_and_the_login_goes_on(index: Index, fault: Identity) -> None:
    started = index.devices.start(NAME)
    index.github.decide(started.user_code, OCTOCAT)
    index.github.fail(lambda _: fault)
    index.later()
    with pytest.raises(GitHubFails, match=r"device_flow_disabled|is broken"):
        index.devices.start(NAME)
    with pytest.raises(GitHubFails, match=r"device_flow_disabled|is broken"):
        index.devices.ask(started.handle)
    index.github.fail(None)
    assert isinstance(index.devices.ask(started.handle), Waiting)
    index.later()
    assert isinstance(index.devices.ask(started.handle), DeviceLoggedIn)


def test_when_github_was_asked_too_much_nobody_asks_before_it_allows(index: Index) -> None:
    started = index.devices.start(NAME)
    index.github.fail(lambda now: RateLimited(now + MINUTE))
    index.later()
    with pytest.raises(GitHubRefuses) as refusal:
        index.devices.ask(started.handle)
    assert refusal.value.wait == MINUTE
    index.github.fail(None)
    index.later(MINUTE - SECOND)
    assert index.devices.ask(started.handle) == Waiting(SECOND)
    assert len(index.github.asked) == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "two\nlines", "\x1b[31m"])
def test_a_name_that_no_token_can_have_is_refused_before_anybody_is_asked(index: Index, name: str) -> None:
    index.github.fail(lambda _: Silent("is not asked"))
    with pytest.raises(InvalidTokenRequest):
        index.devices.start(name)


@pytest.mark.parametrize(
    ("told", "waits"), [(timedelta(0), SECOND), (5 * SECOND, 5 * SECOND), (timedelta(days=1), MINUTE)]
)
def test_intervals_are_bounded_whatever_is_told(index: Index, told: timedelta, waits: timedelta) -> None:
    index.github.offer = lambda code: evolve(code, interval=told, lasts=timedelta(days=2))
    started = index.devices.start(NAME)
    assert (started.interval, started.lasts) == (waits, 30 * MINUTE)
    assert index.devices.ask(started.handle) == Waiting(waits)


def test_what_is_kept_shows_no_secret(index: Index) -> None:
    started = index.devices.start(NAME)
    kept = index.kept.get(devices.device_key(started.handle), AT)
    assert "WXYZ" not in repr(kept)
    assert started.handle not in devices.device_key(started.handle)
