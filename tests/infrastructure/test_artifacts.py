"""What CloudFormation takes its things from."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from infrastructure.artifacts import TEMPLATE, Artifacts, template_key, template_of
from infrastructure.cloud import CloudUnusable
from tests.infrastructure.stack_template import ACCOUNT, REGION, STACK

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("s3", region_name=REGION)


def test_names_are_written_out_for_what_is_taken_over_and_nothing_else_changes() -> None:
    source, made = TEMPLATE.read_text().splitlines(), template_of(STACK, ACCOUNT).decode().splitlines()
    changed = {new.strip() for old, new in zip(source, made, strict=True) if old != new}
    assert changed == {
        f'TableName: "{STACK}"',
        *(f'BucketName: "{STACK}-{kind}-{ACCOUNT}"' for kind in ("site", "data", "logs", "results")),
    }


def test_a_template_is_named_by_its_content() -> None:
    assert template_key(template_of("a", ACCOUNT)) == template_key(template_of("a", ACCOUNT))
    assert template_key(template_of("a", ACCOUNT)) != template_key(template_of("b", ACCOUNT))


def test_the_bucket_is_made_once_and_nobody_else_sees_it(s3: "S3Client") -> None:
    artifacts = Artifacts(s3, STACK, "123456789012")
    assert artifacts.prepare()
    assert not artifacts.prepare()
    blocked = s3.get_public_access_block(Bucket=artifacts.bucket)["PublicAccessBlockConfiguration"]
    assert all(blocked.values())


def test_what_is_there_is_not_sent_again(s3: "S3Client") -> None:
    artifacts = Artifacts(s3, STACK, ACCOUNT)
    artifacts.prepare()
    assert artifacts.keep("functions/x.zip", b"x")
    assert not artifacts.keep("functions/x.zip", b"x")
    assert artifacts.url("functions/x.zip") == f"https://s3.amazonaws.com/{STACK}-code-{ACCOUNT}/functions/x.zip"


def test_the_bucket_of_somebody_else_is_not_used(s3: "S3Client", monkeypatch: pytest.MonkeyPatch) -> None:
    def theirs(**_: object) -> None:
        raise s3.exceptions.ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")

    monkeypatch.setattr(s3, "head_bucket", theirs)
    with pytest.raises(CloudUnusable, match="is not yours"):
        Artifacts(s3, STACK, ACCOUNT).prepare()


def test_names_of_buckets_fit_with_the_longest_name_of_a_stack(s3: "S3Client") -> None:
    assert len(Artifacts(s3, "a" * 42, ACCOUNT).bucket) <= 63
