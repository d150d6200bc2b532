"""What every Builder promises. On AWS the function runs in a process of its own where S3 can be reached from there."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest

from adapters.aws.build_job import BuildBounds, Job
from adapters.aws.build_logs import S3BuildLogs
from adapters.aws.builder import LambdaBuilder
from adapters.clock import SystemClock
from adapters.local.build_logs import FolderBuildLogs
from adapters.local.build_usage import BuildLimits
from adapters.local.builder import SandboxBuilder
from adapters.memory.build_logs import MemoryBuildLogs
from adapters.memory.builder import MemoryBuilder
from adapters.records import from_json
from domain.ports.build_logs import BuildLogs
from domain.ports.builder import Builder, Built, NotBuilt
from tests.aws import account, client, make_bucket
from tests.emulator.ministack import MiniStack
from tests.entrypoints.aws.test_build import ROOT, RUN, archive, project

SUBMISSION = "0123456789abcdef"
NAMES = ("frob-1.0.tar.gz", "frob-1.0-py3-none-any.whl")
TOLD_NAMES = ("frob-2.1rc1.tar.gz", "frob-2.1rc1-py3-none-any.whl")
NOWHERE = "http://127.0.0.1:9/simple/"
BOUNDS = BuildBounds(60, 2**30, 2**28, 2**24)
IN_PROCESS = "builds-in-process"
BROKEN = "\nraise RuntimeError('I do not feel like it')\n"


class Place(Protocol):
    @property
    def builder(self) -> Builder: ...
    @property
    def logs(self) -> BuildLogs: ...


def named(version: str | None) -> tuple[str, ...]:
    return NAMES if version is None else TOLD_NAMES


class Memory:
    def __init__(self) -> None:
        self.logs = MemoryBuildLogs()
        self.builder = MemoryBuilder(self.logs)
        good = archive(project())
        self.builder.will(
            lambda source, version: (
                dict.fromkeys(named(version), b"PK") if source == good else NotBuilt("It is broken.")
            )
        )


class Local:
    def __init__(self, folder: Path) -> None:
        self.logs = FolderBuildLogs(folder / "logs", folder / "tmp", 0, SystemClock())
        self.builder = SandboxBuilder(folder / "builds", self.logs, BuildLimits(seconds=600), NOWHERE)


class Functions:
    """Lambda, as far as somebody asks it to run something, which is over at once."""

    def __init__(self, run: Callable[[bytes], None]) -> None:
        self._run = run

    def invoke(self, Payload: bytes, **_: str) -> None:  # noqa: N803 - boto3's
        self._run(Payload)


class Aws:
    def __init__(self, s3: Any, run: Callable[[bytes], None], bucket: str) -> None:
        self.logs = S3BuildLogs(s3, make_bucket(s3, bucket))
        functions: Any = Functions(run)
        self.builder = LambdaBuilder(s3, functions, bucket, "dispatch", BOUNDS)


def as_function_would(payload: bytes) -> None:
    """Put what forms permit where moto, which nobody reaches over HTTP, would put it."""
    job = from_json(Job, json.loads(payload))
    s3 = client("s3")
    key = job.outcome.fields["key"].replace("outcome.json", "source.tar.gz")
    works = s3.get_object(Bucket=IN_PROCESS, Key=key)["Body"].read() == archive(project())
    told = {"filenames": named(job.version)} if works else {"reason": "It is broken."}
    for form, body in (
        *((form, b"PK") for form in job.files if works),
        (job.log, b"Building the sdist\n"),
        (job.outcome, json.dumps(told).encode()),
    ):
        s3.put_object(Bucket=IN_PROCESS, Key=form.fields["key"], Body=body)


@pytest.fixture(params=["memory", "local", "aws", pytest.param("ministack", marks=pytest.mark.emulator)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    match request.param:
        case "memory":
            yield Memory()
        case "local":
            yield Local(tmp_path)
        case "aws":
            with account():
                yield Aws(client("s3"), as_function_would, IN_PROCESS)
        case _:
            ministack: MiniStack = request.getfixturevalue("ministack")
            environment = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}

            def run(payload: bytes) -> None:
                subprocess.run([sys.executable, "-c", RUN], input=payload, check=True, cwd=ROOT, env=environment)

            yield Aws(ministack.client("s3"), run, f"builds-{uuid4().hex[:12]}")


def started(place: Place, folder: Path, more: str = "", version: str | None = None) -> None:
    source = folder / "source.tar.gz"
    source.write_bytes(archive(project(more)))
    place.builder.start(SUBMISSION, source, version)


def test_of_what_nobody_started_nothing_is_known(place: Place, tmp_path: Path) -> None:
    place.builder.forget(SUBMISSION)

    assert place.builder.outcome(SUBMISSION) is None
    assert not place.builder.fetch(SUBMISSION, NAMES[0], tmp_path / "file")


def test_what_came_out_is_known_until_it_is_forgotten(place: Place, tmp_path: Path) -> None:
    started(place, tmp_path)

    assert place.builder.outcome(SUBMISSION) == Built(NAMES)
    for name in NAMES:
        assert place.builder.fetch(SUBMISSION, name, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 0
    assert not place.builder.fetch(SUBMISSION, "other-1.0.tar.gz", tmp_path / "other")
    log = place.logs.get(SUBMISSION)
    assert log

    place.builder.forget(SUBMISSION)

    assert place.builder.outcome(SUBMISSION) is None
    assert not place.builder.fetch(SUBMISSION, NAMES[0], tmp_path / "again")
    assert place.logs.get(SUBMISSION) == log


def test_a_project_that_has_no_version_of_its_own_finds_what_the_tag_says(place: Place, tmp_path: Path) -> None:
    started(place, tmp_path, version="2.1rc1")

    assert place.builder.outcome(SUBMISSION) == Built(TOLD_NAMES)


def test_why_nothing_came_out_is_said(place: Place, tmp_path: Path) -> None:
    started(place, tmp_path, BROKEN)

    outcome = place.builder.outcome(SUBMISSION)

    assert isinstance(outcome, NotBuilt)
    assert outcome.reason.endswith(".")
    assert not place.builder.fetch(SUBMISSION, NAMES[0], tmp_path / "file")


def test_what_was_built_is_not_built_again(place: Place, tmp_path: Path) -> None:
    started(place, tmp_path)
    started(place, tmp_path, BROKEN)

    assert place.builder.outcome(SUBMISSION) == Built(NAMES)
