"""Projects that do what no project should: each is stopped, learns nothing and changes nothing."""

import errno
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from adapters.local.confinement import Confinement, Kind, NothingConfines, confinement
from domain.ports.builder import Built
from tests.building.projects import MIB, Building, project

pytestmark = pytest.mark.confinement
SECRET = "nobody-may-read-this"  # noqa: S105 - for nothing
DELETED = """kept = []
while True:
    kept.append(open("f", "wb", 0))
    os.unlink("f")
    kept[-1].write(bytes(2**20))
"""
CLAIM = "open('../answer.json', 'w').write('{\"said\": \"x.tar.gz\"}'); os._exit(0)"
OVER = "The build took more than 600 seconds."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An index with something to steal."""
    (tmp_path / "home" / "secrets").mkdir(parents=True)
    (tmp_path / "home" / "secrets" / "key").write_text(SECRET)
    return tmp_path / "home"


def way(building: Building) -> Confinement:
    assert building.how is not None
    return building.how


def limited(building: Building, **limits: Any) -> Building:
    return evolve(building, limits=evolve(building.limits, **limits))


def hides_files(building: Building) -> None:
    if way(building).kind is Kind.LIMITS:
        pytest.skip("limits alone hide no files and no network, as `doctor` says")


def commands() -> list[bytes]:
    """What runs on this machine."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes())
        except OSError:
            continue
    return found


