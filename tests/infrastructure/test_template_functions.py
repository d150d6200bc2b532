"""The functions of the template: what starts each, what it may do, and what it is told."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from domain.submission import Submission
from domain.submission_events import SubmissionRequested
from domain.usage import RESTATED_DAYS
from entrypoints.aws import dispatch
from infrastructure.bundle import PYTHON
from infrastructure.resources import Resources
from infrastructure.settings import Settings
from infrastructure.wishes import own_bytes
from tests.infrastructure.stack_template import ACCOUNT, REGION, ROOT, STACK, Stack, normalised, source, statements

HANDLERS = {
    "relay": "entrypoints.aws.relay.handler",
    "messages": "entrypoints.aws.messages.handler",
    "lists": "entrypoints.aws.messages.handler",
    "count": "entrypoints.aws.messages.handler",
    "facts": "entrypoints.aws.messages.handler",
    "submissions": "entrypoints.aws.messages.handler",
    "dispatch": "entrypoints.aws.dispatch.handler",
    "objects": "entrypoints.aws.objects.handler",
    "nightly": "entrypoints.aws.nightly.handler",
    "api": "entrypoints.aws.api.handler",
}
BUILD = ("build", "entrypoints.aws.build.handler")
"""The function that runs what strangers wrote, which is unlike the others."""
ALONE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
"""The actions for which IAM knows no resource."""
TABLE = "<Table.Arn>"
INDEX = "<Table.Arn>/index/by-group"
SITE = f"arn:aws:s3:::{STACK}-site-{ACCOUNT}"
DATA = f"arn:aws:s3:::{STACK}-data-{ACCOUNT}"
LOGS = f"arn:aws:s3:::{STACK}-logs-{ACCOUNT}"
RESULTS = f"arn:aws:s3:::{STACK}-results-{ACCOUNT}"


def function(stack: Stack, name: str) -> Any:
    (found,) = [one for one in stack.of("Lambda::Function").values() if one["FunctionName"] == f"{STACK}-{name}"]
    return found


def logical(stack: Stack, name: str) -> str:
    return next(key for key, one in stack.of("Lambda::Function").items() if one["FunctionName"] == f"{STACK}-{name}")


def environment(stack: Stack, name: str) -> dict[str, str]:
    return dict(function(stack, name)["Environment"]["Variables"])


def role(stack: Stack, name: str) -> Any:
    return stack.of("IAM::Role")[function(stack, name)["Role"].strip("<>").removesuffix(".Arn")]


def granted(stack: Stack, name: str) -> set[tuple[str, str]]:
    """Every action that the function may do, with its resource."""
    return {
        (action, resource)
        for statement in statements(role(stack, name))
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def mappings(stack: Stack, name: str) -> list[Any]:
    names = {f"<{logical(stack, name)}>", f"<{logical(stack, name)}.Arn>"}
    return [one for one in stack.of("Lambda::EventSourceMapping").values() if one["FunctionName"] in names]


def every_statement(stack: Stack) -> Iterator[Any]:
    for one in stack.of("IAM::Role").values():
        yield from statements(one)


def test_the_functions_are_these(stack: Stack) -> None:
    found = {one["FunctionName"]: one["Handler"] for one in stack.of("Lambda::Function").values()}
    assert found == {f"{STACK}-{name}": handler for name, handler in (*HANDLERS.items(), BUILD)}


@pytest.mark.parametrize("handler", sorted({*HANDLERS.values(), BUILD[1]}))
def test_handlers_are_functions_of_the_bundle(handler: str) -> None:
    module = handler.removesuffix(".handler")
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    assert "\ndef handler(event" in Path(spec.origin).read_text() or "\ndef handler(_" in Path(spec.origin).read_text()


@pytest.mark.parametrize("name", HANDLERS)
def test_every_function_runs_the_bundle_traced_and_logged(stack: Stack, full: Stack, name: str) -> None:
    one = function(stack, name)
    assert one["Runtime"] == f"python{PYTHON}" == "python3.13"
    assert one["Architectures"] == ["arm64"]
    assert function(full, name)["Architectures"] == ["x86_64"]
    assert one["Code"] == {"S3Bucket": "code", "S3Key": "bundle.zip"}
    assert one["TracingConfig"] == {"Mode": "Active"}
    assert one["LoggingConfig"]["LogFormat"] == "JSON"
    log = one["LoggingConfig"]["LogGroup"].strip("<>")
    assert stack.of("Logs::LogGroup")[log]["LogGroupName"] == f"/aws/lambda/{STACK}-{name}"


def test_builds_run_where_there_is_nothing(stack: Stack, full: Stack) -> None:
    one = function(stack, "build")
    assert "Build" in logical(stack, "build")
    assert one["Runtime"] == f"python{PYTHON}"
    assert (one["Architectures"], function(full, "build")["Architectures"]) == (["arm64"], ["x86_64"])
    assert one["Code"] == {"S3Bucket": "code", "S3Key": "bundle.zip"}
    assert "Environment" not in one
    assert one["TracingConfig"] == {"Mode": "PassThrough"}
    assert stack.of("Logs::LogGroup")["BuildLog"]["LogGroupName"] == f"/aws/lambda/{STACK}-build"
    assert granted(stack, "build") == on("<BuildLog.Arn>", "logs:CreateLogStream", "logs:PutLogEvents")
    assert not [name for name in stack.of("Lambda::Permission").values() if name["FunctionName"] == "<BuildFunction>"]
    assert not mappings(stack, "build")


def test_who_waits_for_a_build_outlives_it_and_has_no_other_right(stack: Stack) -> None:
    assert own(stack, "dispatch") == {
        *on("<BuildFunction.Arn>", "lambda:InvokeFunction"),
        *on("<DispatchDeadLetters.Arn>", "sqs:SendMessage"),
    }
    assert environment(stack, "dispatch")["SLS_PYPI_BUILD_FUNCTION"] == "<BuildFunction>"
    longest = source()["Parameters"]["BuildSeconds"]["MaxValue"]
    assert longest + 90 < function(stack, "build")["Timeout"] < function(stack, "dispatch")["Timeout"] == 900
    assert function(stack, "build")["Timeout"] + sum(dispatch.PAUSES) + 10 < 900
    config = stack.of("Lambda::EventInvokeConfig")
    (asked,) = [one for one in config.values() if one["FunctionName"] == "<DispatchFunction>"]
    assert asked["MaximumRetryAttempts"] == 0
    assert asked["MaximumEventAgeInSeconds"] + function(stack, "dispatch")["Timeout"] <= 1500
    assert "ReservedConcurrentExecutions" not in function(stack, "dispatch")
    assert function(Stack(BuildConcurrency="2"), "dispatch")["ReservedConcurrentExecutions"] == "2"


def test_submissions_are_published_by_who_asks_github_and_has_builds_done(stack: Stack) -> None:
    assert own(stack, "submissions") == {
        *APPENDS,
        *on(INDEX, "dynamodb:Query"),
        *on(f"{DATA}/builds/*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
        *on(f"{DATA}/blobs/*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
        *on(DATA, "s3:ListBucket"),
        *WORKS_ON_SITE,
        *on("<DispatchFunction.Arn>", "lambda:InvokeFunction"),
        *consumes("SubmissionsQueue"),
    }
    full = Stack(BuildIndexUrl="https://mirror.example/simple/", BuildSeconds="60")
    told = environment(full, "submissions")
    assert told["SLS_PYPI_DISPATCH_FUNCTION"] == "<DispatchFunction>"
    # It may hold a password: whoever starts builds puts it into no event that may be put aside.
    knowing = {
        one["FunctionName"]
        for one in full.of("Lambda::Function").values()
        if "https://mirror.example/simple/" in str(one.get("Environment"))
    }
    assert knowing == {f"{STACK}-dispatch"}
    assert told["SLS_PYPI_BUILD_SECONDS"] == "60"
    build = function(stack, "build")
    assert int(told["SLS_PYPI_BUILD_MEMORY_BYTES"]) <= (build["MemorySize"] - 512) * 2**20
    assert int(told["SLS_PYPI_BUILD_DISK_BYTES"]) <= build["EphemeralStorage"]["Size"] * 2**20 / 2
    (mapping,) = mappings(stack, "submissions")
    assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (1, {"MaximumConcurrency": 5})


def test_every_function_has_a_role_of_its_own(stack: Stack) -> None:
    roles = [one["Role"] for one in stack.of("Lambda::Function").values()]
    schedules = [one["Target"]["RoleArn"] for one in stack.of("Scheduler::Schedule").values()]
    assert len({*roles, *schedules}) == len(roles) + len(schedules)
    assert {f"<{name}.Arn>" for name in stack.of("IAM::Role")} == {*roles, *schedules}


def test_no_role_may_do_everything_of_a_service_or_to_everything(stack: Stack) -> None:
    for statement in every_statement(stack):
        assert statement["Effect"] == "Allow"
        assert "NotAction" not in statement
        assert "NotResource" not in statement
        assert not [action for action in statement["Action"] if "*" in action]
        if "*" in statement["Resource"]:
            assert set(statement["Action"]) <= ALONE
        # A star is the end of a path, of one bucket or of one table's streams.
        for resource in set(statement["Resource"]) - {"*"}:
            assert "*" not in resource.removesuffix("/*")


def test_no_role_has_policies_of_others(stack: Stack) -> None:
    for one in stack.of("IAM::Role").values():
        assert "ManagedPolicyArns" not in one
        (trust,) = one["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] in ({"Service": "lambda.amazonaws.com"}, {"Service": "scheduler.amazonaws.com"})


@pytest.mark.parametrize("name", HANDLERS)
def test_every_function_writes_its_own_log_and_no_other(stack: Stack, name: str) -> None:
    log = function(stack, name)["LoggingConfig"]["LogGroup"].strip("<>")
    logs = {one for one in granted(stack, name) if one[0].startswith("logs:")}
    assert logs == {("logs:CreateLogStream", f"<{log}.Arn>"), ("logs:PutLogEvents", f"<{log}.Arn>")}


def own(stack: Stack, name: str) -> set[tuple[str, str]]:
    """What the function may do besides logging and tracing."""
    return {one for one in granted(stack, name) if not one[0].startswith(("logs:", "xray:"))}


def on(resource: str, *actions: str) -> set[tuple[str, str]]:
    return {(action, resource) for action in actions}


WORKS_ON_SITE = on(f"{SITE}/*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject") | on(SITE, "s3:ListBucket")
APPENDS = on(TABLE, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:ConditionCheckItem")


def consumes(queue: str) -> set[tuple[str, str]]:
    return on(
        f"<{queue}.Arn>",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
    )


def writing(stack: Stack, name: str) -> dict[str, Any]:
    """On which condition the function may put something into the table."""
    (found,) = [one for one in statements(role(stack, name)) if "dynamodb:PutItem" in one["Action"]]
    return dict(found["Condition"])


def test_the_relay_follows_the_stream_and_publishes(stack: Stack) -> None:
    assert own(stack, "relay") == {
        *on("<Table.StreamArn>", "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        *on(f"{TABLE}/stream/*", "dynamodb:ListStreams"),
        *on("<Topic>", "sns:Publish", "sns:PublishBatch"),
        *on("<RelayDeadLetters.Arn>", "sqs:SendMessage"),
    }


def test_pages_are_made_of_events_that_their_function_cannot_write(stack: Stack) -> None:
    assert own(stack, "messages") == {
        *on(TABLE, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        *on(INDEX, "dynamodb:Query"),
        *WORKS_ON_SITE,
        *on(f"{DATA}/blobs/*", "s3:GetObject", "s3:DeleteObject"),
        *on(DATA, "s3:ListBucket"),
        *on("<Topic>", "sns:Publish", "sns:PublishBatch"),
        *on("arn:aws:cloudfront::123456789012:distribution/<Distribution>", "cloudfront:CreateInvalidation"),
        *consumes("PagesQueue"),
    }
    assert writing(stack, "messages") == {
        "ForAllValues:StringLike": {
            "dynamodb:LeadingKeys": [
                *("catalogue", "usage", "usage-summaries", "usage-briefs"),
                *("listings", "listings-of#*", "tokens#*", "owed", "needs", "dependents#*"),
            ]
        }
    }


def test_lists_are_made_of_the_table_and_make_due_what_shows_the_last_days(stack: Stack) -> None:
    assert own(stack, "lists") == {
        *on(TABLE, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:DeleteItem"),
        *on(INDEX, "dynamodb:Query"),
        *on("<Topic>", "sns:Publish", "sns:PublishBatch"),
        *(WORKS_ON_SITE - on(f"{SITE}/*", "s3:DeleteObject")),
        *(("s3:DeleteObject", f"{SITE}/{area}/*") for area in ("browse", "owner", "search", "sitemap")),
        *consumes("ListsQueue"),
    }
    (settling,) = [one for one in statements(role(stack, "lists")) if "dynamodb:DeleteItem" in one["Action"]]
    assert settling["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["owed"]}}


def test_queries_are_started_by_who_may_read_logs_and_write_results_and_little_else(stack: Stack) -> None:
    area = f"{REGION}:{ACCOUNT}"
    glue, database, table = (f"arn:aws:glue:{area}:{kind}" for kind in ("catalog", f"database/{STACK}", "table"))
    reads = ("glue:GetDatabase", "glue:GetTable", "glue:GetPartitions")
    assert own(stack, "count") == {
        *on(f"arn:aws:athena:{area}:workgroup/{STACK}", "athena:StartQueryExecution"),
        *on(glue, *reads),
        *on(database, *reads),
        *on(f"{table}/{STACK}/access_logs", *reads),
        *on(f"arn:aws:glue:{area}:database/default", "glue:GetDatabase"),
        *on(f"{LOGS}/cloudfront/*", "s3:GetObject"),
        *on(LOGS, "s3:GetBucketLocation", "s3:ListBucket"),
        *on(f"{RESULTS}/athena/*", "s3:GetObject", "s3:PutObject"),
        *on(f"{RESULTS}/athena/*", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
        *on(RESULTS, "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"),
        *APPENDS,
        *consumes("CountsQueue"),
    }
    assert writing(stack, "count") == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["session#*", "counting/*", "days/*"]}
    }


def test_facts_are_kept_by_who_reads_metadata_and_writes_no_event(stack: Stack) -> None:
    assert own(stack, "facts") == {
        *on(TABLE, "dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        *on(INDEX, "dynamodb:Query"),
        *on(f"{DATA}/blobs/*", "s3:GetObject"),
        *on(DATA, "s3:ListBucket"),
        *on("<Topic>", "sns:Publish", "sns:PublishBatch"),
        *consumes("FactsQueue"),
    }
    assert writing(stack, "facts") == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["facts#*", "follower#*", "session#repositories/*"]}
    }


def test_uploads_become_blobs_and_events_and_so_do_results_of_queries(stack: Stack) -> None:
    assert own(stack, "objects") == {
        *APPENDS,
        *on(f"{DATA}/staging/*", "s3:GetObject", "s3:DeleteObject"),
        *on(f"{DATA}/builds/*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
        *on(f"{DATA}/blobs/*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
        *on(f"{DATA}/usage/*", "s3:GetObject", "s3:PutObject"),
        *on(f"{RESULTS}/athena/*", "s3:GetObject"),
        *on(RESULTS, "s3:ListBucket"),
        *on(DATA, "s3:ListBucket"),
        *WORKS_ON_SITE,
        *on("<ObjectsDeadLetters.Arn>", "sqs:SendMessage"),
    }


def test_the_night_reads_and_publishes_and_makes_keys_for_addresses(stack: Stack) -> None:
    assert own(stack, "nightly") == {
        *on(TABLE, "dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"),
        *on(TABLE, "dynamodb:BatchGetItem"),
        *on(INDEX, "dynamodb:Query"),
        *on("<Topic>", "sns:Publish", "sns:PublishBatch"),
        *on("<NightlyDeadLetters.Arn>", "sqs:SendMessage"),
    }
    keys = {
        one["Sid"]: one["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for one in statements(role(stack, "nightly"))
        if "Condition" in one
    }
    assert keys == {
        "MakesKeysForAddresses": ["session#requester-key/*"],
        "SeesWhetherGitHubWantsToBeLeftAlone": ["session#repositories/*"],
        "ForgetsRepositories": ["facts#*"],
    }


def test_the_api_does_what_submitters_ask(stack: Stack) -> None:
    assert own(stack, "api") == {
        *APPENDS,
        *on(INDEX, "dynamodb:Query"),
        *on(TABLE, "dynamodb:BatchGetItem", "dynamodb:DeleteItem"),
        *on(f"{DATA}/staging/*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        *on(f"{DATA}/builds/*", "s3:GetObject", "s3:PutObject"),
        *on(f"{DATA}/blobs/*", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        *on(f"{DATA}/usage/*", "s3:GetObject"),
        *on(DATA, "s3:ListBucket"),
        *WORKS_ON_SITE,
        *on("<PagesQueue.Arn>", "sqs:GetQueueAttributes"),
        *on("<ListsQueue.Arn>", "sqs:GetQueueAttributes"),
        *on("<CountsQueue.Arn>", "sqs:GetQueueAttributes"),
    }
    (deleting,) = [one for one in statements(role(stack, "api")) if "dynamodb:DeleteItem" in one["Action"]]
    assert deleting["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["session#*"]}}


def test_new_events_reach_the_relay(stack: Stack) -> None:
    (mapping,) = mappings(stack, "relay")
    assert mapping["EventSourceArn"] == "<Table.StreamArn>"
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] <= 10
    assert 3600 <= mapping["MaximumRecordAgeInSeconds"] < 24 * 3600
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": "<RelayDeadLetters.Arn>"}}
    assert mapping["MaximumBatchingWindowInSeconds"] == 0
    (pattern,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "event#"}]}}},
    }


@pytest.mark.parametrize(
    ("name", "queue"),
    [
        ("messages", "PagesQueue"),
        ("lists", "ListsQueue"),
        ("count", "CountsQueue"),
        ("facts", "FactsQueue"),
    ],
)
def test_messages_reach_their_function(stack: Stack, name: str, queue: str) -> None:
    (mapping,) = mappings(stack, name)
    assert mapping["EventSourceArn"] == f"<{queue}.Arn>"
    # Whatever the function still works on must not come again; what failed is made visible by the function itself.
    assert stack.of("SQS::Queue")[queue]["VisibilityTimeout"] == 6 * function(stack, name)["Timeout"]
    assert environment(stack, name)["SLS_PYPI_QUEUES"] == f"<{queue}>"


def test_a_submission_is_carried_on_when_whoever_had_it_was_killed(stack: Stack) -> None:
    (mapping,) = mappings(stack, "submissions")
    assert mapping["EventSourceArn"] == "<SubmissionsQueue.Arn>"
    assert environment(stack, "submissions")["SLS_PYPI_QUEUES"] == "<SubmissionsQueue>"
    again, run = stack.of("SQS::Queue")["SubmissionsQueue"]["VisibilityTimeout"], function(stack, "submissions")
    waited = stack.of("Lambda::EventInvokeConfig")["DispatchFunctionEventInvokeConfig"]["MaximumEventAgeInSeconds"]
    asked, fetched = 20, 40
    bounds = source()["Parameters"]["BuildSeconds"]
    assert run["Timeout"] <= again  # nobody else has it meanwhile; AWS refuses less
    assert bounds["MaxValue"] + fetched + 60 <= run["Timeout"]  # the last file is judged, and all are published
    for seconds in (bounds["MinValue"], bounds["MaxValue"]):
        begun = datetime(2026, 11, 24, tzinfo=UTC)
        requested = SubmissionRequested("1", "alice", "alice/spam", 7, "v1", is_tag=True, commit="c" * 40, at=begun)
        submission = Submission("s1", requested, started=begun)
        built = asked + fetched + 30 + waited + sum(dispatch.PAUSES) + seconds + 90
        for later in (again + asked + fetched, built):
            assert not submission.is_overdue(begun + timedelta(seconds=later), seconds)


def test_only_lists_may_tell_themselves_what_is_left(stack: Stack) -> None:
    """Lambda ends a chain after some sixteen links; a directory of 10,000 packages takes twenty."""
    names = {
        one["FunctionName"] for one in stack.of("Lambda::Function").values() if one.get("RecursiveLoop") == "Allow"
    }
    assert names == {f"{STACK}-lists"}


def test_athena_is_asked_no_faster_than_it_answers(stack: Stack) -> None:
    (mapping,) = mappings(stack, "count")
    assert mapping["BatchSize"] <= 10
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_github_is_asked_by_two_at_a_time(stack: Stack) -> None:
    (mapping,) = mappings(stack, "facts")
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    # Each question may take ten seconds, and some time goes by before and after it.
    assert mapping["BatchSize"] * 20 <= function(stack, "facts")["Timeout"]
    full = Stack(GithubUrl="https://ghe.example", GithubApiUrl="https://ghe.example/api/v3")
    assert environment(full, "facts")["SLS_PYPI_GITHUB_URL"] == "https://ghe.example"
    assert environment(full, "facts")["SLS_PYPI_GITHUB_API_URL"] == "https://ghe.example/api/v3"
    assert environment(stack, "facts")["SLS_PYPI_GITHUB_API_URL"] == "https://api.github.com"


def test_many_uploads_are_one_rewrite_of_the_lists(stack: Stack) -> None:
    (mapping,) = mappings(stack, "lists")
    assert mapping["BatchSize"] >= 100
    assert 1 <= mapping["MaximumBatchingWindowInSeconds"] <= 5
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_a_failed_record_does_not_bring_back_its_whole_batch(stack: Stack) -> None:
    every = stack.of("Lambda::EventSourceMapping").values()
    assert len(every) == 6
    assert all(one["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for one in every)


def test_uploads_that_arrive_are_checked(stack: Stack) -> None:
    notification, built = stack.of("S3::Bucket")["DataBucket"]["NotificationConfiguration"]["LambdaConfigurations"]
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function(stack, 'objects')['FunctionName']}"
    assert notification["Function"] == arn
    assert notification["Event"] == "s3:ObjectCreated:*"
    assert notification["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "staging/"}]}}
    assert (built["Function"], built["Event"]) == (arn, "s3:ObjectCreated:*")
    rules = [{"Name": "prefix", "Value": "builds/"}, {"Name": "suffix", "Value": "/outcome.json"}]
    assert built["Filter"] == {"S3Key": {"Rules": rules}}
    permission = stack.of("Lambda::Permission")["ObjectsPermission"]
    assert permission["FunctionName"] == "<ObjectsFunction.Arn>"
    assert (permission["Principal"], permission["SourceAccount"]) == ("s3.amazonaws.com", ACCOUNT)
    assert permission["SourceArn"] == DATA
    assert stack.resources["DataBucket"]["DependsOn"] == "ObjectsPermission"


def test_what_queries_have_found_is_processed(stack: Stack) -> None:
    (notification,) = stack.of("S3::Bucket")["ResultsBucket"]["NotificationConfiguration"]["LambdaConfigurations"]
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function(stack, 'objects')['FunctionName']}"
    assert notification["Function"] == arn
    assert notification["Event"] == "s3:ObjectCreated:*"
    rules = [{"Name": "prefix", "Value": "athena/"}, {"Name": "suffix", "Value": ".csv"}]
    assert notification["Filter"] == {"S3Key": {"Rules": rules}}
    permission = stack.of("Lambda::Permission")["ResultsPermission"]
    assert permission["FunctionName"] == "<ObjectsFunction.Arn>"
    assert (permission["Principal"], permission["SourceAccount"]) == ("s3.amazonaws.com", ACCOUNT)
    assert permission["SourceArn"] == RESULTS
    assert stack.resources["ResultsBucket"]["DependsOn"] == "ResultsPermission"


def test_queries_are_bounded_and_leave_their_results_where_they_are_looked_for(stack: Stack) -> None:
    group = stack.one("Athena::WorkGroup")
    configuration = group["WorkGroupConfiguration"]
    assert group["Name"] == environment(stack, "count")["SLS_PYPI_WORKGROUP"] == STACK
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["BytesScannedCutoffPerQuery"] == 100 * 2**30
    assert configuration["ResultConfiguration"]["OutputLocation"] == "s3://<ResultsBucket>/athena/"
    assert (
        stack.one("Glue::Database")["DatabaseInput"]["Name"] == environment(stack, "count")["SLS_PYPI_USAGE_DATABASE"]
    )
    assert environment(stack, "nightly")["SLS_PYPI_PACKAGES_A_QUERY"] == "0"
    assert environment(Stack(PackagesPerQuery="1"), "nightly")["SLS_PYPI_PACKAGES_A_QUERY"] == "1"


def test_the_largest_file_fits_on_the_disk_of_the_function_twice(stack: Stack) -> None:
    disk = function(stack, "objects")["EphemeralStorage"]["Size"] * 2**20
    assert disk > 2 * source()["Parameters"]["MaxFileBytes"]["MaxValue"]


def test_the_night_begins_by_a_schedule_that_names_the_days_that_are_counted_again(stack: Stack) -> None:
    schedule = stack.one("Scheduler::Schedule")
    assert re.fullmatch(r"cron\(\d+ 3 \* \* \? \*\)", schedule["ScheduleExpression"])
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    target = schedule["Target"]
    assert target["Arn"] == "<NightlyFunction.Arn>"
    assert json.loads(target["Input"]) == {"days_ago": list(range(1, RESTATED_DAYS + 1))}
    assert target["DeadLetterConfig"] == {"Arn": "<NightlyDeadLetters.Arn>"}
    assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
    role_of_schedule = stack.of("IAM::Role")[target["RoleArn"].strip("<>").removesuffix(".Arn")]
    granted_to_schedule = {
        (action, resource)
        for one in statements(role_of_schedule)
        for action in one["Action"]
        for resource in one["Resource"]
    }
    assert granted_to_schedule == {
        ("lambda:InvokeFunction", "<NightlyFunction.Arn>"),
        ("sqs:SendMessage", "<NightlyDeadLetters.Arn>"),
    }


def test_what_nobody_waits_for_does_not_fail_unseen(stack: Stack) -> None:
    configured = {one["FunctionName"]: one for one in stack.of("Lambda::EventInvokeConfig").values()}
    permitted = {one["FunctionName"] for one in stack.of("Lambda::Permission").values() if "s3." in one["Principal"]}
    scheduled = {one["Target"]["Arn"] for one in stack.of("Scheduler::Schedule").values()}
    asked = {"<DispatchFunction>"}  # by an adapter, which does not wait
    started = {one.replace(".Arn", "") for one in permitted | scheduled} | asked
    assert configured.keys() == started
    for name, one in configured.items():
        destination = one["DestinationConfig"]["OnFailure"]["Destination"]
        queue = destination.strip("<>").removesuffix(".Arn")
        assert "RedrivePolicy" not in stack.of("SQS::Queue")[queue]
        assert one["Qualifier"] == "$LATEST"
        short = function_name(stack, name).removeprefix(f"{STACK}-")
        assert ("sqs:SendMessage", destination) in granted(stack, short)


def function_name(stack: Stack, reference: str) -> str:
    return str(stack.of("Lambda::Function")[reference.strip("<>")]["FunctionName"])


@pytest.mark.parametrize("name", HANDLERS)
def test_functions_are_told_what_the_code_asks_for(stack: Stack, full: Stack, name: str) -> None:
    with patch.dict("os.environ", clear=True):
        resources = Resources.from_environment({**environment(stack, name), "AWS_REGION": REGION})
        # A domain that only AWS knows is no URL here.
        told = {**environment(full, name), "SLS_PYPI_ALLOW": ""}
        settings = Settings.from_environment(told)
    assert resources.table == stack.of("DynamoDB::Table")["Table"]["TableName"]
    assert resources.site_bucket == stack.of("S3::Bucket")["SiteBucket"]["BucketName"]
    assert resources.data_bucket == stack.of("S3::Bucket")["DataBucket"]["BucketName"]
    assert resources.topic == "<Topic>"
    assert resources.results_bucket == stack.of("S3::Bucket")["ResultsBucket"]["BucketName"]
    assert resources.workgroup == stack.one("Athena::WorkGroup")["Name"]
    assert resources.usage_database == stack.one("Glue::Database")["DatabaseInput"]["Name"]
    assert settings.base_url == "https://pypi.example.org"
    assert settings.upstream == "https://pypi.org/simple/"
    assert settings.site_name == "sls-pypi"
    assert environment(stack, name)["SLS_PYPI_BASE_URL"] == "https://<Distribution.DomainName>"


def test_texts_of_the_site_are_parameters() -> None:
    stack = Stack(SiteName="Frob's", Header="Up here", Footer="Down there", Allow="direct-references", MaxFileBytes="7")
    told = environment(stack, "messages")
    assert told["SLS_PYPI_NAME"] == "Frob's"
    assert told["SLS_PYPI_HEADER"] == "Up here"
    assert told["SLS_PYPI_FOOTER"] == "Down there"
    assert told["SLS_PYPI_ALLOW"] == "direct-references"
    assert told["SLS_PYPI_MAX_FILE_BYTES"] == "7"


def test_no_function_is_told_what_nobody_reads(stack: Stack) -> None:
    readers = [*(ROOT / "infrastructure").glob("*.py"), ROOT / "entrypoints" / "aws" / "dispatch.py"]
    code = "".join(path.read_text() for path in readers)
    read = set(re.findall(r"SLS_PYPI_[A-Z_]+", code))
    for name in HANDLERS:
        own_settings = {key for key in environment(stack, name) if not key.startswith("POWERTOOLS_")}
        assert own_settings <= read
        assert {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"} <= environment(stack, name).keys()


def test_the_api_sees_the_lag_and_secrets_are_known_to_those_who_need_them(stack: Stack) -> None:
    assert environment(stack, "api")["SLS_PYPI_QUEUES"] == "<PagesQueue>,<ListsQueue>,<CountsQueue>"
    knowing = {
        "SLS_PYPI_GITHUB_WEBHOOK_SECRET": {"api"},
        # Those who ask GitHub, also without anybody's token; not those who build.
        "SLS_PYPI_GITHUB_CLIENT_ID": {"api", "facts", "submissions"},
        "SLS_PYPI_GITHUB_CLIENT_SECRET": {"api", "facts", "submissions"},
    }
    for setting, names in knowing.items():
        assert {name for name in HANDLERS if setting in environment(stack, name)} == names
        assert setting not in str(function(stack, "build"))


def test_uploads_in_one_request_are_as_large_as_lambda_takes(stack: Stack) -> None:
    legacy = int(environment(stack, "api")["SLS_PYPI_LEGACY_MAX_BYTES"])
    form, headers, invocation = 65536, 32768, 6 * 2**20
    assert legacy == 4 * 2**20
    assert (legacy + form) * 4 // 3 + headers < invocation


def test_bucket_policies_name_services_only(stack: Stack) -> None:
    for policy in stack.of("S3::BucketPolicy").values():
        for statement in normalised(policy["PolicyDocument"]):
            assert statement["Effect"] == "Deny" or set(statement["Principal"]) == {"Service"}


@pytest.mark.parametrize("name", HANDLERS)
def test_what_a_function_has_in_its_environment_by_itself_is_no_more_than_deploy_reckons_with(
    stack: Stack, name: str
) -> None:
    longest_reference = 80 + len(STACK)  # the URL of a queue whose name CloudFormation made
    variables = environment(stack, name)
    texts = [f'"{key}":"{value}",' for key, value in variables.items()]
    references = sum(value.count("<") for value in variables.values())

    assert sum(map(len, texts)) + references * longest_reference <= own_bytes(STACK)
