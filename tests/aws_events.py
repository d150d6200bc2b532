"""What triggers send to functions, in the shapes that AWS documents."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from adapters.codec import encode, encode_message
from domain.events import Recorded
from domain.messages import Build, CountDownloads, FetchFacts, Message, PageStale

REGION = "us-east-1"
ACCOUNT = "123456789012"


class Context:
    """What functions are told about themselves."""

    function_name = "sls-pypi-test"
    memory_limit_in_mb = 128
    invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:sls-pypi-test"
    aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


def stream_record(recorded: Recorded, sequence: int = 1) -> dict[str, Any]:
    """One new item in the table's stream (Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB")."""
    kind, schema, data = encode(recorded.event)
    keys = {"pk": {"S": recorded.stream}, "sk": {"S": f"event#{recorded.version:08}"}}
    return {
        "eventID": f"{sequence:032x}",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": 1_480_642_020,
            "Keys": keys,
            "NewImage": {**keys, "type": {"S": kind}, "schema": {"N": str(schema)}, "data": {"S": data}},
            "SequenceNumber": str(10_000_000 + sequence),
            "SizeBytes": 300,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/sls-pypi/stream/2026-01-01T00:00:00.000",
    }


def sqs_record(
    body: str, attributes: Mapping[str, str], identifier: str = "1", queue: str = "sls-pypi-pages", received: int = 1
) -> dict[str, Any]:
    """One message of a queue (Lambda developer guide, "Using Lambda with Amazon SQS")."""
    return {
        "messageId": identifier,
        "receiptHandle": f"receipt-{identifier}",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(received),
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
        },
        "messageAttributes": {
            name: {"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"}
            for name, value in attributes.items()
        },
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


def message_record(message: Message, identifier: str = "1", received: int = 1) -> dict[str, Any]:
    """One of our messages as it comes through topic and queue."""
    kind, body = encode_message(message)
    match message:
        case PageStale(page):
            return sqs_record(body, {"type": kind, "page": page.value}, identifier, received=received)
        case CountDownloads():
            return sqs_record(body, {"type": kind}, identifier, "sls-pypi-counts", received)
        case FetchFacts():
            return sqs_record(body, {"type": kind}, identifier, "sls-pypi-facts", received)
        case Build():
            return sqs_record(body, {"type": kind}, identifier, "sls-pypi-submissions", received)


def batch(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a function gets at once."""
    return {"Records": list(records)}


def s3_event(*keys: str, bucket: str = "data") -> dict[str, Any]:
    """Objects that were created (S3 user guide, "Event message structure"); keys are encoded like form values."""
    return batch(
        [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventName": "ObjectCreated:Post",
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "bucket": {
                        "name": f"sls-pypi-{bucket}-{ACCOUNT}",
                        "arn": f"arn:aws:s3:::sls-pypi-{bucket}-{ACCOUNT}",
                    },
                    "object": {"key": quote_plus(key), "size": 1024, "eTag": "d41d8cd98f00b204e9800998ecf8427e"},
                },
            }
            for key in keys
        ]
    )


def http_event(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"", query: str = ""
) -> dict[str, Any]:
    """A request through an HTTP API (API Gateway developer guide, payload format version 2.0)."""
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    cookies = lowered.pop("cookie", "")
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": query,
        **({"cookies": cookies.split("; ")} if cookies else {}),
        "headers": {"host": "api.example", **lowered},
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "api-id",
            "domainName": "api.example",
            "domainPrefix": "api",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "twine/7.0.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390,
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
