"""Which identity tokens are believed."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from attrs import define, frozen
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from adapters.github.patience import Unanswered
from adapters.oidc import OidcTokens
from adapters.oidc_issuers import ISSUERS, WrongIssuer, check_issuer
from adapters.oidc_keys import IssuerKeys
from domain.identity_claims import Kind
from domain.ports.identity_tokens import IdentityRejected
from infrastructure.github_double.answers import Answer, sent, told
from tests.oidc import Served, issuing

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DISCOVERY, KEYS = "/.well-known/openid-configuration", "/.well-known/jwks"


@frozen
class Here:
    """An index that takes the tokens of one issuer of each kind."""

    github: Served
    gitlab: Served
    tokens: OidcTokens

    def issued(self, **claims: object) -> str:
        moment = int(NOW.timestamp())
        return self.github.issuer.token(**{"iat": moment, "nbf": moment - 60, "exp": moment + 300} | claims)

    def refused(self, token: str, now: datetime = NOW) -> str:
        with pytest.raises(IdentityRejected) as refusal:
            self.tokens.claims(token, now)
        assert str(refusal.value).isprintable()
        return str(refusal.value)


@pytest.fixture(scope="module")
def issuers() -> Iterator[tuple[Served, Served]]:
    with issuing() as github, issuing() as gitlab:
        yield github, gitlab


Believed = tuple[OidcTokens, str]


@pytest.fixture(scope="module")
def believed(issuers: tuple[Served, Served]) -> Believed:
    """An index, and a token that it takes."""
    index, issuer = OidcTokens({Kind.GITHUB: issuers[0].issuer.url}, "tests"), issuers[0].issuer
    moment = int(NOW.timestamp())
    token = issuer.token(iat=moment, nbf=moment, exp=moment + 300)
    assert index.claims(token, NOW)
    return index, token


@pytest.fixture
def here(issuers: tuple[Served, Served]) -> Here:
    github, gitlab = issuers
    for served in issuers:
        served.asked.clear()
        served.fault = lambda _: None
    urls = {Kind.GITHUB: github.issuer.url, Kind.GITLAB: gitlab.issuer.url}
    return Here(github, gitlab, OidcTokens(urls, "tests"))


class TestTokens:
    def test_a_genuine_one_says_who_it_is(self, here: Here) -> None:
        claims = here.tokens.claims(here.issued(jti="j1", environment="pypi", run_id=7, more={"a": 1}), NOW)
        assert (claims.kind, claims.id, claims.expires) == (Kind.GITHUB, "j1", NOW + 300 * SECOND)
        assert claims.values["repository"] == "octocat/frob"
        assert claims.values["environment"] == "pypi"
        assert {"run_id", "more", "exp"}.isdisjoint(claims.values)

    def test_its_issuer_decides_what_kind_it_is(self, here: Here) -> None:
        moment = int(NOW.timestamp())
        token = here.gitlab.issuer.gitlab_token(iat=moment, nbf=moment, exp=moment + 300)
        assert here.tokens.claims(token, NOW).kind is Kind.GITLAB
        assert here.github.asked == []

    @pytest.mark.parametrize(
        ("claims", "why"),
        [
            ({"aud": "pypi"}, "audience"),
            ({"aud": ["sls-pypi"]}, "audience"),
            ({"aud": ["sls-pypi", "pypi"]}, "audience"),
            ({"aud": None}, "'aud'"),
            ({"exp": None}, "'exp'"),
            ({"iat": None}, "'iat'"),
            ({"jti": None}, "'jti'"),
            ({"jti": 7}, "malformed"),
            ({"iss": None}, "issuer"),
            ({"iss": "https://token.actions.githubusercontent.com"}, "issuer"),
            ({"exp": "soon"}, "malformed"),
            ({"exp": True}, "malformed"),
            ({"exp": -1}, "malformed"),
            ({"exp": 10**30}, "malformed"),
            ({"exp": float("inf")}, "malformed"),
            ({"exp": float("nan")}, "malformed"),
            ({"iat": 10**400}, "malformed"),
            ({"nbf": []}, "malformed"),
        ],
    )
    def test_what_it_has_to_say_it_says(self, here: Here, claims: dict[str, object], why: str) -> None:
        assert why in here.refused(here.issued(**claims))

    def test_its_time_is_ours_within_half_a_minute(self, here: Here) -> None:
        token = here.issued(nbf=int(NOW.timestamp()))
        for fine in (NOW - 30 * SECOND, NOW + 329 * SECOND):
            assert here.tokens.claims(token, fine)
        assert "not valid yet" in here.refused(token, NOW - 31 * SECOND)
        assert "expired" in here.refused(token, NOW + 330 * SECOND)
        assert "not valid yet" in here.refused(here.issued(iat=int(NOW.timestamp()) + 31, nbf=None))
        assert here.tokens.claims(here.issued(nbf=None), NOW)

    def test_one_signed_by_another_key_of_that_name_is_refused(self, here: Here) -> None:
        own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        said = jwt.decode(here.issued(), options={"verify_signature": False})
        forged = jwt.encode(said, own, algorithm="RS256", headers={"kid": here.github.issuer._kid})
        assert "signature" in here.refused(forged)

    def test_one_of_another_issuer_of_ours_is_not_of_this(self, here: Here) -> None:
        here.tokens.claims(here.issued(), NOW)
        claims = jwt.decode(here.issued(), options={"verify_signature": False})
        assert "signature" in here.refused(here.gitlab.issuer.signed(claims))

    @pytest.mark.parametrize("algorithm", ["HS256", "none", "RS512", "PS256"])
    def test_other_algorithms_are_refused_before_anybody_is_asked(self, here: Here, algorithm: str) -> None:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        key: Any = {"HS256": b"k" * 32, "none": None}.get(algorithm, private)
        said = jwt.decode(here.issued(), options={"verify_signature": False})
        token = jwt.encode(said, key, algorithm=algorithm, headers={"kid": "double-0"})
        assert "RS256" in here.refused(token)
        assert here.github.asked == []

    def test_its_header_names_the_key_and_asks_for_nothing_that_nobody_knows(self, here: Here) -> None:
        assert "RS256" in here.refused(resigned(here, {"kid": None}))
        assert "malformed" in here.refused(resigned(here, {"crit": ["x"], "x": 1}))
        assert here.github.asked == []

    @pytest.mark.parametrize(
        "token",
        ["", ".", "..", "a.b.c", "é.é.é", "\ud800", "a" * 20_000, "e30.e30.", "bnVsbA.bnVsbA.bnVsbA", "W10.W10.W10"],
    )
    def test_what_is_no_token_is_malformed(self, here: Here, token: str) -> None:
        assert "malformed" in here.refused(token) or "RS256" in here.refused(token)

    def test_what_is_nested_without_end_is_malformed(self, here: Here) -> None:
        deep = base64.urlsafe_b64encode(b"[" * 5000 + b"]" * 5000).decode().rstrip("=")
        header = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"x"}').decode().rstrip("=")
        for token in (f"{header}.{deep}.x", f"{deep}.{header}.x"):
            assert "malformed" in here.refused(token)

    @given(data=st.data())
    def test_a_token_with_anything_changed_is_refused(self, believed: Believed, data: st.DataObject) -> None:
        index, token = believed
        parts = token.split(".")
        which = data.draw(st.sampled_from([0, 1, 2]))
        raw = bytearray(base64.urlsafe_b64decode(parts[which] + "=="))
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        parts[which] = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        with pytest.raises(IdentityRejected):
            index.claims(".".join(parts), NOW)

    @given(st.text(alphabet=".eyJ0aGk9-_ =\n\x00é"))
    def test_whatever_is_sent_is_refused_in_one_line(self, text: str) -> None:
        with pytest.raises(IdentityRejected) as refusal:
            OidcTokens(ISSUERS, "tests").claims(text, NOW)
        assert str(refusal.value).isprintable()


@define
class Time:
    """A clock that stands."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


