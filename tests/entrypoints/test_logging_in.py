"""`login` and `logout`: against an index in memory whose clock a test moves, and as people use them."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import httpx2
import pytest

from domain.caller import Caller
from domain.ports.identities import Declined, Identified
from domain.ports.repositories import Silent
from entrypoints.http.login import Way
from entrypoints.local.calling import IndexClient
from entrypoints.local.credentials import Credential, Credentials, CredentialsUnusable
from entrypoints.local.logging_in import log_in
from infrastructure.github_double.double import GitHub, github
from tests.entrypoints.standing import Place, standing
from tests.running import COMMAND, PATIENCE, ROOT, command, environment, serving
from tests.wheels import make_wheel

URL = "https://index.test"
OCTOCAT = Identified(583231, "octocat")
OCTOCATS = Caller("583231", "octocat")


class Terminal:
    """Somebody at a command line. `then` is what happens at each pause, one after the other."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place = place
        self.credentials = Credentials(folder / "sls-pypi" / "credentials.json")
        self.pauses: list[float] = []
        self.then: list[Callable[[], None]] = []
        self._http = httpx2.Client(transport=httpx2.MockTransport(self._answer))

    def log_in(self) -> None:
        log_in(self.index(None), self.credentials, self.index, self._pause)

    def index(self, token: str | None) -> IndexClient:
        return IndexClient(URL, self._http, token)

    def agrees(self, person: Identified | Declined = OCTOCAT, code: str = "WXYZ-0001") -> Callable[[], None]:
        return lambda: self.place.ports.identities().decide(code, person)

    def fails(self, fault: Silent | None) -> Callable[[], None]:
        return lambda: self.place.ports.identities().fail(None if fault is None else lambda _: fault)

    def tokens(self) -> list[str]:
        return [token.name for token in self.place.index.tokens().of(OCTOCATS)]

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        told = self.place.ask(request.method, request.url.path, dict(request.headers), request.read())
        return httpx2.Response(told.status, headers=dict(told.headers), content=told.body)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.place.clock.pass_by(timedelta(seconds=seconds))
        if self.then:
            self.then.pop(0)()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with standing(tmp_path) as place:
        yield Terminal(place, tmp_path)


def nothing() -> None:
    pass


