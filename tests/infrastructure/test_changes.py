"""What CloudFormation says, and what is made of it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from infrastructure import changes, formation
from infrastructure.changes import Change, Proposal
from infrastructure.formation import CannotDeploy

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/frob/1"
CHANGE_SET = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/x/1"
WHEN = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> "CloudFormationClient":
    monkeypatch.setattr("time.sleep", lambda _: None)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return boto3.client("cloudformation", region_name="us-east-1")


@pytest.fixture
def told(client: "CloudFormationClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def stack(told: Stubber, status: str, name: str = ARN) -> None:
    """The next time somebody asks, this is how the stack is."""
    told.add_response(
        "describe_stacks",
        {"Stacks": [{"StackName": "frob", "StackId": ARN, "StackStatus": status, "CreationTime": WHEN}]},
        {"StackName": name},
    )


def events(told: Stubber, *happened: tuple[str, str, str, str]) -> None:
    """Newest first: identifier, resource, status, reason."""
    told.add_response(
        "describe_stack_events",
        {
            "StackEvents": [
                {
                    "StackId": ARN,
                    "EventId": identifier,
                    "StackName": "frob",
                    "Timestamp": WHEN,
                    "LogicalResourceId": resource,
                    "PhysicalResourceId": ARN if resource == "frob" else resource,
                    "ResourceType": "AWS::X::Y",
                    "ResourceStatus": status,
                    "ResourceStatusReason": reason,
                }
                for identifier, resource, status, reason in happened
            ]
        },
        {"StackName": ARN},
    )


def change_set(
    told: Stubber, status: str, reason: str = "", found: Sequence[Any] = (), page: str = "", more: str = ""
) -> None:
    """The next time somebody asks for this page of it, this is how the change set is."""
    answer: dict[str, Any] = {"Status": status, "StatusReason": reason, "Changes": list(found)}
    asked = {"ChangeSetName": CHANGE_SET} | ({"NextToken": page} if page else {})
    told.add_response("describe_change_set", answer | ({"NextToken": more} if more else {}), asked)


def created(told: Stubber, **expected: object) -> None:
    told.add_response(
        "create_change_set",
        {"Id": CHANGE_SET},
        {
            "StackName": "frob",
            "ChangeSetName": ANY,
            "ChangeSetType": "UPDATE",
            "TemplateURL": "https://template",
            "Parameters": ANY,
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            "Tags": ANY,
            "ImportExistingResources": False,
            "DisableValidation": False,
            **expected,
        },
    )


def resource(action: str, kind: str = "AWS::S3::Bucket", **more: str) -> dict[str, Any]:
    return {
        "Type": "Resource",
        "ResourceChange": {"Action": action, "LogicalResourceId": action, "ResourceType": kind, **more},
    }


def test_no_stack_is_none_and_no_error(client: "CloudFormationClient", told: Stubber) -> None:
    told.add_client_error("describe_stacks", "ValidationError", "Stack with id frob does not exist")
    assert formation.find(client, "frob") is None
    stack(told, "DELETE_COMPLETE", "frob")
    assert formation.find(client, "frob") is None


def test_other_errors_are_not_a_missing_stack(client: "CloudFormationClient", told: Stubber) -> None:
    told.add_client_error("describe_stacks", "AccessDenied", "no")
    with pytest.raises(client.exceptions.ClientError):
        formation.find(client, "frob")


def test_what_is_asked_for_may_not_show_at_once(client: "CloudFormationClient", told: Stubber) -> None:
    stack(told, "UPDATE_COMPLETE")
    events(told, ("old", "frob", "UPDATE_COMPLETE", ""))
    stack(told, "UPDATE_IN_PROGRESS")
    events(told, ("new", "frob", "UPDATE_IN_PROGRESS", ""), ("old", "frob", "UPDATE_COMPLETE", ""))
    stack(told, "UPDATE_COMPLETE")
    events(told, ("newest", "A", "UPDATE_COMPLETE", ""), ("new", "frob", "UPDATE_IN_PROGRESS", ""))
    stack(told, "UPDATE_COMPLETE")
    done: list[int] = []
    after = formation.settled(client, ARN, done.append, since="old")
    assert after is not None
    assert after.is_whole
    assert done == [0, 0]


def test_values_that_nobody_gives_are_kept(client: "CloudFormationClient", told: Stubber) -> None:
    kept = {"ParameterKey": "A", "UsePreviousValue": True}
    created(told, Parameters=[kept, {"ParameterKey": "B", "ParameterValue": ""}])
    change_set(told, "CREATE_IN_PROGRESS")
    change_set(told, "CREATE_COMPLETE")
    change_set(told, "CREATE_COMPLETE", found=[resource("Add")], more="2")
    replaced = resource("Modify", Replacement="True", PhysicalResourceId="x")
    change_set(told, "CREATE_COMPLETE", found=[replaced], page="2")
    proposal = changes.propose(client, "frob", "https://template", {"A": None, "B": ""}, creates=False)
    assert proposal is not None
    assert [(one.action, one.replaced, one.physical) for one in proposal.changes] == [
        ("Add", False, ""),
        ("Modify", True, "x"),
    ]


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information.",
        "No updates are to be performed.",
    ],
)
def test_no_change_is_no_failure(client: "CloudFormationClient", told: Stubber, reason: str) -> None:
    created(told)
    change_set(told, "FAILED", reason)
    told.add_response("delete_change_set", {}, {"ChangeSetName": CHANGE_SET})
    assert changes.propose(client, "frob", "https://template", {}, creates=False) is None


def test_what_cloudformation_does_not_accept_is_told_and_leaves_no_shell(
    client: "CloudFormationClient", told: Stubber
) -> None:
    created(told, ChangeSetType="CREATE", ImportExistingResources=True, DisableValidation=True)
    change_set(told, "FAILED", "Early validation failed. Use the DescribeEvents API.")
    told.add_response(
        "describe_events",
        {
            "OperationEvents": [
                {"EventId": "2", "StackId": ARN, "Timestamp": WHEN},
                {
                    "EventId": "1",
                    "StackId": ARN,
                    "Timestamp": WHEN,
                    "LogicalResourceId": "Site",
                    "ResourceType": "AWS::S3::Bucket",
                    "ValidationStatus": "FAILED",
                    "ValidationStatusReason": "is\nthere",
                },
            ]
        },
        {"ChangeSetName": CHANGE_SET},
    )
    told.add_response("delete_change_set", {}, {"ChangeSetName": CHANGE_SET})
    told.add_response("delete_stack", {}, {"StackName": "frob"})
    with pytest.raises(CannotDeploy, match="does not accept this: Early validation") as caught:
        changes.propose(client, "frob", "https://template", {}, creates=True, takes_over=True)
    assert caught.value.reasons == ["Site (AWS::S3::Bucket): is there"]


def test_a_failed_change_names_each_reason_once(client: "CloudFormationClient", told: Stubber) -> None:
    stack(told, "UPDATE_COMPLETE", "frob")
    events(told, ("old", "frob", "UPDATE_COMPLETE", ""))
    told.add_response("execute_change_set", {}, {"ChangeSetName": CHANGE_SET, "RetainExceptOnCreate": True})
    happened = (
        ("5", "frob", "UPDATE_ROLLBACK_COMPLETE", ""),
        ("4", "frob", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed: [A, B]"),
        ("3", "B", "UPDATE_FAILED", "Resource update cancelled"),
        ("2", "A", "UPDATE_FAILED", "No\nroom"),
        ("1", "frob", "UPDATE_IN_PROGRESS", ""),
        ("old", "frob", "UPDATE_COMPLETE", ""),
    )
    stack(told, "UPDATE_ROLLBACK_COMPLETE")
    events(told, *happened)
    stack(told, "UPDATE_ROLLBACK_COMPLETE")
    events(told, *happened)
    with pytest.raises(CannotDeploy, match="The index is as it was before") as caught:
        changes.carry_out(client, Proposal("frob", CHANGE_SET, creates=False, changes=()), lambda _: None)
    assert caught.value.reasons == ["A (AWS::X::Y): No room"]


def test_what_is_taken_over_is_never_deleted_by_a_failed_start(client: "CloudFormationClient", told: Stubber) -> None:
    stack(told, "REVIEW_IN_PROGRESS", "frob")
    events(told)
    told.add_response("execute_change_set", {}, {"ChangeSetName": CHANGE_SET, "RetainExceptOnCreate": False})
    stack(told, "CREATE_COMPLETE")
    events(told, ("1", "frob", "CREATE_COMPLETE", ""))
    stack(told, "CREATE_COMPLETE")
    proposal = Proposal("frob", CHANGE_SET, creates=True, changes=[Change("Import", "Table", "AWS::DynamoDB::Table")])
    assert changes.carry_out(client, proposal, lambda _: None).status == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("change", "destroys"),
    [
        (Change("Remove", "Site", "AWS::S3::Bucket"), True),
        (Change("Modify", "Table", "AWS::DynamoDB::Table", replaced=True), True),
        (Change("Modify", "Distribution", "AWS::CloudFront::Distribution", replaced=True), True),
        (Change("Modify", "Table", "AWS::DynamoDB::Table"), False),
        (Change("Add", "Site", "AWS::S3::Bucket"), False),
        (Change("Remove", "Route", "AWS::ApiGatewayV2::Route"), False),
        (Change("Modify", "Api", "AWS::Lambda::Function", replaced=True), False),
    ],
)
def test_only_what_people_would_miss_needs_a_word(change: Change, *, destroys: bool) -> None:
    assert change.destroys is destroys
