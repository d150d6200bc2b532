"""Logins at the double: in a browser where somebody is chosen, at a command line, and of jobs."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import pytest

from infrastructure.github_double.devices import DEVICE_GRANT
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.people import s256

BACK, VERIFIER = "https://index.test/login/callback", "v" * 43
EXCHANGE = {"Accept": "application/json"}


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as running:
        running.people.numbers["hubot"] = 9
        yield running


@pytest.fixture
def client(double: GitHub) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=double.url) as each:
        yield each


def asked(double: GitHub, **more: str) -> dict[str, str]:
    challenge = {"code_challenge": s256(VERIFIER), "code_challenge_method": "S256"}
    return {"client_id": double.people.client_id, "redirect_uri": BACK, "state": "st", **challenge, **more}


def exchanged(double: GitHub, client: httpx2.Client, **form: str) -> dict[str, object]:
    app = {"client_id": double.people.client_id, "client_secret": double.people.client_secret}
    answer = client.post("/login/oauth/access_token", data={**app, **form}, headers=EXCHANGE)
    told: dict[str, object] = answer.raise_for_status().json()
    return told


def test_somebody_is_chosen_with_one_click(double: GitHub, client: httpx2.Client) -> None:
    double.people.asks = True
    page = client.get("/login/oauth/authorize", params=asked(double))
    assert re.findall(r'name="login" value="(\w*)"', page.text) == ["octocat", "hubot", ""]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    back = client.get("/login/oauth/authorize", params={**hidden, "login": "hubot"})
    query = parse_qs(urlsplit(back.headers["location"]).query)
    assert query["state"] == ["st"]
    assert exchanged(double, client, code=query["code"][0], code_verifier="w" * 43) == {
        "error": "bad_verification_code"
    }

    back = client.get("/login/oauth/authorize", params=asked(double, login="hubot"))
    code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
    token = exchanged(double, client, code=code, code_verifier=VERIFIER)["access_token"]
    assert client.get("/user", headers={"Authorization": f"Bearer {token}"}).json()["id"] == 9
    assert exchanged(double, client, code=code, code_verifier=VERIFIER) == {"error": "bad_verification_code"}


def test_whoever_cancels_is_not_logged_in(double: GitHub, client: httpx2.Client) -> None:
    double.people.asks = True
    back = client.get("/login/oauth/authorize", params=asked(double, login=""))
    assert "error=access_denied" in back.headers["location"]


def test_what_is_asked_is_shown_as_text(double: GitHub, client: httpx2.Client) -> None:
    double.people.asks = True
    page = client.get("/login/oauth/authorize", params=asked(double, state='"><script>'))
    assert "<script>" not in page.text


def device(double: GitHub, client: httpx2.Client) -> dict[str, Any]:
    answer = client.post("/login/device/code", data={"client_id": double.people.client_id}, headers=EXCHANGE)
    told: dict[str, Any] = answer.raise_for_status().json()
    return told


def polled(double: GitHub, client: httpx2.Client, code: str) -> dict[str, object]:
    form = {"client_id": double.people.client_id, "device_code": code, "grant_type": DEVICE_GRANT}
    told: dict[str, object] = client.post("/login/oauth/access_token", data=form, headers=EXCHANGE).json()
    return told


def test_a_command_line_waits_until_somebody_agrees(double: GitHub, client: httpx2.Client) -> None:
    now = [0.0]
    double.people.clock = lambda: now[0]
    told = device(double, client)
    code = told["device_code"]
    assert (told["interval"], told["expires_in"]) == (5, 900)

    assert polled(double, client, code) == {"error": "slow_down", "interval": 10}
    now[0] += 10
    assert polled(double, client, code) == {"error": "authorization_pending"}
    page = client.get("/login/device", params={"user_code": told["user_code"]})
    assert told["user_code"] in page.text
    wrong = client.post("/login/device", data={"user_code": "AAAA-AAAA", "login": "hubot"})
    assert "no such code" in wrong.text
    client.post("/login/device", data={"user_code": told["user_code"].lower(), "login": "hubot"})
    now[0] += 10
    token = polled(double, client, code)["access_token"]
    assert client.get("/user", headers={"Authorization": f"Bearer {token}"}).json()["login"] == "hubot"
    assert polled(double, client, code) == {"error": "incorrect_device_code"}


def test_a_command_line_is_refused_or_too_late(double: GitHub, client: httpx2.Client) -> None:
    now = [0.0]
    double.people.clock = lambda: now[0]
    first, second = device(double, client), device(double, client)
    client.post("/login/device", data={"user_code": first["user_code"], "login": ""})
    now[0] += 5
    assert polled(double, client, first["device_code"]) == {"error": "access_denied"}
    now[0] += 895
    assert polled(double, client, second["device_code"]) == {"error": "expired_token"}


@pytest.mark.parametrize("kind", ["token", "gitlab_token"])
def test_a_jobs_token_is_verified_with_what_is_published(double: GitHub, client: httpx2.Client, kind: str) -> None:
    issuer = client.get("/.well-known/openid-configuration").json()
    assert issuer["issuer"] == double.url
    token = getattr(double.issuer, kind)(ref="refs/heads/main", sub=None)
    key = jwt.PyJWKClient(issuer["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, ["RS256"], audience="sls-pypi", issuer=double.url)
    assert claims["ref"] == "refs/heads/main"
    assert "sub" not in claims

    double.issuer.rotates()
    after = jwt.PyJWKClient(issuer["jwks_uri"])
    with pytest.raises(jwt.PyJWKClientError):
        after.get_signing_key_from_jwt(token)
    assert after.get_signing_key_from_jwt(double.issuer.token())
