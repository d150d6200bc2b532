"""Builds in a function: what it is told and may put, what is believed of what it answers, and the whole of it."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from attrs import define, field

from adapters.aws.bucket import Bucket
from adapters.aws.build_job import BuildBounds, Form, Job
from adapters.aws.build_logs import S3BuildLogs
from adapters.aws.builder import LambdaBuilder, build_of
from adapters.keys import InvalidKey
from adapters.records import from_json
from domain.ports.build_logs import LogPart
from domain.ports.builder import Built, NotBuilt
from infrastructure.resources import Resources
from tests.aws import client, make_bucket
from tests.emulator.ministack import MiniStack
from tests.entrypoints.aws.test_build import ROOT, RUN, archive, project

SUBMISSION = "0123456789abcdef"
BOUNDS = BuildBounds(60, 2**30, 2**28, 2**20)
UNREADABLE = NotBuilt("What came of the build cannot be read: publish again.")


@define
class Functions:
    """Remembers what it was asked, and may be out of order."""

    asked: list[dict[str, Any]] = field(factory=list)
    works: bool = True

    def invoke(self, **asked: Any) -> None:
        if not self.works:
            raise ConnectionError
        self.asked.append(asked)

    @property
    def job(self) -> Job:
        (asked,) = self.asked
        return from_json(Job, json.loads(asked["Payload"]))


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
def builder(resources: Resources, functions: Functions) -> LambdaBuilder:
    return LambdaBuilder(client("s3"), functions, resources.data_bucket, "dispatch", BOUNDS)  # type: ignore[arg-type]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.tar.gz"
    path.write_bytes(archive(project()))
    return path


def conditions(form: Form) -> list[Any]:
    told: list[Any] = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    return told


def put(resources: Resources, name: str, body: bytes) -> None:
    client("s3").put_object(Bucket=resources.data_bucket, Key=f"builds/{SUBMISSION}/{name}", Body=body)


def test_a_function_is_told_what_to_fetch_and_what_it_may_put_and_nothing_else(
    builder: LambdaBuilder, functions: Functions, source: Path
) -> None:
    builder.start(SUBMISSION, source)

    (asked,) = functions.asked
    assert (asked["FunctionName"], asked["InvocationType"]) == ("dispatch", "Event")
    job = functions.job
    assert job.bounds == BOUNDS
    assert f"builds/{SUBMISSION}/source.tar.gz" in job.source
    forms = {"files/0": 2**20, "files/1": 2**20, "log-1": 2**20, "outcome.json": 2**14}
    for (name, most), form in zip(forms.items(), (*job.files, job.log, job.outcome), strict=True):
        assert {"key": f"builds/{SUBMISSION}/{name}"} in conditions(form)
        assert ["content-length-range", 0, most] in conditions(form)
    assert builder.outcome(SUBMISSION) is None


def test_it_starts_once_and_again_where_the_first_time_failed(
    builder: LambdaBuilder, functions: Functions, source: Path
) -> None:
    functions.works = False
    with pytest.raises(ConnectionError):
        builder.start(SUBMISSION, source)

    functions.works = True
    builder.start(SUBMISSION, source)
    builder.start(SUBMISSION, source)

    assert len(functions.asked) == 1


def test_whoever_is_killed_while_the_source_is_kept_leaves_it_to_the_next_one(
    builder: LambdaBuilder, functions: Functions, resources: Resources, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "upload", lambda *_: 1 // 0)
        patched.setattr(Bucket, "remove", lambda *_: None)  # whoever is killed tidies nothing up
        with pytest.raises(ZeroDivisionError):
            builder.start(SUBMISSION, source)

    builder.start(SUBMISSION, source)

    assert f"builds/{SUBMISSION}/source.tar.gz" in functions.job.source
    kept = client("s3").get_object(Bucket=resources.data_bucket, Key=f"builds/{SUBMISSION}/source.tar.gz")
    assert kept["Body"].read() == source.read_bytes()


def test_what_came_out_can_be_fetched_and_forgotten_without_its_log(
    builder: LambdaBuilder, resources: Resources, source: Path, tmp_path: Path
) -> None:
    builder.start(SUBMISSION, source)
    put(resources, "files/0", b"sdist")
    put(resources, "files/1", b"wheel")
    put(resources, "log-1", b"said")
    put(resources, "outcome.json", b'{"filenames": ["frob-1.0.tar.gz", "frob-1.0-py3-none-any.whl"]}')

    assert builder.outcome(SUBMISSION) == Built(("frob-1.0.tar.gz", "frob-1.0-py3-none-any.whl"))
    assert builder.fetch(SUBMISSION, "frob-1.0-py3-none-any.whl", tmp_path / "wheel")
    assert (tmp_path / "wheel").read_bytes() == b"wheel"
    assert not builder.fetch(SUBMISSION, "other.whl", tmp_path / "other")
    assert not (tmp_path / "other").exists()

    builder.forget(SUBMISSION)
    builder.forget(SUBMISSION)

    assert builder.outcome(SUBMISSION) is None
    listed = client("s3").list_objects_v2(Bucket=resources.data_bucket, Prefix="builds/")
    assert [found["Key"] for found in listed["Contents"]] == [f"builds/{SUBMISSION}/log-1"]
    assert S3BuildLogs(client("s3"), resources.data_bucket).get(SUBMISSION) == b"said"


def test_a_file_beyond_the_bound_is_not_fetched(builder: LambdaBuilder, resources: Resources, tmp_path: Path) -> None:
    put(resources, "outcome.json", b'{"filenames": ["frob-1.0.tar.gz"]}')
    put(resources, "files/0", bytes(2**20 + 1))

    assert not builder.fetch(SUBMISSION, "frob-1.0.tar.gz", tmp_path / "file")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 10_000,
        b'{"filenames": "frob-1.0.tar.gz"}',
        b'{"filenames": ["../frob-1.0.tar.gz"]}',
        b'{"filenames": ["a/b.whl"]}',
        b'{"filenames": ["frob.exe"]}',
        b'{"filenames": ["frob-1.0.tar.gz\\n"]}',
        b'{"filenames": ["a.whl", "a.whl"]}',
        b'{"filenames": ["a.whl", "b.whl", "c.whl"]}',
        b'{"reason": ""}',
        b'{"reason": 7}',
        b'{"reason": "' + b"x" * 2**14 + b'"}',
    ],
)
def test_what_is_no_outcome_is_a_failure_that_says_so(
    builder: LambdaBuilder, resources: Resources, body: bytes
) -> None:
    put(resources, "outcome.json", body)

    assert builder.outcome(SUBMISSION) == UNREADABLE


def test_a_reason_is_one_line_that_can_be_read(builder: LambdaBuilder, resources: Resources) -> None:
    put(resources, "outcome.json", json.dumps({"reason": "No\n\x1b[31m way" + "!" * 5000}).encode())

    outcome = builder.outcome(SUBMISSION)

    assert isinstance(outcome, NotBuilt)
    assert outcome.reason.startswith("No [31m way!")
    assert len(outcome.reason) == 300


@pytest.mark.parametrize("submission", ["", "..", "a/b", "A", "\0"])
def test_what_is_no_identifier_is_never_built(builder: LambdaBuilder, source: Path, submission: str) -> None:
    with pytest.raises(InvalidKey):
        builder.start(submission, source)
    assert builder.outcome(submission) is None
    builder.forget(submission)


@pytest.mark.parametrize(
    ("key", "submission"),
    [
        (f"builds/{SUBMISSION}/outcome.json", SUBMISSION),
        (f"builds/{SUBMISSION}/log-1", None),
        ("builds/../outcome.json", None),
        ("builds/a/b/outcome.json", None),
        (f"staging/{SUBMISSION}/outcome.json", None),
        (f"builds/{SUBMISSION}/outcome.json\n", None),
    ],
)
def test_an_outcome_is_known_by_its_key(key: str, submission: str | None) -> None:
    assert build_of(key) == submission


@pytest.mark.emulator
def test_a_function_with_forms_and_no_rights_builds(
    ministack: MiniStack, functions: Functions, source: Path, tmp_path: Path
) -> None:
    s3 = ministack.client("s3")
    bucket = make_bucket(s3, f"builds-{uuid4().hex[:12]}")
    builder = LambdaBuilder(s3, functions, bucket, "dispatch", BOUNDS)  # type: ignore[arg-type]
    builder.start(SUBMISSION, source)
    (asked,) = functions.asked

    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=asked["Payload"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)},
    )

    assert done.returncode == 0, done.stderr
    assert builder.outcome(SUBMISSION) == Built(("frob-1.0.tar.gz", "frob-1.0-py3-none-any.whl"))
    for filename in ("frob-1.0.tar.gz", "frob-1.0-py3-none-any.whl"):
        assert builder.fetch(SUBMISSION, filename, tmp_path / filename)
    assert b"Building the wheel" in S3BuildLogs(s3, bucket).get(SUBMISSION)
    assert S3BuildLogs(s3, bucket)._bucket.head(f"{SUBMISSION}/log-{LogPart.BUILD}")


@pytest.mark.emulator
def test_a_form_takes_no_more_than_its_bound(ministack: MiniStack, functions: Functions, source: Path) -> None:
    s3 = ministack.client("s3")
    bucket = make_bucket(s3, f"builds-{uuid4().hex[:12]}")
    LambdaBuilder(s3, functions, bucket, "dispatch", BOUNDS).start(SUBMISSION, source)  # type: ignore[arg-type]
    form = functions.job.outcome

    for size, is_taken in ((2**14 + 1, False), (2**14, True)):
        answer = httpx2.post(form.url, data=dict(form.fields), files={"file": bytes(size)}, trust_env=False)
        assert answer.is_success is is_taken