class TestKeys:
    def test_they_are_read_once_and_again_after_ten_minutes(self, here: Here) -> None:
        clock = Time()
        keys = IssuerKeys(here.github.issuer.url, "tests", clock)
        known = here.github.issuer._kid
        for later in (0, 1, 599):
            clock.now = 1000.0 + later
            assert keys.find(known)
        assert here.github.asked == [DISCOVERY, KEYS]
        clock.now = 1600.0
        assert keys.find(known)
        assert here.github.asked == [DISCOVERY, KEYS] * 2

    def test_for_a_key_that_is_new_they_are_read_at_most_once_a_minute(self, here: Here) -> None:
        clock = Time()
        keys = IssuerKeys(here.github.issuer.url, "tests", clock)
        before = here.github.issuer._kid
        assert keys.find(before)
        here.github.issuer.rotates()
        after = here.github.issuer._kid
        for later in (1, 59):
            clock.now = 1000.0 + later
            assert keys.find(after) is None
            assert keys.find("nobody's") is None
        assert len(here.github.asked) == 2
        clock.now = 1060.0
        assert keys.find(after)
        # Whoever signed with a key that was withdrawn is not believed any more.
        assert keys.find(before) is None

    @pytest.mark.parametrize("path", [DISCOVERY, KEYS])
    @pytest.mark.parametrize(
        "answer",
        [
            Answer(500),
            Answer(200, b"<html>"),
            Answer(200, b"[]"),
            Answer(200, b"[" * 100_000),
            Answer(200, b" " * 300_000 + b"{}"),
            told({"issuer": "https://elsewhere.test", "jwks_uri": "https://elsewhere.test/keys"}),
            told({"keys": {"a": 1}}),
            told({"keys": [None, 7, {"kty": "RSA", "kid": "double-0", "n": "!", "e": "AQAB"}]}),
            sent("http://localhost:1/elsewhere"),
        ],
    )
    def test_those_that_were_read_stay_while_the_issuer_is_of_no_use(
        self, here: Here, path: str, answer: Answer
    ) -> None:
        clock = Time()
        keys = IssuerKeys(here.github.issuer.url, "tests", clock)
        fresh = IssuerKeys(here.github.issuer.url, "tests", clock)
        known = here.github.issuer._kid
        assert keys.find(known)
        here.github.fault = lambda asked: answer if asked == path else None
        clock.now = 10_000.0
        assert keys.find(known)
        with pytest.raises(Unanswered):
            fresh.find(known)
        here.github.fault = lambda _: None
        with pytest.raises(Unanswered):
            fresh.find(known)
        clock.now += 60
        assert fresh.find(known)

    @pytest.mark.parametrize(
        "place",
        [
            "https://elsewhere.test/keys",
            "//elsewhere.test/keys",
            "/keys",
            "file:///etc/passwd",
            "{url}.elsewhere.test/keys",
            "{url}@elsewhere.test/keys",
            "https://[",
            "",
            None,
        ],
    )
    def test_they_are_at_the_issuers_own_place(self, here: Here, place: str | None) -> None:
        url = here.github.issuer.url
        uri = place and place.format(url=url)
        here.github.fault = lambda path: told({"issuer": url, "jwks_uri": uri}) if path == DISCOVERY else None
        with pytest.raises(Unanswered):
            IssuerKeys(url, "tests").find(here.github.issuer._kid)
        assert here.github.asked == [DISCOVERY]

    @pytest.mark.parametrize(
        "changes", [{"kty": "EC"}, {"use": "enc"}, {"alg": "RS512"}, {"kid": 7}, {"n": 7}, {"e": ""}, {"size": 1024}]
    )
    def test_keys_of_other_kinds_and_small_ones_are_not_taken(self, here: Here, changes: dict[str, Any]) -> None:
        answer = here.github.issuer.answer(KEYS)
        assert answer is not None
        (key,) = json.loads(answer.body)["keys"]
        if size := changes.pop("size", None):
            small = jwt.algorithms.RSAAlgorithm.to_jwk(
                rsa.generate_private_key(public_exponent=65537, key_size=size).public_key(), as_dict=True
            )
            changes = {"n": small["n"]}
        published = [{**key, **changes}, {**key, "kid": "good"}]
        here.github.fault = lambda path: told({"keys": published}) if path == KEYS else None
        keys = IssuerKeys(here.github.issuer.url, "tests")
        assert keys.find("good")
        assert keys.find(here.github.issuer._kid) is None

    def test_when_nobody_answers_the_workflow_is_told_to_try_again(self, here: Here) -> None:
        here.github.fault = lambda _: Answer(503)
        assert "Try again in a minute" in here.refused(here.issued())

    @pytest.mark.parametrize(
        "url",
        ["http://elsewhere.test", "ftp://x", "", "https://", "https://a b", "https://u@x", "https://x/", "http://[::1"],
    )
    def test_they_come_over_tls_or_from_this_machine(self, url: str) -> None:
        with pytest.raises(WrongIssuer):
            check_issuer(url)
        for fine in (*ISSUERS.values(), "http://127.0.0.1:1", "http://[::1]:1", "https://ghe.test/_services/token"):
            check_issuer(fine)


def resigned(here: Here, headers: dict[str, Any]) -> str:
    """A genuine token with another header."""
    said = jwt.decode(here.issued(), options={"verify_signature": False})
    kept = {name: value for name, value in {"kid": "double-0", **headers}.items() if value is not None}
    return jwt.encode(said, here.github.issuer._key, algorithm="RS256", headers=kept)
