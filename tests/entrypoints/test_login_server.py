"""Logging in with a real server: with GitHub on this machine, on good days and on bad ones, and without any."""

import gzip
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from infrastructure.github_double.double import JSON, Answer, GitHub
from tests.running import PATIENCE, ROOT, Running, command, environment, serving, token_of

TOKEN, USER = "/login/oauth/access_token", "/user"
FAULTS = [
    Answer(500, b"broken"),
    Answer(429, b"{}", {"Retry-After": "60"}),
    Answer(200, b"{", JSON),
    Answer(200, b'{"error": "incorrect_client_credentials"}', JSON),
    Answer(200, b'{"error": "bad_verification_code"}', JSON),
    Answer(401, b"{}", JSON),
    Answer(200, b'{"access_token": "two words"}', JSON),
    Answer(302, b"", {"Location": "https://elsewhere.test/"}),
    Answer(200, b"{}", {**JSON, "Content-Encoding": "br"}),
]


def told(double: GitHub, **changes: str) -> dict[str, str]:
    """The settings that lead to the double."""
    return {
        "SLS_PYPI_GITHUB_URL": double.url,
        "SLS_PYPI_GITHUB_API_URL": double.url,
        "SLS_PYPI_GITHUB_CLIENT_ID": double.people.client_id,
        "SLS_PYPI_GITHUB_CLIENT_SECRET": double.people.client_secret,
        **changes,
    }


def come_back(client: httpx2.Client, server: Running, path: str = "/login") -> str:
    """Start a login and agree at GitHub; returns where the browser is sent back to."""
    started = client.get(f"{server.url}{path}")
    assert started.status_code == 303, started.text
    agreed = client.get(started.headers["location"])
    assert agreed.status_code == 302, agreed.text
    return str(agreed.headers["location"])


def test_somebody_logs_in_publishes_with_a_token_of_theirs_and_logs_out(tmp_path: Path, double: GitHub) -> None:
    with serving(tmp_path, **told(double)) as server, httpx2.Client(timeout=PATIENCE) as client:
        double.people.callback = f"{server.url}/login/callback"

        back = client.get(come_back(client, server, "/login?next=/project/frob/"))
        assert (back.status_code, back.headers["location"]) == (303, "/project/frob/")
        listed = client.get(f"{server.url}/api/packages")
        assert (listed.status_code, listed.json()) == (200, {"submitted": [], "submissions": [], "eligible": []})
        csrf = {"X-CSRF-Token": client.cookies["csrf_token"]}
        assert client.post(f"{server.url}/api/tokens", json={"name": "laptop"}).status_code == 403
        made = client.post(f"{server.url}/api/tokens", json={"name": "laptop"}, headers=csrf)
        assert made.status_code == 201

        out = client.post(f"{server.url}/logout", headers=csrf)
        assert (out.status_code, out.headers["location"]) == (303, "/")
        assert client.get(f"{server.url}/api/packages").status_code == 401
        bearer = {"Authorization": f"Bearer {made.json()['token']}"}
        assert client.get(f"{server.url}/api/packages", headers=bearer).status_code == 200


def test_a_session_survives_the_server(tmp_path: Path, double: GitHub) -> None:
    with httpx2.Client(timeout=PATIENCE) as client:
        with serving(tmp_path, **told(double)) as server:
            assert client.get(come_back(client, server)).status_code == 303
        with serving(tmp_path, **told(double)) as server:
            assert client.get(f"{server.url}/api/packages").status_code == 200


