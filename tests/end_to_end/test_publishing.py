"""Files get into a deployed index, small ones and large ones, through its distribution."""

import random
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest

from tests.clients.clients import ROOT, write
from tests.clients.index import index_command
from tests.end_to_end.stack import Stack
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.end_to_end

MIB = 2**20


def large_wheel(name: str, size: int) -> tuple[str, bytes]:
    """A wheel that does not get smaller than this."""
    noise = random.Random(name).randbytes(size)  # noqa: S311 (as good as any)
    return make_wheel(name, "1.0", files={f"{name}/data.bin": noise})


@contextmanager
def proxy(stack: Stack) -> Iterator[str]:
    """`sls-pypi proxy` in front of the index; yields the URL for uploads that it says."""
    command = index_command("proxy", "--url", stack.index.url, "--port", 0)
    process = subprocess.Popen(command, cwd=ROOT, env=stack.environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        try:
            said = process.stdout.readline()
            stack.transcript.write(f"\n$ sls-pypi proxy --url {stack.index.url} --port 0 &\n{said}")
            yield said.split()[-1]
        finally:
            process.terminate()
            process.wait(30)


def test_twine_uploads_through_the_distribution(stack: Stack, alice: str, tmp_path: Path) -> None:
    files = write(tmp_path, make_wheel("Twine.Small", "1.0"), make_sdist("Twine.Small", "1.0"))

    stack.twine(alice, *files)

    assert stack.index.filenames("twine-small") == {path.name for path in files}


def test_an_upload_command_sends_20_MB(stack: Stack, alice: str, tmp_path: Path) -> None:  # noqa: N802
    filename, content = large_wheel("twentymegabytes", 20 * MIB)
    (path,) = write(tmp_path, (filename, content))

    stack.command("upload", "--url", stack.index.url, path, SLS_PYPI_TOKEN=alice)

    (file,) = stack.index.page("twentymegabytes")["files"]
    assert file["size"] == len(content)
    assert stack.http.get(stack.index.file_url("twentymegabytes", filename)).content == content


def test_the_same_file_again_changes_nothing(stack: Stack, alice: str, tmp_path: Path) -> None:
    (path,) = write(tmp_path, large_wheel("uploadedtwice", 5 * MIB))
    words = ("upload", "--url", stack.index.url, path)
    stack.command(*words, SLS_PYPI_TOKEN=alice)
    before = stack.index.page("uploadedtwice")

    stack.command(*words, SLS_PYPI_TOKEN=alice)

    assert stack.index.page("uploadedtwice") == before


def test_a_file_too_large_for_a_function_is_refused_with_the_command_that_takes_it(
    stack: Stack, alice: str, tmp_path: Path
) -> None:
    (path,) = write(tmp_path, large_wheel("toolarge", 5 * MIB))

    said = stack.twine(alice, path, status=1)

    assert "413" in said.text
    assert "Run: sls-pypi upload --url https://" in " ".join(said.text.split())
    assert stack.index.get("/simple/toolarge/").status_code == 404


def test_twine_and_uv_upload_any_size_through_the_proxy(
    stack: Stack, alice: str, tmp_path: Path, clean_env: dict[str, str]
) -> None:
    for_twine = write(tmp_path / "twine", large_wheel("throughtwine", 6 * MIB))
    for_uv = write(tmp_path / "uv", large_wheel("throughuv", 6 * MIB))

    with proxy(stack) as url:
        stack.twine(alice, *for_twine, url=url)
        where = ["--publish-url", url, "--token", alice, "--trusted-publishing", "never"]
        stack.tool("uv", "publish", *where, *for_uv, env=clean_env)

    assert stack.index.filenames("throughtwine") == {path.name for path in for_twine}
    assert stack.index.filenames("throughuv") == {path.name for path in for_uv}


def test_uv_publishes_through_the_distribution(
    stack: Stack, alice: str, tmp_path: Path, clean_env: dict[str, str]
) -> None:
    files = write(tmp_path, make_wheel("uvsmall", "1.0"), make_sdist("uvsmall", "1.0"))

    where = ["--publish-url", stack.index.legacy, "--token", alice, "--trusted-publishing", "never"]
    stack.tool("uv", "publish", *where, *files, env=clean_env)

    assert stack.index.filenames("uvsmall") == {path.name for path in files}


def test_uploads_at_the_same_time_are_all_listed(stack: Stack, alice: str) -> None:
    versions = [f"{number}.0" for number in range(12)]
    wheels = {version: make_wheel("crowded", version) for version in versions}

    def upload(version: str) -> httpx2.Response:
        """Where one machine is all of the cloud, functions that start at once may take too long: ask again, then."""
        for _ in range(3):
            answer = stack.index.upload(alice, "crowded", version, wheels[version])
            if answer.status_code != HTTPStatus.GATEWAY_TIMEOUT:
                break
        return answer

    with ThreadPoolExecutor(6) as crowd:
        answers = dict(zip(versions, crowd.map(upload, versions), strict=True))

    assert {answer.status_code for answer in answers.values()} == {200}, {a.text for a in answers.values()}
    assert stack.index.page("crowded")["versions"] == versions
    stack.transcript.eventually(
        "the project page shows all",
        lambda: all(f">{v}<" in stack.quiet("/project/crowded/").text for v in versions),
        seconds=90,  # of a crowd on a machine of two cores that runs all of the cloud
    )


def test_a_large_file_that_is_no_wheel_is_refused_with_the_reason(stack: Stack, alice: str, tmp_path: Path) -> None:
    noise = random.Random("broken").randbytes(5 * MIB)  # noqa: S311 (as good as any)
    (path,) = write(tmp_path, ("broken-1.0-py3-none-any.whl", noise))

    said = stack.command("upload", "--url", stack.index.url, path, status=1, SLS_PYPI_TOKEN=alice)

    assert path.name in said.err
    assert stack.index.get("/simple/broken/").status_code == 404


def test_refusals_reach_the_publisher(stack: Stack, alice: str, tmp_path: Path) -> None:
    first, other = make_wheel("refused", "1.0"), make_wheel("refused", "1.0", description="Changed.")
    stack.twine(alice, *write(tmp_path / "first", first))

    said = stack.twine(alice, *write(tmp_path / "other", other), status=1)
    nobody = stack.twine("slspypi-nobody-has-this", *write(tmp_path / "first", first), status=1)

    assert "File already exists" in said.text
    assert re.search(r"\b403\b", nobody.text)
