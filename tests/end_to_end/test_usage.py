"""From CloudFront's logs to figures: the schedule, the queue, Athena, S3's notifications and the functions do it."""

import csv
import gzip
import io
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from attrs import field, frozen

from tests.clients.clients import succeed, write
from tests.end_to_end import access_logs
from tests.end_to_end.access_logs import (
    BOT,
    BROWSER,
    MIRROR,
    NOBODY,
    PIP,
    POETRY,
    UV,
    Agent,
    Request,
    as_file,
    counted,
    key,
)
from tests.end_to_end.stack import Stack
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.end_to_end

PACKAGES = ("counted", "counted-too", "installed")
FIGURES_FOLLOW_SECONDS = 90
PUT_ASIDE_SECONDS = 240
STILL = 8
FIGURES = access_logs.figures([]).keys()
SEED = 4
AGENTS = (PIP, PIP, UV, POETRY, BROWSER, NOBODY, MIRROR, BOT)


@frozen
class Usage:
    """An index that was used.

    Attributes:
        days: the day before yesterday, and yesterday.
        files: (package, version, filename) of everything that was published.
        requests: everything in the logs; more may come.
    """

    stack: Stack
    days: tuple[str, str]
    files: Sequence[tuple[str, str, str]]
    requests: list[Request] = field(factory=list)

    def log(self, folder: str, name: str, requests: Sequence[Request], *more: str) -> None:
        """Deliver a file into the folder of a day."""
        self.requests.extend(requests)
        self.stack.client("s3").put_object(
            Bucket=self.stack.bucket("logs"), Key=key(folder, name), Body=as_file(requests, *more)
        )
        self.stack.transcript.write(f"# CloudFront delivers {key(folder, name)}: {len(requests)} requests")

    def of(self, package: str) -> list[Request]:
        """The requests for one package."""
        return [request for request in self.requests if request.package == package]

    def night(self) -> None:
        """What the schedule does at night."""
        schedule = self.stack.client("scheduler").get_schedule(Name=f"{self.stack.name}-nightly")["Target"]
        self.stack.transcript.write(f"# The schedule wakes {self.stack.name}-nightly: {schedule['Input']}")
        answer = self.stack.client("lambda").invoke(
            FunctionName=schedule["Arn"].rpartition(":")[2], Payload=schedule["Input"].encode()
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def told(self, package: str) -> dict[str, Any]:
        """The figures that everybody sees."""
        answer = self.stack.quiet(f"/stats/{package}.json")
        return dict(answer.json()) if answer.is_success else {"complete_through": None, "days": []}

    def stats(self, package: str) -> dict[str, Any]:
        """Those of each day, as far as they are counted independently."""
        return {day["day"]: {name: day[name] for name in FIGURES} for day in self.told(package)["days"]}

    def is_complete(self, package: str) -> bool:
        """Whether the figures are those of all days that are over."""
        return bool(self.told(package)["complete_through"] == self.days[1])

    def shows(self, package: str) -> bool:
        """Whether everybody sees what an independent count says."""
        return self.stats(package) == counted(self.of(package))

    def queries(self) -> int:
        """How many have been started."""
        return sum(one.request["WorkGroup"] == self.stack.name for one in self.stack.cloud.athena.executions)

    def settled(self) -> None:
        """Wait until no query runs, nothing waits, and nothing has changed for a while."""
        seen: list[object] = []

        def still() -> bool:
            # Between a result, its events and the queues are steps that nobody can look into.
            waiting = self._waiting()
            seen.append((waiting, self.queries(), self.events(), self.etags()))
            running = any(not one.ended.is_set() for one in self.stack.cloud.athena.executions)
            return not waiting and not running and len(seen) >= STILL and all(one == seen[-1] for one in seen[-STILL:])

        self.stack.transcript.eventually("nothing runs, waits or changes any more", still, FIGURES_FOLLOW_SECONDS)

    def _waiting(self) -> int:
        return int(json.loads(self.stack.quiet("/healthz").text)["lag"])

    def etags(self) -> dict[str, str]:
        """What identifies the figures of every package."""
        return {name: self.stack.quiet(f"/stats/{name}.json").headers.get("etag", "") for name in PACKAGES}

    def events(self) -> Counter[str]:
        """How many events of usage there are, by stream."""
        pages = self.stack.client("dynamodb").get_paginator("scan").paginate(TableName=self.stack.name)
        items = (item for page in pages for item in page["Items"] if item["sk"]["S"].startswith("event#"))
        return Counter(item["pk"]["S"] for item in items if item["pk"]["S"].startswith(("usage", "days/")))


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


def some(used: Usage, day: str, count: int, packages: Sequence[str] = PACKAGES[:2]) -> list[Request]:
    """Requests of a day, each for some file by somebody."""
    chance = random.Random(f"{SEED} {day}")  # noqa: S311 - it only has to be the same again
    files = [file for file in used.files if file[0] in packages]
    return [
        Request(
            f"{day}-{number}",
            day,
            *chance.choice(files),
            agent=chance.choice(AGENTS),
            time=f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}",
            address=f"198.51.100.{chance.randrange(40)}",
            country=chance.choice(("DE", "FR", "US", "-")),
            edge=chance.choice(("FRA56-P1", "CDG50-C2", "IAD89-P3")),
        )
        for number in range(count)
    ]


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


@contextmanager
def packages_a_query(stack: Stack, most: str) -> Iterator[None]:
    """Tell the function that plans a night what a deployment with another parameter would."""
    client, name = stack.client("lambda"), f"{stack.name}-nightly"
    told = stack.function("nightly")["Environment"]
    changed = {"Variables": told["Variables"] | {"SLS_PYPI_PACKAGES_A_QUERY": most}}
    client.update_function_configuration(FunctionName=name, Environment=changed)
    stack.transcript.write(f"# SLS_PYPI_PACKAGES_A_QUERY={most}")
    yield
    client.update_function_configuration(FunctionName=name, Environment=told)


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
