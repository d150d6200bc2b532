"""The `sls-pypi` command as an operator uses it, in processes of its own."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from adapters.local.database import Database
from adapters.local.home import Home
from adapters.local.migrations import MIGRATIONS
from entrypoints.local import importing
from tests.clients.index import eventually
from tests.running import command, serving, token_of
from tests.wheels import make_sdist, make_wheel


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def files(folder: Path, *distributions: tuple[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for filename, content in distributions:
        (folder / filename).write_bytes(content)
    return folder


def test_a_token_is_alone_on_its_line_and_kept_as_a_digest_only(home: Path) -> None:
    done = command("token", "create", "alice", "--home", home)
    assert done.stderr == ""
    token = done.stdout.removesuffix("\n")
    assert token.startswith("slspypi-")
    assert "\n" not in token
    assert token.encode() not in b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert "`serve` writes them" in command("verify", "--home", home).stdout
    assert (home / "secrets").stat().st_mode & 0o777 == 0o700
    assert (home / "events.db").stat().st_mode & 0o777 == 0o600


def test_files_are_imported_once_and_reasons_are_given_for_the_others(home: Path, tmp_path: Path) -> None:
    folder = files(tmp_path / "files", make_wheel("frob", "1.0"), make_sdist("Old.Thing", "1", top="Old.Thing-1"))
    files(folder / "below", make_wheel("other", "2.0"))
    first = command("import", folder, "--as", "alice", "--home", home)
    assert first.stdout == "3 published, 0 were there already, 0 refused\n"
    (folder / "below" / "bad-1.0-py3-none-any.whl").write_bytes(b"junk")
    (folder / "notes.txt").write_bytes(b"ignored")
    second = command("import", folder, "--as", "alice", "--home", home, status=1)
    assert second.stdout == "0 published, 3 were there already, 1 refused\n"
    assert "below/bad-1.0-py3-none-any.whl: Invalid distribution file." in second.stderr
    assert len(list(folder.rglob("*"))) == 6
    assert "Everything that is served is what the events say." in command("verify", "--home", home).stdout
    assert list((home / "tmp").glob("import-*")) == []


def test_what_cannot_be_read_is_refused_by_name_and_the_rest_is_published(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files(tmp_path / "files", make_wheel("frob", "1.0"))
    (folder / "a-1.0.tar.gz").symlink_to(tmp_path / "nowhere")
    closed = files(folder / "closed", make_wheel("other", "1.0"))
    looks = os.scandir

    def look(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return looks(path)

    monkeypatch.setattr(os, "scandir", look)
    done = command("import", folder, "--as", "alice", "--home", home, status=1)
    assert done.stdout == "1 published, 0 were there already, 2 refused\n"
    assert done.stderr.splitlines() == [
        f"{closed}: It cannot be read: Permission denied.",
        "a-1.0.tar.gz: It cannot be read: No such file or directory.",
    ]


def test_where_there_is_no_room_for_a_copy_is_told(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = files(tmp_path / "files", make_wheel("frob", "1.0"))

    def pieces(_: Path) -> Iterator[bytes]:
        yield b"PK"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(importing, "_pieces", pieces)
    done = command("import", folder, "--as", "alice", "--home", home, status=1)
    assert done.stderr.startswith(f"sls-pypi: No space left on device: {home / 'tmp' / 'import-'}")
    assert done.stderr.count("\n") == 1
    assert list((home / "tmp").glob("import-*")) == []


def test_a_folder_without_files_is_no_import(home: Path, tmp_path: Path) -> None:
    folder = files(tmp_path / "files", ("notes.txt", b"ignored"))
    done = command("import", folder, "--as", "alice", "--home", home, status=1)
    assert (done.stdout, done.stderr) == ("", f"sls-pypi: There is no wheel or sdist below {folder}.\n")
    assert not home.exists()


def test_an_import_shows_in_a_running_server(home: Path, tmp_path: Path) -> None:
    with serving(home) as server:
        command("import", files(tmp_path / "files", make_wheel("frob", "1.0")), "--as", "alice", "--home", home)
        command("verify", "--home", home)
        assert server.filenames("frob") == ["frob-1.0-py3-none-any.whl"]
        assert httpx2.get(f"{server.url}/project/frob/").status_code == 200
        assert server.upload(token_of(home), make_wheel("frob", "2.0")).status_code == 200
        command("verify", "--home", home)


def test_the_lag_counts_pages_that_wait(home: Path) -> None:
    token = token_of(home)
    # Somebody else is at it, as an import may be.
    with Home(home).turn("worker"), serving(home) as server:
        assert server.upload(token, make_wheel("frob", "1.0")).status_code == 200
        assert httpx2.get(f"{server.url}/healthz").json()["lag"] > 0
    command("rebuild", "--home", home)
    with serving(home) as server:
        # What a start makes due is done in a moment.
        assert eventually(lambda: httpx2.get(f"{server.url}/healthz").json()["lag"] == 0)


def test_damage_is_named_and_mended(home: Path, tmp_path: Path) -> None:
    wheel = make_wheel("frob", "1.0")
    command("import", files(tmp_path / "files", wheel), "--as", "alice", "--home", home)
    served = home / "site" / "packages" / "frob" / "1.0" / wheel[0]
    served.chmod(0o644)
    with served.open("ab") as file:
        file.write(b"damage")
    (home / "site" / "project" / "frob" / "index.html").unlink()
    (home / "site" / "stray").write_text("stray")
    done = command("verify", "--home", home, status=1)
    assert f"different packages/frob/1.0/{wheel[0]}\n" in done.stdout
    assert "missing   project/frob/index.html\n" in done.stdout
    assert "stray     stray\n" in done.stdout
    rebuilt = command("rebuild", "--home", home)
    assert rebuilt.stdout == "1 package derived again.\n"
    assert len(set(rebuilt.stderr.splitlines())) == len(rebuilt.stderr.splitlines()) == 4
    assert f"Home {home}: 1 package\n" in command("doctor", "--home", home).stdout
    assert served.read_bytes() == wheel[1]
    command("verify", "--home", home)


def test_nothing_is_derived_from_events_that_changed(home: Path, tmp_path: Path) -> None:
    command("import", files(tmp_path / "files", make_wheel("frob", "1.0")), "--as", "alice", "--home", home)
    with closing(sqlite3.connect(home / "events.db")) as database, database:
        database.execute("UPDATE events SET data = replace(data, 'local:alice', 'local:alicf') WHERE version = 1")
    for words in ("verify", "rebuild"):
        done = command(words, "--home", home, status=1)
        assert "damaged   events.db: event 2, of 'package/frob', is not as it was written\n" in done.stdout
        assert done.stdout.endswith("stop the server and restore the whole home from a backup.\n")


@pytest.mark.parametrize("data", ["'{'", "CAST(x'ff' AS TEXT)"])
@pytest.mark.parametrize(
    "words", [["stats", "frob"], ["nightly"], ["token", "create", "alice"], ["status", "frob", "archived"]]
)
def test_damaged_events_are_told_in_one_line_with_what_to_do(
    words: list[str], data: str, home: Path, tmp_path: Path
) -> None:
    command("import", files(tmp_path / "files", make_wheel("frob", "1.0")), "--as", "alice", "--home", home)
    day = "INSERT INTO events (stream, version, type, schema, data) VALUES ('days/' || ?, 1, 'DayCounted', 1, '')"
    with closing(sqlite3.connect(home / "events.db")) as database, database:
        database.executemany(day, [("2026",), ("2027",)])
        database.execute(f"UPDATE events SET data = {data}")  # noqa: S608 - ours
    done = command(*words, "--home", home, status=1)
    assert done.stdout == ""
    assert done.stderr.startswith("sls-pypi: ")
    assert done.stderr.count("\n") == 1
    assert "from a backup" in done.stderr


@pytest.mark.parametrize("words", ["verify", "rebuild", "nightly", "doctor"])
def test_files_without_events_are_told_with_what_to_do(words: str, home: Path, tmp_path: Path) -> None:
    command("import", files(tmp_path / "files", make_wheel("frob", "1.0")), "--as", "alice", "--home", home)
    for file in home.glob("events.db*"):
        file.unlink()
    done = command(words, "--home", home, status=1)
    assert "is missing or empty, but" in done.stdout + done.stderr
    assert not (home / "events.db").exists()


def test_a_database_that_is_cut_off_is_told_with_what_to_do(home: Path, tmp_path: Path) -> None:
    command("import", files(tmp_path / "files", make_wheel("frob", "1.0")), "--as", "alice", "--home", home)
    with (home / "events.db").open("r+b") as file:
        file.truncate(8192)
    for words in ("verify", "doctor", "nightly"):
        done = command(words, "--home", home, status=1)
        assert "restore the whole home from a backup" in done.stdout + done.stderr


def test_a_project_is_marked_by_the_operator(home: Path, tmp_path: Path) -> None:
    command("import", files(tmp_path / "files", make_wheel("frob", "1.0")), "--as", "alice", "--home", home)
    with serving(home) as server:
        command("status", "Frob", "quarantined", "--reason", "malware", "--home", home)
        assert server.simple("frob")["project-status"] == {"status": "quarantined", "reason": "malware"}
        assert server.filenames("frob") == []
        command("status", "frob", "active", "--home", home)
        unknown = "sls-pypi: There is no package no-thing in this index.\n"
        assert command("status", "No.Thing", "active", "--home", home, status=1).stderr == unknown
        assert command("stats", "No.Thing", "--home", home, status=1).stderr == unknown
        assert server.filenames("frob") == ["frob-1.0-py3-none-any.whl"]


def test_pages_follow_the_settings_they_show(home: Path, tmp_path: Path) -> None:
    command("import", files(tmp_path / "files", make_wheel("frob", "1.0")), "--as", "alice", "--home", home)
    with serving(home, "--base-url", "https://pypi.example.org") as server:
        command("verify", "--home", home)
        page = httpx2.get(f"{server.url}/project/frob/").text
        assert "--index-url https://pypi.example.org/simple/" in page
        assert "https://pypi.example.org/packages/" in httpx2.get(f"{server.url}/pypi/frob/json").text


def test_a_home_that_came_back_from_a_backup_is_served_whole(home: Path, tmp_path: Path) -> None:
    command("import", files(tmp_path / "files", make_wheel("frob", "1.0")), "--as", "alice", "--home", home)
    restored = tmp_path / "restored"
    restored.mkdir()
    with closing(sqlite3.connect(home / "events.db")) as kept, closing(sqlite3.connect(restored / "events.db")) as copy:
        kept.backup(copy)
    shutil.copytree(home / "blobs", restored / "blobs")
    with serving(restored) as server:
        command("verify", "--home", restored)
        for path in ("/simple/frob/", "/project/frob/", "/owner/local.alice/", "/browse/"):
            assert httpx2.get(f"{server.url}{path}").status_code == 200
        command("verify", "--home", restored)
    assert (restored / "events.db").stat().st_mode & 0o777 == 0o600


def test_the_doctor_says_what_to_do(home: Path) -> None:
    assert "`sls-pypi serve` starts one" in command("doctor", "--home", home).stdout
    token_of(home)
    told = command("doctor", "--home", home, SLS_PYPI_UPSTREAM="https://pypi.org/simple", SLS_PYPI_ALLOW="linux-tags")
    assert "Upstream https://pypi.org/simple/" in told.stdout
    assert "linux_* tags: allowed" in told.stdout
    (home / "secrets").chmod(0o755)
    assert "chmod 700" in command("doctor", "--home", home, status=1).stdout
    (home / "secrets").rmdir()
    assert command("doctor", "--home", home).stdout.endswith("\nReady.\n")


def test_the_doctor_tells_of_trusted_publishing(home: Path) -> None:
    issuer = "https://token.actions.githubusercontent.com"
    on = command("doctor", "--home", home).stdout
    assert f"ok    Trusted publishing for workflows known to {issuer} and https://gitlab.com (" in on
    off = command("doctor", "--home", home, SLS_PYPI_TRUSTED_PUBLISHING="off").stdout
    assert "note  No trusted publishing: every upload needs a token (SLS_PYPI_TRUSTED_PUBLISHING)\n" in off


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator can give files away")
def test_the_doctor_finds_what_another_user_left(home: Path) -> None:
    token_of(home)
    for path in (home, *home.rglob("*")):
        os.chown(path, 65534, 65534)
    assert "belongs to another user" not in command("doctor", "--home", home).stdout
    (home / "blobs" / "frob").mkdir()
    done = command("doctor", "--home", home, status=1)
    assert f"{home / 'blobs' / 'frob'} belongs to another user than {home} (1 such path)" in done.stdout


@pytest.mark.parametrize(
    ("host", "base", "others_come"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", False),
        ("127.0.0.2", "http://127.0.0.2:8000", False),
        ("::1", "http://[::1]:8000", False),
        ("10.0.0.5", "http://10.0.0.5:8000", True),
    ],
)
def test_the_doctor_warns_of_plain_http_where_others_come(
    home: Path, host: str, base: str, *, others_come: bool
) -> None:
    token_of(home)
    told = command("doctor", "--home", home, SLS_PYPI_HOST=host).stdout
    assert f"Base URL {base} " in told
    assert ("Plain http for other machines" in told) is others_come


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (["serve", "--port", "x"], 2, "Invalid value for '--port'"),
        (["bogus"], 2, "No such command 'bogus'"),
        (["import", "nowhere", "--as", "alice"], 2, "'nowhere' does not exist"),
        (["import", "."], 2, "Missing option '--as'"),
        (["status", "frob", "lost"], 2, "'lost' is not one of"),
        (["status", "frob", "archived"], 1, "There is no index in"),
        (["verify"], 1, "There is no index in"),
        (["rebuild"], 1, "There is no index in"),
        (["token", "create", "a/b"], 2, "Invalid value for 'LOGIN': A login has"),
        (["token", "create", ""], 2, "Invalid value for 'LOGIN': A login has"),
        (["import", "docs", "--as", "a/b"], 2, "Invalid value for '--as': A login has"),
        (["serve", "--base-url", "ftp://x"], 2, "Invalid value for '--base-url': 'ftp://x' is not a base URL"),
        (["serve", "--upstream", "pypi.org"], 2, "'pypi.org' is not a simple index URL"),
        (["serve", "--host", "256.256.256.256", "--port", "0"], 2, "--host 127.0.0.1 serves this machine"),
        (["status", "frob", "archived", "--reason", "a\nb"], 2, "Invalid value for '--reason': A reason is one line"),
        (["stats", "frob", "--csv", "--json"], 2, "Give --csv or --json, not both"),
        (["verify", "--home", ""], 2, "Invalid value for '--home': give the path of a folder"),
        (["demo", "--home", ""], 2, "Invalid value for '--home': give the path of a folder"),
        (["verify", "--home", "here", "--stack", "there"], 2, "--home and --stack exclude each other"),
        (["rebuild", "--region", "us-east-1"], 2, "--region goes with --stack"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(arguments: list[str], status: int, line: str, home: Path) -> None:
    done = command(*arguments, status=status, SLS_PYPI_HOME=str(home))
    assert done.stdout == ""
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("sls-pypi: ")
    assert ("--help`)" in done.stderr) is (status == 2)
    assert not home.exists()


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"SLS_PYPI_BASE_URL": "ftp://x"}, "is not a base URL"),
        ({"SLS_PYPI_HOST": "256.256.256.256", "SLS_PYPI_PORT": "0"}, "SLS_PYPI_HOST: 256.256.256.256 is no address"),
        ({"SLS_PYPI_PORT": "eighty"}, "SLS_PYPI_PORT is 'eighty'; give a whole number"),
        ({"SLS_PYPI_ALLOW": "everything"}, "'everything' is not a word of SLS_PYPI_ALLOW; known are: linux-tags"),
        (
            {
                "SLS_PYPI_PORT": "0",
                "SLS_PYPI_BASE_URL": "https://index.test/",
                "SLS_PYPI_UPSTREAM": "https://index.test/simple",
            },
            "The upstream https://index.test/simple/ is this index itself",
        ),
    ],
)
def test_wrong_settings_are_told_by_their_names(settings: dict[str, str], line: str, home: Path) -> None:
    done = command("serve", "--home", home, status=2, **settings)
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert "--help" not in done.stderr


def test_a_home_that_cannot_be_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = command("token", "create", "alice", "--home", tmp_path / "file" / "home", status=1)
    assert done.stderr.count("\n") == 1
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "events.db").write_text("no database at all, but long enough to be looked at" * 100)
    done = command("verify", "--home", tmp_path / "broken", status=1)
    assert "the database of this home cannot be used" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [["token", "create", "alice"], ["stats", "frob"], ["serve", "--port", "0"]])
@pytest.mark.parametrize("what", [".", "events.db"])
def test_a_home_that_cannot_be_written_is_told_with_what_to_do(
    words: list[str], what: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token_of(home)
    monkeypatch.setattr(os, "access", lambda path, _: path != home / what)
    told = f"Cannot use {home} as home: this user cannot write {home / what}. Make it writable, or give another with"
    assert command(*words, "--home", home, status=1).stderr == f"sls-pypi: {told} --home.\n"


def test_a_home_of_newer_software_is_left_alone(home: Path) -> None:
    token_of(home)
    with sqlite3.connect(home / "events.db") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    assert "Upgrade sls-pypi" in command("token", "create", "alice", "--home", home, status=1).stderr


def test_a_home_is_not_brought_up_to_date_under_an_older_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def schema() -> int:
        with closing(sqlite3.connect(home / "events.db")) as database:
            return int(database.execute("PRAGMA user_version").fetchone()[0])

    with monkeypatch.context() as older:
        older.setattr("adapters.local.database.MIGRATIONS", MIGRATIONS[:-1])
        Home(home).prepare()
        Database(home / "events.db").close()
    before = schema()
    with Home(home).alone("serve"):
        for words in (["token", "create", "alice"], ["verify"], ["nightly"]):
            refused = command(*words, "--home", home, status=1).stderr
            assert "is older than this command" in refused
            assert refused.count("\n") == 1
        assert "is older than this command" in command("doctor", "--home", home, status=1).stdout
        assert schema() == before
    assert token_of(home)
    assert schema() == before + 1


@pytest.mark.parametrize(("words", "told"), [([], "serve"), (["token"], "create")])
def test_without_a_command_there_is_help_and_nothing_was_done(words: list[str], told: str) -> None:
    done = command(*words, status=2)
    assert done.stdout == ""
    assert [line.split()[0] for line in done.stderr.splitlines() if line.startswith(f"  {told} ")] == [told]


def test_a_home_has_one_server(home: Path) -> None:
    with serving(home):
        done = command("serve", "--home", home, "--port", "0", status=1)
        assert "Another `sls-pypi serve` runs on" in done.stderr


def test_a_port_in_use_is_told_with_what_to_do(home: Path, tmp_path: Path) -> None:
    with serving(home) as server:
        port = server.url.rpartition(":")[2]
        done = command("serve", "--home", tmp_path / "other", "--port", port, status=1)
        assert "in use" in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["token", "create", "alice"], ["verify"], ["status", "frob", "active"], ["doctor"]]
)
def test_a_stack_needs_credentials(arguments: list[str], home: Path) -> None:
    nothing = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "")
    nowhere = {
        "AWS_CONFIG_FILE": str(home),
        "AWS_SHARED_CREDENTIALS_FILE": str(home),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    done = command(*arguments, "--stack", "there", status=1, SLS_PYPI_HOME=str(home), **nothing, **nowhere)
    assert "No AWS credentials were found: run `aws configure`" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.EDQUOT, "raise the quota"), (errno.EMFILE, "ulimit -n"), (errno.EROFS, "Mount it for writing")],
)
def test_what_the_machine_lacks_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, advice: str
) -> None:
    def lacks(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "/somewhere/events.db")

    monkeypatch.setattr("adapters.local.database.Database.rows", lacks)
    said = command("token", "create", "alice", "--home", tmp_path / "home", status=1).stderr
    assert said.startswith(f"sls-pypi: {os.strerror(number)}: /somewhere/events.db. ")
    assert advice in said
    assert said.count("\n") == 1
