"""A deployed index that is used: its access logs, its nights, and what everybody sees of it."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import field, frozen

from tests.end_to_end import access_logs
from tests.end_to_end.access_logs import BOT, BROWSER, MIRROR, NOBODY, PIP, POETRY, UV, Request, as_file, counted, key
from tests.end_to_end.stack import Stack

PACKAGES = ("counted", "counted-too", "installed")
FIGURES_FOLLOW_SECONDS = 90
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
