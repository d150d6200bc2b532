"""What a use case may rely on, whether GitHub is asked or a test's own repositories."""

import io
import tarfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest

from adapters.clock import SystemClock
from adapters.github.sources import GitHubSources
from adapters.memory.sources import MemorySources
from domain.github_faults import GitHubLoginRevoked, NoSuchSource
from domain.ports.sources import Sources
from domain.refusals import TooLarge
from domain.repository import Asset, Source
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import AnnotatedTag, Commit, Release, ReleaseAsset, Repository

_FILES = {"pyproject.toml": b"[project]\nname = 'demo'\n", "src/demo.py": b"x = 1\n"}
_A_LOT = 10**9


class Hosting(Protocol):
    """Where people keep repositories; `sources` asks there."""

    @property
    def sources(self) -> Sources: ...
    def login(self, login: str) -> str: ...
    def revoke(self, token: str) -> None: ...
    def number(self, login: str) -> int: ...
    def create(
        self,
        full_name: str,
        *,
        files: Mapping[str, bytes] | None = None,
        fork: bool = False,
        archived: bool = False,
        private: bool = False,
        pushed_at: str = "2026-11-20T10:00:00Z",
    ) -> str:
        """A repository with one commit, whose name is returned."""

    def rename(self, full_name: str, new_name: str) -> None: ...
    def delete(self, full_name: str) -> None: ...
    def commit(self, full_name: str, branch: str, files: Mapping[str, bytes]) -> str: ...
    def tag(self, full_name: str, tag: str, branch: str = "main", *, annotated: bool = False) -> None: ...
    def release(self, full_name: str, tag: str, files: Mapping[str, bytes] | None = None) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.sources = MemorySources()
        self._numbers: dict[str, int] = {}
        self._sources: dict[str, Source] = {}
        self._branches: dict[tuple[str, str], Commit] = {}

    def login(self, login: str) -> str:
        token = f"token-{login}"
        self.sources.login(token, self.number(login))
        return token

    def revoke(self, token: str) -> None:
        self.sources.revoke(token)

    def number(self, login: str) -> int:
        return self._numbers.setdefault(login, len(self._numbers) + 1)

    def create(
        self,
        full_name: str,
        *,
        files: Mapping[str, bytes] | None = None,
        fork: bool = False,
        archived: bool = False,
        private: bool = False,
        pushed_at: str = "2026-11-20T10:00:00Z",
    ) -> str:
        number, owner = len(self._sources) + 1, self.number(full_name.partition("/")[0])
        at = datetime.fromisoformat(pushed_at)
        source = Source(number, full_name, owner, private, fork, archived, "main", None, "Python", at)
        self._sources[full_name] = source
        found = _FILES if files is None else files
        self.sources.show(source, has_packaging="pyproject.toml" in found)
        return self.commit(full_name, "main", found)

    def rename(self, full_name: str, new_name: str) -> None:
        old = self._sources[full_name]
        self.sources.show(
            Source(old.id, new_name, old.owner_id, old.is_private, old.is_fork, old.is_archived, "main"),
        )

    def delete(self, full_name: str) -> None:
        self.sources.hide(full_name)

    def commit(self, full_name: str, branch: str, files: Mapping[str, bytes]) -> str:
        commit = self._branches[full_name, branch] = Commit(files)
        self.sources.push(full_name, commit.sha, branch, _tar(files))
        return commit.sha

    def tag(self, full_name: str, tag: str, branch: str = "main", *, annotated: bool = False) -> None:  # noqa: ARG002
        self.sources.tag(full_name, tag, self._branches[full_name, branch].sha)

    def release(self, full_name: str, tag: str, files: Mapping[str, bytes] | None = None) -> None:
        self.sources.release(full_name, tag, files)


