"""What a template would change about a stack, and changing it."""

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from infrastructure.formation import (
    CannotDeploy,
    Progress,
    Stack,
    failures,
    find,
    invalid,
    newest_event,
    pauses,
    settled,
)

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.literals import CapabilityType

_CAPABILITIES: "tuple[CapabilityType, ...]" = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
# What people would miss: data, and the address under which everybody knows the index.
_DEAR = frozenset({"AWS::CloudFront::Distribution", "AWS::DynamoDB::Table", "AWS::S3::Bucket"})
_NOTHING_CHANGES = ("didn't contain changes", "No updates are to be performed")


@frozen
class Change:
    """What would happen to one resource.

    Attributes:
        action: Add, Modify, Remove, Import or Dynamic.
        replaced: whether another one takes its place.
        physical: its name, as far as it has one.
    """

    action: str
    logical: str
    kind: str
    replaced: bool = False
    physical: str = ""

    @property
    def destroys(self) -> bool:
        """Whether the stack loses something that people would miss."""
        return self.kind in _DEAR and (self.action == "Remove" or self.replaced)


@frozen
class Proposal:
    """A change set that can be carried out."""

    stack: str
    identifier: str
    creates: bool
    changes: Sequence[Change]


def propose(
    client: "CloudFormationClient",
    name: str,
    template_url: str,
    parameters: Mapping[str, str | None],
    *,
    creates: bool,
    takes_over: bool = False,
) -> Proposal | None:
    """What the template would change; None if nothing.

    Args:
        client: CloudFormation.
        name: the stack's name.
        template_url: where the template lies.
        parameters: by name; None keeps the value that the stack has.
        creates: whether there is no stack yet.
        takes_over: whether an earlier stack has left things, which are taken over by their names.

    Raises:
        CannotDeploy: CloudFormation does not like it.
    """
    created = client.create_change_set(
        StackName=name,
        ChangeSetName=f"sls-pypi-{uuid.uuid4().hex[:12]}",
        ChangeSetType="CREATE" if creates else "UPDATE",
        TemplateURL=template_url,
        Parameters=[
            {"ParameterKey": key, "UsePreviousValue": True}
            if value is None
            else {"ParameterKey": key, "ParameterValue": value}
            for key, value in parameters.items()
        ],
        Capabilities=list(_CAPABILITIES),
        Tags=[{"Key": "sls-pypi", "Value": name}],
        ImportExistingResources=takes_over,
        # Validation before the deployment may refuse the very names that are to be taken over.
        DisableValidation=takes_over,
    )
    identifier = created["Id"]
    for pause in pauses():
        described = client.describe_change_set(ChangeSetName=identifier)
        if described["Status"] == "CREATE_COMPLETE":
            return Proposal(name, identifier, creates, _changes(client, identifier))
        if described["Status"] == "FAILED":
            break
        time.sleep(pause)
    reason = " ".join(described.get("StatusReason", "it did not say why").split())
    found = invalid(client.describe_events(ChangeSetName=identifier)["OperationEvents"]) if "Events" in reason else ()
    dismiss(client, Proposal(name, identifier, creates, ()))
    if any(words in reason for words in _NOTHING_CHANGES):
        return None
    raise CannotDeploy(f"CloudFormation does not accept this: {reason}", found)


def dismiss(client: "CloudFormationClient", proposal: Proposal) -> None:
    """Forget a proposal, and the empty stack that a first one leaves."""
    client.delete_change_set(ChangeSetName=proposal.identifier)
    if proposal.creates:
        client.delete_stack(StackName=proposal.stack)


def carry_out(client: "CloudFormationClient", proposal: Proposal, progress: Progress) -> Stack:
    """Do what was proposed, and wait for its end.

    Raises:
        CannotDeploy: it failed and was rolled back.
    """
    before = find(client, proposal.stack)
    identifier = before.identifier if before else proposal.stack
    seen = newest_event(client, identifier)
    # What is made new and not finished goes again, also where the template keeps it, as it is still empty. Where an
    # earlier stack's things are taken over, nothing of the kind is asked for.
    takes_over = any(change.action == "Import" for change in proposal.changes)
    client.execute_change_set(ChangeSetName=proposal.identifier, RetainExceptOnCreate=not takes_over)
    wanted = "CREATE_COMPLETE" if proposal.creates else "UPDATE_COMPLETE"
    stack = settled(client, identifier, progress, since=seen)
    if stack is not None and stack.status == wanted:
        return stack
    status = stack.status if stack else "gone"
    what = "Nothing is deployed" if proposal.creates else "The index is as it was before"
    raise CannotDeploy(
        f"The deployment failed, the stack is {status}. {what}: mend what stands above, then deploy again.",
        failures(client, identifier, seen),
    )


def _changes(client: "CloudFormationClient", identifier: str) -> Sequence[Change]:
    changes: list[Change] = []
    token: dict[str, Any] = {}
    while True:
        page = client.describe_change_set(ChangeSetName=identifier, **token)
        for change in page.get("Changes", []):
            one = change.get("ResourceChange", {})
            changes.append(
                Change(
                    one.get("Action", "Dynamic"),
                    one.get("LogicalResourceId", ""),
                    one.get("ResourceType", ""),
                    one.get("Replacement") == "True",
                    one.get("PhysicalResourceId", ""),
                )
            )
        if not page.get("NextToken"):
            return changes
        token = {"NextToken": page["NextToken"]}
