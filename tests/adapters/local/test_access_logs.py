"""Awkward logs in the local world: whatever lies in the folder, reading it ends, and ends well."""

import gzip
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.local import access_logs, log_agents, log_cleaning, log_contents, log_query, log_readers
from adapters.local.access_logs import DuckDbAccessLogs
from adapters.local.database import Database
from adapters.local.log_contents import LogContents
from adapters.local.log_lines import BYTES, INCOMPLETE, NO_FIELDS, TOO_LONG
from adapters.local.log_query import LogQuery, QueryFailed
from adapters.local.log_texts import Place
from adapters.memory.access_logs import MemoryAccessLogs
from domain.log_rows import Row
from domain.messages import CountDownloads
from infrastructure.local import QUERY
from tests.logs import CHOSEN, DAY, LEGACY, log, packed
from tests.logs import line_of as line

ALL = CountDownloads(DAY)
WHOLE = packed(log(*(line(f"{number:03}") for number in range(200))))


class Bench:
    """A folder of logs and who reads it. `pauses` are those taken so far."""

    def __init__(self, path: Path, database: Database, kept_days: int = 30) -> None:
        self.folder, self.tmp = path / "logs", path / "tmp"
        self.folder.mkdir(exist_ok=True)
        self.moment = datetime.now(UTC)
        self.pauses: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.logs = DuckDbAccessLogs(
            self.folder, self.tmp, database, QUERY.read_text(), kept_days, clock=self, pause=self._pause
        )

    def now(self) -> datetime:
        return self.moment

    def drop(self, name: str | bytes, content: bytes) -> Path:
        path = self.folder / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def found(self, request: CountDownloads = ALL) -> tuple[list[Row], dict[str, int]]:
        findings = self.logs.start(request).findings
        assert findings is not None
        return list(findings.rows), dict(findings.malformed)

    def ids(self) -> list[str]:
        return [row[4] for row in self.found()[0]]

    def left(self) -> list[str]:
        return [path.name for path in (self.tmp / "access-logs").iterdir() if path.name != "lock"]

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.meanwhile()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(tmp_path / "events.db")) as opened:
        yield opened


@pytest.fixture
def bench(tmp_path: Path, database: Database) -> Bench:
    return Bench(tmp_path, database)


@pytest.mark.parametrize(
    "name", ["a.gz", "a.log", "a", "deep/er/and/a", ".hidden", "-", "year=2026/month=1/day=2/a.gz"]
)
@pytest.mark.parametrize("pack", [packed, str.encode])
def test_files_may_have_any_name_and_be_compressed_or_not(
    bench: Bench, name: str, pack: Callable[[str], bytes]
) -> None:
    bench.drop(name, pack(log(line("a"))))

    assert bench.ids() == ["a"]


@pytest.mark.parametrize(
    "name", [b"a*.gz", b"[a].gz", b"a?", b"{a,b}", b"it's", b'"', b"a\\b", b"a\nb", b"\xff", b"a b\t"]
)
def test_a_name_means_itself_only(bench: Bench, name: bytes) -> None:
    bench.drop(name, packed(log(line("a"))))
    bench.drop("ab.gz", packed(log(line("b"))))

    assert bench.ids() == ["a", "b"]


@pytest.mark.parametrize("parts", [1, 2, 50])
def test_a_gzip_of_many_members_is_one_file(bench: Bench, parts: int) -> None:
    ids = [f"{number:03}" for number in range(parts)]
    bench.drop("a.gz", packed(log()) + b"".join(packed(f"{line(request)}\n") for request in ids) + packed(""))

    assert bench.ids() == ids


def test_lines_may_go_on_in_the_next_member(bench: Bench) -> None:
    text = log(line("a"), line("b")).encode()
    bench.drop("a.gz", b"".join(packed(text[at : at + 7]) for at in range(0, len(text), 7)))

    assert bench.ids() == ["a", "b"]


