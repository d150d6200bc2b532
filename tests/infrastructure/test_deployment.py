"""CloudFormation's ways with a small template, on an emulator that knows them: from nothing to nothing."""

import pytest

from infrastructure import changes, formation
from infrastructure.formation import CannotDeploy, Stack
from tests.emulator.ministack import MiniStack

pytestmark = pytest.mark.emulator

TEMPLATE = """
Parameters:
  Text: {Type: String, Default: first}
  Kept: {Type: String, Default: ""}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: NAME
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
  Setting:
    Type: AWS::SSM::Parameter
    Properties: {Name: NAME-text, Type: String, Value: !Ref Text}
EXTRA
Outputs:
  Text: {Value: !Ref Text}
"""
TAKEN = """
  Taken:
    Type: AWS::SSM::Parameter
    Properties: {Name: NAME-taken, Type: String, Value: theirs}
"""
BUCKET = """
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: templates-NAME}
"""


class Account:
    """A template in a bucket, deployed as `deploy` does it."""

    def __init__(self, ministack: MiniStack, name: str) -> None:
        self.name = name
        self.formation = ministack.client("cloudformation")
        self.dynamodb = ministack.client("dynamodb")
        self._s3 = ministack.client("s3")
        self.bucket = f"templates-{name}"
        self._s3.create_bucket(Bucket=self.bucket)
        ministack.client("ssm").put_parameter(Name=f"{name}-taken", Type="String", Value="ours")

    def url(self, extra: str = "") -> str:
        body = TEMPLATE.replace("EXTRA", extra).replace("NAME", self.name)
        self._s3.put_object(Bucket=self.bucket, Key="template", Body=body.encode())
        return f"{self._s3.meta.endpoint_url}/{self.bucket}/template"

    def deploy(self, extra: str = "", *, takes_over: bool = False, **parameters: str | None) -> Stack | None:
        creates = formation.find(self.formation, self.name) is None
        proposal = changes.propose(
            self.formation, self.name, self.url(extra), parameters, creates=creates, takes_over=takes_over
        )
        return None if proposal is None else changes.carry_out(self.formation, proposal, lambda _: None)

    def stack(self) -> Stack:
        found = formation.find(self.formation, self.name)
        assert found is not None
        return found


@pytest.fixture
def account(ministack: MiniStack, request: pytest.FixtureRequest) -> Account:
    name: str = request.node.name
    return Account(ministack, name.removeprefix("test_").replace("_", "-")[:30].rstrip("-"))


def test_a_stack_is_made_then_changed_and_keeps_parameters_that_are_not_given(account: Account) -> None:
    made = account.deploy()
    assert made is not None
    assert (made.status, made.outputs) == ("CREATE_COMPLETE", {"Text": "first"})
    assert account.deploy(Text="second", Kept="x") is not None
    assert account.deploy(Text=None, Kept=None) is None
    assert account.stack().parameters == {"Text": "second", "Kept": "x"}
    assert account.deploy(Text="third", Kept=None) is not None
    assert account.stack().parameters == {"Text": "third", "Kept": "x"}


def test_what_would_change_is_said_before(account: Account) -> None:
    account.deploy()
    proposal = changes.propose(account.formation, account.name, account.url(), {"Text": "second"}, creates=False)
    assert proposal is not None
    assert [(change.action, change.logical) for change in proposal.changes] == [("Modify", "Setting")]
    changes.dismiss(account.formation, proposal)
    assert account.stack().outputs == {"Text": "first"}


def test_a_failed_start(account: Account) -> None:
    with pytest.raises(CannotDeploy, match="Nothing is deployed") as caught:
        account.deploy(TAKEN)
    (reason,) = caught.value.reasons
    assert reason.startswith("Taken (AWS::SSM::Parameter): ")
    remains = account.stack()
    assert remains.never_finished
    formation.remove(account.formation, remains, lambda _: None)
    assert account.deploy() is not None


def test_a_name_that_is_taken_is_found_before_anything_is_made(account: Account) -> None:
    with pytest.raises(CannotDeploy, match="Nothing is deployed") as caught:
        account.deploy(BUCKET)
    (reason,) = caught.value.reasons
    assert reason.startswith("Bucket (AWS::S3::Bucket): ")
    assert "already exists" in reason


def test_a_failed_change_leaves_all_as_it_was(account: Account) -> None:
    account.deploy()
    with pytest.raises(CannotDeploy, match="The index is as it was before") as caught:
        account.deploy(TAKEN, Text="second")
    (reason,) = caught.value.reasons
    assert reason.startswith("Taken (AWS::SSM::Parameter): ")
    assert account.stack().is_whole
    assert account.stack().outputs == {"Text": "first"}


def test_a_removed_stack_keeps_its_table_and_the_next_one_takes_it_over(account: Account) -> None:
    account.deploy()
    account.dynamodb.put_item(TableName=account.name, Item={"pk": {"S": "here"}})
    formation.remove(account.formation, account.stack(), lambda _: None)
    assert formation.find(account.formation, account.name) is None
    assert account.deploy(takes_over=True) is not None
    assert account.dynamodb.scan(TableName=account.name)["Count"] == 1


def test_declined_at_the_start(account: Account) -> None:
    proposal = changes.propose(account.formation, account.name, account.url(), {}, creates=True)
    assert proposal is not None
    changes.dismiss(account.formation, proposal)
    assert formation.settled(account.formation, account.name) is None
