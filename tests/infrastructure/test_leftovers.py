"""What a destroyed stack leaves behind is found, and goes only when it shall."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from infrastructure.leftovers import Leftovers
from tests.aws import TABLE
from tests.infrastructure.stack_template import ACCOUNT, REGION, STACK


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("MOTO_ACCOUNT_ID", ACCOUNT)
    with mock_aws():
        yield boto3.Session(region_name=REGION)


def bucket(clients: boto3.Session, kind: str, *, keys: int = 0) -> str:
    s3, name = clients.client("s3"), f"{STACK}-{kind}-{ACCOUNT}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for number in range(keys):
        for _ in range(2):
            s3.put_object(Bucket=name, Key=f"key-{number}", Body=b"x")
    if keys:
        s3.delete_object(Bucket=name, Key="key-0")
        s3.create_multipart_upload(Bucket=name, Key="broken-off")
    return name


def table(clients: boto3.Session) -> None:
    clients.client("dynamodb").create_table(TableName=STACK, DeletionProtectionEnabled=True, **TABLE)


def test_what_is_there_is_found_by_its_name(clients: boto3.Session) -> None:
    assert Leftovers(clients, STACK, ACCOUNT).found() == []
    site, code, logs = bucket(clients, "site"), bucket(clients, "code"), bucket(clients, "logs")
    bucket(clients, "else")
    table(clients)
    leftovers = Leftovers(clients, STACK, ACCOUNT)
    assert [(one.kind, one.name) for one in leftovers.found()] == [
        ("bucket", site),
        ("bucket", code),
        ("bucket", logs),
        ("table", STACK),
    ]
    assert leftovers.passing() == [logs]
    assert [one.name for one in leftovers.kept()] == [site, STACK]


def test_a_table_of_somebody_else_is_left_alone(clients: boto3.Session) -> None:
    clients.client("dynamodb").create_table(
        TableName=STACK,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert Leftovers(clients, STACK, ACCOUNT).found() == []


def test_every_version_goes_and_then_the_bucket(clients: boto3.Session) -> None:
    name = bucket(clients, "data", keys=3)
    leftovers = Leftovers(clients, STACK, ACCOUNT)
    told: list[str] = []
    leftovers.delete(leftovers.found()[0], told.append)
    assert told == [f"7 objects of {name}"]
    assert leftovers.found() == []


def test_a_protected_table_goes_too(clients: boto3.Session) -> None:
    table(clients)
    leftovers = Leftovers(clients, STACK, ACCOUNT)
    leftovers.delete(leftovers.found()[0], lambda _: None)
    assert leftovers.found() == []
