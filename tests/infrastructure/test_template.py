"""The template: what is kept, what is sent, and that nothing fails unseen."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.aws.items import BY_GROUP
from domain.messages import Page
from infrastructure.resources import Resources
from tests.aws import FILTERS, QUEUES, TABLE
from tests.infrastructure.edge_copies import renewed
from tests.infrastructure.stack_template import ACCOUNT, STACK, TEMPLATE, Stack, normalised, source

BUCKETS = ("site", "data", "logs", "results")


def named(stack: Stack, kind: str, key: str, name: str) -> Any:
    """The properties of the resource of this name."""
    (found,) = [properties for properties in stack.of(kind).values() if properties.get(key) == name]
    return found


def bucket(stack: Stack, suffix: str) -> Any:
    return named(stack, "S3::Bucket", "BucketName", f"{STACK}-{suffix}-{ACCOUNT}")


def logical(stack: Stack, suffix: str) -> str:
    return next(name for name, one in stack.of("S3::Bucket").items() if one is bucket(stack, suffix))


def dead_letter_queues(stack: Stack) -> set[str]:
    """The logical ids of all queues that take what failed."""
    return {name for name, one in stack.of("SQS::Queue").items() if "RedrivePolicy" not in one}


def test_cfn_lint_has_nothing_to_say() -> None:
    lint = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--regions", "us-east-1", "--", TEMPLATE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (lint.returncode, lint.stdout + lint.stderr) == (0, "")


def test_the_edge_functions_are_copies_of_their_files() -> None:
    # `python -m tests.infrastructure.edge_copies` renews them.
    assert TEMPLATE.read_text() == renewed(TEMPLATE.read_text())


def test_every_parameter_has_a_default_but_the_code() -> None:
    parameters = source()["Parameters"]
    assert [name for name, one in parameters.items() if "Default" not in one] == ["CodeBucket", "CodeKey"]
    assert parameters["Architecture"] | {"Description": ""} == {
        "Type": "String",
        "Description": "",
        "Default": "arm64",
        "AllowedValues": ["arm64", "x86_64"],
    }
    hidden = {name for name, one in parameters.items() if one.get("NoEcho")}
    assert hidden == {"GithubClientSecret", "GithubWebhookSecret", "BuildIndexUrl"}
    assert all(one["Description"] for one in parameters.values())
    assert all(
        re.search(one["AllowedPattern"], one["Default"])
        for one in parameters.values()
        if {"AllowedPattern", "Default"} <= one.keys()
    )


@pytest.mark.parametrize(
    ("given", "allowed"),
    [({}, True), ({"HostedZoneId": "Z0123456789"}, True), ({"CertificateArn": "arn"}, True), (None, False)],
)
def test_a_domain_without_zone_and_certificate_is_refused(given: dict[str, str] | None, allowed: bool) -> None:  # noqa: FBT001 (a table)
    rule = source()["Rules"]["ADomainNeedsACertificate"]
    (assertion,) = rule["Assertions"]
    chosen = Stack() if given == {} else Stack(DomainName="pypi.example.org", **(given or {}))
    holds = not chosen._resolved(rule["RuleCondition"]) or chosen._resolved(assertion["Assert"])
    assert holds is allowed


@pytest.mark.parametrize("suffix", BUCKETS)
def test_buckets_are_private(stack: Stack, suffix: str) -> None:
    one = bucket(stack, suffix)
    assert set(one["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(one["PublicAccessBlockConfiguration"]) == 4
    assert one["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = one["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


@pytest.mark.parametrize("suffix", BUCKETS)
def test_whoever_asks_a_bucket_himself_asks_over_tls(stack: Stack, suffix: str) -> None:
    name = logical(stack, suffix)
    (policy,) = [one for one in stack.of("S3::BucketPolicy").values() if one["Bucket"] == f"<{name}>"]
    denied, *allowed = normalised(policy["PolicyDocument"])
    assert denied["Effect"] == "Deny"
    assert denied["Principal"] == "*"
    assert denied["Resource"] == [f"<{name}.Arn>", f"<{name}.Arn>/*"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}}
    assert all(set(one["Principal"]) == {"Service"} and "Condition" in one for one in allowed)


@pytest.mark.parametrize("suffix", ["site", "data"])
def test_objects_and_blobs_outlive_the_stack_and_mistakes(stack: Stack, suffix: str) -> None:
    resource = stack.resources[logical(stack, suffix)]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert resource["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("suffix", ["logs", "results"])
def test_addresses_are_kept_for_thirty_days(stack: Stack, suffix: str) -> None:
    (rule,) = bucket(stack, suffix)["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 30)
    assert "Prefix" not in rule
    assert "VersioningConfiguration" not in bucket(stack, suffix)


def test_uploads_are_kept_for_a_day_and_blobs_and_details_of_downloads_for_ever(stack: Stack) -> None:
    rules = bucket(stack, "data")["LifecycleConfiguration"]["Rules"]
    expiring = [rule for rule in rules if "ExpirationInDays" in rule]
    assert [(rule["Prefix"], rule["ExpirationInDays"]) for rule in expiring] == [("staging/", 1), ("builds/", 30)]
    assert all("ExpirationInDays" not in rule for rule in bucket(stack, "site")["LifecycleConfiguration"]["Rules"])


def test_the_distribution_reads_the_site_and_sees_what_is_missing(stack: Stack) -> None:
    (policy,) = [one for one in stack.of("S3::BucketPolicy").values() if one["Bucket"] == "<SiteBucket>"]
    allowed = [one for one in normalised(policy["PolicyDocument"]) if one["Effect"] == "Allow"]
    assert [(one["Action"], one["Resource"]) for one in allowed] == [
        (["s3:GetObject"], ["<SiteBucket.Arn>/*"]),
        (["s3:ListBucket"], ["<SiteBucket.Arn>"]),
    ]
    for one in allowed:
        assert one["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/<Distribution>"
        assert one["Condition"] == {"StringEquals": {"AWS:SourceArn": arn}}


def test_the_table_is_the_one_of_the_adapters_and_outlives_the_stack(stack: Stack) -> None:
    resource = stack.resources["Table"]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    table = resource["Properties"]
    wanted = {**TABLE, "StreamSpecification": {"StreamViewType": TABLE["StreamSpecification"]["StreamViewType"]}}
    assert {key: table[key] for key in wanted} == wanted
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == [BY_GROUP]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["TableName"] == STACK


def test_messages_reach_the_queues_that_make_their_pages(full: Stack) -> None:
    subscribed = {one["Endpoint"]: one for one in full.of("SNS::Subscription").values() if one["Protocol"] == "sqs"}
    assert len(subscribed) == len(FILTERS)
    assert sorted(page for pages in QUEUES.values() for page in pages) == sorted(Page)
    for suffix, wanted in FILTERS.items():
        name = next(key for key, one in full.of("SQS::Queue").items() if one["QueueName"] == f"{STACK}-{suffix}")
        one = subscribed[f"<{name}.Arn>"]
        assert one["FilterPolicy"] == wanted
        assert one["FilterPolicyScope"] == "MessageAttributes"
        assert one["RawMessageDelivery"] is True
        assert one["TopicArn"] == "<Topic>"


def test_every_subscription_leaves_what_it_cannot_deliver(full: Stack) -> None:
    written = {name for name, one in source()["Resources"].items() if one["Type"] == "AWS::SNS::Subscription"}
    assert written == full.of("SNS::Subscription").keys()
    queues = {f"<{name}.Arn>" for name in dead_letter_queues(full)}
    for subscription in full.of("SNS::Subscription").values():
        assert subscription["RedrivePolicy"]["deadLetterTargetArn"] in queues


def test_every_queue_gives_up_some_time_into_its_own_dead_letters(stack: Stack) -> None:
    working = {
        one["QueueName"]: one["RedrivePolicy"] for one in stack.of("SQS::Queue").values() if "RedrivePolicy" in one
    }
    targets = {one["deadLetterTargetArn"] for one in working.values()}
    assert len(working) == len(targets) == len(FILTERS)
    assert {target.strip("<>").removesuffix(".Arn") for target in targets} < dead_letter_queues(stack)
    # Athena may have no time for minutes, as the rest of the account uses it too, and CloudFront none for a minute.
    attempts = {"pages": 7, "lists": 5, "counts": 30, "facts": 5, "submissions": 5}
    assert {name: one["maxReceiveCount"] for name, one in working.items()} == {
        f"{STACK}-{suffix}": count for suffix, count in attempts.items()
    }
    assert all(one["SqsManagedSseEnabled"] is True for one in stack.of("SQS::Queue").values())


def test_dead_letters_are_kept_for_a_fortnight(stack: Stack) -> None:
    queues = stack.of("SQS::Queue")
    assert {queues[name]["MessageRetentionPeriod"] for name in dead_letter_queues(stack)} == {14 * 86400}


def test_only_the_topics_may_send_to_queues(full: Stack) -> None:
    policy = full.one("SQS::QueuePolicy")
    reachable: set[str] = set()
    for statement in normalised(policy["PolicyDocument"]):
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
        assert statement["Action"] == ["sqs:SendMessage"]
        (topic,) = statement["Condition"]["ArnEquals"].values()
        wanted = {
            arn
            for one in full.of("SNS::Subscription").values()
            if one["TopicArn"] == topic
            for arn in (one["Endpoint"], one["RedrivePolicy"]["deadLetterTargetArn"])
            if arn.startswith("<")
        }
        assert set(statement["Resource"]) == wanted
        reachable |= wanted
    assert {f"<{queue.strip('<>')}.Arn>" for queue in policy["Queues"]} == reachable


def test_every_dead_letter_queue_has_an_alarm_that_tells_somebody(stack: Stack) -> None:
    watched = set()
    for alarm in stack.of("CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == ["<AlarmTopic>"]
        assert alarm["TreatMissingData"] == "notBreaching"
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible":
            (dimension,) = alarm["Dimensions"]
            assert dimension["Name"] == "QueueName"
            assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
            watched.add(dimension["Value"].strip("<>").removesuffix(".QueueName"))
    assert watched == dead_letter_queues(stack)


def test_lag_and_failures_have_alarms(stack: Stack) -> None:
    watched = {
        (one["Namespace"], one["MetricName"], one["Dimensions"][0]["Value"])
        for one in stack.of("CloudWatch::Alarm").values()
    }
    assert watched >= {
        ("AWS/Lambda", "IteratorAge", "<RelayFunction>"),
        ("AWS/Lambda", "Errors", "<RelayFunction>"),
        ("AWS/Lambda", "Errors", "<ObjectsFunction>"),
        ("AWS/Lambda", "Errors", "<NightlyFunction>"),
        ("AWS/ApiGateway", "5xx", "<HttpApi>"),
        ("AWS/Athena", "TotalExecutionTime", "FAILED"),
        ("AWS/Athena", "TotalExecutionTime", "CANCELED"),
    }


def test_alarms_are_mailed_only_if_there_is_an_address(stack: Stack, full: Stack) -> None:
    assert "AlarmSubscription" not in stack.resources
    assert full.of("SNS::Subscription")["AlarmSubscription"]["Endpoint"] == "operators@example.org"
    # CloudWatch may not use the key that AWS manages for SNS.
    assert "KmsMasterKeyId" not in full.of("SNS::Topic")["AlarmTopic"]


def test_every_log_is_kept_as_long_as_the_operator_says(stack: Stack) -> None:
    longer = Stack(LogRetentionDays="90")
    assert {one["RetentionInDays"] for one in stack.of("Logs::LogGroup").values()} == {"30"}
    assert {one["RetentionInDays"] for one in longer.of("Logs::LogGroup").values()} == {"90"}


def test_what_is_not_kept_by_name_goes_with_the_stack(stack: Stack) -> None:
    kept = {name for name, one in stack.resources.items() if one.get("DeletionPolicy") == "Retain"}
    assert kept == {"SiteBucket", "DataBucket", "Table"}


def test_outputs_say_where_everything_is(stack: Stack, full: Stack) -> None:
    assert stack.outputs["SiteUrl"] == stack.outputs["BaseUrl"] == "https://<Distribution.DomainName>"
    assert full.outputs["SiteUrl"] == full.outputs["BaseUrl"] == "https://pypi.example.org"
    assert full.outputs["UploadUrl"] == "https://pypi.example.org/legacy/"
    assert stack.outputs["UploadUrl"] == "https://<Distribution.DomainName>/legacy/"
    assert stack.outputs["ApiUrl"] == "https://<HttpApi>.execute-api.us-east-1.amazonaws.com"
    outputs = stack.outputs
    assert outputs.keys() >= {"DistributionId", "DistributionDomain", "LogsBucket", "ResultsBucket", "WorkGroup"}
    resources = Resources(
        region="us-east-1",
        table=outputs["Table"],
        site_bucket=outputs["SiteBucket"],
        data_bucket=outputs["DataBucket"],
        topic=outputs["Topic"],
        queues=(outputs["PagesQueue"], outputs["ListsQueue"]),
    )
    assert resources == Resources(
        "us-east-1", "<Table>", "<SiteBucket>", "<DataBucket>", "<Topic>", ("<PagesQueue>", "<ListsQueue>")
    )
    functions = {f"<{name}>" for name in stack.of("Lambda::Function")}
    assert functions <= set(outputs.values())