def test_its_environment_holds_nothing_of_ours(building: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLS_PYPI_GITHUB_CLIENT_SECRET", SECRET)
    building.outcome(project("print('seen', sorted(os.environ.items()))"))
    assert "seen [" in building.logs.text
    assert SECRET not in building.logs.text
    assert "SLS_PYPI" not in building.logs.text


def test_it_reads_no_other_process(building: Building, monkeypatch: pytest.MonkeyPatch) -> None:
    hides_files(building)
    monkeypatch.setenv("SLS_PYPI_GITHUB_CLIENT_SECRET", SECRET)
    act = f"""
        import glob
        for path in ["/proc/{os.getpid()}/environ", *glob.glob("/proc/*/environ"), *glob.glob("/proc/*/cmdline")]:
            try:
                print("seen", path, open(path, "rb").read())
            except OSError as error:
                print("failed", error)
        try:
            os.kill({os.getpid()}, 0)
            print("reaches us")
        except OSError:
            print("alone")
    """
    building.outcome(project(act))
    assert SECRET not in building.logs.text
    assert "pytest" not in building.logs.text
    assert "\nalone" in building.logs.text


def test_it_reads_nothing_of_the_index_and_of_other_users(building: Building, home: Path) -> None:
    hides_files(building)
    (building.path / "builds" / "other").mkdir(parents=True)
    (building.path / "builds" / "other" / "outcome.json").write_text(SECRET)
    places = [home, home / "secrets", building.path / "builds" / "other", building.path, "/root/.ssh", "/home", "/var"]
    files = [home / "secrets" / "key", building.path / "builds" / "other" / "outcome.json", "/etc/shadow"]
    act = f"""
        for path in {list(map(str, places))}:
            try:
                print("listed", path, os.listdir(path))
            except OSError as error:
                print("failed", error)
        for path in {list(map(str, files))}:
            try:
                print("read", path, open(path).read())
            except OSError as error:
                print("failed", error)
        os.symlink({str(home / "secrets" / "key")!r}, folder + "/link")
        try:
            print("read", open(folder + "/link").read())
        except OSError as error:
            print("failed", error)
    """
    building.outcome(project(act))
    assert "failed" in building.logs.text
    assert SECRET not in building.logs.text
    assert "\nlisted" not in building.logs.text
    assert "\nread" not in building.logs.text


def test_a_home_among_the_files_of_the_system_is_hidden(building: Building, home: Path) -> None:
    if not way(building).has_tree:
        pytest.skip("only a tree of its own can hide a part")
    # As if the home lay in the installation of Python.
    hidden = Path(os.path.realpath(sys.base_prefix)) / "include"
    if not hidden.is_dir():
        pytest.skip("this Python has no such folder")
    act = f"print('listed', os.listdir({str(hidden)!r}))"
    hiding = evolve(building, hidden=(home, hidden))
    hiding.outcome(project(act))
    assert "\nlisted []\n" in hiding.logs.text


def test_it_writes_only_in_its_own_folder(building: Building, home: Path) -> None:
    hides_files(building)
    places = [home, building.path, "/usr", "/etc", "/root", "/", "/dev", "/proc", "/var", *sys.path[1:]]
    act = f"""
        for path in {list(map(str, places))}:
            try:
                open(os.path.join(path, "evil"), "w").close()
                print("wrote", path)
            except OSError as error:
                print("failed", error)
        open("/tmp/evil" if {way(building).has_tree} else os.environ["TMPDIR"] + "/evil", "w").close()
        open(os.environ["HOME"] + "/evil", "w").close()
    """
    before = sorted(path for path in home.rglob("*"))
    building.filenames(project(act))
    assert "\nwrote" not in building.logs.text
    assert sorted(path for path in home.rglob("*")) == before
    assert not [path for path in (Path("/tmp"), building.path, Path("/usr")) if (path / "evil").exists()]  # noqa: S108


def test_it_reaches_no_server_on_this_machine(building: Building) -> None:
    hides_files(building)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        act = f"""
            import socket
            for host in ("127.0.0.1", "localhost", "192.0.2.1"):
                try:
                    socket.create_connection((host, {port}), 1)
                    print("reached")
                except OSError as error:
                    print("failed", error)
        """
        building.outcome(project(act))
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert "\nreached" not in building.logs.text
    assert "\nfailed" in building.logs.text


def test_one_that_sleeps_for_ever_is_stopped_and_what_it_said_is_shown(building: Building) -> None:
    built = building.until("good night")
    assert built.reason(project("print('good night')\nwhile True: time.sleep(9)")) == OVER
    # It was shown while it ran.
    assert any(b"good night" in said and OVER.encode() not in said for said in built.logs.said)


def test_all_stages_together_have_their_time(best: Building) -> None:
    assert limited(best, seconds=2).reason(project("time.sleep(600)")) == "The build took more than 2 seconds."


def test_what_it_detached_ends_with_it(building: Building) -> None:
    word = f"outlives-{os.getpid()}"
    act = f"""
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for descriptor in range(3):
                    os.close(descriptor)
                os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", "{word}"])
            os._exit(0)
        time.sleep(0.3)
    """
    assert building.filenames(project(act))
    assert not [command for command in commands() if word.encode() in command and b"enter.py" not in command]


def test_what_it_detached_is_killed_when_time_is_over(building: Building) -> None:
    word = f"stays-{os.getpid()}"
    act = f"""
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", "{word}"])
                os._exit(0)
        print("all are there")
        time.sleep(600)
    """
    assert building.until("all are there").reason(project(act)) == OVER
    assert not [command for command in commands() if word.encode() in command and b"enter.py" not in command]


def test_too_many_processes_are_stopped(building: Building) -> None:
    act = """
        for _ in range(300):
            if os.fork() == 0:
                time.sleep(600)
        time.sleep(600)
    """
    reason = limited(building, processes=40, seconds=120).reason(project(act))
    assert reason in {
        "The build backend failed while it made the sdist: see the log.",  # it was refused more
        "The build started more than 40 processes.",
    }


def test_a_fork_bomb_is_stopped(building: Building) -> None:
    if os.getuid() == 0 and way(building).uid is None:
        pytest.skip("no limit of processes holds for root, and this test could harm the machine")
    act = """
        while True:
            try:
                os.fork()
            except OSError:
                pass
    """
    assert limited(building, processes=40, seconds=5).reason(project(act)) in {
        "The build took more than 5 seconds.",
        "The build started more than 40 processes.",
    }


def test_one_that_prints_without_end_is_stopped_and_its_log_is_bounded(building: Building) -> None:
    act = """
        print("the beginning")
        while True:
            print("x" * 1000)
    """
    built = building.until("the beginning")
    assert built.reason(project(act)) == OVER
    assert max(map(len, built.logs.said)) <= MIB
    assert "the beginning" in built.logs.text


@pytest.mark.parametrize(
    "act",
    [
        "for n in range(10**6):\n    open(f'{folder}/{n}', 'wb').write(bytes(2**20))",
        DELETED,
        "open(folder + '/big', 'wb').write(os.urandom(2**26))",
    ],
    ids=["many", "deleted", "one"],
)
def test_one_that_fills_the_disk_is_stopped(building: Building, act: str) -> None:
    reason = limited(building, disk_bytes=40 * MIB, seconds=120).reason(project(act))
    assert reason in {
        "The build wrote more than 40 MiB.",
        "The build backend failed while it made the sdist: see the log.",  # no file may be so large, or so many open
    }


def test_too_many_files_are_stopped(best: Building) -> None:
    act = "for n in range(10**7):\n    open(f'{folder}/{n}', 'wb').close()"
    assert limited(best, files=500, seconds=120).reason(project(act)) == "The build made more than 500 files."


def test_one_process_has_its_share_of_memory(building: Building) -> None:
    reason = limited(building, memory_bytes=300 * MIB).reason(project("x = bytes(2**29)"))
    assert reason == "The build backend failed while it made the sdist: see the log."
    assert "MemoryError" in building.logs.text


def test_many_processes_have_it_together(building: Building) -> None:
    act = """
        for _ in range(4):
            if os.fork() == 0:
                kept = b"x" * (200 * 2**20)
                time.sleep(600)
        time.sleep(600)
    """
    reason = limited(building, memory_bytes=300 * MIB, seconds=120).reason(project(act))
    assert reason == "The build used more than 300 MiB of memory."


@pytest.mark.parametrize(
    "act",
    [
        "os.symlink('/etc/passwd', folder + '/thing-1.0.tar.gz'); raise SystemExit",
        "os.rmdir(folder); os.symlink('/etc', folder)",
        "os.mkfifo('../answer.json')",
        "os.symlink('/etc/passwd', '../answer.json'); os._exit(0)",
        "os.mkdir('../answer.json')",
        "open('../answer.json', 'w').write('[' * 10**5); os._exit(0)",
        "open('../answer.json', 'w').write(' ' * 2 * 10**6); os._exit(0)",
        "open('../answer.json', 'w').write('[]'); os._exit(0)",
        "open('../answer.json', 'w').write('{\"said\": [1]}'); os._exit(0)",
        "open('../answer.json', 'w').write('{\"said\": \"../../x.tar.gz\"}'); os._exit(0)",
        CLAIM,
        f"os.symlink('/etc/passwd', folder + '/x.tar.gz'); {CLAIM}",
        "os.link('pyproject.toml', folder + '/x.tar.gz'); os.chmod(folder + '/x.tar.gz', 0); os._exit(1)",
        f"os.mkfifo(folder + '/x.tar.gz'); {CLAIM}",
        f"os.mkdir(folder + '/x.tar.gz'); {CLAIM}",
        "open('../answer.json', 'w').write('{\"refused\": \"a\\\\u202eb\"}'); os._exit(0)",
    ],
)
def test_what_it_leaves_instead_of_files_is_not_followed(best: Building, act: str) -> None:
    reason = limited(best, seconds=120).reason(project(act))
    assert reason.isprintable()
    assert "took more" not in reason
    files = best.path / "builds" / "s1" / "files"
    assert not [path for path in files.iterdir() if path.is_symlink() or not path.is_file()]


def test_of_hundreds_of_files_only_those_that_it_names_are_taken(best: Building) -> None:
    assert isinstance(best.outcome(project("for n in range(300): open(f'{folder}/{n}.whl', 'w').close()")), Built)
    assert len(list((best.path / "builds" / "s1" / "files").iterdir())) == 2


def test_an_archive_that_unpacks_to_too_much_is_stopped(best: Building) -> None:
    bomb = project(big="0" * 64 * MIB)
    assert limited(best, disk_bytes=20 * MIB).reason(bomb) in {
        "The archive cannot be unpacked: [Errno 27] File too large.",
        "The build wrote more than 20 MiB.",
    }


def test_where_nothing_confines_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.local.confinement._candidates", lambda: ())
    reason = Building(tmp_path, None).reason(project())
    assert reason == "This index cannot build: publish the files of a release on GitHub, or tell its operator."


def test_what_does_not_work_once_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.local.confinement._working", set())
    with monkeypatch.context() as without:
        without.setattr("subprocess.run", _no_process)
        with pytest.raises(NothingConfines):
            confinement()
    assert confinement()


def _no_process(*_: Any, **__: Any) -> None:
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")


def test_the_operator_is_told_of_each_build_that_has_nothing_but_limits(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Building(tmp_path, Confinement(Kind.LIMITS)).reason(b"no archive")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "install bubblewrap" in caplog.text


def test_the_way_of_this_machine_is_said_in_a_line() -> None:
    assert confinement().description
    assert "\n" not in confinement().description
