"""Builds of honest projects, and of those that cannot be built."""

import tarfile
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from attrs import evolve

from domain.ports.builder import Built
from tests.building.projects import BACKEND, PYPROJECT, Building, archive, entry, project
from tests.wheels import make_wheel

FILES = ("thing-1.0.tar.gz", "thing-1.0-py3-none-any.whl")
FAILED = "The build backend failed while it made the sdist: see the log."
LEADS_OUT = "The archive has a link that leads out of it."
TOP = "owner-thing-0123abc"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """An index with a backend and something that it needs."""
    needed = ("helper", {"helper.py": b"word = 'helped'\n"})
    backend = ("tiny-backend", {"tiny_backend.py": f"import helper\n{BACKEND}\ndef act(_): pass\n".encode()})
    for name, files in (needed, backend):
        filename, body = make_wheel(name, "1.0", files=files)
        folder = tmp_path / "index" / "simple" / name
        folder.mkdir(parents=True)
        (folder / filename).write_bytes(body)
        (folder / "index.html").write_text(f'<!DOCTYPE html><a href="{filename}">{filename}</a>')
    handler = partial(Quiet, directory=str(tmp_path / "index"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
        finally:
            server.shutdown()
            thread.join()


def test_an_sdist_and_a_wheel_of_it_come_out(building: Building, tmp_path: Path) -> None:
    assert building.filenames(project("print('making it')")) == FILES
    for filename in FILES:
        assert building.builder.fetch("s1", filename, tmp_path / filename)
    with tarfile.open(tmp_path / FILES[0]) as sdist:
        assert "thing-1.0/backend.py" in sdist.getnames()
    assert "Building the sdist\nmaking it\n\nBuilding the wheel\n" in building.logs.text


def test_what_the_tag_says_is_in_the_environment_of_both_hooks(building: Building, tmp_path: Path) -> None:
    told = "print([f'{key}={each}' for key, each in sorted(os.environ.items()) if each == '2!3.4rc1.post5.dev6+a.7'])"
    sdist, wheel = building.filenames(project(told), "2!3.4rc1.post5.dev6+a.7")
    assert (sdist, wheel) == (
        "thing-2!3.4rc1.post5.dev6+a.7.tar.gz",
        "thing-2!3.4rc1.post5.dev6+a.7-py3-none-any.whl",
    )
    assert building.builder.fetch("s1", wheel, tmp_path / wheel)
    with zipfile.ZipFile(tmp_path / wheel) as made:
        (metadata,) = [name for name in made.namelist() if name.endswith("METADATA")]
        assert b"\nVersion: 2!3.4rc1.post5.dev6+a.7\n" in made.read(metadata)
    names = "'PDM_BUILD_SCM_VERSION={0}', 'SETUPTOOLS_SCM_PRETEND_VERSION={0}'".format("2!3.4rc1.post5.dev6+a.7")
    assert f"[{names}]" in building.logs.text


def test_without_a_version_nothing_is_told(best: Building) -> None:
    best.filenames(project("print([key for key in os.environ if 'SCM' in key])"))
    assert "\n[]\n" in best.logs.text


@pytest.mark.parametrize(
    "version", ["", "v1", "1.0\nLD_PRELOAD=x", "1.0 ", "1.0+\u017f", "٣", "1.0;x", "1." * 60 + "0"]
)
def test_what_is_no_version_becomes_no_environment(best: Building, version: str) -> None:
    with pytest.raises(ValueError, match="a version is told"):
        best.outcome(project("print('it runs')"), version)
    assert not any(best.logs.said)


def test_what_came_out_is_known_after_a_restart_and_built_once(building: Building, tmp_path: Path) -> None:
    assert building.filenames(project()) == FILES
    said = len(building.logs.said)
    building.builder.start("s1", tmp_path / "source.tar.gz")
    assert building.builder.outcome("s1") == Built(FILES)
    assert len(building.logs.said) == said


def test_what_is_forgotten_is_gone(best: Building, tmp_path: Path) -> None:
    best.filenames(project())
    best.builder.forget("s1")
    best.builder.forget("s1")
    assert best.builder.outcome("s1") is None
    assert not best.builder.fetch("s1", FILES[0], tmp_path / "fetched")
    assert {path.name for path in (tmp_path / "builds").iterdir()} == {"lock"}


def test_nothing_else_can_be_fetched(best: Building, tmp_path: Path) -> None:
    best.filenames(project())
    for name in ("other.whl", "../outcome.json", "", "/etc/passwd"):
        assert not best.builder.fetch("s1", name, tmp_path / "fetched")
    assert not (tmp_path / "fetched").exists()


def test_an_attempt_that_a_crash_ended_is_made_again(best: Building, tmp_path: Path) -> None:
    left = tmp_path / "builds" / "s1" / "files"
    left.mkdir(parents=True)
    (left / FILES[0]).write_text("half of it")
    (left.parent / "draft.json").write_text("{")
    assert best.filenames(project()) == FILES


def test_requirements_come_from_the_index(building: Building, index: str) -> None:
    pyproject = '[build-system]\nrequires = ["tiny-backend>=1", "helper"]\nbuild-backend = "tiny_backend"\n'
    built = evolve(building, index_url=index)
    assert built.filenames(archive({"pyproject.toml": pyproject})) == FILES
    assert "Fetching build requirements" in built.logs.text


def test_requirements_that_the_backend_asks_for_come_too(building: Building, index: str) -> None:
    asking = "def get_requires_for_build_wheel(settings=None): return ['helper']\n"
    using = BACKEND.replace("metadata=None):\n", "metadata=None):\n    import helper; print(helper.word)\n")
    built = evolve(building, index_url=index)
    assert built.filenames(project(backend=f"{using}\n{asking}")) == FILES
    assert "Building the wheel\nhelped\n" in built.logs.text


def test_a_requirement_that_no_index_has_is_said(best: Building, index: str) -> None:
    built = evolve(best, index_url=index)
    pyproject = PYPROJECT.replace("[]", '["missing-thing"]', 1)
    assert built.reason(project(pyproject=pyproject)) == (
        "The build requirements could not be fetched from the index: see the log."
    )
    assert "missing-thing" in built.logs.text


def test_projects_without_a_build_system_are_built_by_setuptools(best: Building, index: str) -> None:
    built = evolve(best, index_url=index)
    built.reason(archive({"setup.cfg": "[metadata]\nname = thing\n"}))
    assert "setuptools>=40.8.0" in built.logs.text


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (archive({"README": ""}), "The repository has no pyproject.toml, setup.py or setup.cfg at its root."),
        (archive({"pyproject.toml": "[build-system"}), "pyproject.toml cannot be read: "),
        (archive({"pyproject.toml": b"\xff"}), "pyproject.toml cannot be read: "),
        (archive({"pyproject.toml": "a = " + "[" * 50_000}), "pyproject.toml cannot be read: "),
        (archive({"pyproject.toml": "[build-system]"}), "pyproject.toml cannot be read: [build-system] needs a list"),
        (project(pyproject=PYPROJECT.replace('["."]', '["../.."]')), "pyproject.toml cannot be used: backend-path"),
        (
            project(pyproject=PYPROJECT.replace("[]", '["a @ https://x/a.whl"]', 1)),
            "The build requirement 'a' is given",
        ),
        (project(pyproject=PYPROJECT.replace("[]", '["--pre"]', 1)), "The build requirement '--pre' cannot be read."),
        (
            project(pyproject=PYPROJECT.replace('"backend"', '"other"')),
            "The build backend failed while it made the sdist",
        ),
        (project("raise ValueError('no')"), "The build backend failed while it made the sdist: see the log."),
        (project("os._exit(0)"), "The build backend failed while it made the sdist: see the log."),
        (b"no archive", "The archive cannot be unpacked: "),
        (project()[:-40], "The archive cannot be unpacked: "),
        (archive({"a": ""}, entry("other/b", tarfile.REGTYPE)), "The archive has more than one folder at its top."),
        (archive({}, entry(f"{TOP}/../../b", tarfile.REGTYPE)), "The archive has a name that leads out of it."),
        (archive({}, entry("/b", tarfile.REGTYPE)), "The archive has a name that leads out of it."),
        (
            archive({}, entry(f"{TOP}/b", tarfile.SYMTYPE, "/etc/passwd")),
            LEADS_OUT,
        ),
        (archive({}, entry(f"{TOP}/b", tarfile.SYMTYPE, "../..")), LEADS_OUT),
        (archive({}, entry(f"{TOP}/b", tarfile.LNKTYPE, "../../etc/passwd")), "The archive has a name that leads out"),
        (archive({}, entry(f"{TOP}/b", tarfile.CHRTYPE)), "The archive has an entry that is no file, folder or link."),
        (archive({}, entry(f"{TOP}/b", tarfile.FIFOTYPE)), "The archive has an entry that is no file, folder or link."),
    ],
)
def test_what_cannot_be_built_says_why(best: Building, source: bytes, reason: str) -> None:
    assert best.reason(source).startswith(reason)


def test_links_within_a_project_are_kept(best: Building) -> None:
    made = entry(f"{TOP}/linked.py", tarfile.SYMTYPE, "backend.py")
    backend = f"{BACKEND}\ndef act(_): print(os.readlink('linked.py'))\n"
    assert best.filenames(archive({"pyproject.toml": PYPROJECT, "backend.py": backend}, made)) == FILES
    assert "\nbackend.py\n" in best.logs.text


def test_the_time_of_a_build_is_that_of_the_commit(best: Building) -> None:
    best.filenames(project("print(os.environ['SOURCE_DATE_EPOCH'])"))
    assert "\n1700000000\n" in best.logs.text
