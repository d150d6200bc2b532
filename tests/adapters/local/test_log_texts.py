"""Texts of packed logs: they say what the logs say, take no more room than there is, and nothing of them stays."""

import gc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.local import access_logs, log_files, log_texts
from adapters.local.access_logs import DuckDbAccessLogs
from adapters.local.database import Database
from adapters.local.log_agents import Table
from adapters.local.log_contents import examined
from adapters.local.log_texts import LogTexts, Place
from domain.messages import CountDownloads
from infrastructure.local import QUERY
from tests.logs import CHOSEN, DAY, LEGACY, STEM, log, packed
from tests.logs import line_of as line

LINES = tuple(line(f"{number:03}") for number in range(200))
TEXT = log(*LINES)


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckDbAccessLogs]:
    """Access logs that are always many, and packed as well as these are."""
    monkeypatch.setattr(log_files, "worth_it", lambda _: 1)
    monkeypatch.setattr(log_texts, "_RATIO", 1000)
    (tmp_path / "logs").mkdir()
    with closing(Database(tmp_path / "events.db")) as database:
        yield DuckDbAccessLogs(
            tmp_path / "logs", tmp_path / "tmp", database, QUERY.read_text(), 30, SystemClock(), lambda _: None
        )


@pytest.fixture
def queried(monkeypatch: pytest.MonkeyPatch) -> list[Table]:
    """What has been queried."""
    tables: list[Table] = []
    tables_of = access_logs._tables

    def noting(*values: object) -> list[Table]:
        made = tables_of(*values)  # type: ignore[arg-type]
        tables.extend(made)
        return made

    monkeypatch.setattr(access_logs, "_tables", noting)
    return tables


def ids(logs: DuckDbAccessLogs) -> list[str]:
    findings = logs.start(CountDownloads(DAY)).findings
    assert findings is not None
    return [row[4] for row in findings.rows]


def left(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "tmp").rglob("*") if path.is_file() and path.name != "lock"]


STEM_LAST = [*(field for field in CHOSEN if field != "cs-uri-stem"), "cs-uri-stem"]
FILES = (STEM, "/packages/", f"{STEM}.metadata%20", "%2Fpackages%2Ffrob%2F1.0%2Ffrob-1.0.zip", f"{STEM}.metadata.whl")
OTHERS = ("/", "/simple/frob/", f"{STEM}.metadata", f"/my{STEM}", "-", "")


@pytest.mark.parametrize("fields", [CHOSEN, LEGACY, STEM_LAST], ids=["chosen", "legacy", "path last"])
def test_the_text_of_a_packed_log_is_its_requests_for_files(tmp_path: Path, fields: list[str]) -> None:
    files, others = [[line("a", fields, cs_uri_stem=stem) for stem in stems] for stems in (FILES, OTHERS)]
    elsewhere = line("a", fields, cs_uri_stem="/", agent=f"%20{STEM}", x_host_header=STEM)
    (tmp_path / "a.gz").write_bytes(packed(log(*others, *files, "#Version: 1.0", elsewhere, *files, fields=fields)))

    examined(tmp_path / "a.gz", Place(tmp_path / "text", 10**6))

    assert (tmp_path / "text").read_text().splitlines() == [*files, *files]


@pytest.mark.parametrize("fields", [CHOSEN, [field for field in CHOSEN if field != "cs-uri-stem"]])
def test_where_no_file_is_asked_for_nothing_is_found(
    logs: DuckDbAccessLogs, queried: list[Table], tmp_path: Path, fields: list[str]
) -> None:
    lines = [line("a", fields, cs_uri_stem=stem) for stem in OTHERS]
    (tmp_path / "logs" / "a.gz").write_bytes(packed(log(*lines, fields=fields)))

    assert ids(logs) == []
    assert [table.compressed for table in queried] == [False]


@pytest.mark.parametrize(
    ("content", "most"),
    [
        pytest.param(packed(TEXT), 1000, id="too long"),
        pytest.param(packed(TEXT)[:-1], 10**6, id="not whole"),
        pytest.param(packed(log(*LINES, line("b\r"))), 10**6, id="to be cleaned"),
        pytest.param(TEXT.encode(), 10**6, id="text already"),
        pytest.param(b"", 10**6, id="nothing"),
    ],
)
def test_of_others_there_is_none(tmp_path: Path, content: bytes, most: int) -> None:
    (tmp_path / "log").write_bytes(content)

    assert examined(tmp_path / "log", Place(tmp_path / "text", most)) == examined(tmp_path / "log")
    assert not (tmp_path / "text").exists()


def test_where_none_can_be_written_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(packed(TEXT))

    contents = examined(tmp_path / "a.gz", Place(tmp_path / "nowhere" / "text", 10**6))

    assert contents == examined(tmp_path / "a.gz")


def test_the_query_reads_texts_once_and_they_are_gone(
    logs: DuckDbAccessLogs, queried: list[Table], tmp_path: Path
) -> None:
    (tmp_path / "logs" / "a.gz").write_bytes(packed(log(*LINES[:100])))
    (tmp_path / "logs" / "b.gz").write_bytes(packed(log(*LINES[100:])))

    first = ids(logs)
    assert left(tmp_path) == []
    second = ids(logs)

    assert first == second == [f"{number:03}" for number in range(200)]
    assert [table.compressed for table in queried] == [False, True]
    assert [len(table.paths) for table in queried] == [2, 2]


def test_without_room_the_query_reads_the_logs(
    logs: DuckDbAccessLogs, queried: list[Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_texts, "_MOST_BYTES", 0)
    (tmp_path / "logs" / "a.gz").write_bytes(packed(TEXT))

    assert len(ids(logs)) == len(LINES)
    assert [table.compressed for table in queried] == [True]


def test_a_log_that_changed_since_is_read_itself(logs: DuckDbAccessLogs, queried: list[Table], tmp_path: Path) -> None:
    (tmp_path / "logs" / "a.gz").write_bytes(packed(TEXT))
    logs.state(DAY)
    (tmp_path / "logs" / "a.gz").write_bytes(packed(log(*LINES[:3])))

    assert ids(logs) == ["000", "001", "002"]
    assert [table.compressed for table in queried] == [False]


def test_texts_that_nobody_asks_for_go_with_the_end_of_the_night(logs: DuckDbAccessLogs, tmp_path: Path) -> None:
    (tmp_path / "logs" / "a.gz").write_bytes(packed(TEXT))
    logs.state(DAY)
    assert len(left(tmp_path)) == 1

    logs.expire()

    assert left(tmp_path) == []
    assert len(ids(logs)) == len(LINES)


def test_texts_go_with_whoever_made_them(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(packed(TEXT))
    texts = LogTexts(tmp_path / "tmp")
    with texts.place(tmp_path / "a.gz") as place:
        assert place is not None
        place.path.write_text("text")
        texts.keep("a", place)
    assert len(left(tmp_path)) == 1

    del texts
    gc.collect()

    assert left(tmp_path) == []


def test_room_is_taken_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(b"ten bytes.")
    monkeypatch.setattr(log_texts, "_MOST_BYTES", 200)
    monkeypatch.setattr(log_texts, "_RATIO", 16)
    texts = LogTexts(tmp_path / "tmp")

    with texts.place(path) as first:
        assert first is not None
        assert first.most == 160
        with texts.place(path) as second:
            assert second is None
        first.path.write_text("x" * 100)
        texts.keep("a", first)
    with texts.place(path) as third:
        assert third is None
    texts.remove(["a", "b"])
    with texts.place(path) as fourth:
        assert fourth is not None