def test_whoever_waits_for_github_holds_up_nobody_else(tmp_path: Path, double: GitHub) -> None:
    token = token_of(tmp_path)
    with serving(tmp_path, **told(double)) as server, ThreadPoolExecutor(6) as pool:
        clients = [httpx2.Client(timeout=PATIENCE) for _ in range(6)]
        addresses = [come_back(client, server) for client in clients]
        double.hangs()
        asking = [pool.submit(client.get, address) for client, address in zip(clients, addresses, strict=True)]
        deadline = time.monotonic() + PATIENCE
        while double.hanging < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for _ in range(3):
            answer = httpx2.get(f"{server.url}/api/packages", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200
        assert not any(each.done() for each in asking)
        double.release()
        assert {each.result().status_code for each in asking} == {303}
        for client in clients:
            client.close()


def test_without_github_somebody_on_this_machine_says_who_they_are(tmp_path: Path) -> None:
    with serving(tmp_path) as server, httpx2.Client(timeout=PATIENCE) as client:
        form = client.get(f"{server.url}/login")
        assert "Development login" in form.text
        state = re.search(r'name="state" value="([^"]+)"', form.text)
        assert state
        sent = client.post(f"{server.url}/login", data={"state": state[1], "login": "alice"})
        assert (sent.status_code, sent.headers["location"]) == (303, "/my/")
        assert client.get(f"{server.url}/api/packages").status_code == 200
        assert 'href="/login?next=/my/"' in client.get(f"{server.url}/my/").text


@pytest.mark.parametrize(
    "options",
    [
        ["--host", "0.0.0.0"],  # noqa: S104 - the point of the test
        ["--base-url", "https://pypi.example.org"],
        ["--base-url", "http://192.0.2.1"],
    ],
)
def test_others_are_not_believed(tmp_path: Path, options: list[str]) -> None:
    with serving(tmp_path, *options) as server:
        answer = httpx2.get(f"{server.url}/login")
        assert answer.status_code == 503
        assert "SLS_PYPI_GITHUB_CLIENT_ID" in answer.text
        assert httpx2.post(f"{server.url}/login", data={"login": "alice"}).status_code == 405


def test_whoever_a_proxy_asks_for_that_does_not_say_so_is_not_believed(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        here = urlsplit(server.url)
        with socket.create_connection((here.hostname, here.port), PATIENCE) as proxy, proxy.makefile("rb") as answer:
            # As nginx does that was told nothing but `proxy_pass`.
            proxy.sendall(f"GET /login HTTP/1.0\r\nHost: {here.netloc}\r\nConnection: close\r\n\r\n".encode())
            assert b" 503 " in answer.readline()


def test_doctor_says_whether_a_login_is_set_up_and_no_secret(tmp_path: Path, double: GitHub) -> None:
    def said(settings: dict[str, str], status: int = 0) -> str:
        return command("doctor", "--home", tmp_path, status=status, **settings).stdout

    whole = said(told(double))
    assert f"ok    Submitters log in at {double.url}; callback URL http://127.0.0.1:8000/login/callback" in whole
    assert double.people.client_secret not in whole
    assert f"ok    GitHub answers at {double.url}" in whole
    wrong = said({**told(double), "SLS_PYPI_GITHUB_CLIENT_SECRET": "wrong-secret"})
    assert f"note  {double.url} does not take SLS_PYPI_GITHUB_CLIENT_ID and _SECRET" in wrong
    assert "wrong-secret" not in wrong
    assert "note  No login with GitHub" in said({})
    half = said(told(double, SLS_PYPI_GITHUB_CLIENT_SECRET=""), 1)
    assert "fail  SLS_PYPI_GITHUB_CLIENT_ID is set, SLS_PYPI_GITHUB_CLIENT_SECRET is not" in half
    other = said(told(double, SLS_PYPI_GITHUB_CLIENT_ID=""), 1)
    assert "fail  SLS_PYPI_GITHUB_CLIENT_SECRET is set, SLS_PYPI_GITHUB_CLIENT_ID is not" in other
    assert double.people.client_secret not in other


def test_no_secret_is_left_anywhere_after_a_bad_day(tmp_path: Path, double: GitHub) -> None:
    """Not on disk, not in what the server says, not in an answer."""
    secrets = {double.people.client_secret}
    said = tmp_path / "said"
    home = tmp_path / "home"
    bodies: list[str] = []
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "entrypoints.local", "serve", "--home", str(home), "--port", "0"],
            cwd=ROOT,
            env=environment(**told(double)),
            stdout=output,
            stderr=output,
        )
        try:
            url = _url(said, process)
            for path in (TOKEN, USER):
                for fault in [*FAULTS, None]:
                    double.fault = _only(path, fault) if fault else None
                    bodies += _a_login(url, secrets)
            # Of these something is still remembered.
            bodies += _a_login(url, secrets, stays=True)
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0
    secrets.update(double.people.given)
    assert len(secrets) > 60
    logs = b"".join(gzip.decompress(path.read_bytes()) for path in home.glob("logs/*.gz"))
    assert b"/login/callback" in logs
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    where = {"on disk": kept, "in the access log": logs, "in answers": "".join(bodies).encode()}
    assert {(place, secret) for secret in secrets for place, text in where.items() if secret.encode() in text} == set()
    assert "Traceback" not in said.read_text()


def _a_login(url: str, secrets: set[str], *, stays: bool = False) -> list[str]:
    """Try to log in, once more with the same code, and do something; returns what was shown.

    Who stays does not log out, and begins another login.
    """
    with httpx2.Client(timeout=PATIENCE) as client:
        started = client.get(f"{url}/login")
        agreed = client.get(started.headers["location"])
        address = agreed.headers["location"]
        secrets.update(parse_qs(urlsplit(address).query)["state"])
        secrets.update(cookie.value or "" for cookie in client.cookies.jar)
        answers: list[Any] = [client.get(address), client.get(address), client.get(f"{url}/api/packages")]
        secrets.update(cookie.value or "" for cookie in client.cookies.jar)
        answers.append(client.post(f"{url}/api/tokens", json={"name": "x"}))
        csrf = client.cookies.get("csrf_token") or ""
        if stays:
            begun = client.get(f"{url}/login")
            secrets.update(parse_qs(urlsplit(begun.headers["location"]).query)["state"])
            secrets.update(cookie.value or "" for cookie in client.cookies.jar)
        else:
            answers.append(client.post(f"{url}/logout", headers={"X-CSRF-Token": csrf}))
        answers.append(client.get(f"{url}/style.css", headers={"Referer": address}))
    secrets.discard("")
    return [answer.text for answer in answers]


def _url(said: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE
    while not (found := re.search(r"Serving (http://\S+)\n", said.read_text())):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    return found[1]


def _only(path: str, fault: Answer) -> Any:
    return lambda asked: fault if urlsplit(asked).path == path else None
