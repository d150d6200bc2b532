"""The submitters' area with nothing in between: GitHub on this machine, real submissions."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import Commit, Release, ReleaseAsset, Repository
from tests.running import PATIENCE, Running, serving
from tests.web.tools import SHOTS, Tools
from tests.wheels import make_wheel

pytestmark = pytest.mark.browser

COMMIT = Commit({"pyproject.toml": b"[build-system]\nrequires = []\n[project]\nname = 'frob'\nversion = '1.0'\n"})
BROKEN = Commit({"pyproject.toml": b"[build-system]\nrequires = []\nbuild-backend = 'nowhere'\nbackend-path = ['.']\n"})


@pytest.fixture
def double() -> Iterator[GitHub]:
    """Octocat has something to publish, and something that cannot be built."""
    with github() as running:
        assets = [ReleaseAsset(*make_wheel("frob", "1.0"))]
        running.has(
            Repository(
                "octocat/frob",
                description="Frobs what there is",
                owner_id=running.people.numbers["octocat"],
                branches={"main": COMMIT},
                tags={"v1.0": COMMIT},
                releases=[Release("v1.0", assets)],
            )
        )
        running.has(Repository("octocat/broken", owner_id=running.people.numbers["octocat"], branches={"main": BROKEN}))
        yield running


@pytest.fixture
def server(tmp_path: Path, double: GitHub) -> Iterator[Running]:
    settings = {
        "SLS_PYPI_GITHUB_URL": double.url,
        "SLS_PYPI_GITHUB_API_URL": double.url,
        "SLS_PYPI_GITHUB_CLIENT_ID": double.people.client_id,
        "SLS_PYPI_GITHUB_CLIENT_SECRET": double.people.client_secret,
        "SLS_PYPI_BUILD_SECONDS": str(PATIENCE),
    }
    with serving(tmp_path / "home", **settings) as running:
        double.people.callback = f"{running.url}/login/callback"
        yield running


def walked(tools: Tools, server: Running, double: GitHub, *steps: dict[str, Any]) -> dict[str, Any]:
    SHOTS.mkdir(parents=True, exist_ok=True)
    login = [{"go": "/my/"}, {"click": "#guest a"}, {"url": "**/my/"}, {"see": ["#account", "Logged in as octocat"]}]
    job: dict[str, Any] = {
        "origin": server.url,
        "allowed": [double.url],
        "steps": [*login, *steps],
        "answers": {},
        "shots": str(SHOTS),
    }
    seen = tools.walk(job)
    assert (seen["errors"], seen["foreign"], seen["violations"]) == ([], [], [])
    assert [(look["name"], look["width"], look["axe"]) for look in seen["looks"] if look["axe"]] == []
    return seen


def test_from_the_login_to_an_installed_package_and_back(
    tools: Tools, server: Running, double: GitHub, tmp_path: Path
) -> None:
    walked(
        tools,
        server,
        double,
        {"see": ["#my-repositories", "2 repositories.*octocat/(frob|broken)"]},
        {"see": ["#my-packages", "None yet"]},
        {"reach": "[aria-label='Publish octocat/frob']"},
        {"press": "Enter"},
        {"see": ["#dialog", f"Tag\\s+v1.0.*{COMMIT.sha}.*1 file of the release.*frob-1.0-py3-none-any.whl"]},
        {"press": "Enter"},
        {"see": ["#my-submissions", "Published: frob 1.0.*pip install"]},
        {
            "see": [
                "#my-packages",
                "1 package.*frob.*1 version: 1.0 · octocat/frob.*Last submission: Published from v1.0",
            ]
        },
        {"see": ["#my-repositories", "1 repository"]},
        {"look": "whole"},
        {"click": "#my-packages a[href='/project/frob/']"},
        {"see": ["#files", "frob-1.0-py3-none-any.whl"]},
    )

    pip = ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--isolated", "--no-cache-dir"]
    where = ["--index-url", f"{server.url}/simple/", "--target", str(tmp_path / "installed"), "frob"]
    subprocess.run([sys.executable, *pip, *where], check=True, capture_output=True, timeout=PATIENCE)
    assert (tmp_path / "installed" / "frob-1.0.dist-info").is_dir()

    seen = walked(
        tools,
        server,
        double,
        {"click": "role=button[name='Update frob']"},
        {"see": ["#dialog", r"Package\s+frob\s+Versions so far\s+1.0"]},
        {"press": "Escape"},
        {"focused": "[aria-label='Update frob']"},
        {"download": "role=link[name='CSV of the downloads of frob']"},
        {"click": "role=button[name='Delete frob']"},
        {"type": "frob"},
        {"press": "Enter"},
        {"see": ["#my-packages", "None yet"]},
        {"see": ["#my-repositories", "2 repositories"]},
    )
    assert seen["told"][0].startswith("frob-downloads.csv\n")
    assert httpx2.get(f"{server.url}/simple/frob/").status_code == 404


def test_a_build_that_fails_is_readable(tools: Tools, server: Running, double: GitHub) -> None:
    walked(
        tools,
        server,
        double,
        {"click": "role=button[name='Publish octocat/broken']"},
        {"see": ["#dialog", "Branch or commit\\s+main.*built from its source"]},
        {"click": "#dialog button.main"},
        {"focused": "h3[id^=submission-]"},
        {"see": ["#my-submissions", "Failed: "]},
        {"see": ["#my-submissions pre", "nowhere"]},
        {"look": "whole-failed"},
    )
