"""Commands with `--stack`: the same as on a home, and what an operator is told of a stack. AWS is in this process."""

import json
import re
from importlib import metadata
from operator import itemgetter
from pathlib import Path

import pytest
from attrs import evolve

from infrastructure.version import __version__
from tests.aws import REGION, client
from tests.entrypoints.stacks import ACCOUNT, STACK, URL, Account, Run
from tests.wheels import make_wheel

VARIABLE = re.compile("SLS_PYPI_[A-Z_]+")
# The functions have neither a base URL nor access logs to be told of, and GitHub answers them, not this machine.
ABOUT_A_HOME = {"SLS_PYPI_BASE_URL", "SLS_PYPI_LOG_DAYS", "SLS_PYPI_GITHUB_API_URL"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("frob", "other"):
        filename, content = make_wheel(name, "1.0")
        (tmp_path / filename).write_bytes(content)
    return tmp_path


@pytest.mark.usefixtures("aws")
def test_a_token_is_alone_on_its_line(run: Run) -> None:
    out, err = run("token", "create", "alice", "--stack", "index")
    assert out.startswith("slspypi-")
    assert (out.count("\n"), err) == (1, "")


def test_files_are_imported_and_their_pages_are_left_to_the_functions(aws: Account, run: Run, folder: Path) -> None:
    assert run("import", folder, "--as", "alice", "--stack", "index")[0].startswith("2 published, 0 were there already")
    assert run("import", folder, "--as", "alice", "--stack", "index")[0].startswith("0 published, 2 were there already")
    assert "Contents" not in client("s3").list_objects_v2(Bucket=aws.resources.site_bucket)
    assert sorted(path.suffix for path in folder.iterdir()) == [".whl", ".whl"]


def test_counting_is_left_to_the_functions_in_batches_as_the_stack_has_them(
    aws: Account, run: Run, folder: Path
) -> None:
    run("import", folder, "--as", "alice", "--stack", "index")
    run("rebuild", "--stack", "index")

    out, _ = run("nightly", "--stack", "index", "--day", "2026-11-24")

    assert out == "2026-11-24: its logs are being read; figures follow within minutes\n"
    (counts,) = (url for url in aws.resources.queues if url.endswith("-counts"))
    received = client("sqs").receive_message(QueueUrl=counts, MaxNumberOfMessages=10)["Messages"]
    batches = sorted((json.loads(message["Body"]) for message in received), key=itemgetter("number"))
    assert [(batch["day"], batch["packages"], batch["of"]) for batch in batches] == [
        ("2026-11-24", ["frob"], 2),
        ("2026-11-24", ["other"], 2),
    ]
    assert all(batch["announced"] for batch in batches)


@pytest.mark.usefixtures("aws")
def test_differences_are_named_and_mended(run: Run, folder: Path) -> None:
    run("import", folder, "--as", "alice", "--stack", "index")
    run("rebuild", "--stack", "index")
    assert run("verify", "--stack", "index")[0].endswith("Everything that is served is what the events say.\n")
    client("s3").put_object(Bucket="index-site", Key="stray", Body=b"")
    client("s3").delete_object(Bucket="index-site", Key="packages/frob/1.0/frob-1.0-py3-none-any.whl")
    out, _ = run("verify", "--stack", "index", status=1)
    assert "stray     stray\n" in out
    assert "missing   packages/frob/1.0/frob-1.0-py3-none-any.whl\n" in out
    assert "`sls-pypi rebuild --stack index` makes them equal" in out
    assert "other libraries" not in out


@pytest.mark.usefixtures("aws")
def test_where_this_machine_renders_otherwise_differences_are_said_to_be_maybe_none(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", folder, "--as", "alice", "--stack", "index")
    run("rebuild", "--stack", "index")
    client("s3").put_object(Bucket="index-site", Key="stray", Body=b"")
    here = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0.1" if name == "pygments" else here(name))
    out, _ = run("verify", "--stack", "index", status=1)
    assert "other libraries than the functions: pygments 0.1 (functions: 2." in out


@pytest.mark.usefixtures("aws")
def test_lost_bytes_are_named_with_where_they_may_be(run: Run, folder: Path) -> None:
    run("import", folder, "--as", "alice", "--stack", "index")
    run("rebuild", "--stack", "index")
    s3 = client("s3")
    for bucket, prefix in (("index-data", "blobs/frob/"), ("index-site", "packages/frob/")):
        for found in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
            s3.delete_object(Bucket=bucket, Key=found["Key"])
    out, _ = run("verify", "--stack", "index", status=1)
    assert "bring back its earlier version in the data bucket" in out


@pytest.mark.usefixtures("aws")
def test_a_project_is_marked(run: Run, folder: Path) -> None:
    run("import", folder, "--as", "alice", "--stack", "index")
    run("status", "Frob", "quarantined", "--reason", "malware", "--stack", "index")
    body = client("s3").get_object(Bucket="index-site", Key="simple/frob/index.v1_json")["Body"].read()
    assert json.loads(body)["project-status"] == {"status": "quarantined", "reason": "malware"}


@pytest.mark.parametrize("command", [("verify",), ("rebuild",), ("doctor",), ("token", "create", "alice")])
def test_a_stack_that_is_not_there_is_one_line(aws: Account, run: Run, command: tuple[str, ...]) -> None:
    out, err = run(*command, "--stack", "nobody", status=1)
    assert out == ""
    assert err.startswith("sls-pypi: There is no stack nobody in us-east-1.")
    assert err.count("\n") == 1
    aws.stacks["nobody"] = evolve(STACK, status="ROLLBACK_COMPLETE", outputs={})
    out, err = run(*command, "--stack", "nobody", status=1)
    assert err.startswith("sls-pypi: The stack index is ROLLBACK_COMPLETE and no index yet: run `sls-pypi deploy")


def queue(name: str, *, dead: str | None = None, messages: int = 0) -> str:
    sqs = client("sqs")
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 5})} if dead else {}
    url: str = sqs.create_queue(QueueName=name, Attributes=policy)["QueueUrl"]
    for _ in range(messages):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    return url