class OnGitHub:
    def __init__(self, double: GitHub) -> None:
        self.sources = GitHubSources(double.url, "tests", SystemClock())
        self._double = double
        self._repositories: dict[str, Repository] = {}

    def login(self, login: str) -> str:
        self.number(login)
        return self._double.people.token(login)

    def revoke(self, token: str) -> None:
        self._double.people.revoke(token)

    def number(self, login: str) -> int:
        return self._double.people.numbers.setdefault(login, len(login) * 1000 + len(self._double.people.numbers))

    def create(
        self,
        full_name: str,
        *,
        files: Mapping[str, bytes] | None = None,
        fork: bool = False,
        archived: bool = False,
        private: bool = False,
        pushed_at: str = "2026-11-20T10:00:00Z",
    ) -> str:
        self.number(full_name.partition("/")[0])
        commit = Commit(_FILES if files is None else files)
        self._repositories[full_name] = self._double.has(
            Repository(
                full_name, fork=fork, archived=archived, private=private, pushed_at=pushed_at, branches={"main": commit}
            )
        )
        return commit.sha

    def rename(self, full_name: str, new_name: str) -> None:
        self._double.renames(full_name, new_name)

    def delete(self, full_name: str) -> None:
        self._double.loses(full_name)

    def commit(self, full_name: str, branch: str, files: Mapping[str, bytes]) -> str:
        commit = self._repositories[full_name].branches[branch] = Commit(files)
        return commit.sha

    def tag(self, full_name: str, tag: str, branch: str = "main", *, annotated: bool = False) -> None:
        repository = self._repositories[full_name]
        commit = repository.branches[branch]
        repository.tags[tag] = AnnotatedTag(tag, commit) if annotated else commit

    def release(self, full_name: str, tag: str, files: Mapping[str, bytes] | None = None) -> None:
        assets = [ReleaseAsset(name, content) for name, content in (files or {}).items()]
        self._repositories[full_name].releases.append(Release(tag, assets))


