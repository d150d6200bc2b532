"""Logging in with a browser: rules, and the use cases over memory; given / when / then."""

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.event_store import MemoryEventStore
from adapters.memory.identities import MemoryIdentities
from adapters.memory.sessions import MemorySessions
from adapters.sealing import AesSealing
from adapters.secrets import SystemSecrets
from adapters.session_codec import encode_session
from domain import logins
from domain.account import InvalidLogin
from domain.caller import Caller
from domain.events import Event, SubmitterRegistered
from domain.github_faults import GitHubFails, GitHubRefuses
from domain.ports.identities import Identified, Unknown, Unwelcome
from domain.ports.repositories import RateLimited, Silent
from domain.sessions import LoggedIn
from domain.site_settings import SiteSettings
from domain.usecases.login_sessions import LoginSessions
from domain.usecases.logins import Attempt, Logins, Person
from domain.usecases.tokens import Tokens

AT = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
OCTOCAT = Identified(583231, "octocat")
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
# RFC 7636, appendix B.
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class Clock:
    def __init__(self) -> None:
        self.at = AT

    def now(self) -> datetime:
        return self.at


class Index:
    """Logging in, in memory."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.store = MemoryEventStore()
        self.kept = MemorySessions()
        self.github = MemoryIdentities()
        secrets = SystemSecrets()
        self.tokens = Tokens(self.store, self.kept, self.clock, secrets)
        self.logins = Logins(
            self.kept, self.github, self.tokens, self.clock, secrets, SiteSettings("https://index.test")
        )
        self.sessions = LoginSessions(self.kept, self.store, self.clock, secrets, AesSealing())

    def enter(self, person: Identified) -> Caller:
        """Let somebody log in."""
        attempt = self.logins.start(None)
        code = self.github.agree(self.logins.github(attempt), person)
        self.logins.resume(attempt)
        return self.sessions.caller(self.sessions.begin(self.logins.from_github(code, attempt.verifier)))

    def events(self, key: str) -> list[Event]:
        return list(self.store.read(f"account/{key}"))


@pytest.fixture
def index() -> Index:
    return Index()


class TestWhereToGoAfterwards:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/my/",
            "/project/frob/",
            "/project/frob/?a=b&c=%20#readme",
            "/search/?q=x+y",
            "/logins/",
            "/a//b",
            "/..//elsewhere.test",
            "/a:b@c",
        ],
    )
    def test_is_a_path_on_this_origin(self, path: str) -> None:
        assert logins.local_path(path) == path

    @pytest.mark.parametrize(
        "wanted",
        [
            None,
            "",
            "my/",
            "https://elsewhere.test/",
            "//elsewhere.test/",
            "///elsewhere.test/",
            "/\\elsewhere.test/",
            "\\\\elsewhere.test/",
            "/\t/elsewhere.test/",
            "/a\\b",
            "/a\r\nSet-Cookie: x=y",
            "/a b",
            "/a\n",
            " /a",
            "/ü",
            '/"',
            "/<script>",
            "javascript:alert(1)",
            "/" + "x" * 2000,
            "/login",
            "/login?next=/login",
            "/login/callback?code=x",
            "/logout",
        ],
    )
    def test_is_the_submitters_page_where_that_would_be_no_good(self, wanted: str | None) -> None:
        assert logins.local_path(wanted) == "/my/"

    @given(st.text(max_size=40) | st.text("/\\.:@abc\t%", max_size=12).map("/".__add__))
    def test_is_never_elsewhere(self, wanted: str) -> None:
        assert re.fullmatch(r"/(?![/\\])[!-~]*", logins.local_path(wanted))
        assert "\\" not in logins.local_path(wanted)


class TestSecrets:
    def test_the_challenge_is_that_of_the_standard(self) -> None:
        assert logins.challenge_of(VERIFIER) == CHALLENGE

    def test_keys_say_nothing_of_them(self) -> None:
        state, verifier = "s" * 43, "v" * 43
        keys = logins.attempt_key(state, verifier), logins.session_key(state)
        assert all(re.fullmatch(r"(login|browser)/[0-9a-f]{64}", key) for key in keys)

    @pytest.mark.parametrize(
        "text", ["", "short", "x" * 42, "x" * 200, "x" * 43 + "\n", "ü" * 43, "x" * 42 + ".", " " * 43]
    )
    def test_what_is_none_is_not_looked_for(self, text: str) -> None:
        for pair in ((text, "v" * 43), ("s" * 43, text)):
            with pytest.raises(logins.LoginNotStarted):
                logins.attempt_key(*pair)
        assert not logins.is_session_secret(text)

    def test_neither_is_shown(self, index: Index) -> None:
        attempt = index.logins.start(None)
        assert attempt.state not in repr(attempt)
        assert attempt.verifier not in repr(attempt)

    def test_a_csrf_token_belongs_to_one_session_and_does_not_tell_it(self) -> None:
        one, other = logins.csrf_token_of("a" * 43), logins.csrf_token_of("b" * 43)
        assert one != other
        assert len(one) == 64
        assert one != hashlib.sha256(b"a" * 43).hexdigest(), "which is what lies in the table"
        logins.check_own_page("a" * 43, one)

    @pytest.mark.parametrize("told", [None, "", "ü", "x" * 64, logins.csrf_token_of("b" * 43)])
    def test_another_csrf_token_is_refused(self, told: str | None) -> None:
        with pytest.raises(logins.CrossSite):
            logins.check_own_page("a" * 43, told)


class TestWhatGitHubSends:
    def test_a_code_is_taken_as_it_is(self) -> None:
        assert logins.check_answer(None, "3f2a9c1b") == "3f2a9c1b"

    def test_who_does_not_agree_is_told_so(self) -> None:
        with pytest.raises(logins.LoginDeclined):
            logins.check_answer("access_denied", None)

    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (None, None),
            (None, ""),
            (None, "a b"),
            (None, "x" * 513),
            (None, "ü"),
            (None, "a\n"),
            ("other", "code"),
            ("", "a"),
        ],
    )
    def test_anything_else_says_nothing(self, error: str | None, code: str | None) -> None:
        with pytest.raises(logins.CodeRejected) as refusal:
            logins.check_answer(error, code)
        assert not error or error not in str(refusal.value)


class TestAttempt:
    def test_given_one_when_it_is_resumed_then_it_knows_where_to_go(self, index: Index) -> None:
        attempt = index.logins.start("/project/frob/")
        assert index.logins.resume(attempt).next == "/project/frob/"

    def test_given_one_when_it_is_resumed_twice_then_the_second_is_refused(self, index: Index) -> None:
        attempt = index.logins.start(None)
        index.logins.resume(attempt)
        with pytest.raises(logins.LoginNotStarted):
            index.logins.resume(attempt)

    def test_given_one_when_ten_minutes_have_gone_then_it_is_over(self, index: Index) -> None:
        attempt = index.logins.start(None)
        index.clock.at += 10 * MINUTE
        with pytest.raises(logins.LoginNotStarted, match="10 minutes"):
            index.logins.resume(attempt)

    def test_given_one_just_before_that_then_it_goes_on(self, index: Index) -> None:
        attempt = index.logins.start(None)
        index.clock.at += 10 * MINUTE - SECOND
        index.logins.resume(attempt)

    def test_given_two_when_their_halves_are_mixed_then_both_still_go_on(self, index: Index) -> None:
        one, other = index.logins.start("/one/"), index.logins.start("/other/")
        for mixed in (Attempt(one.state, other.verifier), Attempt(other.state, one.verifier)):
            with pytest.raises(logins.LoginNotStarted):
                index.logins.resume(mixed)
        assert [index.logins.resume(attempt).next for attempt in (one, other)] == ["/one/", "/other/"]


class TestAccount:
    def test_given_nobody_when_somebody_logs_in_then_they_are_registered_by_number(self, index: Index) -> None:
        assert index.enter(OCTOCAT) == Caller("583231", "octocat")
        assert index.events("583231") == [SubmitterRegistered("octocat", AT)]

    def test_given_somebody_when_they_come_again_then_nothing_happens(self, index: Index) -> None:
        index.enter(OCTOCAT)
        index.enter(OCTOCAT)
        assert index.events("583231") == [SubmitterRegistered("octocat", AT)]

    def test_given_a_new_login_when_they_come_again_then_it_is_noted(self, index: Index) -> None:
        index.enter(OCTOCAT)
        assert index.enter(evolve(OCTOCAT, login="hubot")) == Caller("583231", "hubot")
        assert index.events("583231") == [SubmitterRegistered("octocat", AT), SubmitterRegistered("hubot", AT)]

    def test_given_a_login_that_changed_hands_then_its_accounts_are_two(self, index: Index) -> None:
        index.enter(OCTOCAT)
        index.enter(evolve(OCTOCAT, login="hubot"))
        assert index.enter(Identified(1, "octocat")).account == "1"
        assert index.events("1") == [SubmitterRegistered("octocat", AT)]

    def test_given_a_local_submitter_then_nobody_at_github_inherits(self, index: Index) -> None:
        index.tokens.create_local("octocat")
        before = index.events("local:octocat")
        assert index.enter(OCTOCAT).account == "583231"
        assert index.events("local:octocat") == before

    def test_given_digits_as_a_local_login_then_that_is_no_number(self, index: Index) -> None:
        assert index.logins.as_local("583231") == Person("local:583231")

    def test_a_local_submitter_is_the_one_of_token_create(self, index: Index) -> None:
        index.tokens.create_local("Alice")
        assert index.sessions.caller(index.sessions.begin(index.logins.as_local("Alice"))) == Caller(
            "local:alice", "Alice"
        )
        assert sum(isinstance(event, SubmitterRegistered) for event in index.events("local:alice")) == 1

    def test_a_local_login_that_cannot_be_is_refused(self, index: Index) -> None:
        with pytest.raises(InvalidLogin):
            index.logins.as_local("a/b")

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (Unknown(), logins.CodeRejected),
            (Unwelcome("incorrect_client_credentials"), GitHubFails),
            (Silent("takes too long"), GitHubFails),
            (RateLimited(AT + MINUTE), GitHubRefuses),
        ],
    )
    def test_when_github_does_not_say_who_it_is_then_nobody_is_registered(
        self, index: Index, answer: Unknown | Unwelcome | Silent | RateLimited, kind: type[Exception]
    ) -> None:
        index.github.fail(lambda _: answer)
        with pytest.raises(kind) as refusal:
            index.logins.from_github("code", VERIFIER)
        assert type(refusal.value) is kind
        assert not isinstance(refusal.value, GitHubRefuses) or refusal.value.wait == MINUTE
        assert list(index.store.read("account/583231")) == []


class TestSession:
    def test_given_one_when_eight_hours_have_gone_then_it_is_over(self, index: Index) -> None:
        secret = index.sessions.begin(index.logins.as_local("alice"))
        index.clock.at += 8 * 60 * MINUTE - SECOND
        assert index.sessions.caller(secret).account == "local:alice"
        index.clock.at += SECOND
        with pytest.raises(logins.NotLoggedIn):
            index.sessions.caller(secret)

    def test_given_one_when_it_is_ended_then_it_is_over(self, index: Index) -> None:
        secret = index.sessions.begin(index.logins.as_local("alice"))
        other = index.sessions.begin(Person("local:alice"))
        index.sessions.end(secret)
        index.sessions.end(secret)
        with pytest.raises(logins.NotLoggedIn):
            index.sessions.caller(secret)
        assert index.sessions.caller(other).account == "local:alice"

    def test_an_attempt_is_no_session(self, index: Index) -> None:
        attempt = index.logins.start(None)
        for secret in (attempt.state, attempt.verifier):
            with pytest.raises(logins.NotLoggedIn):
                index.sessions.caller(secret)

    def test_it_is_of_an_account_that_exists(self, index: Index) -> None:
        with pytest.raises(logins.NotLoggedIn):
            index.sessions.caller(index.sessions.begin(Person("local:nobody")))

    def test_it_shows_the_login_as_it_is_now(self, index: Index) -> None:
        secret = index.sessions.begin(Person(index.tokens.register("583231", "octocat")))
        index.tokens.register("583231", "hubot")
        assert index.sessions.caller(secret) == Caller("583231", "hubot")


class TestGitHubToken:
    TOKEN = "gho_16C7e42F292c6912E7710c838347Ae178B4a"  # noqa: S105 - nobody's

    def enter(self, index: Index) -> str:
        attempt = index.logins.start(None)
        code = index.github.agree(index.logins.github(attempt), evolve(OCTOCAT, token=self.TOKEN))
        return index.sessions.begin(index.logins.from_github(code, attempt.verifier))

    def test_is_there_as_long_as_the_session_is(self, index: Index) -> None:
        secret = self.enter(index)
        assert index.sessions.github_token(secret) == self.TOKEN
        index.clock.at += logins.SESSION_LASTS
        assert index.sessions.github_token(secret) is None

    def test_is_gone_with_the_session(self, index: Index) -> None:
        secret, other = self.enter(index), self.enter(index)
        index.sessions.end(secret)
        assert index.sessions.github_token(secret) is None
        assert index.sessions.github_token(other) == self.TOKEN

    def test_lies_sealed_and_says_nothing(self, index: Index) -> None:
        secret = self.enter(index)
        kept = index.kept.get(logins.session_key(secret), AT)
        assert isinstance(kept, LoggedIn)
        assert kept.github is not None
        for hidden in (self.TOKEN, secret):
            assert hidden not in kept.github
            assert hidden not in "".join(encode_session(kept))
        for shown in (evolve(OCTOCAT, token=self.TOKEN), Person("583231", self.TOKEN), kept):
            assert self.TOKEN not in repr(shown)
            assert kept.github not in repr(shown)

    def test_that_another_session_sealed_is_none(self, index: Index) -> None:
        secret, other = self.enter(index), self.enter(index)
        kept = index.kept.get(logins.session_key(secret), AT)
        assert kept is not None
        index.kept.put(logins.session_key(other), kept, AT + logins.SESSION_LASTS)
        assert index.sessions.github_token(other) is None

    def test_is_none_of_a_local_submitter(self, index: Index) -> None:
        assert index.sessions.github_token(index.sessions.begin(index.logins.as_local("alice"))) is None
        assert index.sessions.github_token("s" * 43) is None
