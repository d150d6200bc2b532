"""CloudFormation: how a stack is, waiting for it, and its end."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from infrastructure.cloud import CloudUnusable

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import OperationEventTypeDef

Progress = Callable[[int], None]
"""Told now and then with the number of resources that are done."""

_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 4.0
_CONSEQUENCES = ("cancelled", "canceled")
ALWAYS_GIVEN = frozenset({"CodeBucket", "CodeKey", "Architecture"})
"""Parameters that every deployment gives."""
_ELSEWHERE = "DescribeEvents"
"""Named by reasons that stand elsewhere."""


class CannotDeploy(CloudUnusable):
    """CloudFormation will not or did not; the text says why and what to do.

    Attributes:
        reasons: one line for each thing that failed, the first first.
    """

    def __init__(self, text: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.reasons = reasons


@frozen
class Stack:
    """A stack as it is.

    Attributes:
        identifier: its ARN, which also finds it after it is gone.
        status: CloudFormation's word.
        outputs, parameters: by name.
    """

    name: str
    identifier: str
    status: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def in_progress(self) -> bool:
        """Whether CloudFormation works on it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def never_finished(self) -> bool:
        """Whether it was never once complete, so that only its remains can be removed."""
        return self.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")

    @property
    def is_ours(self) -> bool:
        """Whether `deploy` made it, or nothing is in it yet: an account has others, which are to be left alone."""
        return self.status == "REVIEW_IN_PROGRESS" or self.parameters.keys() >= ALWAYS_GIVEN

    @property
    def is_whole(self) -> bool:
        """Whether it stands, maybe as it was before a change that failed."""
        return self.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


def find(client: "CloudFormationClient", name: str) -> Stack | None:
    """The stack of this name or ARN; None if there is none."""
    try:
        found = client.describe_stacks(StackName=name)["Stacks"][0]
    except client.exceptions.ClientError as error:
        if "does not exist" in error.response.get("Error", {}).get("Message", ""):
            return None
        raise
    if found["StackStatus"] == "DELETE_COMPLETE" and not name.startswith("arn:"):
        return None
    return Stack(
        found["StackName"],
        found["StackId"],
        found["StackStatus"],
        {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])},
        {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])},
    )


def find_ours(client: "CloudFormationClient", name: str) -> Stack | None:
    """The index's stack of this name; None if there is none.

    Raises:
        CannotDeploy: there is one, and it is something else.
    """
    stack = find(client, name)
    if stack is not None and not stack.is_ours:
        raise CannotDeploy(
            f"The stack {name} is no index of sls-pypi and is left alone: give another name with --stack."
        )
    return stack


def settled(
    client: "CloudFormationClient", name: str, progress: Progress = lambda _: None, *, since: str | None = None
) -> Stack | None:
    """The stack, once CloudFormation does nothing to it any more; None if there is none, or none is left.

    Args:
        client: CloudFormation.
        name: of the stack, or its ARN.
        progress: told how many resources are done.
        since: an event. What was asked for afterwards may not show at once, so a newer event is waited for too.
    """
    done: set[str] = set()
    newest = since or ""
    has_begun = since is None
    for pause in pauses():
        stack = find(client, name)
        if stack is None:
            return None
        fresh = _events_after(client, stack.identifier, newest)
        newest = fresh[0]["EventId"] if fresh else newest
        has_begun = has_begun or bool(fresh)
        if has_begun and not stack.in_progress:
            return find(client, name)
        done.update(event["LogicalResourceId"] for event in fresh if event["ResourceStatus"].endswith("_COMPLETE"))
        progress(len(done))
        time.sleep(pause)
    raise AssertionError


def failures(client: "CloudFormationClient", identifier: str, after: str) -> Sequence[str]:
    """Why an operation failed, one line a resource, the first first; not what failed only because others did."""
    told: list[str] = []
    for event in reversed(_events_after(client, identifier, after)):
        reason = " ".join(event.get("ResourceStatusReason", "").split())
        if not event["ResourceStatus"].endswith("_FAILED") or any(word in reason for word in _CONSEQUENCES):
            continue
        if _ELSEWHERE in reason:
            told += invalid(client.describe_events(StackName=identifier)["OperationEvents"])
        elif event.get("PhysicalResourceId") != identifier:  # the stack itself only sums up
            told.append(f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}")
    return told


def invalid(events: "Sequence[OperationEventTypeDef]") -> Sequence[str]:
    """What validation before a deployment found, one line a resource."""
    return [
        f"{event.get('LogicalResourceId', '')} ({event.get('ResourceType', '')}): "
        + " ".join(event.get("ValidationStatusReason", "").split())
        for event in events
        if event.get("ValidationStatus") == "FAILED"
    ]


def remove(client: "CloudFormationClient", stack: Stack, progress: Progress) -> None:
    """Delete the stack, and wait for its end. What the template keeps is kept.

    Raises:
        CannotDeploy: something cannot be deleted.
    """
    seen = newest_event(client, stack.identifier)
    client.delete_stack(StackName=stack.name)
    after = settled(client, stack.identifier, progress, since=seen)
    if after is not None and after.status != "DELETE_COMPLETE":
        raise CannotDeploy(
            f"The stack {stack.name} is {after.status}: mend what stands above, then run this again.",
            failures(client, stack.identifier, seen),
        )


def newest_event(client: "CloudFormationClient", identifier: str) -> str:
    """The identifier of the last event; empty if there is none."""
    events = client.describe_stack_events(StackName=identifier)["StackEvents"]
    return events[0]["EventId"] if events else ""


def _events_after(client: "CloudFormationClient", identifier: str, seen: str) -> list[Any]:
    """Newest first."""
    events: list[Any] = []
    for page in client.get_paginator("describe_stack_events").paginate(StackName=identifier):
        for event in page["StackEvents"]:
            if event["EventId"] == seen:
                return events
            events.append(event)
    return events


def pauses() -> Iterator[float]:
    """Seconds to wait before looking again, longer each time; for ever."""
    pause = _SHORTEST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
