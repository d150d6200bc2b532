"""Files that arrive are checked, once or more often, and one that cannot be holds up no other."""

import hashlib
from pathlib import Path

import pytest

from domain.usecases.building import Building
from domain.usecases.uploads import Uploads
from entrypoints.aws import objects
from tests.aws_events import Context, s3_event
from tests.entrypoints.aws.conftest import Stack
from tests.wheels import make_wheel


def sent(stack: Stack, folder: Path, version: str) -> str:
    """The id of an upload whose file is in the staging area."""
    filename, content = make_wheel("frob", version)
    reserved = stack.index.uploads().reserve(stack.alice, filename, len(content), hashlib.sha256(content).hexdigest())
    assert reserved is not None
    path = folder / f"sent-{version}"
    path.write_bytes(content)
    stack.ports.staging().keep(reserved.id, path)
    return reserved.id


def deliver(*keys: str) -> None:
    objects.handler(s3_event(*keys), Context())  # type: ignore[arg-type]


def test_a_file_is_checked_and_its_sender_publishes_it(stack: Stack, tmp_path: Path) -> None:
    upload = sent(stack, tmp_path, "1.0")

    assert not stack.index.uploads().complete(stack.alice, upload)
    deliver(f"staging/{upload}")

    assert stack.index.uploads().complete(stack.alice, upload)
    assert stack.ports.objects().get("packages/frob/1.0/frob-1.0-py3-none-any.whl")


def test_told_twice_and_of_several_files_everything_is_as_if_told_once(stack: Stack, tmp_path: Path) -> None:
    uploads = [sent(stack, tmp_path, version) for version in ("1.0", "1.1")]
    keys = [f"staging/{upload}" for upload in uploads]

    deliver(*keys, keys[0])
    deliver(keys[1])

    assert [stack.index.uploads().complete(stack.alice, upload) for upload in uploads] == [True, True]
    deliver(*keys)
    assert len(stack.ports.event_store().read("package/frob")) == 3


@pytest.mark.usefixtures("stack")
def test_what_was_built_goes_on_and_only_that(monkeypatch: pytest.MonkeyPatch) -> None:
    went_on: list[str] = []
    monkeypatch.setattr(Building, "carry_on", lambda _, submission: went_on.append(submission))

    deliver("builds/0123456789abcdef/outcome.json", "builds/0123456789abcdef/log-1", "builds/../outcome.json")

    assert went_on == ["0123456789abcdef"]


def test_what_is_no_upload_is_passed_over(stack: Stack) -> None:
    before = stack.site()
    deliver("staging/", "staging/a+b c", "blobs/frob/x", "staging/0123456789abcdef")
    objects.handler({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}, Context())  # type: ignore[arg-type]
    assert stack.site() == before


def test_one_that_cannot_be_checked_comes_again_and_the_others_are_checked(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = sent(stack, tmp_path, "1.0"), sent(stack, tmp_path, "1.1")
    arrived = Uploads.arrived

    def failing(self: Uploads, upload: str) -> None:
        if upload == bad:
            raise ConnectionError("the table cannot be reached")
        arrived(self, upload)

    monkeypatch.setattr(Uploads, "arrived", failing)
    with pytest.raises(ExceptionGroup):
        deliver(f"staging/{bad}", f"staging/{good}")
    assert stack.index.uploads().complete(stack.alice, good)
    assert not stack.index.uploads().complete(stack.alice, bad)
