"""AWS in this process (moto), and the table, buckets, topic and queues of a stack wherever they are made.

`tests/adapters/aws/test_resources.py` compares them with the template's.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3
from botocore.config import Config
from moto import mock_aws
from moto.s3 import urls as s3_urls
from moto.s3.models import S3Backend

from infrastructure.resources import Resources

REGION = "us-east-1"
QUEUES: Mapping[str, tuple[str, ...]] = {
    "pages": ("simple", "project", "release", "releases", "dependents", "needed", "files", "stats"),
    "lists": ("root", "home", "directory", "statistics", "figures", "owner"),
}
"""Which pages' messages each queue takes."""
FILTERS: Mapping[str, Mapping[str, list[str]]] = {
    **{name: {"type": ["PageStale"], "page": list(pages)} for name, pages in QUEUES.items()},
    "counts": {"type": ["CountDownloads"]},
    "facts": {"type": ["FetchFacts"]},
    "submissions": {"type": ["Build"]},
}
"""Which messages each queue takes; `QUEUES`, that for counting and that for GitHub."""
TABLE: Mapping[str, Any] = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "group", "member")],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-group",
            "KeySchema": [
                {"AttributeName": "group", "KeyType": "HASH"},
                {"AttributeName": "member", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    "BillingMode": "PAY_PER_REQUEST",
}
ENVIRONMENT: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
"""With this no client ever looks for real credentials."""

Clients = Callable[[str], Any]
"""A boto3 client by the name of its service."""


@cache
def client(service: str) -> Any:
    """A client for use within `account`; made once, as each takes 40 ms."""
    return boto3.client(
        service,  # type: ignore[call-overload]  # any service
        region_name=REGION,
        aws_access_key_id=ENVIRONMENT["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            account_id_endpoint_mode="disabled",
            retries={"mode": "standard"},
            signature_version="s3v4" if service == "s3" else None,
        ),
    )


@contextmanager
def account() -> Iterator[Resources]:
    """An empty account in this process, with the resources of one stack. For one thread at a time."""
    # moto loads this module anew with each request, in case its settings have changed, which costs more than the rest.
    urls = patch.object(S3Backend, "_url_module", s3_urls)
    with patch.dict(os.environ, ENVIRONMENT), urls, mock_aws():
        yield made(client)


def made(clients: Clients, stack: str = "index") -> Resources:
    """The resources of a stack, made now; its access logs are in the bucket `logs_bucket`."""
    make_bucket(clients("s3"), f"{stack}-logs")
    return Resources(
        region=REGION,
        table=make_table(clients("dynamodb"), stack),
        site_bucket=make_bucket(clients("s3"), f"{stack}-site"),
        data_bucket=make_bucket(clients("s3"), f"{stack}-data"),
        **make_topic(clients, stack),
        distribution=make_distribution(clients("cloudfront"), f"{stack}-site"),
        results_bucket=make_bucket(clients("s3"), f"{stack}-results"),
        workgroup=stack,
        usage_database=stack,
    )


def logs_bucket(resources: Resources) -> str:
    """The name of the bucket that no function needs to know."""
    return f"{resources.table}-logs"


def make_table(dynamodb: Any, name: str) -> str:
    """A table for events and all else; returns its name."""
    dynamodb.create_table(TableName=name, **TABLE)
    return name


def make_bucket(s3: Any, name: str) -> str:
    """An empty bucket; returns its name."""
    s3.create_bucket(Bucket=name)
    return name


def make_distribution(cloudfront: Any, bucket: str) -> str:
    """A distribution in front of a bucket, as far as it matters here; returns its id."""
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": bucket,
            "Comment": "",
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "site",
                        "DomainName": f"{bucket}.s3.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "site",
                "ViewerProtocolPolicy": "allow-all",
                "MinTTL": 0,
                "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            },
        }
    )
    return str(made["Distribution"]["Id"])


def make_topic(clients: Clients, stack: str) -> dict[str, Any]:
    """A topic with its queues: ARN and URLs under the names that they have in `Resources`."""
    sns, sqs = clients("sns"), clients("sqs")
    topic = sns.create_topic(Name=f"{stack}-messages")["TopicArn"]
    urls = []
    for name, wanted in FILTERS.items():
        url = sqs.create_queue(QueueName=f"{stack}-{name}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true", "FilterPolicy": json.dumps(wanted)},
        )
        urls.append(url)
    return {"topic": topic, "queues": tuple(urls)}
