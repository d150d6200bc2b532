"""What every AccessLogs promises. What may be a download says `count_downloads.sql`, here sentence by sentence."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from attrs import frozen

from adapters.clock import SystemClock
from adapters.local.access_logs import DuckDbAccessLogs
from adapters.local.database import Database
from adapters.memory.access_logs import MemoryAccessLogs
from domain.log_rows import Row
from domain.messages import CountDownloads
from domain.ports.access_logs import AccessLogs, Findings
from infrastructure.local import QUERY
from tests.logs import CHOSEN, DAY, LEGACY, STEM, log, packed
from tests.logs import line_of as line

AGENT = "pip/25.3%2520%257B%2522ci%2522:true%257D"


@frozen
class Served:
    """A world's logs; `drop` is what a server does with a file."""

    logs: AccessLogs
    drop: Callable[[str], object]

    def found(self, *packages: str, day: str = DAY) -> Findings:
        findings = self.logs.start(CountDownloads(day, packages)).findings
        assert findings is not None
        return findings

    def rows(self, *packages: str, day: str = DAY) -> Sequence[Row]:
        return list(self.found(*packages, day=day).rows)

    def ids(self, *packages: str, day: str = DAY) -> Sequence[str]:
        return [row[4] for row in self.rows(*packages, day=day)]


@pytest.fixture(params=["memory", "local"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    if request.param == "memory":
        memory = MemoryAccessLogs()
        yield Served(memory, memory.add)
        return
    folder = tmp_path / "logs"
    folder.mkdir()

    def drop(text: str) -> None:
        (folder / f"E1.{len(list(folder.iterdir()))}.gz").write_bytes(packed(text))

    with closing(Database(tmp_path / "events.db")) as database:
        local = DuckDbAccessLogs(folder, tmp_path / "tmp", database, QUERY.read_text(), 30, SystemClock())
        yield Served(local, drop)


def test_without_logs_there_are_no_requests(served: Served) -> None:
    findings = served.found()

    assert list(findings.rows) == []
    assert not findings.malformed
    assert served.logs.keeps(DAY)


def test_a_request_is_told_as_it_stands_in_the_log(served: Served) -> None:
    served.drop(log(line("a==", agent=AGENT, c_ip="2001:db8::1")))

    assert served.rows() == [(STEM, "10:00:00", "FRA56-P1", "DE", "2001:db8::1", AGENT)]


def test_a_request_counts_once_whatever_files_repeat_it(served: Served) -> None:
    served.drop(log(line("a"), line("a"), line("b")))
    served.drop(log(line("a"), line("c")))

    assert served.ids() == ["a", "b", "c"]


def test_requests_come_in_the_order_of_paths_times_and_ids(served: Served) -> None:
    first, second = STEM, "/packages/frob-er/1.0/frob_er-1.0.tar.gz"
    served.drop(
        log(
            line("d", cs_uri_stem=first, time="23:59:59"),
            line("b", cs_uri_stem=first, time="00:00:00"),
            line("a", cs_uri_stem=second, time="12:00:00"),
            line("c", cs_uri_stem=first, time="00:00:00"),
        )
    )

    assert served.ids() == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"sc_status": "206", "sc_range_start": "0", "sc_range_end": "99"},
        {"x_edge_result_type": "RefreshHit"},
        {"x_edge_result_type": "Miss"},
        {"cs_uri_stem": "/packages/frob/1.0/no-such-file.whl"},
    ],
)
def test_what_may_be_a_download(served: Served, values: dict[str, str]) -> None:
    served.drop(log(line("a", **values)))

    assert served.ids("frob") == ["a"]


@pytest.mark.parametrize(
    "values",
    [
        {"cs_method": "HEAD"},
        {"cs_method": "POST"},
        {"sc_status": "206", "sc_range_start": "1", "sc_range_end": "99"},
        {"sc_status": "206"},
        {"sc_status": "304"},
        {"sc_status": "404"},
        {"sc_status": "000"},
        {"x_edge_result_type": "Error"},
        {"cs_uri_stem": f"{STEM}.metadata"},
        {"cs_uri_stem": "/simple/frob/"},
        {"cs_uri_stem": "/"},
        {"cs_uri_stem": "-"},
        {"date": "2026-11-23"},
        {"date": "-"},
    ],
)
def test_what_cannot_be_a_download(served: Served, values: dict[str, str]) -> None:
    served.drop(log(line("a", **values), line("b")))

    assert served.ids("frob") == ["b"]


def test_a_batch_is_asked_for_its_packages_only(served: Served) -> None:
    served.drop(log(*(line(name, cs_uri_stem=f"/packages/{name}/1.0/{name}-1.0.tar.gz") for name in "abc")))

    assert served.ids("a", "c") == ["a", "c"]
    assert served.ids("b") == ["b"]
    assert served.ids() == ["a", "b", "c"]
    assert served.ids("ab") == []


def test_an_encoded_path_may_name_any_package(served: Served) -> None:
    served.drop(log(line("a", cs_uri_stem="/packages/%2566rob/1.0/frob-1.0.tar.gz"), line("b", cs_uri_stem="/x/%2525")))

    assert served.ids("other") == ["a", "b"]


