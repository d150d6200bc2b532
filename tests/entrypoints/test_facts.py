"""Facts of repositories on one machine: a real server, and GitHub as it is on bad days."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from infrastructure.github_double.double import Answer, GitHub, Repository
from tests.running import PATIENCE, command, serving, token_of
from tests.wheels import make_wheel


def frob(double: GitHub, version: str = "1.0") -> tuple[str, bytes]:
    """A wheel that says that it comes from a repository on the double."""
    return make_wheel("frob", version, metadata_extra=f"Project-URL: Source, {double.url}/alice/frob\n")


def told(double: GitHub) -> dict[str, Any]:
    """The settings that lead to the double."""
    return {"SLS_PYPI_GITHUB_URL": double.url, "SLS_PYPI_GITHUB_API_URL": double.url}


def facts(home: Path, full_name: str = "alice/frob") -> dict[str, Any]:
    """What the home knows; empty if nothing."""
    with closing(sqlite3.connect(home / "events.db")) as database:
        rows = database.execute("SELECT data FROM repositories WHERE name = ?", (full_name,)).fetchall()
    return (rows and json.loads(rows[0][0])["facts"]) or {}


def until(true: Callable[[], bool]) -> None:
    """Wait for something that will be so."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_facts_follow_a_publication_and_a_night(tmp_path: Path, double: GitHub) -> None:
    repository = double.has(Repository("alice/frob", stars=12, issues=5, pulls=2, contributors=40))
    token = token_of(tmp_path)
    with serving(tmp_path, **told(double)) as server:
        assert server.upload(token, frob(double)).status_code == 200
        until(lambda: facts(tmp_path).get("stars") == 12)
        known = facts(tmp_path)
        assert (known["issues"], known["pull_requests"], known["contributors"]) == (5, 2, 40)

        repository.stars = 13
        command("nightly", "--home", tmp_path, **told(double))
        page = tmp_path / "site" / "project" / "frob" / "index.html"
        until(lambda: "<dt>Stars</dt><dd>13</dd>" in page.read_text())

        repository.stars = 14
        assert server.upload(token, frob(double, "2.0")).status_code == 200
        until(lambda: facts(tmp_path).get("stars") == 14)


def test_facts_follow_an_import_without_a_server(tmp_path: Path, double: GitHub) -> None:
    double.has(Repository("alice/frob", stars=12))
    filename, content = frob(double)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / filename).write_bytes(content)
    home = tmp_path / "home"

    command("import", tmp_path / "dist", "--as", "alice", "--home", home, **told(double))

    assert facts(home)["stars"] == 12
    command("verify", "--home", home, **told(double))


def test_whoever_waits_for_github_holds_up_nothing(tmp_path: Path, double: GitHub) -> None:
    double.hangs()
    token = token_of(tmp_path)
    with serving(tmp_path, **told(double)) as server:
        for version in ("1.0", "2.0", "3.0"):
            assert server.upload(token, frob(double, version)).status_code == 200
        page = tmp_path / "site" / "project" / "frob" / "index.html"
        until(lambda: page.exists() and "3.0" in page.read_text())
        # Nobody let GitHub answer, so all of this, and the end of the server, happened without.
        assert server.stop() == 0
        double.release()
        assert facts(tmp_path) == {}


@pytest.mark.parametrize("fault", [Answer(500), Answer(429), Answer(200, b"{"), Answer(404)])
def test_an_index_does_without(tmp_path: Path, double: GitHub, fault: Answer) -> None:
    double.fault = lambda _: fault
    filename, content = frob(double)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / filename).write_bytes(content)
    home = tmp_path / "home"

    command("import", tmp_path / "dist", "--as", "alice", "--home", home, **told(double))
    command("nightly", "--home", home, **told(double))
    command("verify", "--home", home, **told(double))

    assert double.paths()
    assert facts(home) == {}
    assert "fail" not in command("doctor", "--home", home, **told(double)).stdout


def test_doctor_tells_whether_github_answers(tmp_path: Path, double: GitHub) -> None:
    there = command("doctor", "--home", tmp_path, **told(double)).stdout
    assert f"ok    GitHub answers at {double.url}" in there

    absent = command("doctor", "--home", tmp_path).stdout
    assert "note  No answer from http://127.0.0.1:9 (ConnectError)" in absent
