"""Processes that examine logs: they say what this one would say, and nothing depends on them."""

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.local import log_files, log_readers
from adapters.local.database import Database
from adapters.local.log_contents import LogContents, examined
from adapters.local.log_files import LogFiles
from adapters.local.log_texts import LogTexts, Place
from tests.logs import DAY, line, log, packed

CONTENTS = {
    "whole.gz": packed(log(line("a"), line("b"))),
    "plain": log(line("a")).encode(),
    "cut.gz": packed(log(line("a")))[:-3],
    "odd.gz": packed(log(line("a"), "too\tfew", line("b\r"))),
    "nothing": b"",
    os.fsdecode(b"n\xff\nme \\ \"'\t.gz"): packed(log(line("a"))),
}


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "logs"
    folder.mkdir()
    for name, content in CONTENTS.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in CONTENTS]


def never(_: Path, __: Place | None = None) -> LogContents:
    raise AssertionError


def test_a_reader_says_what_this_process_would_say(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [examined(path) for path in paths]
    monkeypatch.setattr(log_readers, "examined", never)

    with log_readers.log_readers(1) as readers:
        assert [readers.examined(path) for path in paths] == expected


def test_what_cannot_be_read_is_an_error_and_the_reader_goes_on(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with log_readers.log_readers(1) as readers:
        with pytest.raises(FileNotFoundError):
            readers.examined(tmp_path / "nowhere")
        monkeypatch.setattr(log_readers, "examined", never)

        assert readers.examined(paths[0]).days == (DAY,)


def test_without_readers_this_process_reads(paths: list[Path]) -> None:
    with log_readers.log_readers(0) as readers:
        assert readers.examined(paths[0]).days == (DAY,)


def test_readers_that_cannot_be_started_are_done_without(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with log_readers.log_readers(2) as readers:
        assert readers.examined(paths[0]).days == (DAY,)


@pytest.mark.parametrize("program", ["pass", "import sys; sys.stdin.readline(); print('{', end='')"])
def test_what_a_reader_that_fails_does_not_say_this_process_says(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(log_readers, "_PROGRAM", program.replace("{", "{{"))

    with log_readers.log_readers(1) as readers:
        assert [readers.examined(path) for path in paths] == [examined(path) for path in paths]


def test_readers_have_ended_when_they_are_not_needed_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = log_readers._started

    def starting() -> subprocess.Popen[bytes]:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(log_readers, "_started", starting)

    with pytest.raises(KeyboardInterrupt), log_readers.log_readers(2):
        raise KeyboardInterrupt

    assert len(started) == 2
    assert None not in [reader.returncode for reader in started]


def test_a_reader_ends_with_its_input_as_when_whoever_started_it_is_killed(paths: list[Path]) -> None:
    reader = log_readers._started()
    assert reader.stdout is not None

    with reader:
        said, _ = reader.communicate(json.dumps((str(paths[0]), None, 0)).encode() + b"\n")

    assert json.loads(said)["days"] == [DAY]
    assert reader.returncode == 0


def test_a_reader_to_which_nobody_listens_any_more_ends_quietly(paths: list[Path]) -> None:
    reader = log_readers._started()
    assert reader.stdin is not None
    assert reader.stdout is not None

    with reader:
        reader.stdout.close()
        reader.stdin.write(json.dumps((str(paths[0]), None, 0)).encode() + b"\n")

    assert reader.returncode == 0


def test_only_much_to_read_and_processors_to_spare_are_worth_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert log_readers.worth_it(2**30) == 4
    assert log_readers.worth_it(2**20) == 0

    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert log_readers.worth_it(2**30) == 8

    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert log_readers.worth_it(2**30) == 0


def test_a_folder_with_much_to_read_is_read_by_processes(
    paths: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_files, "worth_it", lambda size: 2 if size == sum(map(len, CONTENTS.values())) else 0)
    monkeypatch.setattr(log_readers, "examined", never)
    with closing(Database(tmp_path / "events.db")) as database:
        texts = LogTexts(tmp_path / "tmp")
        files = LogFiles(tmp_path / "logs", database, 0, SystemClock(), texts, pause=lambda _: None)

        found = files.of(DAY)

        assert {file.path for file in found} == set(paths)
        # What can be read as it is and would have to be unpacked.
        assert {file.path.name for file in found if texts.of(file.state)} == {"whole.gz", paths[-1].name}