@pytest.mark.parametrize(
    "content",
    [
        WHOLE[:-1],
        WHOLE[:-8],
        WHOLE[: len(WHOLE) // 2],
        WHOLE[:3],
        WHOLE[:-8] + b"\0" * 8,
        WHOLE[:200] + b"\xff" * 20 + WHOLE[220:],
        WHOLE + b"garbage",
        WHOLE + WHOLE[:-1],
        WHOLE + b"\x1f\x8b",
    ],
    ids=["byte", "trailer", "half", "start", "checksum", "middle", "garbage", "second", "magic"],
)
def test_a_gzip_counts_for_nothing_until_it_is_whole(bench: Bench, content: bytes) -> None:
    bench.drop("a.gz", content)
    bench.drop("b.gz", packed(log(line("b"))))

    rows, malformed = bench.found()
    assert [row[4] for row in rows] == ["b"]
    assert malformed == {INCOMPLETE: 1}

    bench.drop("a.gz", WHOLE)
    assert len(bench.ids()) == 201


def test_an_incomplete_file_is_reported_with_the_days_before_the_damage(bench: Bench) -> None:
    bench.drop("a.gz", WHOLE[:-1])

    assert bench.found(CountDownloads(DAY))[1] == {INCOMPLETE: 1}
    assert bench.found(CountDownloads("2026-11-23"))[1] == {}


def test_an_incomplete_file_belongs_to_the_state_of_its_day(bench: Bench) -> None:
    before, other = bench.logs.state(DAY), bench.logs.state("2026-11-23")
    bench.drop("a.gz", WHOLE[:-1])
    incomplete = bench.logs.state(DAY)
    bench.drop("a.gz", WHOLE)

    assert len({before, incomplete, bench.logs.state(DAY)}) == 3
    assert bench.logs.state("2026-11-23") == other


def test_a_file_that_is_being_written_is_read_a_moment_later(bench: Bench) -> None:
    path = bench.drop("a.gz", WHOLE + WHOLE[:50])

    def go_on() -> None:
        if len(bench.pauses) == 2:
            path.write_bytes(WHOLE + packed(log(line("later"))))

    bench.meanwhile = go_on

    rows, malformed = bench.found()
    assert len(rows) == 201
    assert not malformed
    assert len(bench.pauses) == 2


def test_a_file_that_has_long_been_incomplete_is_not_waited_for(bench: Bench) -> None:
    path = bench.drop("a.gz", WHOLE[:-1])
    os.utime(path, (0, 0))

    assert bench.ids() == []
    assert bench.pauses == []


def _at_first(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Something happens after the files have been looked at and before the first query."""
    run, due = LogQuery.run, [happens]

    def running(query: LogQuery, *args: object) -> None:
        if due:
            due.pop()()
        run(query, *args)  # type: ignore[arg-type] # whatever they are

    monkeypatch.setattr(LogQuery, "run", running)


def test_a_file_that_grows_before_it_is_read_is_read_with_what_came(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.drop("a.gz", packed(log(line("a"))))
    bench.drop("b.gz", packed(log(line("b"))))
    _at_first(monkeypatch, lambda: path.write_bytes(path.read_bytes() + packed(f"{line('c')}\n")))

    assert bench.ids() == ["a", "b", "c"]


def test_a_file_that_is_cut_before_it_is_read_is_reported(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.drop("a.gz", packed(log(line("a"))))
    bench.drop("b.gz", packed(log(line("b"))))
    _at_first(monkeypatch, lambda: path.write_bytes(path.read_bytes()[:-12]))

    rows, malformed = bench.found()
    assert [row[4] for row in rows] == ["b"]
    assert malformed == {INCOMPLETE: 1}


def test_a_file_that_vanishes_before_it_is_read_is_no_error(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.drop("a.gz", packed(log(line("a"))))
    bench.drop("b.gz", packed(log(line("b"))))
    _at_first(monkeypatch, path.unlink)

    assert bench.found() == ([row for row in bench.found()[0] if row[4] == "b"], {})


def test_a_file_that_vanishes_before_it_is_looked_at_is_no_error(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.drop("a.gz", packed(log(line("a"))))
    examined = log_contents.examined

    def examining(found: Path, place: Place | None) -> LogContents:
        path.unlink()
        return examined(found, place)

    monkeypatch.setattr(log_readers, "examined", examining)

    assert bench.found() == ([], {})


def test_a_file_that_vanishes_before_it_is_copied_is_no_error(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.drop("a*.gz", packed(log(line("a"))))
    cleaned = log_cleaning.cleaned

    def cleaning(source: Path, *args: object) -> object:
        path.unlink()
        return cleaned(source, *args)  # type: ignore[arg-type] # whatever they are

    monkeypatch.setattr(access_logs, "cleaned", cleaning)

    assert bench.found() == ([], {})


def test_what_the_query_fails_for_is_read_as_a_copy(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.drop("a.gz", packed(log(line("a"))))

    def fail() -> None:
        raise QueryFailed

    _at_first(monkeypatch, fail)

    assert bench.ids() == ["a"]


def test_a_query_for_which_there_is_no_room_says_so_in_one_line(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_query, "_MEMORY", "1MB")
    bench.drop("a.gz", packed(log(*(line(str(number)) for number in range(5000)))))

    with pytest.raises(OSError, match=r"\Athe access logs cannot be queried: .+\Z"):
        bench.ids()

    assert bench.left() == []


def test_links_pipes_sockets_and_devices_do_not_hold_anybody_up(bench: Bench, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.gz"
    elsewhere.write_bytes(packed(log(line("a"))))
    bench.drop("b.gz", packed(log(line("b"))))
    (bench.folder / "file").symlink_to(elsewhere)
    (bench.folder / "broken").symlink_to(tmp_path / "nowhere")
    (bench.folder / "itself").symlink_to("itself")
    (bench.folder / "loop").symlink_to(bench.folder)
    (bench.folder / "device").symlink_to("/dev/zero")
    os.mkfifo(bench.folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(bench.folder / "socket"))

        assert bench.found()[1] == {}
        assert bench.ids() == ["a", "b"]


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.drop("a*.gz", packed(log(line("a"))))
    cleaned = log_cleaning.cleaned

    def cleaning(source: Path, *args: object) -> object:
        path.unlink()
        os.mkfifo(path)
        return cleaned(source, *args)  # type: ignore[arg-type] # whatever they are

    monkeypatch.setattr(access_logs, "cleaned", cleaning)

    assert bench.found() == ([], {})


def test_a_folder_that_is_not_there_holds_nothing(bench: Bench) -> None:
    bench.folder.rmdir()

    assert bench.found() == ([], {})
    assert bench.logs.keeps(DAY)


@pytest.mark.parametrize("pack", [packed, bytes])
@pytest.mark.parametrize(
    ("text", "ids", "malformed"),
    [
        (b"", [], {}),
        (b"\n\n", [], {}),
        (b"#Version: 1.0\n", [], {}),
        (log(line("a"), line("b")).replace("\n", "\r\n").encode(), ["a", "b"], {}),
        (log(line("a") + "\r", line("b")).encode(), ["a", "b"], {}),
        (log(line("a"), line("b", agent="x\ry")).encode(), ["a"], {BYTES: 1}),
        (log(line("a"), line("b", agent="\0")).encode(), ["a"], {BYTES: 1}),
        (log(line("a"), line("b", agent="\xff"), line("c")).encode("latin-1"), ["a", "c"], {BYTES: 1}),
        (b"\xef\xbb\xbf" + log(line("a")).encode(), ["a"], {}),
        (log(line("a"), line("b", agent="x" * 3_000_000), line("c")).encode(), ["a", "c"], {TOO_LONG: 1}),
        (log(line("a")).encode() + b"x" * 3_000_000, ["a"], {TOO_LONG: 1}),
        (log(line("a", agent="x" * 200_000)).encode(), ["a"], {}),
        (f"{line('a')}\n{line('b')}\n".encode(), [], {NO_FIELDS: 2}),
        (b"#Fields:\n" + line("a").encode(), [], {NO_FIELDS: 1}),
        (b"#Fields: date\n" + DAY.encode() + b"\n", [], {}),
        (log(line("a"), fields=CHOSEN * 20).encode(), [], {"wrong columns": 1}),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", [], {NO_FIELDS: 3}),
        (b"\x1f", [], {NO_FIELDS: 1}),
    ],
)
def test_of_an_awkward_log_what_can_be_read_is_read_and_the_rest_counted(
    bench: Bench, pack: Callable[[bytes], bytes], text: bytes, ids: list[str], malformed: dict[str, int]
) -> None:
    bench.drop("a", pack(text))

    rows, found = bench.found()

    assert [row[4] for row in rows] == ids
    assert found == malformed


def test_a_line_of_a_gigabyte_takes_no_memory(bench: Bench) -> None:
    with gzip.open(bench.folder / "a.gz", "wb", compresslevel=1) as file:
        file.write(log(line("a")).encode())
        for _ in range(64):
            file.write(b"x" * 2**24)
        file.write(f"\n{line('b')}\n".encode())

    rows, malformed = bench.found()

    assert [row[4] for row in rows] == ["a", "b"]
    assert malformed == {TOO_LONG: 1}


def test_many_kinds_of_fields_are_read_in_one_night(bench: Bench) -> None:
    for number in range(40):
        fields = [*CHOSEN, *(f"x-{other}" for other in range(number))]
        bench.drop(f"{number}.gz", packed(log(line(f"{number:02}", fields), fields=fields)))

    assert bench.ids() == [f"{number:02}" for number in range(40)]


@pytest.mark.parametrize("fields", [CHOSEN, CHOSEN[::-1]], ids=["date first", "date last"])
def test_lines_may_end_as_on_windows(bench: Bench, fields: list[str]) -> None:
    bench.drop("a.log", log(line("a", fields), line("b", fields), fields=fields).replace("\n", "\r\n").encode())

    assert bench.ids() == ["a", "b"]


def test_repeated_fields_lines_do_not_make_a_copy_necessary(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.drop("a.gz", packed(log(line("a"))) + packed(log(line("b"))))
    monkeypatch.setattr(access_logs, "cleaned", None)

    assert bench.ids() == ["a", "b"]


def test_malformed_lines_do_not_make_a_copy_necessary(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.drop("a.gz", packed(log(line("a"), "short", line("b") + "\tlong", f"{DAY}\tshort", line("c"))))
    monkeypatch.setattr(access_logs, "cleaned", None)

    rows, malformed = bench.found()
    assert [row[4] for row in rows] == ["a", "c"]
    assert malformed == {"wrong columns": 3}


def test_a_file_is_looked_at_once_as_long_as_it_stays_the_same(
    bench: Bench, tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.drop("a.gz", packed(log(line("a"))))
    bench.drop("b.gz", WHOLE[:-1])
    state = bench.logs.state(DAY)
    monkeypatch.setattr(log_readers, "examined", None)

    assert Bench(tmp_path, database).logs.state(DAY) == state
    assert bench.ids() == ["a"]


def test_another_file_of_the_same_name_is_looked_at(bench: Bench) -> None:
    bench.drop("a.gz", packed(log(line("a"))))
    before = bench.logs.state(DAY)
    other = bench.drop("other", packed(log(line("b"))))
    other.replace(bench.folder / "a.gz")

    assert bench.logs.state(DAY) != before
    assert bench.ids() == ["b"]


def test_a_file_that_is_gone_changes_the_state(bench: Bench) -> None:
    path = bench.drop("a.gz", packed(log(line("a"))))
    before = bench.logs.state(DAY)
    path.unlink()

    assert bench.logs.state(DAY) != before
    assert bench.ids() == []


def test_only_files_that_hold_the_day_are_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.drop("a*.gz", packed(log(line("a", date="2026-11-23"))))
    bench.logs.state(DAY)
    monkeypatch.setattr(access_logs, "cleaned", None)

    assert bench.found() == ([], {})


def test_no_address_stays_when_all_rows_are_fetched(bench: Bench) -> None:
    bench.drop("a*.gz", packed(log(line("a"))))

    findings = bench.logs.start(ALL).findings
    assert findings is not None
    assert len(bench.left()) == 1
    assert (bench.tmp / "access-logs" / bench.left()[0]).stat().st_mode & 0o777 == 0o700
    list(findings.rows)

    assert bench.left() == []


def test_no_address_stays_when_nobody_fetches_the_rows(bench: Bench) -> None:
    bench.drop("a*.gz", packed(log(line("a"))))

    bench.logs.start(ALL)
    started = bench.logs.start(ALL)
    assert started.findings is not None
    next(started.findings.rows)
    del started

    assert bench.left() == []


def test_no_address_stays_when_the_query_fails(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.drop("a*.gz", packed(log(line("a"))))
    monkeypatch.setattr(LogQuery, "run", None)

    with pytest.raises(TypeError):
        bench.logs.start(ALL)

    assert bench.left() == []


def test_what_a_killed_process_left_is_removed_by_the_next_one(bench: Bench) -> None:
    bench.drop("a*.gz", packed(log(line("a"))))
    left = bench.tmp / "access-logs" / "left"
    left.mkdir(parents=True)
    (left / "0.gz").write_bytes(WHOLE)

    bench.ids()

    assert bench.left() == []


def test_expiring_removes_what_a_killed_process_left(bench: Bench) -> None:
    left = bench.tmp / "access-logs" / "left"
    left.mkdir(parents=True)

    bench.logs.expire()

    assert bench.left() == []


def test_what_others_are_at_work_with_stays(bench: Bench) -> None:
    bench.drop("a*.gz", packed(log(line("a"))))
    findings = bench.logs.start(ALL).findings
    assert findings is not None

    assert bench.ids() == ["a"]
    assert len(bench.left()) == 1
    assert [row[4] for row in findings.rows] == ["a"]


def test_logs_are_removed_when_their_time_is_over(bench: Bench) -> None:
    path = bench.drop("a/b.gz", packed(log(line("a"), line("b", date="2026-11-23"))))

    bench.moment += timedelta(days=29)
    bench.logs.expire()
    assert path.exists()
    assert bench.logs.keeps(DAY)

    bench.moment += timedelta(days=2)
    bench.logs.expire()
    assert not path.exists()
    assert not bench.logs.keeps(DAY)
    assert not bench.logs.keeps("2026-11-23")
    assert bench.logs.keeps("2026-11-25")


def test_a_log_of_long_ago_is_kept_from_when_it_arrived(bench: Bench) -> None:
    path = bench.drop("a.gz", packed(log(line("a"))))
    os.utime(path, (0, 0))

    bench.logs.expire()

    assert path.exists()
    assert bench.ids() == ["a"]


def test_incomplete_logs_are_removed_as_well(bench: Bench) -> None:
    path, rest = bench.drop("a.gz", WHOLE[:-1]), bench.drop("b.gz", WHOLE[:3])

    bench.moment += timedelta(days=31)
    bench.logs.expire()

    assert not path.exists()
    assert not rest.exists()
    assert not bench.logs.keeps(DAY)


def test_what_is_no_log_is_not_removed(bench: Bench) -> None:
    path = bench.drop("README", b"Put logs here.\n")

    bench.moment += timedelta(days=31)
    bench.logs.expire()

    assert path.exists()


def test_logs_can_be_kept_for_ever(tmp_path: Path, database: Database) -> None:
    bench = Bench(tmp_path, database, kept_days=0)
    path = bench.drop("a.gz", packed(log(line("a"))))

    bench.moment += timedelta(days=10_000)
    bench.logs.expire()

    assert path.exists()
    assert bench.logs.keeps(DAY)


def test_a_day_is_over_too_when_somebody_else_removed_its_old_logs(bench: Bench) -> None:
    path = bench.drop("a.gz", packed(log(line("a"))))
    bench.logs.state(DAY)
    path.unlink()

    bench.moment += timedelta(days=31)

    assert not bench.logs.keeps(DAY)


def test_a_young_log_that_somebody_takes_back_is_no_loss(bench: Bench) -> None:
    path = bench.drop("a.gz", packed(log(line("a"))))
    bench.logs.state(DAY)
    path.unlink()

    assert bench.logs.keeps(DAY)
    assert bench.ids() == []


def test_each_agent_is_one_text_however_many_there_are(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_agents, "_MOST_AGENTS", 2)
    pip, uv, twine = (name + "/1.0" * 10 for name in ("pip", "uv", "twine"))
    agents = [pip, uv, pip, twine, twine, uv, pip, "short", "short", "-", "x" * 10_000, "y" * 10_000, "x" * 10_000]
    bench.drop("a.gz", packed(log(*(line(f"{number:02}", agent=agent) for number, agent in enumerate(agents)))))

    rows, _ = bench.found()

    assert [row[5] for row in rows] == agents
    assert len({id(row[5]) for row in rows if row[5] == pip}) == 1


_WORDS = st.sampled_from(
    [
        *(line(request) for request in "abc"),
        *(line(request, LEGACY) for request in "def"),
        f"#Fields: {' '.join(CHOSEN)}",
        f"#Fields: {' '.join(LEGACY)}",
        "#Version: 1.0",
        line("g", agent='"quoted'),
        line("h", agent="'", cs_uri_stem="/packages/x/%25"),
        line("i") + "\t",
        line("m", sc_range_end=""),
        line("n", sc_range_end="") + "\t",
        line("o") + "\t\t",
        "\t",
        "\t" + line("p"),
        line("q", date=""),
        line("r").replace("-", ""),
        line("s").replace("GET", " GET "),
        line("j").removesuffix("-"),
        line("k", agent="Ünïcode"),
        line("l", date="2026-11-23"),
        "",
        "\t" * (len(CHOSEN) - 1),
        "#\t" + "\t" * (len(CHOSEN) - 2),
        DAY,
    ]
)


@given(st.lists(st.lists(_WORDS, max_size=12), max_size=4), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_reads_what_the_memory_world_reads(bench: Bench, files: list[list[str]], compressed: bool) -> None:  # noqa: FBT001
    memory = MemoryAccessLogs()
    for path in bench.folder.iterdir():
        path.unlink()
    for number, lines in enumerate(files):
        text = "\n".join(lines)
        memory.add(text)
        bench.drop(f"{number}.gz", packed(text) if compressed else text.encode())
    findings = memory.start(ALL).findings
    assert findings is not None

    assert bench.found()[0] == list(findings.rows)