def test_somebody_logs_in(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.then = [nothing, terminal.agrees()]
    terminal.log_in()
    assert terminal.pauses == [5, 5]
    kept = terminal.credentials.get(URL)
    assert kept is not None
    assert kept.login == "octocat"
    assert terminal.place.index.tokens().authenticate(kept.token).account == "583231"
    (name,) = terminal.tokens()
    assert name.startswith("sls-pypi login on ")
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines() == [
        "Open   https://github.test/login/device",
        "Enter  WXYZ-0001",
        "",
        "Waiting up to 15 minutes for you to agree there; Ctrl-C stops.",
        f"Logged in to {URL} as octocat. The token is kept in {terminal.credentials.path}.",
    ]
    assert kept.token not in said.out


def test_who_logs_in_again_has_one_token(terminal: Terminal) -> None:
    terminal.then = [terminal.agrees()]
    terminal.log_in()
    before = terminal.credentials.get(URL)
    terminal.then = [terminal.agrees(code="WXYZ-0002")]
    terminal.log_in()
    assert terminal.credentials.get(URL) not in (None, before)
    assert len(terminal.tokens()) == 1


def test_a_token_from_before_that_is_of_no_use_hinders_nobody(terminal: Terminal) -> None:
    terminal.credentials.keep(URL, Credential("revoked", "1f", "octocat"))
    terminal.then = [terminal.agrees()]
    terminal.log_in()
    kept = terminal.credentials.get(URL)
    assert kept is not None
    assert kept.id != "1f"


def test_who_does_not_agree_is_not_logged_in(terminal: Terminal) -> None:
    terminal.then = [terminal.agrees(Declined())]
    with pytest.raises(click.ClickException, match="You have not allowed it at GitHub"):
        terminal.log_in()
    assert terminal.credentials.get(URL) is None


def test_nobody_waits_for_ever(terminal: Terminal) -> None:
    with pytest.raises(click.ClickException, match="start again"):
        terminal.log_in()
    assert sum(terminal.pauses) <= 15 * 60


def test_a_fault_that_passes_is_said_once_and_waited_for(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.then = [terminal.fails(Silent("answers 502")), nothing, terminal.fails(None), terminal.agrees()]
    terminal.log_in()
    assert capsys.readouterr().err == ("sls-pypi: GitHub gives no answer of use (answers 502). Trying again.\n")
    assert terminal.credentials.get(URL) is not None


def test_a_fault_that_stays_ends_it(terminal: Terminal) -> None:
    terminal.then = [terminal.fails(Silent("answers 502"))]
    with pytest.raises(click.ClickException, match="answers 502"):
        terminal.log_in()
    assert len(terminal.pauses) == 5


def test_a_file_that_cannot_be_used_is_told_before_anybody_is_asked(terminal: Terminal) -> None:
    terminal.credentials.check()
    terminal.credentials.path.write_text("{")
    with pytest.raises(CredentialsUnusable):
        terminal.log_in()
    assert terminal.pauses == []


def test_a_token_that_cannot_be_kept_is_revoked(terminal: Terminal) -> None:
    agrees = terminal.agrees()

    def breaks() -> None:
        agrees()
        terminal.credentials.path.mkdir()

    terminal.then = [breaks]
    with pytest.raises(CredentialsUnusable, match="Is a directory"):
        terminal.log_in()
    assert terminal.tokens() == []


@pytest.mark.parametrize("way", [Way.LOCAL, Way.NONE])
def test_an_index_without_github_says_what_to_do(tmp_path: Path, way: Way) -> None:
    with standing(tmp_path, way) as place, pytest.raises(click.ClickException, match="sls-pypi token create LOGIN"):
        Terminal(place, tmp_path).log_in()


STARTED = {
    "device": "d" * 43,
    "user_code": "ABCD-EFGH",
    "verification_uri": "https://github.test/login/device",
    "expires_in": 60,
    "interval": 5,
}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({**STARTED, "verification_uri": "javascript:alert(1)"}, {}),
        ({**STARTED, "interval": "5"}, {}),
        ({**STARTED, "device": None}, {}),
        (STARTED, {}),
        (STARTED, {"token": 7, "login": "octocat", "id": "1f"}),
        (STARTED, {"token": "a\r\nb", "login": "octocat", "id": "1f"}),
    ],
)
def test_another_answer_is_not_believed(tmp_path: Path, first: dict[str, Any], second: dict[str, Any]) -> None:
    answers = iter([first, second])
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=next(answers)))
    credentials = Credentials(tmp_path / "credentials.json")
    with httpx2.Client(transport=transport) as http, pytest.raises(click.ClickException, match="does not know"):
        log_in(IndexClient(URL, http), credentials, lambda token: IndexClient(URL, http, token), lambda _: None)
    assert credentials.get(URL) is None


def test_a_terminal_obeys_nothing_of_what_an_index_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = {**STARTED, "user_code": "AB\x1b[2J\x07CD", "verification_uri": "https://github.test/\x1b]8;;"}
    answers = iter([hostile, {"token": "t", "login": "octo\x1b[31m", "id": "1f"}])
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=next(answers)))
    with httpx2.Client(transport=transport) as http:
        credentials = Credentials(tmp_path / "credentials.json")
        log_in(IndexClient(URL, http), credentials, lambda token: IndexClient(URL, http, token), lambda _: None)
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", capsys.readouterr().out) is None


# As people use them.


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as running:
        running.people.devices.interval = 1
        yield running


def settings_of(double: GitHub) -> dict[str, str]:
    return {
        "SLS_PYPI_GITHUB_URL": double.url,
        "SLS_PYPI_GITHUB_API_URL": double.url,
        "SLS_PYPI_GITHUB_CLIENT_ID": double.people.client_id,
        "SLS_PYPI_GITHUB_CLIENT_SECRET": double.people.client_secret,
    }


