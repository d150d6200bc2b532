"""Queries run as on AWS, as far as counting downloads relies on it."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.athena import as_csv
from tests.emulator.ministack import MiniStack
from tests.infrastructure.stack_template import Stack

pytestmark = pytest.mark.emulator

SQL = (Path(__file__).parents[2] / "infrastructure" / "athena" / "count_downloads.sql").read_text()
HEADER = "#Version: 1.0\n#Fields: date time timestamp(ms) ...\n"
RESULT = '"stem","time","edge","country","address","agent","request"'


def line(request: str, stem: str, day: str = "2026-11-24", status: str = "200") -> str:
    """A line with the fields of the template's delivery."""
    fields = [day, "12:00:00", "1790000000000", "FRA56-P1", "192.0.2.1", "DE", "GET", stem, status, "1000"]
    return "\t".join((*fields, "pip/25.0", "Hit", request, "pypi.example.org", "-", "-")) + "\n"


@pytest.fixture(scope="module")
def usage(ministack: MiniStack) -> MiniStack:
    """The template's database, table and work group, and logs in the bucket."""
    stack = Stack()
    logs, results = (f"usage-{kind}" for kind in ("logs", "results"))
    s3, glue = ministack.client("s3"), ministack.client("glue")
    for bucket in (logs, results):
        s3.create_bucket(Bucket=bucket)
    table: dict[str, Any] = stack.one("Glue::Table")["TableInput"]
    for of in (table["Parameters"], table["StorageDescriptor"]):
        of.update({key: str(value).replace("<LogsBucket>", logs) for key, value in of.items() if "s3://" in str(value)})
    glue.create_database(DatabaseInput={"Name": "usage"})
    glue.create_table(DatabaseName="usage", TableInput=table)
    configuration = stack.one("Athena::WorkGroup")["WorkGroupConfiguration"]
    configuration["ResultConfiguration"] = {"OutputLocation": f"s3://{results}/athena/"}
    ministack.client("athena").create_work_group(Name="usage", Configuration=configuration)
    folder = "cloudfront/year=2026/month=11"
    first = HEADER + line("a", "/packages/frob/1.0/frob-1.0.tar.gz") + line("b", "/simple/frob/index.html")
    late = HEADER + line("a", "/packages/frob/1.0/frob-1.0.tar.gz") + line("c", '/packages/odd/1/"odd"-1.zip')
    for key, text in (
        (f"{folder}/day=24/one.gz", first),
        (f"{folder}/day=25/late.gz", late),
        (f"{folder}/day=27/too-late.gz", HEADER + line("d", "/packages/frob/1.0/frob-1.0.tar.gz")),
        ("cloudfront/year=2026/month=11/day=4/no-partition.gz", first),
        (f"{folder}/day=24/_hidden.gz", HEADER + line("e", "/packages/frob/1.0/frob-1.0.tar.gz")),
    ):
        s3.put_object(Bucket=logs, Key=key, Body=gzip.compress(text.encode()))
    return ministack


def start(usage: MiniStack, token: str, *parameters: str, query: str = SQL, group: str = "usage") -> str:
    """Start the query; returns its id."""
    started = usage.client("athena").start_query_execution(
        QueryString=query,
        ClientRequestToken=token.ljust(32, "-"),
        QueryExecutionContext={"Database": "usage"},
        WorkGroup=group,
        ExecutionParameters=list(parameters),
    )
    return str(started["QueryExecutionId"])


def ended(usage: MiniStack, query: str) -> Any:
    """What Athena says of a query once it is over."""
    (execution,) = [one for one in usage.athena.executions if one.id == query]
    assert execution.ended.wait(30)
    return usage.client("athena").get_query_execution(QueryExecutionId=query)["QueryExecution"]


def test_a_query_reads_the_days_partitions_and_leaves_its_result_beside_its_metadata(usage: MiniStack) -> None:
    query = start(usage, "one", "'2026-11-24'", "'*'")

    told = ended(usage, query)

    assert told["Status"]["State"] == "SUCCEEDED", told
    assert told["ResultConfiguration"]["OutputLocation"] == f"s3://usage-results/athena/{query}.csv"
    s3 = usage.client("s3")
    lines = s3.get_object(Bucket="usage-results", Key=f"athena/{query}.csv")["Body"].read().decode().splitlines()
    assert lines == [
        RESULT,
        '"/packages/frob/1.0/frob-1.0.tar.gz","12:00:00","FRA56-P1","DE","192.0.2.1","pip/25.0","a"',
        '"/packages/odd/1/""odd""-1.zip","12:00:00","FRA56-P1","DE","192.0.2.1","pip/25.0","c"',
    ]
    assert s3.head_object(Bucket="usage-results", Key=f"athena/{query}.csv.metadata")["ContentLength"]


def test_nothing_found_is_a_result_with_a_header(usage: MiniStack) -> None:
    query = start(usage, "nothing", "'2026-11-24'", "'nobody,knows'")

    assert ended(usage, query)["Status"]["State"] == "SUCCEEDED"
    result = usage.client("s3").get_object(Bucket="usage-results", Key=f"athena/{query}.csv")["Body"].read()
    assert result.decode().splitlines() == [RESULT]


def test_null_is_no_empty_text() -> None:
    assert as_csv(["x", "y"], [(None, ""), ("1", "a\tb")]) == b'"x","y"\n,""\n"1","a\tb"\n'


def test_asked_again_with_the_same_token_it_is_the_same_query(usage: MiniStack) -> None:
    client = usage.client("athena")
    first = start(usage, "again", "'2026-11-24'", "'*'")

    assert start(usage, "again", "'2026-11-24'", "'*'") == first
    assert start(usage, "other", "'2026-11-24'", "'*'") != first
    with pytest.raises(client.exceptions.ClientError, match="Idempotent parameters do not match"):
        start(usage, "again", "'2026-11-23'", "'*'")


@pytest.mark.parametrize(
    "parameters", [("'2026-11-24'",), ("2026-11-24", "'*'"), ("'2026-11-24'", f"'{'x' * 1023}'"), ("'a'",) * 3]
)
def test_parameters_have_to_be_as_many_as_asked_for_literal_and_short(
    usage: MiniStack, parameters: tuple[str, ...]
) -> None:
    with pytest.raises(usage.client("athena").exceptions.ClientError, match="InvalidRequestException"):
        start(usage, f"wrong {parameters}"[:100], *parameters)


def test_a_work_group_that_is_not_there_starts_nothing(usage: MiniStack) -> None:
    with pytest.raises(usage.client("athena").exceptions.ClientError, match="WorkGroup nobodys is not found"):
        start(usage, "group", "'2026-11-24'", "'*'", group="nobodys")


def test_a_query_that_fails_leaves_nothing(usage: MiniStack) -> None:
    query = start(usage, "fails", "'x'", query="SELECT nonsense FROM access_logs WHERE date = ?")

    told = ended(usage, query)

    assert told["Status"]["State"] == "FAILED"
    assert "nonsense" in told["Status"]["StateChangeReason"]
    listed = usage.client("s3").list_objects_v2(Bucket="usage-results", Prefix=f"athena/{query}")
    assert listed["KeyCount"] == 0
