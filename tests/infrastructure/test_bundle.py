"""The functions' package: complete, small, and the same from the same sources."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from adapters import readme
from adapters.aws import build_room
from infrastructure import bundle, bytecode
from infrastructure.bundle import CannotBundle, build
from infrastructure.closure import Sources

ROOT = Path(__file__).parents[2]
HANDLERS = sorted(
    f"entrypoints.aws.{path.stem}"
    for path in (ROOT / "entrypoints" / "aws").glob("*.py")
    if "def handler(" in path.read_text() or "\nhandler = " in path.read_text()
)
FETCHED = {
    "attr/__init__.py": "",
    "attr/__init__.pyi": "",
    "attr/__pycache__/__init__.cpython-313.pyc": "",
    "attr/tests/test_attr.py": "",
    "bin/mangum": "",
    "dependency_injector/providers.pyx": "",
    "dependency_injector/providers.abi3.so": "",
    "attrs-26.1.0.dist-info/METADATA": "Name: attrs",
    "attrs-26.1.0.dist-info/RECORD": "",
    "domain/__init__.py": "raise SystemExit('not ours')",
}


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Downloads that need no network; says for which architectures they were made."""
    asked: list[str] = []

    def fetch(architecture: str, target: Path) -> None:
        asked.append(architecture)
        for name, text in FETCHED.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_text(text)

    monkeypatch.setattr(bundle, "_fetch", fetch)
    return asked


def names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


@pytest.mark.usefixtures("fetched")
def test_equal_sources_give_equal_bytes_at_any_time(tmp_path: Path) -> None:
    first = build("arm64", tmp_path, tmp_path / "cache")
    copy = first.path.rename(tmp_path / "first.zip")
    for path in (tmp_path / "cache").rglob("*"):
        path.touch()
    second = build("arm64", tmp_path, tmp_path / "cache")
    assert copy.read_bytes() == second.path.read_bytes()
    assert first.key == second.key == f"functions/{second.sha256}.zip"


def test_dependencies_are_fetched_once_for_each_architecture(fetched: list[str], tmp_path: Path) -> None:
    for architecture in ("arm64", "arm64", "x86_64", "arm64"):
        build(architecture, tmp_path, tmp_path / "cache")
    assert fetched == ["arm64", "x86_64"]
    assert len(list((tmp_path / "cache").iterdir())) == 2