def test_a_person_logs_in_uploads_and_logs_out_and_nothing_secret_is_said(tmp_path: Path, double: GitHub) -> None:
    home, config = tmp_path / "home", tmp_path / "config"
    filename, content = make_wheel("frob", "1.0")
    (tmp_path / filename).write_bytes(content)
    said = ""
    with serving(home, **settings_of(double)) as server:
        here = {"XDG_CONFIG_HOME": str(config), "SLS_PYPI_URL": server.url}
        assert "sls-pypi login" in command("upload", tmp_path / filename, status=2, **here).stderr

        process = subprocess.Popen(
            [*COMMAND, "login"],
            cwd=ROOT,
            env=environment(**here),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        address = process.stdout.readline().split()[1]
        code = process.stdout.readline().split()[1]
        assert address == f"{double.url}/login/device"
        assert httpx2.post(address, data={"user_code": code, "login": "octocat"}).status_code == 200
        rest, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")
        kept = json.loads((config / "sls-pypi" / "credentials.json").read_text())[server.url]
        said += rest

        done = command("upload", tmp_path / filename, status=0, **here)
        assert done.stdout == f"{filename}: published\n"
        said += done.stdout + done.stderr
        bearer = {"Authorization": f"Bearer {kept['token']}"}
        assert httpx2.get(f"{server.url}/api/tokens", headers=bearer).json()[0]["id"] == kept["id"]

        out = command("logout", status=0, **here)
        assert out.stdout == f"Logged out of {server.url}, where octocat's token has been revoked.\n"
        assert httpx2.get(f"{server.url}/api/tokens", headers=bearer).status_code == 401
        assert json.loads((config / "sls-pypi" / "credentials.json").read_text()) == {}
        assert command("logout", status=0, **here).stdout == f"Not logged in to {server.url}.\n"
        said += out.stdout + out.stderr
    disk = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    secrets = {kept["token"], double.people.client_secret, *double.people.given}
    assert len(secrets) >= 4
    assert {secret for secret in secrets if secret in said} == set()
    # The code of the device waits in the home until the login is over.
    assert {secret for secret in secrets if secret.encode() in disk} == set()


def test_an_option_is_before_the_environment_and_that_before_what_is_kept(tmp_path: Path) -> None:
    home, config = tmp_path / "home", tmp_path / "config"
    filename, content = make_wheel("frob", "1.0")
    (tmp_path / filename).write_bytes(content)
    with serving(home) as server:
        token = command("token", "create", "alice", "--home", home).stdout.strip()
        here = {"XDG_CONFIG_HOME": str(config), "SLS_PYPI_URL": server.url}
        Credentials.of_user(here).keep(server.url, Credential("of-the-file", "1f", "alice"))
        arguments = ["upload", tmp_path / filename]

        for given in ([], ["--token", "of-the-option"]):
            assert "authentication" in command(*arguments, *given, status=1, **here).stderr
        wrong = command(*arguments, "--token", "wrong", status=1, SLS_PYPI_TOKEN=token, **here)
        assert "authentication" in wrong.stderr
        assert "no upload token" in command(*arguments, "--token", "é", status=2, **here).stderr
        assert "give an upload token" in command(*arguments, "--token", "", status=2, **here).stderr
        assert command(*arguments, status=0, SLS_PYPI_TOKEN=token, **here).stdout.endswith("published\n")
        Credentials.of_user(here).keep(server.url, Credential(token, "1f", "alice"))
        assert command(*arguments, status=0, SLS_PYPI_TOKEN="", **here).stdout.endswith("already there\n")


def test_what_goes_wrong_is_told_in_one_line(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9"
    here = {"XDG_CONFIG_HOME": str(tmp_path), "SLS_PYPI_URL": nowhere}
    started = command("login", status=1, **here)
    assert re.fullmatch(rf"sls-pypi: {nowhere} cannot be reached: .*\n", started.stderr)
    Credentials.of_user(here).keep(nowhere, Credential("t", "1f", "alice"))
    left = command("logout", status=1, **here)
    assert re.fullmatch(rf"sls-pypi: {nowhere} cannot be reached: .*You are still logged in.*\n", left.stderr)
    path = tmp_path / "sls-pypi" / "credentials.json"
    path.write_text("{")
    for arguments in (["login"], ["logout"], ["packages"], ["publish", "a/b"], ["upload", "pyproject.toml"]):
        broken = command(*arguments, status=1, **here)
        assert re.fullmatch(r"sls-pypi: \S+credentials\.json is damaged .*log in again\.\n", broken.stderr)
        assert broken.stdout == ""
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file")
    blocked = command("login", status=1, **here)
    assert re.fullmatch(r"sls-pypi: (File exists|Not a directory): \S+\n", blocked.stderr)
