"""What Athena is asked, and what is made of what it leaves in the bucket."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import define, evolve
from botocore.exceptions import ClientError

from adapters.aws.access_logs import AthenaAccessLogs, NoFindings, query_of
from domain.log_rows import Row
from domain.messages import CountDownloads
from infrastructure.resources import Resources
from tests.adapters.aws.wire import Wire, failure, tapped
from tests.aws import client

QUERY = "5a2f2a8e-9b7c-4d51-8f0e-0c9f5b1d7e11"
SQL = "SELECT 1 -- as it is\n"
REQUEST = CountDownloads("2026-11-24", ("eggs", "spam"), 1, 2, announced="tonight")
HEADER = '"stem","time","edge","country","address","agent","request"'
LINE = '"/packages/frob/1/frob.zip","10:00:00","FRA56-P1","DE","192.0.2.1","pip/25.3","1"'
ROW = ("/packages/frob/1/frob.zip", "10:00:00", "FRA56-P1", "DE", "192.0.2.1", "pip/25.3")


@define
class Clock:
    at: datetime = datetime(2026, 11, 25, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def athena(resources: Resources) -> Iterator[Wire]:
    location = {"OutputLocation": f"s3://{resources.results_bucket}/athena/"}
    client("athena").create_work_group(Name=resources.workgroup, Configuration={"ResultConfiguration": location})
    with tapped(client("athena")) as wire:
        yield wire


def made(resources: Resources, sql: str = SQL, clock: Clock | None = None) -> AthenaAccessLogs:
    names = (resources.workgroup, resources.usage_database, resources.results_bucket)
    return AthenaAccessLogs(client("athena"), client("s3"), *names, sql, clock or Clock())


def asked(athena: Wire) -> list[dict[str, Any]]:
    return athena.of("StartQueryExecution")


def left(resources: Resources, *lines: str, end: str = "\n") -> None:
    """Put these lines where a query leaves what it found."""
    body = "".join(f"{line}{end}" for line in lines).encode()
    client("s3").put_object(Bucket=resources.results_bucket, Key=f"athena/{QUERY}.csv", Body=body)


def found(resources: Resources) -> list[Row]:
    return list(made(resources).findings(QUERY).rows)


def test_athena_is_asked_the_query_as_it_is_with_literals(resources: Resources, athena: Wire) -> None:
    query = made(resources).start(REQUEST)

    (told,) = asked(athena)
    token = told.pop("ClientRequestToken")
    assert told == {
        "QueryString": SQL,
        "ExecutionParameters": ["'2026-11-24'", "'eggs,spam'"],
        "QueryExecutionContext": {"Database": resources.usage_database},
        "WorkGroup": resources.workgroup,
    }
    assert 32 <= len(token) <= 128
    assert query.findings is None
    assert query_of(f"athena/{query.id}.csv") == query.id


def test_all_packages_are_a_star_and_a_quote_ends_no_literal(resources: Resources, athena: Wire) -> None:
    logs = made(resources)

    logs.start(CountDownloads("2026-11-24"))
    logs.start(CountDownloads("2026-11-24", ("it's",)))

    assert [told["ExecutionParameters"][1] for told in asked(athena)] == ["'*'", "'it''s'"]


def test_a_message_that_comes_again_has_the_same_token_and_anything_else_another(
    resources: Resources, athena: Wire
) -> None:
    logs = made(resources)
    others = [
        evolve(REQUEST, announced="tomorrow"),
        evolve(REQUEST, day="2026-11-23"),
        evolve(REQUEST, packages=("eggs",)),
    ]

    for request in (REQUEST, REQUEST, *others):
        logs.start(request)
    made(resources, sql="SELECT 2").start(REQUEST)

    tokens = [told["ClientRequestToken"] for told in asked(athena)]
    assert tokens[0] == tokens[1]
    assert len(set(tokens)) == 1 + len(others) + 1


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ThrottlingException", "InvalidRequestException"])
def test_what_athena_refuses_is_told(resources: Resources, athena: Wire, code: str) -> None:
    athena.answers["StartQueryExecution"] = [failure(code)] * 10

    with pytest.raises(ClientError, match=code):
        made(resources).start(REQUEST)


def test_findings_are_rows_by_the_names_of_their_columns(resources: Resources) -> None:
    left(resources, HEADER, LINE)
    assert found(resources) == [ROW]

    swapped = [",".join(reversed(line.split(","))) for line in (HEADER, LINE)]
    left(resources, *swapped, end="\r\n")
    assert found(resources) == [ROW]


def test_null_is_unsaid_and_quotes_commas_and_lines_are_text(resources: Resources) -> None:
    left(resources, HEADER, '"/a",,"","\\N","x,y","a ""b"" \u2603\nc","1"')

    assert found(resources) == [("/a", "-", "-", "\\N", "x,y", 'a "b" \u2603\nc')]


def test_nothing_found_is_no_row(resources: Resources) -> None:
    left(resources, HEADER)

    assert found(resources) == []
    assert made(resources).findings(QUERY).malformed == {}


def test_findings_are_read_piece_by_piece(resources: Resources) -> None:
    left(resources, HEADER, *[LINE] * 30_000)

    rows = made(resources).findings(QUERY).rows
    assert next(rows) == ROW
    assert sum(1 for _ in rows) == 29_999


@pytest.mark.parametrize("free", [10**12, 0])
def test_findings_are_at_hand_before_the_first_is_worked_on_if_there_is_room(
    resources: Resources, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    """Working on them takes minutes, for which S3 keeps no connection open."""
    bodies: list[Any] = []

    def noted(**told: Any) -> Any:
        answer = get_object(**told)
        bodies.append(answer["Body"])
        return answer

    s3 = client("s3")
    get_object = s3.get_object
    monkeypatch.setattr(s3, "get_object", noted)
    monkeypatch.setattr("adapters.aws.access_logs.shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    left(resources, HEADER, *[LINE] * 30_000)
    names = (resources.workgroup, resources.usage_database, resources.results_bucket)

    rows = AthenaAccessLogs(client("athena"), s3, *names, SQL, Clock()).findings(QUERY).rows

    assert next(rows) == ROW
    assert bodies[0]._raw_stream.closed is bool(free)
    assert sum(1 for _ in rows) == 29_999


@pytest.mark.parametrize("lines", [(), ('"what","is","this"', '"1","2","3"')])
def test_what_no_query_would_have_written_is_no_findings(resources: Resources, lines: tuple[str, ...]) -> None:
    left(resources, *lines)

    with pytest.raises(NoFindings) as fault:
        found(resources)
    assert '"1"' not in str(fault.value)
    assert "this" not in str(fault.value)  # the first line may be a request, with its address


@pytest.mark.parametrize("query", [QUERY, "memory", "", f"../{QUERY}"])
def test_without_a_file_there_are_no_findings(resources: Resources, query: str) -> None:
    with pytest.raises(LookupError):
        made(resources).findings(query)


def test_findings_that_cannot_be_read_are_not_absent(resources: Resources, s3: Wire) -> None:
    s3.answers["GetObject"] = [failure("AccessDenied", 403)]

    with pytest.raises(ClientError, match="AccessDenied"):
        made(resources).findings(QUERY)


@pytest.mark.parametrize(
    "key",
    [
        f"athena/{QUERY}.csv.metadata",
        f"athena/{QUERY}",
        f"athena/{QUERY.upper()}.csv",
        f"athena/tables/{QUERY}.csv",
        f"{QUERY}.csv",
        "athena/.csv",
        "staging/0123456789abcdef",
    ],
)
def test_other_keys_are_of_no_query(key: str) -> None:
    assert query_of(key) is None


def test_a_day_is_kept_until_the_lifecycle_may_have_removed_something(resources: Resources) -> None:
    clock = Clock()
    logs = made(resources, clock=clock)
    begin = datetime(2026, 11, 24, tzinfo=UTC)

    clock.at = begin + timedelta(days=30) - timedelta(seconds=1)
    assert logs.keeps("2026-11-24")
    clock.at = begin + timedelta(days=30)
    assert not logs.keeps("2026-11-24")


def test_nobody_knows_the_state_of_logs(resources: Resources) -> None:
    assert made(resources).state("2026-11-24") == ""