def test_the_doctor_is_content(aws: Account, run: Run) -> None:
    run("rebuild", "--stack", "index")
    dead = queue("index-pages-dead")
    alive = queue("index-more", dead=f"arn:aws:sqs:{REGION}:{ACCOUNT}:index-pages-dead")
    aws.listed.extend([("AWS::SQS::Queue", dead), ("AWS::SQS::Queue", alive), ("AWS::CloudWatch::Alarm", "quiet")])
    out, _ = run("doctor", "--stack", "index")
    assert f"ok    AWS account {ACCOUNT} as " in out
    assert f"ok    SiteUrl {URL}\n" in out
    assert "ok    No message waits\n" in out
    assert "ok    1 dead-letter queue is empty\n" in out
    assert "ok    1 alarm is quiet\n" in out
    assert f"ok    The pages are of this software, {__version__}" in out
    assert "linux_* tags: allowed" in out
    assert out.endswith("\nReady.\n")


def test_the_doctor_tells_the_same_settings_of_a_stack_as_of_a_home(
    aws: Account, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLS_PYPI_GITHUB_API_URL", "http://127.0.0.1:9")
    run("rebuild", "--stack", "index")
    aws.environment["SLS_PYPI_OIDC_GITLAB_ISSUER"] = "https://gitlab.example.org"
    told, _ = run("doctor", "--stack", "index")
    at_home, _ = run("doctor", "--home", tmp_path / "home")
    assert " and https://gitlab.example.org (SLS_PYPI_TRUSTED_PUBLISHING)\n" in told
    assert {*VARIABLE.findall(told)} == {*VARIABLE.findall(at_home)} - ABOUT_A_HOME
    aws.environment["SLS_PYPI_TRUSTED_PUBLISHING"] = "off"
    assert "note  No trusted publishing: every upload needs a token" in run("doctor", "--stack", "index")[0]


def test_the_doctor_finds_what_failed(aws: Account, run: Run) -> None:
    dead = queue("index-pages-dead", messages=2)
    aws.listed.extend([("AWS::SQS::Queue", dead), ("AWS::CloudWatch::Alarm", "index-lag")])
    aws.ringing["index-lag"] = "Events wait for more than five minutes."
    aws.stacks["index"] = evolve(STACK, status="UPDATE_ROLLBACK_FAILED")
    out, _ = run("doctor", "--stack", "index", status=1)
    assert "fail  Stack index is UPDATE_ROLLBACK_FAILED: run `sls-pypi deploy --stack index`\n" in out
    assert "fail  2 messages are in index-pages-dead, failed for good: docs/operator.md" in out
    assert "fail  Alarm index-lag: Events wait for more than five minutes.\n" in out
    assert "fail  The deployment did not come to its end: run `sls-pypi deploy --stack index` again\n" in out


def test_the_doctor_knows_pages_of_other_software_and_settings(aws: Account, run: Run) -> None:
    run("rebuild", "--stack", "index")
    s3, where = client("s3"), {"Bucket": aws.resources.data_bucket, "Key": "edition.json"}
    shown = json.loads(s3.get_object(**where)["Body"].read())
    s3.put_object(**where, Body=json.dumps(shown | {"software": "0.0.1"}).encode())
    assert "note  The pages are of sls-pypi 0.0.1, and this is" in run("doctor", "--stack", "index")[0]
    s3.put_object(**where, Body=json.dumps(shown | {"settings": {"base_url": "https://old"}}).encode())
    assert "fail  The pages show settings that no longer hold" in run("doctor", "--stack", "index", status=1)[0]
    s3.put_object(**where, Body=b"no json")
    assert "The pages are of sls-pypi unknown" in run("doctor", "--stack", "index")[0]


def test_what_waits_is_no_failure_but_said(aws: Account, run: Run) -> None:
    run("rebuild", "--stack", "index")
    dead = f"arn:aws:sqs:{REGION}:{ACCOUNT}:index-pages-dead"
    queue("index-pages-dead")
    aws.listed.append(("AWS::SQS::Queue", queue("index-more", dead=dead, messages=3)))
    assert "note  3 messages are waiting or worked on" in run("doctor", "--stack", "index")[0]
