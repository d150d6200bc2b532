"""`sls-pypi demo` as somebody uses it who has never seen the product."""

import re
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from adapters.local.home import HomeUnusable
from entrypoints.local import demo
from tests.running import PATIENCE, Running, command


def ended_submission(client: httpx2.Client, url: str) -> dict[str, Any]:
    """Wait until it is published, or is not."""
    deadline = time.monotonic() + PATIENCE
    while True:
        told: dict[str, Any] = client.get(url).raise_for_status().json()
        if told["status"] in {"published", "failed"} or time.monotonic() > deadline:
            return told
        time.sleep(0.1)


def test_it_serves_samples_and_says_what_to_do_with_them(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    running = Running(
        home, verb="demo", SLS_PYPI_HOME=str(tmp_path / "mine"), SLS_PYPI_BASE_URL="https://other.example"
    )
    try:
        said = running.rest("Ctrl-C")
        assert f"{running.url}/" in said
        assert f"pip install --index-url {running.url}/simple/ saltmarsh" in said
        assert f"rm -r {home}" in said
        page = httpx2.get(f"{running.url}/project/tidegauge/").text
        assert f"--index-url {running.url}/simple/" in page
        assert "<svg" in page
        assert "are samples" in httpx2.get(f"{running.url}/").text
    finally:
        assert running.stop() == 0
    assert not (tmp_path / "mine").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    assert "Everything that is served" in command("verify", "--home", home).stdout
    again = Running(home, verb="demo")
    try:
        assert "made before" in again.rest("Ctrl-C")
    finally:
        assert again.stop() == 0


def test_somebody_logs_in_with_one_click_finds_what_they_have_and_publishes_more(tmp_path: Path) -> None:
    running = Running(tmp_path / "demo", verb="demo")
    try:
        with httpx2.Client(follow_redirects=True, timeout=PATIENCE) as client:
            page = client.get(f"{running.url}/login")
            assert page.url.host == "127.0.0.1"
            fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
            chosen = client.get(page.url.copy_with(query=None), params={**fields, "login": "maren"})
            assert str(chosen.url) == f"{running.url}/my/"
            mine = client.get(f"{running.url}/api/packages").raise_for_status().json()
            by_this_page = {"X-CSRF-Token": client.cookies["csrf_token"]}
            wanted = {"repository": "maren/moonphase"}
            sent = client.post(f"{running.url}/api/packages", json=wanted, headers=by_this_page).raise_for_status()
            ended = ended_submission(client, f"{running.url}/api/submissions/{sent.json()['id']}")
            assert ended["status"] == "published", ended
        submitted = {entry["name"]: entry for entry in mine["submitted"]}
        assert {"tidegauge", "saltmarsh"} <= submitted.keys()
        eligible = {entry["repository"] for entry in mine["eligible"]}
        assert "maren/moonphase" in eligible
        # A fork, a private one, an archived one, and one of another language.
        hidden = {"maren/brackish", "maren/diary", "maren/old-logbook", "maren/harbour-lights"}
        assert eligible.isdisjoint(hidden)
    finally:
        assert running.stop() == 0


def test_what_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command("token", "create", "alice", "--home", home)
    before = sorted(path.name for path in home.iterdir())
    refused = command("demo", "--home", home, "--port", "0", status=1)
    assert refused.stderr == f"sls-pypi: {home} is there already and no demo; give another folder with --home.\n"
    assert sorted(path.name for path in home.iterdir()) == before


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    assert demo.is_free(tmp_path)
    (tmp_path / "notes").touch()
    with pytest.raises(HomeUnusable):
        demo.is_free(tmp_path)


def test_stopped_half_way_it_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "fill", stop)
    with pytest.raises(KeyboardInterrupt):
        demo.demo(tmp_path / "demo", 0)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_made_is_told_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "below" / "demo"
    said = command("demo", "--home", home, "--port", "0", status=1).stderr
    assert said == f"sls-pypi: Cannot use {home} as home: Not a directory. Give another with --home.\n"
