"""`doctor --stack`: how a deployed index does, what waits, what failed, and what to do."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from entrypoints.local.findings import Finding, Mark, told_settings
from infrastructure import cloud
from infrastructure.stack import Deployed, opened
from infrastructure.version import __version__

if TYPE_CHECKING:
    import boto3

_QUEUE = "AWS::SQS::Queue"
_ALARM = "AWS::CloudWatch::Alarm"


@frozen
class _Queue:
    name: str
    waiting: int
    is_for_the_dead: bool


def findings(name: str, region: str) -> Iterator[Finding]:
    """Look at everything; raises `CloudUnusable` where there is nothing to look at."""
    with opened(name, region) as deployed:
        identity = cloud.whoami(deployed.clients)
        yield Finding(Mark.OK, f"AWS account {identity.account} as {identity.arn}")
        yield from _stack(deployed)
        resources = _resources(deployed)
        yield from _queues(deployed.clients, resources.get(_QUEUE, []))
        yield from _alarms(deployed.clients, resources.get(_ALARM, []))
        yield from _pages(deployed)
        settings = deployed.settings
        yield from told_settings(settings, settings.site().base_url, "deploy --upstream https://pypi.org/simple/")


def _stack(deployed: Deployed) -> Iterator[Finding]:
    stack = deployed.stack
    if stack.is_whole:
        yield Finding(Mark.OK, f"Stack {stack.name} is {stack.status}")
    elif stack.in_progress:
        yield Finding(Mark.NOTE, f"Stack {stack.name} is {stack.status}: CloudFormation works on it")
    else:
        yield Finding(Mark.FAIL, f"Stack {stack.name} is {stack.status}: run `sls-pypi deploy --stack {stack.name}`")
    for key, value in sorted(stack.outputs.items()):
        yield Finding(Mark.OK, f"{key} {value}")


def _pages(deployed: Deployed) -> Iterator[Finding]:
    deploy = f"run `sls-pypi deploy --stack {deployed.stack.name}`"
    shown = deployed.shown_edition()
    if shown is None:
        yield Finding(Mark.FAIL, f"The deployment did not come to its end: {deploy} again")
    elif shown.software != __version__:
        yield Finding(
            Mark.NOTE, f"The pages are of sls-pypi {shown.software}, and this is {__version__}: {deploy} to update"
        )
    elif shown != deployed.edition:
        yield Finding(Mark.FAIL, f"The pages show settings that no longer hold: {deploy}")
    else:
        yield Finding(Mark.OK, f"The pages are of this software, {__version__}, and of the stack's settings")


def _queues(clients: "boto3.Session", urls: list[str]) -> Iterator[Finding]:
    queues = [_queue(clients, url) for url in sorted(urls)]
    waiting = sum(queue.waiting for queue in queues if not queue.is_for_the_dead)
    if waiting:
        yield Finding(
            Mark.NOTE, f"{_are(waiting, f'{waiting} message')} waiting or worked on: pages follow within seconds"
        )
    else:
        yield Finding(Mark.OK, "No message waits")
    dead = [queue for queue in queues if queue.is_for_the_dead]
    for queue in dead:
        if queue.waiting:
            yield Finding(
                Mark.FAIL,
                f"{_are(queue.waiting, f'{queue.waiting} message')} in {queue.name}, failed for good: docs/operator.md "
                "says what each of these queues means and what to do",
            )
    if dead and not any(queue.waiting for queue in dead):
        yield Finding(Mark.OK, f"{len(dead)} dead-letter {_are(len(dead), 'queue')} empty")


def _queue(clients: "boto3.Session", url: str) -> _Queue:
    told = clients.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    waiting = sum(int(value) for key, value in told.items() if key.startswith("ApproximateNumberOfMessages"))
    # Whoever sends its failures on has a policy for it; those at the end of that way have none.
    return _Queue(url.rpartition("/")[2], waiting, "RedrivePolicy" not in told)


def _alarms(clients: "boto3.Session", names: list[str]) -> Iterator[Finding]:
    if not names:
        return
    watch = clients.client("cloudwatch")
    rings = [
        alarm
        for start in range(0, len(names), 100)
        for alarm in watch.describe_alarms(AlarmNames=names[start : start + 100])["MetricAlarms"]
        if alarm["StateValue"] == "ALARM"
    ]
    for alarm in rings:
        what = alarm.get("AlarmDescription") or " ".join(alarm.get("StateReason", "").split())
        yield Finding(Mark.FAIL, f"Alarm {alarm['AlarmName']}: {what}")
    if not rings:
        yield Finding(Mark.OK, f"{len(names)} {_are(len(names), 'alarm')} quiet")


def _are(number: int, thing: str) -> str:
    return f"{thing} is" if number == 1 else f"{thing}s are"


def _resources(deployed: Deployed) -> dict[str, list[str]]:
    """Physical names by type."""
    found: dict[str, list[str]] = {}
    client = deployed.clients.client("cloudformation")
    for page in client.get_paginator("list_stack_resources").paginate(StackName=deployed.stack.name):
        for resource in page["StackResourceSummaries"]:
            if resource.get("PhysicalResourceId"):
                found.setdefault(resource["ResourceType"], []).append(resource["PhysicalResourceId"])
    return found
