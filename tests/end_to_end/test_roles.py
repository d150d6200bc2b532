"""Each function may do what it is for and nothing else; the account enforces the policies of the template."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import frozen

from tests.end_to_end.stack import Stack

pytestmark = pytest.mark.end_to_end

PROBE = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    try:
        getattr(boto3.client(event["service"]), event["method"])(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"
"""
DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "403")
STATELESS = ("dispatch", "build")
FUNCTIONS = ("relay", "messages", "lists", "count", "facts", "submissions", "objects", "nightly", "api", *STATELESS)


@frozen
class Probe:
    """Functions of ours that have the roles of the stack's."""

    stack: Stack

    def may(self, function: str, service: str, method: str, **arguments: Any) -> bool:
        """Whether the role of this function may do that."""
        answer = self.stack.client("lambda").invoke(
            FunctionName=f"probe-{function}",
            Payload=json.dumps({"service": service, "method": method, "arguments": arguments}).encode(),
        )
        said = json.loads(answer["Payload"].read())
        assert isinstance(said, str), said
        allowed = said not in DENIED
        self.stack.transcript.write(f"{function}: {service}.{method} -> {said}")
        return allowed


@pytest.fixture(scope="module")
def probe(stack: Stack) -> Iterator[Probe]:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("index.py", PROBE)
    functions = stack.client("lambda")
    for name in FUNCTIONS:
        functions.create_function(
            FunctionName=f"probe-{name}",
            Runtime="python3.13",
            Handler="index.handler",
            Role=stack.function(name)["Role"],
            Code={"ZipFile": archive.getvalue()},
            Timeout=30,
        )
    yield Probe(stack)
    for name in FUNCTIONS:
        functions.delete_function(FunctionName=f"probe-{name}")


def test_every_function_has_a_role_of_its_own(stack: Stack) -> None:
    assert len({stack.function(name)["Role"] for name in FUNCTIONS}) == len(FUNCTIONS)


@pytest.mark.parametrize("function", ["relay", "count", "facts", "nightly", *STATELESS])
def test_what_writes_no_page_cannot_write_one(stack: Stack, probe: Probe, function: str) -> None:
    object_ = {"Bucket": stack.bucket("site"), "Key": "simple/probed/index.html"}

    assert not probe.may(function, "s3", "put_object", **object_, Body="x")
    assert not probe.may(function, "s3", "delete_object", **object_)


@pytest.mark.parametrize("function", ["relay", "messages", "lists", "count", "facts", "nightly", *STATELESS])
def test_what_takes_no_upload_appends_no_event(stack: Stack, probe: Probe, function: str) -> None:
    item = {"pk": {"S": "package/probed"}, "sk": {"S": "event#00000001"}, "type": {"S": "PackageSubmitted"}}

    assert not probe.may(function, "dynamodb", "put_item", TableName=stack.name, Item=item)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_reaches_beyond_the_index(stack: Stack, probe: Probe, function: str) -> None:
    assert not probe.may(function, "s3", "list_buckets")
    assert not probe.may(function, "iam", "list_roles")
    assert not probe.may(function, "dynamodb", "delete_table", TableName=stack.name)
    assert not probe.may(function, "lambda", "list_functions")
    assert not probe.may(function, "s3", "delete_bucket", Bucket=stack.bucket("data"))


def test_pages_are_written_by_what_is_there_for_them(stack: Stack, probe: Probe) -> None:
    key = "project/probed/index.html"
    for function in ("messages", "api"):
        assert probe.may(function, "s3", "put_object", Bucket=stack.bucket("site"), Key=key, Body="x")
    assert probe.may("messages", "s3", "delete_object", Bucket=stack.bucket("site"), Key=key)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_addresses_are_seen_by_who_counts_and_by_nobody_else(stack: Stack, probe: Probe, function: str) -> None:
    logs = {"Bucket": stack.bucket("logs"), "Key": "cloudfront/year=2026/month=01/day=01/probed.gz"}
    result = {"Bucket": stack.bucket("results"), "Key": "athena/probed.csv.metadata"}

    assert probe.may(function, "s3", "get_object", **logs) is (function == "count")
    assert probe.may(function, "s3", "put_object", **result, Body="x") is (function == "count")
    assert probe.may(function, "s3", "get_object", **result) is (function in ("count", "objects"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_on_its_way_to_be_built_is_touched_by_who_publishes(stack: Stack, probe: Probe, function: str) -> None:
    source = {"Bucket": stack.bucket("data"), "Key": "builds/probed/source.tar.gz"}

    assert probe.may(function, "s3", "put_object", **source, Body="x") is (
        function in ("submissions", "objects", "api")
    )
    assert probe.may(function, "s3", "delete_object", **source) is (function in ("submissions", "objects"))


def test_builds_are_had_by_one_function_through_another(stack: Stack, probe: Probe) -> None:
    for function in FUNCTIONS:
        for invoked, who in (("dispatch", "submissions"), ("build", "dispatch")):
            # A dry run: the answer is whether it would be allowed.
            asked = {"FunctionName": f"{stack.name}-{invoked}", "InvocationType": "DryRun"}
            assert probe.may(function, "lambda", "invoke", **asked) is (function == who)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_queries_are_started_by_one_function(stack: Stack, probe: Probe, function: str) -> None:
    query = {"QueryString": "SELECT 1", "ClientRequestToken": "probed".ljust(32, "-"), "WorkGroup": stack.name}

    assert probe.may(function, "athena", "start_query_execution", **query) is (function == "count")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_details_are_written_by_who_processes_results(stack: Stack, probe: Probe, function: str) -> None:
    detail = {"Bucket": stack.bucket("data"), "Key": "usage/probed"}

    assert probe.may(function, "s3", "put_object", **detail, Body="x") is (function == "objects")
    stack.client("s3").delete_object(**detail)


@pytest.mark.parametrize(
    ("function", "pk"),
    [
        ("messages", "usage"),
        ("count", "session#query/probed"),
        ("facts", "facts#owner/probed"),
        ("nightly", "session#requester-key/2026-01-01"),
    ],
)
def test_who_writes_one_kind_of_item_writes_no_other(stack: Stack, probe: Probe, function: str, pk: str) -> None:
    for key in (pk, "session#upload/probed", "account/probed"):
        item = {"pk": {"S": key}, "sk": {"S": "probed"}}
        may = probe.may(function, "dynamodb", "put_item", TableName=stack.name, Item=item)
        assert may is (key == pk or (function == "count" and key.startswith("session#")))
        stack.client("dynamodb").delete_item(TableName=stack.name, Key=item)
