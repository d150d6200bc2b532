"""What an operator does with a deployed index; all of it is safe to repeat."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.clients.clients import write
from tests.clients.index import JSON_PAGE
from tests.emulator.ministack import MiniStack
from tests.end_to_end.stack import Stack, deploy, deployed, outputs_in
from tests.end_to_end.transcript import Transcript
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.end_to_end

ALL_PAGES_FOLLOW_SECONDS = 120


@pytest.fixture(scope="module")
def imported(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The index with packages that were loaded in bulk."""
    wheels = [make_wheel(f"bulk-{number}", version) for number in range(3) for version in ("1.0", "2.0")]
    folder = tmp_path_factory.mktemp("bulk")
    write(folder, *wheels, make_sdist("bulk-0", "2.0"))
    stack.command("import", folder, "--as", "alice", "--stack", stack.name)
    stack.transcript.eventually("the last one is listed", lambda: stack.quiet("/simple/bulk-2/").is_success)
    settled(stack)
    return stack


def settled(stack: Stack) -> None:
    """Wait until nothing is due any more."""
    stack.transcript.eventually(
        "nothing waits in the queues", lambda: json.loads(stack.quiet("/healthz").text).get("lag") == 0
    )


def objects(stack: Stack) -> dict[str, tuple[str, str]]:
    """Every object of the site with its digest and when it was written."""
    pages = stack.client("s3").get_paginator("list_objects_v2").paginate(Bucket=stack.bucket("site"))
    return {
        found["Key"]: (found["ETag"], str(found["LastModified"]))
        for page in pages
        for found in page.get("Contents", [])
    }


def events(stack: Stack) -> list[Any]:
    """Every event of the table."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.name)
    found = [item for page in pages for item in page["Items"] if item["sk"]["S"].startswith("event#")]
    return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def test_a_folder_is_imported_and_again_without_effect(imported: Stack, tmp_path: Path) -> None:
    write(tmp_path, make_wheel("bulk-0", "1.0"))
    assert len(imported.index.filenames("bulk-0")) == 3
    before = events(imported)

    imported.command("import", tmp_path, "--as", "alice", "--stack", imported.name)

    assert events(imported) == before


def test_verify_finds_what_differs_and_rebuild_mends_it(imported: Stack) -> None:
    settled(imported)
    imported.command("verify", "--stack", imported.name)
    s3, bucket = imported.client("s3"), imported.bucket("site")
    before = objects(imported)
    s3.delete_object(Bucket=bucket, Key="simple/bulk-1/index.v1_json")
    s3.put_object(Bucket=bucket, Key="project/bulk-2/index.html", Body=b"<h1>defaced</h1>", ContentType="text/html")

    told = imported.command("verify", "--stack", imported.name, status=1)
    imported.command("rebuild", "--stack", imported.name)
    settled(imported)
    imported.command("verify", "--stack", imported.name)

    assert "simple/bulk-1/index.v1_json" in told.text
    assert "project/bulk-2/index.html" in told.text
    assert {key: digest for key, (digest, _) in objects(imported).items()} == {
        key: digest for key, (digest, _) in before.items()
    }


def test_the_doctor_says_how_it_is(imported: Stack) -> None:
    said = imported.command("doctor", "--stack", imported.name).text

    assert imported.outputs["SiteUrl"] in said
    assert imported.name in said


def test_deploying_again_changes_nothing(imported: Stack) -> None:
    settled(imported)
    before, known = objects(imported), events(imported)

    said = deploy(imported.cloud, imported.transcript, "--stack", imported.name)

    assert outputs_in(said.out) == imported.outputs
    assert objects(imported) == before
    assert events(imported) == known


def shows(stack: Stack, path: str, text: str) -> bool:
    """Whether a page has this text."""
    return text in stack.quiet(path).text


def test_a_line_below_every_page_is_one_deployment_away(imported: Stack) -> None:
    line = "Run by volunteers since 2026."

    deploy(imported.cloud, imported.transcript, "--stack", imported.name, "--footer", line)

    for what, path in (("home", "/"), ("a package", "/project/bulk-0/")):
        seen = partial(shows, imported, path, line)
        imported.transcript.eventually(f"{what} shows it", seen, ALL_PAGES_FOLLOW_SECONDS)


def test_what_the_night_repairs_can_be_had_at_once(imported: Stack) -> None:
    answer = imported.client("lambda").invoke(FunctionName=f"{imported.name}-nightly", Payload=b'{"days": []}')

    assert "FunctionError" not in answer


def test_a_stack_that_is_not_there_is_one_clear_line(stack: Stack) -> None:
    said = stack.command("verify", "--stack", "nobody-made-this", status=1)

    (line,) = said.err.strip().splitlines()
    assert "nobody-made-this" in line


@pytest.fixture
def passing(cloud: MiniStack, transcript: Transcript) -> Iterator[Stack]:
    """An index that will not stay."""
    with deployed(cloud, transcript, "passing") as index:
        yield index


def test_destroying_keeps_what_was_published_unless_told_and_deploying_finds_it(passing: Stack, tmp_path: Path) -> None:
    token = passing.command("token", "create", "carol", "--stack", passing.name).out.strip()
    wheel = make_wheel("survivor", "1.0")
    passing.twine(token, *write(tmp_path, wheel))

    refused = passing.command("destroy", "--stack", passing.name, status=None)
    passing.command("destroy", "--stack", passing.name, "--yes")

    assert refused.status != 0
    formation = passing.client("cloudformation")
    with pytest.raises(formation.exceptions.ClientError, match="does not exist"):
        formation.describe_stacks(StackName=passing.name)
    with deployed(passing.cloud, passing.transcript, passing.name) as again:
        page = again.index.get("/simple/survivor/", Accept=JSON_PAGE)
        assert page.json()["versions"] == ["1.0"]
        again.twine(token, *write(tmp_path / "more", make_wheel("survivor", "2.0")))
        assert again.index.page("survivor")["versions"] == ["1.0", "2.0"]
        assert again.index.get(again.index.file_url("survivor", wheel[0])).content == wheel[1]

        again.command("destroy", "--stack", again.name, "--delete-data", "--yes")

    assert again.name not in again.client("dynamodb").list_tables()["TableNames"]
    names = [bucket["Name"] for bucket in again.client("s3").list_buckets()["Buckets"]]
    assert not [name for name in names if name.startswith(f"{again.name}-")]