@pytest.mark.usefixtures("fetched")
def test_with_the_runtime_s_python_modules_are_compiled_too_and_always_the_same(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = build("arm64", tmp_path, cache, sys.executable)
    copy = first.path.rename(tmp_path / "first.zip")
    tag = sys.implementation.cache_tag
    assert f"domain/__pycache__/decider.{tag}.pyc" in names_in(copy)
    assert f"attr/__pycache__/__init__.{tag}.pyc" in names_in(copy)
    with zipfile.ZipFile(copy) as archive:
        code = archive.read(f"domain/__pycache__/decider.{tag}.pyc")
    # PEP 552: by its hash, and never looked up.
    assert code[4:8] == b"\x01\0\0\0"
    assert b"/var/task/domain/decider.py" in code
    assert copy.read_bytes() == build("arm64", tmp_path, cache, sys.executable).path.read_bytes()


def test_what_does_not_compile_stays_source(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("x = 1")
    (tmp_path / "bad.py").write_text("print 'old'")
    sources = {"good.py": tmp_path / "good.py", "a/bad.py": tmp_path / "bad.py", "a/x.txt": tmp_path / "bad.py"}
    found = bytecode.compiled(sources, sys.executable, tmp_path / "cache")
    assert list(found) == [f"__pycache__/good.{sys.implementation.cache_tag}.pyc"]


def test_no_other_python_compiles() -> None:
    assert bytecode.interpreter(f"{sys.version_info.major}.{sys.version_info.minor}") == sys.executable
    assert bytecode.interpreter("2.1") is None


@pytest.mark.usefixtures("fetched")
def test_it_holds_what_functions_run_and_nothing_else(tmp_path: Path) -> None:
    names = names_in(build("arm64", tmp_path, tmp_path / "cache").path)
    assert {f"{handler.replace('.', '/')}.py" for handler in HANDLERS} <= set(names)
    assert {"domain/decider.py", "templates/base.html", "templates/assets/style.css", "adapters/codec.py"} <= set(names)
    assert "infrastructure/athena/count_downloads.sql" in names
    assert "attr/__init__.py" in names
    assert "dependency_injector/providers.abi3.so" in names
    assert "attrs-26.1.0.dist-info/METADATA" in names
    assert not [name for name in names if name.startswith(("tests/", "bin/", "entrypoints/local/"))]
    assert not [name for name in names if name.endswith((".pyc", ".pyi", ".pyx", "RECORD", ".yaml", ".txt", ".md"))]
    assert names == sorted(names)


@pytest.mark.usefixtures("fetched")
@pytest.mark.parametrize(
    "name",
    [
        "adapters/memory/",
        "adapters/local/folder.py",
        "adapters/local/builder.py",
        "domain/usecases/due.py",
        "entrypoints/http/server.py",
        "entrypoints/launcher.py",
        "infrastructure/bundle.py",
        "infrastructure/demo/",
        "infrastructure/github_double/",
        "infrastructure/local.py",
        "infrastructure/stack.py",
    ],
)
def test_a_change_of_what_no_function_runs_deploys_nothing(tmp_path: Path, name: str) -> None:
    assert (ROOT / name).exists()
    names = names_in(build("arm64", tmp_path, tmp_path / "cache").path)
    assert not [each for each in names if each.startswith(name)]


@pytest.mark.usefixtures("fetched")
def test_what_functions_start_is_there(tmp_path: Path) -> None:
    names = set(names_in(build("arm64", tmp_path, tmp_path / "cache").path))
    started = [f"{name.replace('.', '/')}.py" for name in re.findall(r"from ([\w.]+) import", readme._PROGRAM)]
    started += [path.relative_to(ROOT).as_posix() for path in (build_room._ENTER, build_room._INSIDE)]
    assert len(started) == 3
    assert set(started) <= names


@pytest.mark.usefixtures("fetched")
def test_every_module_finds_what_it_imports_of_ours(tmp_path: Path) -> None:
    task = tmp_path / "task"
    with zipfile.ZipFile(build("arm64", tmp_path, tmp_path / "cache").path) as archive:
        modules = [name for name in archive.namelist() if name.startswith(bundle._OWN) and name.endswith(".py")]
        archive.extractall(task, modules)
    wanted = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in modules]
    libraries = [path for path in sys.path if path and Path(path).resolve() != ROOT]
    program = f"import sys; sys.path[:] = {[str(task), *libraries]!r}\nfor name in {wanted!r}: __import__(name)"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_imported_late_or_for_types_is_imported(tmp_path: Path) -> None:
    sources = {
        "ours/__init__.py": "",
        "ours/program.py": "def late():\n    from ours import below\nif TYPE_CHECKING:\n    import ours.types\n",
        "ours/below/__init__.py": "from ours.below.names import NAME\nimport theirs, ours.nowhere\n",
        "ours/below/names.py": "NAME = 1",
        "ours/types.py": "import ours.program",
        "ours/idle.py": "import ours.program",
        "theirs.py": "",
        "__init__.py": "",
    }
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = Sources(tmp_path, ("ours",)).closure([tmp_path / "ours" / "program.py"])
    assert {path.relative_to(tmp_path).as_posix() for path in found} == (
        sources.keys() - {"ours/idle.py", "theirs.py", "__init__.py"}
    )


@pytest.mark.usefixtures("fetched")
def test_our_own_packages_win_over_those_of_the_same_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("arm64", tmp_path, tmp_path / "cache").path) as archive:
        assert b"not ours" not in archive.read("domain/__init__.py")


@pytest.mark.usefixtures("fetched")
def test_every_member_can_be_read_by_the_function_s_user(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("arm64", tmp_path, tmp_path / "cache").path) as archive:
        assert {info.external_attr >> 16 & 0o777 for info in archive.infolist()} == {0o644}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.usefixtures("fetched")
def test_what_is_too_large_for_lambda_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_MOST_BYTES", 1000)
    with pytest.raises(CannotBundle, match="Lambda takes"):
        build("arm64", tmp_path, tmp_path / "cache")


def test_without_pip_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CannotBundle, match="-m ensurepip"):
        build("arm64", tmp_path, tmp_path / "cache")


@pytest.mark.usefixtures("fetched")
def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotBundle, match="Set XDG_CACHE_HOME"):
        build("arm64", tmp_path, tmp_path / "file" / "cache")


def test_without_a_network_it_says_so_in_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    with pytest.raises(CannotBundle) as caught:
        build("arm64", tmp_path, tmp_path / "cache")
    assert "pip could not fetch" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("package", ["duckdb", "sqlglot", "isal", "boto3"])
def test_what_only_machines_use_or_the_runtime_brings_is_not_fetched(package: str) -> None:
    lock = bundle.ROOT / "infrastructure" / "functions.txt"
    assert not [line for line in lock.read_text().splitlines() if line.startswith(f"{package}==")]


def test_the_lock_is_for_every_machine_and_needs_no_decision() -> None:
    lock = bundle.ROOT / "infrastructure" / "functions.txt"
    assert not [line for line in lock.read_text().splitlines() if ";" in line]