def test_a_plus_stays_a_plus(served: Served) -> None:
    served.drop(log(line("a", cs_uri_stem="/packages/frob/1.0+local/frob-1.0+local.tar.gz")))

    ((stem, *_),) = served.rows()
    assert stem == "/packages/frob/1.0+local/frob-1.0+local.tar.gz"


def test_the_date_decides_whatever_else_is_in_the_file(served: Served) -> None:
    served.drop(log(line("a", date="2026-11-23"), line("b", date=DAY), line("c", date="2026-11-25")))

    assert served.ids(day="2026-11-23") == ["a"]
    assert served.ids() == ["b"]
    assert served.ids(day="2026-11-25") == ["c"]


@pytest.mark.parametrize("fields", [LEGACY, CHOSEN, CHOSEN[::-1], [*CHOSEN, "some-new-field"], sorted(LEGACY)])
def test_the_fields_line_decides_about_the_columns(served: Served, fields: list[str]) -> None:
    served.drop(log(line("a", fields), line("b", fields, sc_status="206", sc_range_start="0"), fields=fields))

    country = "DE" if "c-country" in fields else "-"
    assert served.rows() == [(STEM, "10:00:00", "FRA56-P1", country, request, "uv/0.9.11") for request in "ab"]


def test_files_of_different_fields_are_read_together(served: Served) -> None:
    served.drop(log(line("a", LEGACY), fields=LEGACY))
    served.drop(log(line("b"), line("a")))

    assert served.ids() == ["a", "b"]


def test_the_latest_fields_line_decides_from_there_on(served: Served) -> None:
    fields = CHOSEN[::-1]
    served.drop(log(line("a")) + log(line("b", fields), fields=fields) + log(line("c")))

    assert served.ids() == ["a", "b", "c"]


@pytest.mark.parametrize("odd", ["", "x\r"])  # with a file that can be read as it is, and with one that cannot
def test_of_two_fields_of_the_same_name_the_first_one_counts(served: Served, odd: str) -> None:
    fields = [*CHOSEN, "date", "cs-uri-stem"]
    served.drop(log(f"{line('a')}\t2026-11-25\t/other", odd, fields=fields))

    assert [row[0] for row in served.rows()] == [STEM]
    assert served.ids(day="2026-11-25") == []


def test_a_field_that_is_not_there_says_nothing(served: Served) -> None:
    fields = [field for field in CHOSEN if field not in ("c-ip", "cs(User-Agent)", "sc-range-start")]
    served.drop(log(line("a", fields), line("b", fields, sc_status="206"), fields=fields))

    assert served.rows() == [(STEM, "10:00:00", "FRA56-P1", "DE", "-", "-")]


@pytest.mark.parametrize("missing", ["date", "cs-method", "cs-uri-stem", "sc-status"])
def test_without_a_field_that_matters_nothing_counts(served: Served, missing: str) -> None:
    fields = [field for field in CHOSEN if field != missing]
    served.drop(log(line("a", fields), fields=fields))

    assert served.ids() == []


def test_lines_with_too_few_or_too_many_columns_are_counted(served: Served) -> None:
    served.drop(log(line("a") + "\tmore", line("b").rpartition("\t")[0], DAY, line("c"), "nonsense", line("d")))

    findings = served.found()

    assert [row[4] for row in findings.rows] == ["c", "d"]
    assert findings.malformed == {"wrong columns": 4}


def test_lines_before_any_fields_line_are_counted(served: Served) -> None:
    served.drop(line("a") + "\n" + log(line("b")))

    findings = served.found()

    assert [row[4] for row in findings.rows] == ["b"]
    assert findings.malformed == {"no #Fields": 1}


def test_directives_and_empty_lines_are_nothing(served: Served) -> None:
    served.drop(log(line("a"), "", "#Software: something\twith a tab", "#", line("b")) + "\n\n")

    findings = served.found()

    assert [row[4] for row in findings.rows] == ["a", "b"]
    assert not findings.malformed


def test_quotes_and_other_characters_are_plain(served: Served) -> None:
    agents = ['"', "'it''s'", '"a" "b', "\\", "#", "ünïcode", "", ",;|"]
    served.drop(log(*(line(str(number), agent=agent) for number, agent in enumerate(agents))))

    assert [row[5] for row in served.rows()] == agents


def test_the_last_line_needs_no_end(served: Served) -> None:
    served.drop(log(line("a"), line("b")).removesuffix("\n"))

    assert served.ids() == ["a", "b"]


def test_a_late_log_changes_the_state_of_its_day_only(served: Served) -> None:
    served.drop(log(line("a")))
    before, other = served.logs.state(DAY), served.logs.state("2026-11-23")

    served.drop(log(line("b")))

    assert before
    assert other
    assert served.logs.state(DAY) != before
    assert served.logs.state("2026-11-23") == other
    assert served.logs.state(DAY) == served.logs.state(DAY)


def test_reading_changes_no_state(served: Served) -> None:
    served.drop(log(line("a")))
    before = served.logs.state(DAY)

    served.rows()

    assert served.logs.state(DAY) == before


def test_nobody_finds_what_nobody_asked_for(served: Served) -> None:
    with pytest.raises(LookupError):
        served.logs.findings("no-such-query")
