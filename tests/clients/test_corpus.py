"""Distributions as they really are: loaded in bulk, listed, and installed again without a byte changed."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen
from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename, parse_wheel_filename
from pypi_simple import ACCEPT_HTML_ONLY, ACCEPT_JSON_ONLY, DistributionPackage, PyPISimple

from tests.clients.clients import ROOT, Outcome, installed, python_of, run, sha256, succeed, write
from tests.clients.corpus import MANY, built, fetch, listed
from tests.clients.index import JSON_PAGE, Index, eventually, index_command, serving
from tests.clients.tools import Tools
from tests.wheels import make_wheel

pytestmark = pytest.mark.clients

METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
SAMPLE = {
    "requests": "2.31.0",
    "python_dateutil": "2.9.0.post0",
    "jaraco.functools": "4.1.0",
    "Backports.Tarfile": "1.2.0",
    "TYPING-extensions": "4.15.0",
    "foursquare": "1!2020.1.30",
}


@frozen
class Library:
    """A directory of distributions and the home they were imported into.

    Attributes:
        directory: what `import` was given.
        home: the index.
        first: how the first import ended.
        index: the index, running since.
    """

    directory: Path
    home: Path
    first: Outcome
    index: Index

    def originals(self) -> dict[str, bytes]:
        """What was imported, by filename."""
        return {path.name: path.read_bytes() for path in self.directory.iterdir()}


def told(package: DistributionPackage) -> tuple[object, ...]:
    """What both representations say of a file."""
    hashes = (package.digests["sha256"], (package.metadata_digests or {}).get("sha256"))
    return (package.filename, package.url, package.requires_python, package.is_yanked, *hashes)


def load(directory: Path, home: Path, env: dict[str, str]) -> Outcome:
    """`import` of a directory."""
    return run(*index_command("import", directory, "--as", "alice", "--home", home), env=env, cwd=ROOT, timeout=900)


def project_of(filename: str) -> str:
    """The canonical name of the project that a file belongs to."""
    if filename.endswith(".whl"):
        return parse_wheel_filename(filename)[0]
    try:
        return parse_sdist_filename(filename)[0]
    except InvalidSdistFilename:
        return canonicalize_name(filename.rpartition("-")[0])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, tools: Tools, index_env: dict[str, str]) -> Iterator[Library]:
    """The whole corpus, imported before the index starts."""
    base = tmp_path_factory.mktemp("library")
    directory = base / "files"
    write(directory, *built())
    for path in fetch(listed("accepted"), tools.path("pdm", "unearth")):
        shutil.copy(path, directory)
    first = load(directory, base / "home", index_env)
    with serving(base / "home", index_env) as index:
        yield Library(directory, base / "home", first, index)


def test_import_loads_everything(library: Library) -> None:
    assert library.first.status == 0, library.first.text
    by_project: dict[str, set[str]] = {}
    for filename in library.originals():
        by_project.setdefault(project_of(filename), set()).add(filename)
    listing = library.index.get("/simple/", Accept=JSON_PAGE).json()["projects"]
    assert {canonicalize_name(project["name"]) for project in listing} == set(by_project)
    missing = {name: files - library.index.filenames(name) for name, files in by_project.items()}
    assert {name: files for name, files in missing.items() if files} == {}


def test_every_file_is_served_with_the_bytes_and_the_digest_of_the_original(library: Library) -> None:
    wrong = []
    for filename, content in library.originals().items():
        (file,) = [file for file in library.index.page(project_of(filename))["files"] if file["filename"] == filename]
        served = library.index.get(library.index.file_url(project_of(filename), filename))
        right = served.status_code == 200 and sha256(served.content) == sha256(content) == file["hashes"]["sha256"]
        if not right or file["size"] != len(content):
            wrong.append(filename)
    assert wrong == []


def test_every_wheel_has_its_very_metadata_beside_it(library: Library) -> None:
    wrong = []
    for path in library.directory.glob("*.whl"):
        with zipfile.ZipFile(path) as wheel:
            (member,) = [name for name in wheel.namelist() if METADATA.fullmatch(name)]
            metadata = wheel.read(member)
        name = project_of(path.name)
        (file,) = [file for file in library.index.page(name)["files"] if file["filename"] == path.name]
        served = library.index.get(library.index.file_url(name, path.name) + ".metadata").content
        if served != metadata or file["core-metadata"] != {"sha256": sha256(metadata)}:
            wrong.append(path.name)
    assert wrong == []


def test_every_package_has_its_page_and_its_json(library: Library) -> None:
    names = sorted({project_of(filename) for filename in library.originals()})
    addresses = [address for name in names for address in (f"/project/{name}/", f"/pypi/{name}/json")]

    def missing() -> list[str]:
        return [address for address in addresses if library.index.get(address).status_code != 200]

    assert eventually(lambda: not missing()), missing()


def test_an_independent_parser_reads_the_same_from_json_and_html(library: Library) -> None:
    with (
        PyPISimple(endpoint=library.index.simple, accept=ACCEPT_JSON_ONLY) as from_json,
        PyPISimple(endpoint=library.index.simple, accept=ACCEPT_HTML_ONLY) as from_html,
    ):
        for name in {project_of(filename) for filename in library.originals()}:
            pages = [client.get_project_page(name) for client in (from_json, from_html)]
            first, second = ({told(package) for package in page.packages} for page in pages)
            assert first == second
            assert len(first) == len(library.index.page(name)["files"])


def test_a_second_import_changes_nothing(library: Library, index_env: dict[str, str]) -> None:
    names = {project_of(filename) for filename in library.originals()}
    before = {name: library.index.page(name) for name in names}
    again = load(library.directory, library.home, index_env)
    assert again.status == 0, again.text
    assert {name: library.index.page(name) for name in names} == before


def test_what_an_index_refuses_is_named_with_its_reason_and_the_rest_is_loaded(
    library: Library, tools: Tools, index_env: dict[str, str], tmp_path: Path
) -> None:
    refused = listed("refused")
    for path in fetch(refused, tools.path("pdm", "unearth")):
        shutil.copy(path, tmp_path)
    write(tmp_path, make_wheel("corpus-late-comer", "1.0"))
    outcome = load(tmp_path, library.home, index_env)
    for entry in refused:
        if entry.reason:
            lines = [line for line in outcome.err.splitlines() if line.startswith(f"{entry.filename}: ")]
            assert [entry.reason in line for line in lines] == [True], outcome.err
        answer = library.index.get(f"/simple/{project_of(entry.filename)}/", Accept="text/html")
        assert entry.filename not in answer.text
    assert eventually(lambda: library.index.get("/simple/corpus-late-comer/").status_code == 200)
    assert len(library.index.filenames("corpus-late-comer")) == 1


def test_a_project_of_hundreds_of_files_lists_them_all(
    library: Library, tools: Tools, clean_env: dict[str, str]
) -> None:
    page = library.index.page("corpus-many")
    assert len(page["files"]) == len(page["versions"]) == MANY
    assert library.index.get("/simple/corpus-many/", Accept="text/html").text.count("<a ") == MANY
    versions = [tools.path("pip"), "index", "versions", "--index-url", library.index.simple, "corpus-many"]
    assert succeed(*versions, env=clean_env).out.count(", ") == MANY - 1


def test_a_large_file_downloads_intact(
    library: Library, tools: Tools, clean_env: dict[str, str], tmp_path: Path
) -> None:
    (filename,) = [name for name in library.originals() if name.startswith("scipy-")]
    options = ["--no-deps", "--python-version", "3.12", "--platform", "manylinux2014_x86_64", "--dest", tmp_path]
    options += ["--only-binary", ":all:", "--index-url", library.index.simple]
    succeed(tools.path("pip"), "download", *options, "scipy", env=clean_env)
    content = (tmp_path / filename).read_bytes()
    assert len(content) > 20_000_000
    assert sha256(content) == sha256((library.directory / filename).read_bytes())


@pytest.mark.parametrize(
    ("platform", "python", "filename"),
    [
        ("win_amd64", "312", "markupsafe-3.0.3-cp312-cp312-win_amd64.whl"),
        ("win_arm64", "313", "markupsafe-3.0.3-cp313-cp313-win_arm64.whl"),
        ("macosx_11_0_arm64", "312", "markupsafe-3.0.3-cp312-cp312-macosx_11_0_arm64.whl"),
        ("musllinux_1_2_aarch64", "312", "markupsafe-3.0.3-cp312-cp312-musllinux_1_2_aarch64.whl"),
    ],
)
def test_pip_finds_the_wheel_of_each_platform(
    library: Library, tools: Tools, clean_env: dict[str, str], tmp_path: Path, platform: str, python: str, filename: str
) -> None:
    options = ["--python-version", python, "--platform", platform, "--only-binary", ":all:", "--dest", tmp_path / "got"]
    where = ["--index-url", library.index.simple]
    succeed(tools.path("pip"), "download", *options, *where, "Markupsafe", env=clean_env)
    assert [path.name for path in (tmp_path / "got").iterdir()] == [filename]


def sample_is_installed(venv: Path) -> bool:
    """Whether exactly what was asked for is there, beside its dependencies."""
    found = {canonicalize_name(name): version for name, version in installed(venv).items()}
    return {canonicalize_name(name): version for name, version in SAMPLE.items()}.items() <= found.items()


@pytest.mark.parametrize("which", ["pip", "pip-23.2.1"])
def test_pip_installs_a_sample(
    library: Library, tools: Tools, venv: Path, clean_env: dict[str, str], which: str
) -> None:
    pip = [tools.path(which), "--python", python_of(venv), "install", "--index-url", library.index.simple]
    succeed(*pip, "--only-binary", ":all:", *SAMPLE, env=clean_env)
    assert sample_is_installed(venv)


def test_uv_installs_a_sample(library: Library, tools: Tools, venv: Path, clean_env: dict[str, str]) -> None:
    uv = [tools.path("uv"), "pip", "install", "--python", python_of(venv), "--default-index", library.index.simple]
    succeed(*uv, "--only-binary", ":all:", *SAMPLE, env=clean_env)
    assert sample_is_installed(venv)


def test_pip_builds_an_sdist_with_a_backend_from_the_same_index(
    library: Library, tools: Tools, venv: Path, clean_env: dict[str, str]
) -> None:
    pip = [tools.path("pip"), "--python", python_of(venv), "install", "--index-url", library.index.simple]
    succeed(*pip, "--no-binary", ":all:", "typing_extensions==4.12.2", env=clean_env)
    assert installed(venv) == {"typing_extensions": "4.12.2"}


def test_the_index_verifies_after_all_that(library: Library, index_env: dict[str, str]) -> None:
    succeed(*index_command("verify", "--home", library.home), env=index_env, cwd=ROOT)
