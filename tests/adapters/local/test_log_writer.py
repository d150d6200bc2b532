"""Files of access logs: whole at any time, whatever fails."""

import gzip
import logging
import os
import threading
from pathlib import Path

import pytest

from adapters.local.log_contents import examined
from adapters.local.log_writer import LogWriter
from domain.access_log import FIELDS, Answered, head_of

HOUR = 1_795_687_445.0  # 2026-11-26T10:04:05Z


class Clock:
    def __init__(self) -> None:
        self.now = HOUR

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "logs"


@pytest.fixture
def writer(folder: Path, clock: Clock) -> LogWriter:
    return LogWriter(folder, clock)


def request(path: str = "/simple/") -> Answered:
    head = head_of("GET", path.encode(), "1.1", ())
    return (int(HOUR), "192.0.2.7", 1, head, 0, 200, b"", 100, 0, 0, True)


def columns(path: Path, name: str) -> list[str]:
    """What stands in a column of a file, in all lines."""
    at = FIELDS.split(" ").index(name)
    text = gzip.decompress(path.read_bytes()).decode()
    assert text.startswith("#Version: 1.0\n#Fields: ")
    assert text.count("#") == 2
    return [line.split("\t")[at] for line in text.splitlines()[2:]]


def only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_a_file_is_called_as_cloudfront_calls_it(writer: LogWriter, folder: Path) -> None:
    writer.note(request())
    writer.flush()
    local, hour, unique, suffix = only(folder).name.split(".")
    assert (local, hour, suffix) == ("local", "2026-11-26-10", "gz")
    assert unique
    assert only(folder).stat().st_mode & 0o777 & ~0o640 == 0


def test_a_file_can_be_read_after_every_flush(writer: LogWriter, folder: Path) -> None:
    for number in range(1, 4):
        writer.note(request(f"/{number}"))
        writer.note(request(f"/{number}"))
        writer.flush()
        assert columns(only(folder), "cs-uri-stem") == [f"/{n}" for n in range(1, number + 1) for _ in range(2)]
        contents = examined(only(folder))
        assert (contents.whole, contents.days, contents.malformed) == (True, ("2026-11-26",), {})


def test_nothing_to_say_makes_no_file(writer: LogWriter, folder: Path) -> None:
    writer.flush()
    assert not folder.exists()


def test_every_request_has_an_id_of_its_own(folder: Path, clock: Clock) -> None:
    for _ in range(2):
        writer = LogWriter(folder, clock)
        for _ in range(700):
            writer.note(request())
        writer.flush()
    ids = [found for path in folder.iterdir() for found in columns(path, "x-edge-request-id")]
    assert len(set(ids)) == len(ids) == 1400
    assert all(len(found) == 56 and found.endswith("==") and found[:-2].isalnum() for found in ids)


def test_each_hour_and_each_process_has_its_file(folder: Path, clock: Clock) -> None:
    first, second = LogWriter(folder, clock), LogWriter(folder, clock)
    for writer in (first, second):
        writer.note(request())
        writer.flush()
    clock.now += 3600
    first.note(request())
    first.flush()
    hours = sorted(path.name.split(".")[1] for path in folder.iterdir())
    assert hours == ["2026-11-26-10", "2026-11-26-10", "2026-11-26-11"]
    assert all(columns(path, "cs-uri-stem") == ["/simple/"] for path in folder.iterdir())


def test_a_file_that_was_taken_away_is_begun_again(writer: LogWriter, folder: Path) -> None:
    for _ in range(2):
        writer.note(request())
        writer.flush()
        assert columns(only(folder), "cs-uri-stem") == ["/simple/"]
        only(folder).unlink()


def test_what_cannot_be_written_is_said_once_and_kept(
    writer: LogWriter, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_bytes(b"in the way")
    for number in range(3):
        writer.note(request(f"/{number}"))
        writer.flush()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    folder.unlink()
    writer.flush()
    assert columns(only(folder), "cs-uri-stem") == ["/0", "/1", "/2"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


def test_a_full_disk_leaves_nothing_half(writer: LogWriter, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.note(request("/before"))
    writer.flush()
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, data: write(handle, data[:10]))
        writer.note(request("/meanwhile"))
        writer.flush()
        assert columns(only(folder), "cs-uri-stem") == ["/before"]
    writer.flush()
    assert columns(only(folder), "cs-uri-stem") == ["/before", "/meanwhile"]


def test_memory_is_bounded_while_nothing_can_be_written(folder: Path, clock: Clock) -> None:
    folder.write_bytes(b"in the way")
    writer = LogWriter(folder, clock, most_noted=2, most_unwritten=600)
    for number in range(10):
        for part in "abc":
            writer.note(request(f"/{number}{part}"))
        writer.flush()
    folder.unlink()
    writer.flush()
    stems = columns(only(folder), "cs-uri-stem")
    assert 2 <= len(stems) <= 6
    assert stems[-2:] == ["/9b", "/9c"]


@pytest.mark.parametrize("cut", [1, 15, 60])
def test_what_a_power_cut_left_of_a_piece_is_cut_off(folder: Path, clock: Clock, cut: int) -> None:
    killed = LogWriter(folder, clock)
    for stem in ("/one", "/two"):
        killed.note(request(stem))
        killed.flush()
    path = only(folder)
    path.write_bytes(path.read_bytes()[:-cut])
    LogWriter(folder, clock).repair()
    assert columns(path, "cs-uri-stem") == ["/one"]


@pytest.mark.parametrize("rest", [b"\0" * 4096, b"\x1f\x8b\x08", b"nonsense"])
def test_what_follows_the_pieces_is_cut_off(folder: Path, clock: Clock, rest: bytes) -> None:
    killed = LogWriter(folder, clock)
    killed.note(request())
    killed.flush()
    path = only(folder)
    whole = path.read_bytes()
    path.write_bytes(whole + rest)
    LogWriter(folder, clock).repair()
    assert path.read_bytes() == whole


def test_only_the_latest_file_of_ours_is_looked_at(folder: Path, clock: Clock) -> None:
    folder.mkdir()
    for name, age in (("local.a.gz", 1), ("local.b.gz", 2), ("E1.2026-11-26-08.c.gz", 0)):
        path = folder / name
        path.write_bytes(b"broken")
        os.utime(path, (HOUR - age, HOUR - age))
    LogWriter(folder, clock).repair()
    assert {path.name for path in folder.iterdir()} == {"local.b.gz", "E1.2026-11-26-08.c.gz"}


def test_a_folder_that_cannot_be_read_stops_nobody(folder: Path, clock: Clock) -> None:
    LogWriter(folder, clock).repair()
    folder.write_bytes(b"in the way")
    with LogWriter(folder, clock).running() as writer:
        writer.note(request())


def test_the_end_writes_what_is_left(writer: LogWriter, folder: Path) -> None:
    with writer.running():
        writer.note(request())
    assert columns(only(folder), "cs-uri-stem") == ["/simple/"]
    assert "access-log" not in {thread.name for thread in threading.enumerate()}


def test_a_fault_in_a_line_stops_nobody(writer: LogWriter, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with writer.running():
        writer.note((1, "", 0, b"", 0, "none", b"", 0, 0, 0, True))  # type: ignore[arg-type]
    assert "missing in the access log" in caplog.text
    writer.note(request())
    writer.flush()
    assert columns(only(folder), "cs-uri-stem") == ["/simple/"]
