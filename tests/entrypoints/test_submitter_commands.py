"""A submitter at a command line: real processes, a real server, and GitHub on this machine."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import Commit, Release, ReleaseAsset, Repository
from tests.running import COMMAND, PATIENCE, ROOT, command, environment, serving
from tests.wheels import make_sdist, make_wheel

FILES = (make_sdist("frob", "1.0"), make_wheel("frob", "1.0"))

COMMIT = Commit({"pyproject.toml": b'[project]\nname = "frob"\nversion = "1.0"\n'})


def released(*assets: ReleaseAsset) -> Repository:
    """A repository with a release."""
    return Repository(
        "octocat/frob",
        description="Frobs things.",
        branches={"main": COMMIT},
        tags={"v1.0": COMMIT},
        releases=[Release("v1.0", list(assets))],
    )


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as running:
        running.people.devices.interval = 1
        running.has(released(*(ReleaseAsset(name, content) for name, content in FILES)))
        running.has(Repository("octocat/spoon", description="A spoon.", branches={"main": COMMIT}))
        yield running


def agreed(double: GitHub, here: dict[str, str]) -> str:
    """Log in as people do; returns what was said."""
    process = subprocess.Popen(
        [*COMMAND, "login"], cwd=ROOT, env=environment(**here), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address, code = process.stdout.readline().split()[1], process.stdout.readline().split()[1]
    assert httpx2.post(address, data={"user_code": code, "login": "octocat"}).status_code == 200
    rest, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert address == f"{double.url}/login/device"
    return rest


def test_a_person_logs_in_publishes_their_repository_and_sees_it(tmp_path: Path, double: GitHub) -> None:
    told = {
        "SLS_PYPI_GITHUB_URL": double.url,
        "SLS_PYPI_GITHUB_API_URL": double.url,
        "SLS_PYPI_GITHUB_CLIENT_ID": double.people.client_id,
        "SLS_PYPI_GITHUB_CLIENT_SECRET": double.people.client_secret,
    }
    with serving(tmp_path / "home", **told) as server:
        here = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "SLS_PYPI_URL": server.url}
        said = [agreed(double, here)]

        before = command("packages", status=0, **here).stdout
        assert f"You have no packages on {server.url} yet." in before
        assert f"{server.url}/my/ lists them" in before
        with httpx2.Client(timeout=PATIENCE, follow_redirects=True) as browser:
            browser.get(f"{server.url}/login")
            assert browser.get(f"{server.url}/api/packages").status_code == 200
        before = command("packages", status=0, **here).stdout
        assert re.search(r"^octocat/frob  +\d{4}-\d\d-\d\d  Frobs things\.$", before, re.MULTILINE)

        done = command("publish", "octocat/frob", status=0, **here)
        assert done.stderr == ""
        assert f"frob 1.0 is published: {server.url}/project/frob/\n" in done.stdout
        assert sorted(server.filenames("frob")) == sorted(name for name, _ in FILES)

        name, _ = FILES[1]
        double.has(released(ReleaseAsset(name, make_wheel("frob", "1.0", files={"frob/__init__.py": b"2"})[1])))
        again = command("publish", "octocat/frob", "--ref", "v1.0", status=1, **here)
        assert again.stderr.startswith("sls-pypi: octocat/frob is not published: ")
        assert "already" in again.stderr
        assert again.stderr.count("\n") == 1
        refused = command("publish", "hubot/other", status=1, **here)
        assert refused.stderr.count("\n") == 1
        url = command("publish", "octocat/frob", "--no-wait", status=0, **here).stdout
        assert re.fullmatch(rf"{server.url}/api/submissions/[a-z0-9_-]+\n", url)

        after = command("packages", status=0, **here).stdout
        assert re.search(r"^frob +1\.0 +0 +0", after, re.MULTILINE)
        assert "Latest submissions" in after
        assert "octocat/spoon" in after
        listed = json.loads(command("packages", "--json", status=0, **here).stdout)
        assert [entry["name"] for entry in listed["submitted"]] == ["frob"]
        kept = json.loads((tmp_path / "config" / "sls-pypi" / "credentials.json").read_text())[server.url]
        said += [before, done.stdout, again.stderr, refused.stderr, url, after]
        command("logout", status=0, **here)
        refused = command("packages", "--token", kept["token"], status=1, **here)
        assert f"`sls-pypi login --url {server.url}`" in refused.stderr
        said.append(refused.stderr)
    secrets = {kept["token"], double.people.client_secret, *double.people.given}
    assert {secret for secret in secrets if any(secret in each for each in said)} == set()
