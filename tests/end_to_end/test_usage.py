"""From CloudFront's logs to figures: the schedule, the queue, Athena, S3's notifications and the functions do it."""

import csv
import gzip
import io
import json
import os
import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.clients.clients import succeed, write
from tests.end_to_end import access_logs
from tests.end_to_end.access_logs import Agent, Request, counted
from tests.end_to_end.stack import Stack
from tests.end_to_end.used import FIGURES_FOLLOW_SECONDS, PACKAGES, Usage, packages_a_query, some
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.end_to_end

PUT_ASIDE_SECONDS = 240


@pytest.fixture(scope="module")
def used(stack: Stack, alice: str, tmp_path_factory: pytest.TempPathFactory) -> Usage:
    """Three packages, and two days of requests for two of them."""
    today = datetime.now(UTC).date()
    made = [
        (name, version, filename, content)
        for name in PACKAGES
        for version in ("1.0", "2.0")
        for filename, content in (make_wheel(name, version), make_sdist(name, version))
    ]
    stack.twine(
        alice, *write(tmp_path_factory.mktemp("used"), *[(filename, content) for *_, filename, content in made])
    )
    stack.transcript.eventually(
        "they have pages", lambda: all(stack.quiet(f"/project/{name}/").is_success for name in PACKAGES)
    )
    days = tuple((today - timedelta(days=ago)).isoformat() for ago in (2, 1))
    return Usage(stack, (days[0], days[1]), [(name, version, filename) for name, version, filename, _ in made])


@pytest.fixture(scope="module")
def night(used: Usage) -> Usage:
    """The first night is over."""
    before, yesterday = used.days
    first, second = some(used, before, 150), some(used, yesterday, 250)
    used.log(before, "first", first)
    used.log(yesterday, "second", second, "too\tfew\tcolumns\n", "\n", "#a line that is none\n")
    used.log(yesterday, "twice", [*second[:100], *access_logs.variants(second[0])])
    # The last minutes of a day lie in a folder of the next, the first ones may lie in the one before.
    used.log(
        datetime.now(UTC).date().isoformat(), "over-midnight", [*second[90:110], *some(used, yesterday, 260)[250:]]
    )
    used.log(before, "early", some(used, yesterday, 270)[260:])
    used.night()
    return used


def test_everybody_sees_what_an_independent_count_says(night: Usage) -> None:
    night.stack.transcript.eventually(
        "figures of both days are there",
        lambda: all(night.is_complete(package) and night.shows(package) for package in PACKAGES),
        FIGURES_FOLLOW_SECONDS,
    )
    night.settled()

    for package in PACKAGES:
        wanted = counted(night.of(package))
        assert night.stats(package) == wanted
        told = night.stack.index.get(f"/stats/{package}.json").json()
        assert told["package"] == package
        assert told["total"] == sum(day["downloads"] for day in wanted.values())
        night.stack.transcript.write(f"# {package}: {told['total']} downloads, which an independent count says too")
    assert night.queries() <= 4


def test_pages_show_the_figures(night: Usage) -> None:
    total = night.stack.quiet("/stats/counted.json").json()["total"]

    night.stack.transcript.eventually(
        "its page shows the total", lambda: re.search(rf"\b{total:,}\b", section(night.stack, "counted")) is not None
    )
    night.stack.transcript.eventually(
        "home shows it too", lambda: re.search(rf"\b{total:,}\b", night.stack.quiet("/").text) is not None
    )


def section(stack: Stack, package: str) -> str:
    """What a package's page says of downloads."""
    found = re.search(r'<section[^>]*id="downloads".*?</section>', stack.quiet(f"/project/{package}/").text, re.DOTALL)
    return found[0] if found else ""


