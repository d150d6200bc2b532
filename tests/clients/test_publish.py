"""Every publisher that people use can publish here, and understands a refusal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.clients import Index, Outcome, fail, run, succeed, write
from tests.clients.tools import Tools
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.clients

WRONG_TOKEN = "Invalid or non-existent authentication information"  # noqa: S105 (what the answer says)

Twine = Callable[..., Outcome]


@pytest.fixture
def twine(tools: Tools, server: Index, token: str, clean_env: dict[str, str]) -> Twine:
    """`twine upload` of files, with further options."""
    command = [tools.path("twine"), "upload", "--non-interactive", "--disable-progress-bar"]
    where = ["--repository-url", server.legacy, "--username", "__token__"]

    def upload(*arguments: object, password: str = token) -> Outcome:
        return run(*command, *where, "--password", password, *arguments, env=clean_env)

    return upload


def test_twine_uploads_a_wheel_and_an_sdist_that_are_listed_at_once(
    twine: Twine, server: Index, tmp_path: Path
) -> None:
    files = write(tmp_path, make_wheel("Twine.Both_kinds", "1.0"), make_sdist("Twine.Both_kinds", "1.0"))
    outcome = twine(*files)
    assert outcome.status == 0, outcome.text
    assert server.filenames("twine-both-kinds") == {path.name for path in files}
    assert server.page("twine-both-kinds")["versions"] == ["1.0"]
    legacy = server.get("/pypi/twine-both-kinds/json").json()
    assert {file["filename"] for file in legacy["urls"]} == {path.name for path in files}


def test_twine_may_upload_the_same_file_again(twine: Twine, server: Index, tmp_path: Path) -> None:
    files = write(tmp_path, make_wheel("twine-again", "1.0"), make_sdist("twine-again", "1.0"))
    assert twine(*files).status == 0
    before = server.page("twine-again")
    outcome = twine(*files)
    assert outcome.status == 0, outcome.text
    assert server.page("twine-again") == before


def test_twine_says_that_other_bytes_exist_under_the_filename(twine: Twine, server: Index, tmp_path: Path) -> None:
    first, second = make_wheel("twine-other", "1.0"), make_wheel("twine-other", "1.0", description="Changed.")
    assert twine(*write(tmp_path / "first", first)).status == 0
    outcome = twine("--verbose", *write(tmp_path / "second", second))
    assert outcome.status != 0
    assert "File already exists" in outcome.text
    url = server.file_url("twine-other", first[0])
    assert server.get(url).content == first[1]


def test_twine_shows_why_a_token_is_refused(twine: Twine, tmp_path: Path) -> None:
    outcome = twine("--verbose", *write(tmp_path, make_wheel("twine-token", "1.0")), password="slspypi-wrong")
    assert outcome.status != 0
    assert "403" in outcome.text
    assert WRONG_TOKEN in outcome.text


def test_twine_shows_why_a_file_is_refused(twine: Twine, tmp_path: Path) -> None:
    bad = make_wheel("twine-bad", "1.0", metadata_extra="Requires-Dist: other @ https://example.org/other.whl")
    outcome = twine("--verbose", *write(tmp_path, bad))
    assert outcome.status != 0
    assert "Can't have direct dependency" in outcome.text


def test_uv_publishes_and_skips_what_the_index_has(
    tools: Tools, server: Index, token: str, clean_env: dict[str, str], tmp_path: Path
) -> None:
    files = write(tmp_path / "dist", make_wheel("Uv.Both_kinds", "1.0"), make_sdist("Uv.Both_kinds", "1.0"))
    command = [tools.path("uv"), "publish", "--publish-url", server.legacy, "--token", token, "--trusted-publishing"]
    command += ["never", "--check-url", server.simple]
    first = succeed(*command, *files, env=clean_env)
    assert "Uploading" in first.text
    assert server.filenames("uv-both-kinds") == {path.name for path in files}
    second = succeed(*command, *files, env=clean_env)
    assert "Uploading" not in second.text
    assert "skipping" in second.text
    other = write(tmp_path / "other", make_wheel("Uv.Both_kinds", "1.0", description="Changed."))
    refused = fail(*command, *other, env=clean_env)
    assert "does not match" in refused.text


def test_uv_shows_the_reason_of_a_refusal(
    tools: Tools, server: Index, token: str, clean_env: dict[str, str], tmp_path: Path
) -> None:
    command = [tools.path("uv"), "publish", "--publish-url", server.legacy, "--trusted-publishing", "never", "--token"]
    (first,) = write(tmp_path / "first", make_wheel("uv-refused", "1.0"))
    (other,) = write(tmp_path / "other", make_wheel("uv-refused", "1.0", description="Changed."))
    succeed(*command, token, first, env=clean_env)
    assert "File already exists" in fail(*command, token, other, env=clean_env).text
    assert WRONG_TOKEN in fail(*command, "slspypi-wrong", other, env=clean_env).text


PROJECT = """
[project]
name = "{name}"
version = "1.0"
description = "Built by a real backend."
readme = "README.md"
requires-python = ">=3.9"
dependencies = ["idna>=2"]
keywords = ["real", "client"]
authors = [{{ name = "Ålice", email = "alice@example.org" }}]
classifiers = ["Programming Language :: Python :: 3"]

