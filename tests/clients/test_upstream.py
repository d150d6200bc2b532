"""With an upstream, one index URL serves own and public packages, and own names always win."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from tests.clients.clients import installed, python_of, succeed
from tests.clients.index import JSON_PAGE, Index, create_token, serving
from tests.clients.projects import pdm_adds, poetry_adds
from tests.clients.tools import Tools
from tests.wheels import make_wheel

pytestmark = pytest.mark.clients


EVERYTHING = {
    "upstream-own": "1.0",
    "upstream-shared": "1.0",
    "Upstream.Library": "2.0",
    "Upstream.Deeper": "2.0",
}


@frozen
class Pair:
    """An own index, the public one behind it, and the token of the own one."""

    own: Index
    public: Index
    token: str


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, index_env: dict[str, str]) -> Iterator[Pair]:
    """Two indexes; each name below that is on both has an enormous version on the public one."""
    base = tmp_path_factory.mktemp("upstream")
    with (
        serving(base / "public", index_env) as public,
        serving(base / "own", index_env, "--upstream", public.simple) as own,
    ):
        token, public_token = (create_token(index.home, "alice", index_env) for index in (own, public))
        needs = ["Requires-Dist: upstream-library", "Requires-Dist: upstream-shared"]
        own.publish(token, "upstream-own", "1.0", make_wheel("upstream-own", "1.0", metadata_extra=needs))
        for index, key, version in ((own, token, "1.0"), (public, public_token, "99.0")):
            for name in ("upstream-shared", "upstream-withdrawn"):
                index.publish(key, name, version, make_wheel(name, version))
        for name in ("Upstream.Library", "Upstream.Deeper"):
            more = ["Requires-Dist: upstream-deeper"] if name == "Upstream.Library" else []
            public.publish(public_token, name, "2.0", make_wheel(name, "2.0", metadata_extra=more))
        yield Pair(own, public, token)


def test_an_unknown_project_is_sent_upstream_for_a_moment_only(pair: Pair) -> None:
    answer = pair.own.get("/simple/upstream-library/", Accept=JSON_PAGE)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{pair.public.simple}upstream-library/"
    ages = re.findall(r"(?:max-age|s-maxage)=(\d+)", answer.headers["Cache-Control"])
    assert all(int(age) <= 60 for age in ages)


def test_an_own_name_is_never_sent_upstream(pair: Pair) -> None:
    assert pair.own.filenames("upstream-shared") == {"upstream_shared-1.0-py3-none-any.whl"}


def test_a_withdrawn_name_is_not_sent_upstream_either(pair: Pair) -> None:
    headers = {"Authorization": f"Bearer {pair.token}"}
    gone = pair.own.http.delete(f"{pair.own.url}/api/packages/upstream-withdrawn", headers=headers)
    assert gone.status_code == 204, gone.text
    assert pair.own.get("/simple/upstream-withdrawn/").status_code == 404


@pytest.mark.parametrize("which", ["pip", "pip-23.2.1"])
def test_pip_gets_own_and_public_packages_from_one_url(
    pair: Pair, tools: Tools, venv: Path, clean_env: dict[str, str], which: str
) -> None:
    pip = [tools.path(which), "--python", python_of(venv), "install", "--index-url", pair.own.simple]
    succeed(*pip, "upstream_own", env=clean_env)
    assert installed(venv) == EVERYTHING


def test_uv_gets_own_and_public_packages_from_one_url(
    pair: Pair, tools: Tools, venv: Path, clean_env: dict[str, str]
) -> None:
    uv = [tools.path("uv"), "pip", "install", "--python", python_of(venv), "--default-index", pair.own.simple]
    succeed(*uv, "upstream_own", env=clean_env)
    assert installed(venv) == EVERYTHING


def test_poetry_gets_own_and_public_packages_from_one_url(
    pair: Pair, tools: Tools, clean_env: dict[str, str], tmp_path: Path
) -> None:
    found = poetry_adds(tools, tmp_path / "tiny", pair.own, "upstream-own", clean_env)
    assert EVERYTHING.items() <= found.items()


def test_pdm_gets_own_and_public_packages_from_one_url(
    pair: Pair, tools: Tools, clean_env: dict[str, str], tmp_path: Path
) -> None:
    found = pdm_adds(tools, tmp_path / "tiny", pair.own, "upstream-own", clean_env)
    assert EVERYTHING.items() <= found.items()


def test_without_an_upstream_an_unknown_project_is_not_there(server: Index) -> None:
    assert server.get("/simple/upstream-library/").status_code == 404