def detail(stack: Stack, token: str, package: str) -> list[dict[str, str]]:
    """The rows of the owner's CSV."""
    answer = stack.http.get(
        f"{stack.index.url}/api/packages/{package}/downloads.csv", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_the_owner_has_a_row_for_each_download_and_nobody_else(night: Usage, alice: str) -> None:
    rows = detail(night.stack, alice, "counted")

    wanted = {request.id: request for request in night.of("counted") if request.is_download}.values()
    columns = ("date", "time", "version", "filename", "ci")
    assert sorted(tuple(row[name] for name in columns) for row in rows) == sorted(
        (one.day, one.time, one.version, one.filename, "true" if one.agent.ci else "") for one in wanted
    )
    assert not [row for row in rows if any("198.51.100." in value for value in row.values())]
    stranger = night.stack.command("token", "create", "mallory", "--stack", night.stack.name).out.strip()
    url = f"{night.stack.index.url}/api/packages/counted/downloads.csv"
    assert night.stack.http.get(url).status_code == 401
    assert night.stack.http.get(url, headers={"Authorization": f"Bearer {stranger}"}).status_code in (403, 404)


def test_no_address_is_kept_beyond_logs_and_results(night: Usage) -> None:
    pages = night.stack.client("dynamodb").get_paginator("scan").paginate(TableName=night.stack.name)

    assert "198.51.100." not in json.dumps([page["Items"] for page in pages], default=str)
    s3, bucket = night.stack.client("s3"), night.stack.bucket("data")
    details = s3.list_objects_v2(Bucket=bucket, Prefix="usage/")["Contents"]
    assert details
    for one in details:
        body = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        assert b"198.51.100." not in (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)


def test_a_second_night_changes_nothing(night: Usage) -> None:
    night.settled()
    events, seen, queries = night.events(), night.etags(), night.queries()

    night.night()
    night.stack.command("nightly", "--stack", night.stack.name)
    night.settled()

    assert night.events() == events
    assert night.etags() == seen
    assert night.queries() - queries <= 4


def test_a_late_log_restates_its_package_only(night: Usage) -> None:
    night.settled()
    events, seen = night.events(), night.etags()
    late = [one for one in some(night, night.days[1], 400, ("counted-too",))[300:] if one.is_download][:7]

    night.log(night.days[1], "late", late)
    night.night()

    night.stack.transcript.eventually("it is restated", partial(night.shows, "counted-too"), FIGURES_FOLLOW_SECONDS)
    night.settled()
    assert night.events() - events == Counter({f"usage/counted-too/{night.days[1][:4]}": 1})
    assert {name for name, etag in night.etags().items() if etag != seen[name]} == {"counted-too"}


def test_one_query_for_each_package_says_the_same(night: Usage) -> None:
    night.settled()
    events, seen, queries = night.events(), night.etags(), night.queries()

    with packages_a_query(night.stack, "1"):
        night.night()
        night.settled()

    asked = [one.request["ExecutionParameters"][1] for one in night.stack.cloud.athena.executions[queries:]]

    for package in PACKAGES:
        assert asked.count(f"'{package}'") == len(night.days)
    assert "'*'" not in asked
    assert night.events() == events
    assert night.etags() == seen


def test_one_installation_by_pip_and_one_by_uv_are_one_download_each(
    night: Usage, tmp_path: Path, clean_env: dict[str, str]
) -> None:
    stack = night.stack
    before = len(stack.cloud.seen)
    for tool, index in (("pip", "--index-url"), ("uv", "--default-index")):
        venv = tmp_path / tool
        succeed(sys.executable, "-m", "venv", "--without-pip", venv, env=os.environ)
        words = ("install", index, stack.index.simple, "installed==1.0")
        if tool == "pip":
            stack.pip(venv, *words, env=clean_env)
        else:
            stack.tool("uv", "pip", *words[:1], "--python", venv, *words[1:], env=clean_env)

    # Everything that both asked for, which was more than the files, as CloudFront logs it.
    seen = [one for one in stack.cloud.seen[before:] if "installed" in one.path]
    assert len(seen) > 2
    night.log(
        night.days[1],
        "installed",
        [
            Request(
                f"real-{number}",
                night.days[1],
                "installed",
                "1.0",
                one.path.rpartition("/")[2],
                stem=one.path,
                method=one.method,
                status=str(one.status),
                agent=Agent(one.agent),
            )
            for number, one in enumerate(seen)
        ],
    )
    night.night()

    stack.transcript.eventually("they are counted", lambda: bool(night.stats("installed")), FIGURES_FOLLOW_SECONDS)
    (day,) = night.told("installed")["days"]
    stack.transcript.write(f"# {day}")
    assert day["downloads"] == 2
    assert day["installers"] == {"pip": 1, "uv": 1}
    assert day["files"] == {make_wheel("installed", "1.0")[0]: 2}


def put_aside(stack: Stack, queue: str) -> list[str]:
    """What lies among the dead letters of this name."""
    sqs = stack.client("sqs")
    url = sqs.get_queue_url(QueueName=f"{stack.name}-{queue}")["QueueUrl"]
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [message["Body"] for message in received.get("Messages", [])]


def test_results_that_nobody_asked_for_are_put_aside(night: Usage) -> None:
    query = str(uuid4())

    night.stack.client("s3").put_object(
        Bucket=night.stack.bucket("results"), Key=f"athena/{query}.csv", Body=b'"what","is","this"\n'
    )

    night.stack.transcript.eventually(
        "the result lies among the dead letters",
        lambda: any(query in body for body in put_aside(night.stack, "objects-dead")),
        PUT_ASIDE_SECONDS,
    )
    assert not put_aside(night.stack, "counts-dead")
    # As an operator does who has looked at it; other tests want a stack without complaints.
    sqs = night.stack.client("sqs")
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=f"{night.stack.name}-objects-dead")["QueueUrl"])
