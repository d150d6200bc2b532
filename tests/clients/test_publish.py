"""Every publisher that people use can publish here, and understands a refusal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename

from tests.clients.clients import UNAUTHENTICATED, WRONG_TOKEN, Outcome, fail, run, succeed, write
from tests.clients.corpus import fetch, listed
from tests.clients.index import Index, create_token, serving
from tests.clients.tools import Tools
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.clients

# Its metadata declares a version that does not know all of its fields: twine itself looks no further.
TWINE_REFUSES = {"ruamel.yaml-0.18.16-py3-none-any.whl"}

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
    outcome = twine("--verbose", *write(tmp_path, make_wheel("twine-token", "1.0")), password=WRONG_TOKEN)
    assert outcome.status != 0
    assert "403" in outcome.text
    assert UNAUTHENTICATED in outcome.text


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
    assert "do not match" in refused.text


def test_uv_shows_the_reason_of_a_refusal(
    tools: Tools, server: Index, token: str, clean_env: dict[str, str], tmp_path: Path
) -> None:
    command = [tools.path("uv"), "publish", "--publish-url", server.legacy, "--trusted-publishing", "never", "--token"]
    (first,) = write(tmp_path / "first", make_wheel("uv-refused", "1.0"))
    (other,) = write(tmp_path / "other", make_wheel("uv-refused", "1.0", description="Changed."))
    succeed(*command, token, first, env=clean_env)
    assert "File already exists" in fail(*command, token, other, env=clean_env).text
    assert UNAUTHENTICATED in fail(*command, WRONG_TOKEN, other, env=clean_env).text


def test_twine_is_told_how_an_sdist_is_called_today(twine: Twine, server: Index, tmp_path: Path) -> None:
    outcome = twine("--verbose", *write(tmp_path, make_sdist("Twine.Old", "1.0", top="Twine.Old-1.0")))
    assert outcome.status != 0
    assert "twine_old" in outcome.text
    assert server.get("/simple/twine-old/").status_code == 404


@pytest.fixture
def real_wheels(tools: Tools) -> dict[Path, str]:
    """Real wheels, old spellings among them, with their canonical names."""
    entries = [entry for entry in listed("accepted") if entry.filename.endswith(".whl")]
    paths = [path for path in fetch(entries, tools.path("pdm", "unearth")) if path.name not in TWINE_REFUSES]
    return {path: parse_wheel_filename(path.name)[0] for path in paths}


def listed_files(server: Index, wheels: dict[Path, str]) -> set[str]:
    """Those of the wheels that the index lists."""
    names = sorted(set(wheels.values()))
    return set().union(*(server.filenames(name) for name in names)) & {path.name for path in wheels}


def test_twine_publishes_real_wheels(twine: Twine, server: Index, real_wheels: dict[Path, str]) -> None:
    outcome = twine(*real_wheels)
    assert outcome.status == 0, outcome.text
    assert listed_files(server, real_wheels) == {path.name for path in real_wheels}


def test_uv_publishes_real_wheels(
    tools: Tools,
    clean_env: dict[str, str],
    index_env: dict[str, str],
    real_wheels: dict[Path, str],
    tmp_path: Path,
) -> None:
    modern = {path: name for path, name in real_wheels.items() if path.name.startswith(name.replace("-", "_") + "-")}
    with serving(tmp_path / "home", index_env) as index:
        where = ["--publish-url", index.legacy, "--token", create_token(index.home, "alice", index_env)]
        succeed(tools.path("uv"), "publish", "--trusted-publishing", "never", *where, *modern, env=clean_env)
        assert listed_files(index, modern) == {path.name for path in modern}