[project.urls]
Source = "https://github.com/example/{name}"

[build-system]
requires = ["{requires}"]
build-backend = "{backend}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """A tiny project for a build backend."""

    def make(name: str, requires: str, backend: str) -> Path:
        root = tmp_path / name
        package = root / name.replace("-", "_")
        package.mkdir(parents=True)
        (package / "__init__.py").write_text('"""A package."""\n\n__version__ = "1.0"\n')
        (root / "README.md").write_text("# A package\n\nWith *words*.\n")
        (root / "pyproject.toml").write_text(PROJECT.format(name=name, requires=requires, backend=backend))
        return root

    return make


Project = Callable[[str, str, str], Path]


def both_kinds(name: str) -> set[str]:
    """The two files that a build makes."""
    stem = f"{name.replace('-', '_')}-1.0"
    return {f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"}


def test_poetry_builds_and_publishes(  # noqa: PLR0917 (fixtures)
    tools: Tools,
    server: Index,
    token: str,
    project: Project,
    clean_env: dict[str, str],
    build_env: dict[str, str],
) -> None:
    poetry, root = tools.path("poetry"), project("poetry-made", "poetry-core>=2", "poetry.core.masonry.api")
    succeed(poetry, "build", env=build_env, cwd=root)
    succeed(poetry, "config", "repositories.own", server.legacy, env=clean_env, cwd=root)
    publish = [poetry, "publish", "--no-interaction", "--repository", "own"]
    succeed(poetry, "config", "http-basic.own", "__token__", "slspypi-wrong", env=clean_env, cwd=root)
    assert "403" in fail(*publish, env=clean_env, cwd=root).text
    succeed(poetry, "config", "http-basic.own", "__token__", token, env=clean_env, cwd=root)
    succeed(*publish, env=clean_env, cwd=root)
    assert server.filenames("poetry-made") == both_kinds("poetry-made")
    succeed(*publish, "--skip-existing", env=clean_env, cwd=root)


def test_pdm_builds_and_publishes(  # noqa: PLR0917 (fixtures)
    tools: Tools,
    server: Index,
    token: str,
    project: Project,
    clean_env: dict[str, str],
    build_env: dict[str, str],
) -> None:
    pdm, root = tools.path("pdm"), project("pdm-made", "pdm-backend", "pdm.backend")
    succeed(pdm, "build", env=build_env, cwd=root)
    publish = [pdm, "publish", "--no-build", "--repository", server.legacy, "--username", "__token__", "--password"]
    assert "403" in fail(*publish, "slspypi-wrong", env=clean_env, cwd=root).text
    succeed(*publish, token, env=clean_env, cwd=root)
    assert server.filenames("pdm-made") == both_kinds("pdm-made")
    succeed(*publish, token, "--skip-existing", env=clean_env, cwd=root)


def test_hatch_builds_and_publishes(  # noqa: PLR0917 (fixtures)
    tools: Tools,
    server: Index,
    token: str,
    project: Project,
    clean_env: dict[str, str],
    build_env: dict[str, str],
) -> None:
    hatch, root = tools.path("hatch"), project("hatch-made", "hatchling", "hatchling.build")
    succeed(hatch, "build", env=build_env, cwd=root)
    publish = [hatch, "publish", "--no-prompt", "--repo", server.legacy, "--user", "__token__", "--auth"]
    assert WRONG_TOKEN in fail(*publish, "slspypi-wrong", env=clean_env, cwd=root).text
    succeed(*publish, token, env=clean_env, cwd=root)
    assert server.filenames("hatch-made") == both_kinds("hatch-made")
    succeed(*publish, token, env=clean_env, cwd=root)


def test_flit_builds_and_publishes(
    tools: Tools, server: Index, token: str, project: Project, clean_env: dict[str, str]
) -> None:
    flit, root = tools.path("flit"), project("flit-made", "flit_core>=3.12", "flit_core.buildapi")
    where = {"FLIT_INDEX_URL": server.legacy, "FLIT_USERNAME": "__token__"}
    assert "403" in fail(flit, "publish", env=clean_env | where | {"FLIT_PASSWORD": "slspypi-wrong"}, cwd=root).text
    succeed(flit, "publish", env=clean_env | where | {"FLIT_PASSWORD": token}, cwd=root)
    assert server.filenames("flit-made") == both_kinds("flit-made")
