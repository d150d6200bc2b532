"""Installers see one own index and nothing else, and get from it what they should."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.clients import Outcome, fail, installed, python_of, run, sha256, succeed
from tests.clients.index import Index
from tests.clients.tools import Tools
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.clients

ONLY_WITH_EXTRA = "Requires-Dist: inst-optional; extra == 'more'"

Pip = Callable[..., Outcome]

IN_TREE_BACKEND = b"""
import base64, hashlib, pathlib, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name, info = "inst_from_source-1.0-py3-none-any.whl", "inst_from_source-1.0.dist-info"
    files = {
        "inst_from_source.py": "ANSWER = 42",
        f"{info}/METADATA": pathlib.Path("PKG-INFO").read_text(),
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: tree\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(pathlib.Path(directory, name), "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return name
"""


@pytest.fixture(scope="module", autouse=True)
def packages(server: Index, token: str) -> None:
    """What the tests below install."""

    def publish(name: str, version: str, *extra: str) -> None:
        server.publish(token, name, version, make_wheel(name, version, metadata_extra=list(extra)))

    publish("Inst.Base_Part", "1.0")
    publish("Inst.Base_Part", "1.5")
    publish("Inst.Base_Part", "2.0rc1")
    publish("inst-top", "1.0", "Requires-Dist: inst_base.part>=1", "Provides-Extra: more", ONLY_WITH_EXTRA)
    publish("inst-optional", "3.0.post1")
    publish("inst-awkward", "1!2.0+local.7")
    publish("inst-only-pre", "0.1.dev4")
    publish("inst-yanked", "1.0")
    publish("inst-yanked", "1.1")
    server.yank(token, "inst-yanked", "inst_yanked-1.1-py3-none-any.whl", 'Broken <on> Tuesdays & "always"')
    publish("inst-python", "1.0", "Requires-Python: >=3.8")
    publish("inst-python", "2.0", "Requires-Python: >=3.8,<3.9")
    publish("inst-python", "3.0", "Requires-Python: >=99")
    in_tree = {
        "pyproject.toml": b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": IN_TREE_BACKEND,
    }
    server.publish(token, "inst-from-source", "1.0", make_sdist("inst-from-source", "1.0", files=in_tree))


@pytest.fixture(params=["pip", "pip-23.2.1"])
def pip(request: pytest.FixtureRequest, tools: Tools, venv: Path, clean_env: dict[str, str]) -> Pip:
    """The newest and an old pip, acting on the test's virtual environment."""
    command = [tools.path(request.param), "--python", python_of(venv)]

    def invoke(*arguments: object, cwd: Path | None = None) -> Outcome:
        return run(*command, *arguments, env=clean_env, cwd=cwd)

    return invoke


@pytest.fixture
def install(pip: Pip, server: Index, venv: Path) -> Callable[..., dict[str, str]]:
    """`pip install` that must succeed, and what is there afterwards."""

    def invoke(*arguments: object) -> dict[str, str]:
        outcome = pip("install", "--index-url", server.simple, *arguments)
        assert outcome.status == 0, outcome.text
        return installed(venv)

    return invoke


Install = Callable[..., dict[str, str]]


@pytest.mark.parametrize("spelling", ["inst-base-part", "Inst.Base_Part", "INST__base.-part"])
def test_pip_installs_by_any_spelling(install: Install, spelling: str) -> None:
    assert install(spelling) == {"Inst.Base_Part": "1.5"}


def test_pip_follows_a_dependency_between_own_packages(install: Install) -> None:
    assert install("inst-top") == {"inst-top": "1.0", "Inst.Base_Part": "1.5"}


def test_pip_installs_an_extra(install: Install) -> None:
    assert install("inst-top[more]")["inst-optional"] == "3.0.post1"


def test_pip_takes_pre_releases_when_asked_or_when_there_is_nothing_else(install: Install) -> None:
    assert install("--pre", "inst-base-part") == {"Inst.Base_Part": "2.0rc1"}
    assert install("inst-only-pre")["inst-only-pre"] == "0.1.dev4"


def test_pip_installs_epochs_and_local_versions(install: Install) -> None:
    assert install("inst-awkward") == {"inst-awkward": "1!2.0+local.7"}


def test_pip_checks_hashes(install: Install, pip: Pip, server: Index, tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    digest = sha256(make_wheel("Inst.Base_Part", "1.0")[1])
    pins.write_text(f"inst-base-part==1.0 --hash=sha256:{digest}\n")
    assert install("--require-hashes", "-r", pins) == {"Inst.Base_Part": "1.0"}
    pins.write_text(f"inst-base-part==1.5 --hash=sha256:{digest}\n")
    assert "MATCH" in pip("install", "--index-url", server.simple, "--require-hashes", "-r", pins).text


def test_pip_skips_a_yanked_file_unless_it_is_pinned(pip: Pip, install: Install, server: Index) -> None:
    assert install("inst-yanked") == {"inst-yanked": "1.0"}
    outcome = pip("install", "--index-url", server.simple, "inst-yanked==1.1")
    assert outcome.status == 0, outcome.text
    assert 'Broken <on> Tuesdays & "always"' in outcome.text


def test_pip_leaves_out_files_for_other_pythons(install: Install, pip: Pip, server: Index) -> None:
    assert install("inst-python") == {"inst-python": "1.0"}
    assert pip("install", "--index-url", server.simple, "inst-python==3.0").status != 0


def test_pip_builds_from_source(install: Install) -> None:
    assert install("inst-from-source") == {"inst-from-source": "1.0"}


def test_pip_downloads_the_very_bytes(pip: Pip, server: Index, tmp_path: Path) -> None:
    outcome = pip("download", "--index-url", server.simple, "--dest", tmp_path / "got", "inst-top==1.0")
    assert outcome.status == 0, outcome.text
    got = {path.name: path.read_bytes() for path in (tmp_path / "got").iterdir()}
    filename, content = make_wheel("Inst.Base_Part", "1.5")
    assert got[filename] == content
    assert len(got) == 2


def test_pip_lists_versions(pip: Pip, server: Index) -> None:
    outcome = pip("index", "versions", "--index-url", server.simple, "Inst_Base_Part")
    assert "Available versions: 1.5, 1.0" in outcome.text


def test_pip_honours_a_cut_off_date(tools: Tools, server: Index, clean_env: dict[str, str], tmp_path: Path) -> None:
    download = [tools.path("pip"), "download", "--index-url", server.simple, "--dest", tmp_path, "inst-base-part"]
    refused = fail(*download, "--uploaded-prior-to", "2020-01-01T00:00:00Z", env=clean_env)
    assert "does not provide upload-time" not in refused.text
    succeed(*download, "--uploaded-prior-to", "2999-01-01T00:00:00Z", env=clean_env)


def test_pip_says_that_a_package_is_not_there(pip: Pip, server: Index) -> None:
    outcome = pip("install", "--index-url", server.simple, "inst-nowhere")
    assert outcome.status == 1
    assert "No matching distribution found for inst-nowhere" in outcome.text
