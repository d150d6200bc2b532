"""`verify` beside those who publish: what changes meanwhile is no fault, and what is one is told all the same."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.usecases.verification import Difference, Verification
from entrypoints.local import maintenance
from tests.clients.index import eventually
from tests.running import Running, command, serving, token_of
from tests.wheels import make_wheel

_WHOLE = "Everything that is served is what the events say.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """With a package, beside which nobody has patience."""
    token = token_of(home)
    monkeypatch.setattr(maintenance, "_PATIENCE_SECONDS", 0)
    with serving(home) as running:
        assert running.upload(token, make_wheel("frob", "1.0")).status_code == 200
        settled(running)
        yield running


def settled(server: Running) -> None:
    assert eventually(lambda: httpx2.get(f"{server.url}/healthz").json()["lag"] == 0)


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen in each replay, when rows are derived and pages are not compared yet."""
    rows = Verification._rows_that_differ

    def call(*arguments: Any) -> Iterator[Difference]:
        happens()
        yield from rows(*arguments)

    monkeypatch.setattr(Verification, "_rows_that_differ", call)


def test_what_is_published_meanwhile_and_done_is_no_fault(
    server: Running, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(home)
    names = iter(["spam", "eggs"])

    def publish() -> None:
        assert server.upload(token, make_wheel(next(names), "1.0")).status_code == 200
        settled(server)

    meanwhile(monkeypatch, publish)
    said = command("verify", "--home", home).stdout
    assert said.endswith(f" stale objects are due; `serve` writes them.\n{_WHOLE}")
    assert next(names) == "eggs"


def test_damage_is_told_also_where_something_is_published_meanwhile(
    server: Running, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(home)
    (home / "site" / "simple" / "frob" / "index.html").unlink()
    versions = iter("123456789")

    def publish() -> None:
        server.upload(token, make_wheel("spam", next(versions)))
        settled(server)

    meanwhile(monkeypatch, publish)
    done = command("verify", "--home", home, status=1)
    assert done.stdout.startswith("missing   simple/frob/index.html\n")
    assert "\n1 difference. `sls-pypi rebuild` makes them equal.\n" in done.stdout


@pytest.mark.usefixtures("server")
def test_what_only_one_of_two_replays_finds_is_no_fault_beside_a_server(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when something is heard of a repository, which no event tells, and its page follows a moment later."""
    page = home / "site" / "project" / "frob" / "index.html"
    states = iter([b"of a moment ago", page.read_bytes()])
    page.chmod(0o644)

    def write() -> None:
        page.write_bytes(next(states))

    meanwhile(monkeypatch, write)
    assert command("verify", "--home", home).stdout == _WHOLE
    assert next(states, None) is None