def _tar(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"demo/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


@pytest.fixture(params=["memory", "github"])
def hosting(request: pytest.FixtureRequest) -> Iterator[Hosting]:
    if request.param == "memory":
        yield InMemory()
        return
    with github() as double:
        yield OnGitHub(double)


@pytest.fixture
def sources(hosting: Hosting) -> Sources:
    return hosting.sources


def test_a_repository_is_found_whatever_the_case_of_its_name(hosting: Hosting, sources: Sources) -> None:
    hosting.create("octocat/Demo")
    found = sources.repository("Octocat/demo")
    assert found.full_name == "octocat/Demo"
    assert found.owner_id == hosting.number("octocat")
    assert (found.is_private, found.is_fork, found.is_archived) == (False, False, False)
    assert found.default_branch == "main"
    assert found.language == "Python"
    assert found.pushed_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_it_is_told_what_is_a_fork_and_what_is_archived(hosting: Hosting, sources: Sources) -> None:
    hosting.create("octocat/fork", fork=True)
    hosting.create("octocat/old", archived=True)
    assert sources.repository("octocat/fork").is_fork
    assert sources.repository("octocat/old").is_archived


def test_a_renamed_repository_keeps_its_number(hosting: Hosting, sources: Sources) -> None:
    hosting.create("octocat/demo")
    before = sources.repository("octocat/demo", hosting.login("octocat"))
    hosting.rename("octocat/demo", "octocat/shown")
    after = sources.repository("octocat/demo", hosting.login("octocat"))
    assert (after.id, after.full_name) == (before.id, "octocat/shown")


def test_what_is_found_by_an_old_name_has_all_of_it(hosting: Hosting, sources: Sources, tmp_path: Path) -> None:
    sha = hosting.create("octocat/demo")
    hosting.tag("octocat/demo", "v1")
    hosting.rename("octocat/demo", "octocat/shown")
    assert sources.commit("octocat/demo", "v1") == sha
    assert list(sources.tags("octocat/demo")) == ["v1"]
    sources.fetch_archive("octocat/shown", sha, tmp_path / "demo.tar.gz", _A_LOT)


def test_a_repository_that_is_gone_is_none(hosting: Hosting, sources: Sources, tmp_path: Path) -> None:
    sha = hosting.create("octocat/demo")
    hosting.delete("octocat/demo")
    with pytest.raises(NoSuchSource):
        sources.repository("octocat/demo")
    with pytest.raises(NoSuchSource):
        sources.commit("octocat/demo", "main")
    with pytest.raises(NoSuchSource):
        sources.fetch_archive("octocat/demo", sha, tmp_path / "demo.tar.gz", _A_LOT)
    with pytest.raises(NoSuchSource):
        sources.fetch_asset("octocat/demo", Asset(1, "demo-1.tar.gz", 1), tmp_path / "demo-1.tar.gz", _A_LOT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("annotated", [True, False])
def test_a_tag_leads_to_its_commit(hosting: Hosting, sources: Sources, *, annotated: bool) -> None:
    sha = hosting.create("octocat/demo")
    hosting.tag("octocat/demo", "v1.0", annotated=annotated)
    hosting.commit("octocat/demo", "main", {"setup.py": b""})
    assert sources.commit("octocat/demo", "v1.0") == sha


@pytest.mark.parametrize("name", ["next", "feature/two", "ünï", "a%20b", "c#1&d=+e"])
def test_a_branch_leads_to_its_commit(hosting: Hosting, sources: Sources, name: str) -> None:
    hosting.create("octocat/demo")
    sha = hosting.commit("octocat/demo", name, {"setup.py": b""})
    assert sources.commit("octocat/demo", name, hosting.login("octocat")) == sha
    assert not sources.is_tag("octocat/demo", name)


@pytest.mark.parametrize("name", ["v1", "releases/1.0", "ünï", "a%2Fb"])
def test_a_tag_is_told_from_a_branch(hosting: Hosting, sources: Sources, name: str) -> None:
    hosting.create("octocat/demo")
    hosting.tag("octocat/demo", name)
    assert sources.is_tag("octocat/demo", name)
    assert not sources.is_tag("octocat/demo", name[:-1])
    assert not sources.is_tag("octocat/demo", "main")


def test_a_tag_comes_before_a_branch_of_this_name(hosting: Hosting, sources: Sources) -> None:
    sha = hosting.create("octocat/demo")
    hosting.tag("octocat/demo", "v1")
    hosting.commit("octocat/demo", "v1", {"setup.py": b""})
    assert sources.commit("octocat/demo", "v1") == sha


def test_a_commit_is_known_by_its_digits(hosting: Hosting, sources: Sources) -> None:
    sha = hosting.create("octocat/demo")
    assert sources.commit("octocat/demo", sha) == sha


@pytest.mark.parametrize("ref", ["v9", "no/branch", "0" * 40])
def test_a_name_that_leads_nowhere_is_none(hosting: Hosting, sources: Sources, ref: str) -> None:
    hosting.create("octocat/demo")
    with pytest.raises(NoSuchSource, match=ref):
        sources.commit("octocat/demo", ref)


def test_the_latest_release_is_the_last_one(hosting: Hosting, sources: Sources) -> None:
    hosting.create("octocat/demo")
    assert sources.latest_release("octocat/demo") is None
    hosting.tag("octocat/demo", "v1")
    hosting.release("octocat/demo", "v1")
    assert sources.latest_release("octocat/demo") == "v1"


def test_all_tags_are_told(hosting: Hosting, sources: Sources) -> None:
    hosting.create("octocat/demo")
    names = [f"v{number}" for number in range(250)]
    for name in names:
        hosting.tag("octocat/demo", name)
    assert sorted(sources.tags("octocat/demo")) == sorted(names)


def test_files_of_a_release_are_fetched(hosting: Hosting, sources: Sources, tmp_path: Path) -> None:
    hosting.create("octocat/demo")
    hosting.tag("octocat/demo", "v1/a")
    hosting.release("octocat/demo", "v1/a", {"demo-1.tar.gz": b"sdist", "demo-1-py3-none-any.whl": b""})
    assets = {asset.filename: asset for asset in sources.assets("octocat/demo", "v1/a")}
    assert {name: asset.size for name, asset in assets.items()} == {"demo-1.tar.gz": 5, "demo-1-py3-none-any.whl": 0}
    for name, content in (("demo-1.tar.gz", b"sdist"), ("demo-1-py3-none-any.whl", b"")):
        sources.fetch_asset("octocat/demo", assets[name], tmp_path / name, 5)
        assert (tmp_path / name).read_bytes() == content


def test_a_tag_without_a_release_has_no_files(hosting: Hosting, sources: Sources) -> None:
    hosting.create("octocat/demo")
    hosting.tag("octocat/demo", "v1")
    assert list(sources.assets("octocat/demo", "v1")) == []


def test_a_file_that_is_too_long_is_not_kept(hosting: Hosting, sources: Sources, tmp_path: Path) -> None:
    sha = hosting.create("octocat/demo")
    hosting.tag("octocat/demo", "v1")
    hosting.release("octocat/demo", "v1", {"demo-1.tar.gz": b"sdist"})
    (asset,) = sources.assets("octocat/demo", "v1")
    with pytest.raises(TooLarge, match=r"demo-1\.tar\.gz of octocat/demo is larger than 4 bytes"):
        sources.fetch_asset("octocat/demo", asset, tmp_path / "asset", 4)
    with pytest.raises(TooLarge, match="octocat/demo is larger than 4 bytes"):
        sources.fetch_archive("octocat/demo", sha, tmp_path / "archive", 4)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_has_one_folder_with_all_files(hosting: Hosting, sources: Sources, tmp_path: Path) -> None:
    sha = hosting.create("octocat/demo")
    sources.fetch_archive("octocat/demo", sha, tmp_path / "demo.tar.gz", _A_LOT)
    with tarfile.open(tmp_path / "demo.tar.gz", "r:gz") as archive:
        names = [member.name for member in archive if member.isfile()]
    assert len({name.partition("/")[0] for name in names}) == 1
    assert {name.partition("/")[2] for name in names} == set(_FILES)


def test_there_is_no_archive_of_an_unknown_commit(hosting: Hosting, sources: Sources, tmp_path: Path) -> None:
    hosting.create("octocat/demo")
    with pytest.raises(NoSuchSource):
        sources.fetch_archive("octocat/demo", "0" * 40, tmp_path / "demo.tar.gz", _A_LOT)
    assert list(tmp_path.iterdir()) == []


def test_somebody_owns_what_is_public_and_no_fork(hosting: Hosting, sources: Sources) -> None:
    hosting.create("octocat/older", pushed_at="2026-11-19T10:00:00Z")
    hosting.create("octocat/newer", pushed_at="2026-11-20T10:00:00Z", files={"README.md": b""})
    hosting.create("octocat/archived", pushed_at="2026-11-18T10:00:00Z", archived=True)
    hosting.create("octocat/fork", fork=True)
    hosting.create("octocat/private", private=True)
    hosting.create("hubot/other")
    owned = sources.owned(hosting.login("octocat"))
    assert [(each.source.full_name, each.has_packaging) for each in owned] == [
        ("octocat/newer", False),
        ("octocat/older", True),
        ("octocat/archived", True),
    ]
    assert {each.source.owner_id for each in owned} == {hosting.number("octocat")}
    assert owned[0].source == sources.repository("octocat/newer")


def test_a_newcomer_owns_nothing(hosting: Hosting, sources: Sources) -> None:
    assert list(sources.owned(hosting.login("newcomer"))) == []


def test_a_login_that_was_revoked_is_of_no_use(hosting: Hosting, sources: Sources) -> None:
    hosting.create("octocat/demo")
    token = hosting.login("octocat")
    hosting.revoke(token)
    with pytest.raises(GitHubLoginRevoked) as told:
        sources.owned(token)
    assert token not in str(told.value)
    with pytest.raises(GitHubLoginRevoked):
        sources.repository("octocat/demo", token)
    with pytest.raises(GitHubLoginRevoked):
        sources.commit("octocat/demo", "main", token)
    assert sources.commit("octocat/demo", "main")
