"""What `serve` loads before it answers: that is most of its start, and it is counted, not timed. And what it says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import COMMAND, PATIENCE, ROOT, environment

PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from entrypoints.http.server import listen
from entrypoints.local.serving import serve
from infrastructure.settings import Settings

def say(url):
    recorded = Path(sys.argv[1], "site.json")
    told = json.loads(recorded.read_text())["wanted"]["settings"]["base_url"] if recorded.exists() else None
    print(json.dumps([told, sorted(sys.modules)]))
    os.kill(os.getpid(), signal.SIGTERM)

serve(Settings.from_environment({"SLS_PYPI_HOME": sys.argv[1], "SLS_PYPI_BASE_URL": "https://x.test"}),
    listen("127.0.0.1", 0), say)
"""
MAKES_PAGES = {"jinja2", "nh3", "infrastructure.index", "domain.usecases.site", "starlette.applications", "duckdb"}
DOES_MORE = {"adapters.archives", "adapters.github.sources", "adapters.local.builder", "adapters.local.access_logs"}


def started(home: Path) -> tuple[str | None, set[str]]:
    """What other commands are told of pages when readers are answered, and the modules that are there.

    The server then ends by itself.
    """
    argv = [sys.executable, "-c", PROGRAM, str(home)]
    done = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True)
    base_url, modules = json.loads(done.stdout)
    return base_url, set(modules)


def loaded(home: Path) -> set[str]:
    return started(home)[1]


def test_whoever_opens_a_new_home_once_it_is_served_makes_pages_for_the_same_settings(tmp_path: Path) -> None:
    """An import that came first would write pages with the base URL of a server that nobody configured."""
    assert started(tmp_path / "home")[0] == "https://x.test"


def test_a_start_after_an_orderly_end_loads_nothing_that_makes_pages(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "jinja2" in loaded(home)  # a new home has to be given its first pages

    assert not loaded(home) & (MAKES_PAGES | DOES_MORE)


def test_a_start_writes_what_is_missing_of_the_fixed_pages_before_it_answers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    loaded(home)
    (home / "site" / "404.html").unlink()

    assert "jinja2" in loaded(home)
    assert (home / "site" / "404.html").is_file()


@pytest.mark.parametrize(("there", "missing"), [("ID", "SECRET"), ("SECRET", "ID")])
def test_half_a_login_is_told_and_served_without(tmp_path: Path, there: str, missing: str) -> None:
    prefix = "SLS_PYPI_GITHUB_CLIENT_"
    process = subprocess.Popen(
        [*COMMAND, "serve", "--home", str(tmp_path / "home"), "--port", "0"],
        cwd=ROOT,
        env=environment(**{f"{prefix}{there}": "a4c1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Serving ")
    process.terminate()
    _, said = process.communicate(timeout=PATIENCE)
    told = f"{prefix}{there} is set, {prefix}{missing} is not: nobody can log in with GitHub; see `sls-pypi doctor`"
    assert (process.returncode, said) == (0, f"sls-pypi: {told}\n")
