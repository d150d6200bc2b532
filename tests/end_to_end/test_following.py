"""What happened shows on the static pages by itself: stream, topic, queues and functions do it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.clients import write
from tests.end_to_end.stack import Stack
from tests.wheels import make_wheel

pytestmark = pytest.mark.end_to_end

PUT_ASIDE_SECONDS = 240
Publish = Callable[..., list[tuple[str, bytes]]]


@pytest.fixture
def publish(stack: Stack, alice: str, tmp_path: Path) -> Publish:
    """Publishes wheels of these versions under a name, and waits for the project's page."""

    def published(name: str, *versions: str) -> list[tuple[str, bytes]]:
        wheels = [make_wheel(name, version) for version in versions]
        stack.twine(alice, *write(tmp_path / name, *wheels))
        stack.transcript.eventually(
            "the project page shows the last version", lambda: versions[-1] in stack.quiet(f"/project/{name}/").text
        )
        return wheels

    return published


def asked(stack: Stack, token: str, method: str, path: str, body: Any = None) -> int:
    """The status of an API call."""
    answer = stack.http.request(
        method,
        stack.index.url + path,
        headers={"Authorization": f"Bearer {token}"},
        **({} if body is None else {"json": body}),
    )
    return answer.status_code


def test_home_and_both_lists_show_a_new_package(stack: Stack, publish: Publish) -> None:
    publish("appearing", "1.0")

    stack.transcript.eventually("home shows it", lambda: "/project/appearing/" in stack.quiet("/").text)
    stack.transcript.eventually("/simple/ lists it", lambda: "appearing" in stack.quiet("/simple/").text)
    assert stack.index.get("/project/appearing/").status_code == 200


def test_a_yanked_file_is_shown_as_yanked(stack: Stack, alice: str, publish: Publish) -> None:
    ((filename, _),) = publish("yanking", "1.0")

    stack.index.yank(alice, "yanking", filename, "does not start")

    (file,) = stack.index.page("yanking")["files"]
    assert file["yanked"] == "does not start"
    stack.transcript.eventually(
        "the project page says so", lambda: "does not start" in stack.quiet("/project/yanking/").text
    )


def dropped_copies(stack: Stack) -> set[str]:
    """The paths whose copies the distribution was told to drop."""
    cloudfront, distribution = stack.client("cloudfront"), stack.outputs["DistributionId"]
    listed = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])
    found = [cloudfront.get_invalidation(DistributionId=distribution, Id=one["Id"]) for one in listed]
    return {path for one in found for path in one["Invalidation"]["InvalidationBatch"]["Paths"]["Items"]}


def test_a_deleted_file_is_gone_and_its_page_follows(stack: Stack, alice: str, publish: Publish) -> None:
    (first, _), (second, _) = publish("deleting", "1.0", "2.0")
    url = stack.index.file_url("deleting", first)

    assert asked(stack, alice, "DELETE", f"/api/packages/deleting/files/{first}") == 204

    assert stack.index.filenames("deleting") == {second}
    stack.transcript.eventually("the file is gone", lambda: stack.quiet(url.removeprefix(stack.index.url)).is_error)
    stack.transcript.eventually("the page follows", lambda: first not in stack.quiet("/project/deleting/").text)
    assert stack.index.get(url).status_code == 404
    stack.transcript.eventually(
        "copies at the edges are dropped", lambda: "/packages/deleting/*" in dropped_copies(stack)
    )


def test_a_withdrawn_package_is_gone_everywhere(stack: Stack, alice: str, publish: Publish) -> None:
    publish("withdrawing", "1.0")
    stack.transcript.eventually("home shows it", lambda: "/project/withdrawing/" in stack.quiet("/").text)

    assert asked(stack, alice, "DELETE", "/api/packages/withdrawing") == 204

    stack.transcript.eventually(
        "its simple page is gone", lambda: stack.quiet("/simple/withdrawing/").status_code == 404
    )
    stack.transcript.eventually(
        "its project page is gone", lambda: stack.quiet("/project/withdrawing/").status_code in (404, 410)
    )
    stack.transcript.eventually("home forgot it", lambda: "/project/withdrawing/" not in stack.quiet("/").text)
    stack.transcript.eventually("/simple/ forgot it", lambda: "withdrawing" not in stack.quiet("/simple/").text)


def test_a_project_status_is_set_by_the_operator(stack: Stack, publish: Publish) -> None:
    publish("archiving", "1.0")

    stack.command("status", "archiving", "archived", "--reason", "Use another one.", "--stack", stack.name)

    stack.transcript.eventually(
        "its simple page says so",
        lambda: stack.index.page("archiving")["project-status"]["status"] == "archived",
    )


def dead_letters(stack: Stack, queue: str) -> str:
    """The URL of the queue in which messages of this queue are put aside."""
    sqs = stack.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    aside: str = sqs.get_queue_url(QueueName=json.loads(policy)["deadLetterTargetArn"].rpartition(":")[2])["QueueUrl"]
    return aside


def bodies(stack: Stack, url: str) -> set[str]:
    """What lies in a queue."""
    received = stack.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return {message["Body"] for message in received.get("Messages", [])}


def test_poison_is_put_aside_while_everything_else_passes(stack: Stack, publish: Publish) -> None:
    """One message that nobody can read lies in the queue itself, one is published on the topic."""
    stack.transcript.write("# Two messages that nobody can read: one straight into the queue, one through the topic")
    attributes = {
        name: {"DataType": "String", "StringValue": value}
        for name, value in {"type": "PageStale", "page": "project"}.items()
    }
    sqs, sns = stack.client("sqs"), stack.client("sns")
    queue = sqs.get_queue_url(QueueName=f"{stack.name}-pages")["QueueUrl"]
    (topic,) = (
        topic["TopicArn"]
        for topic in sns.list_topics()["Topics"]
        if topic["TopicArn"].endswith(f":{stack.name}-messages")
    )
    sqs.send_message(QueueUrl=queue, MessageBody="poison in the queue", MessageAttributes=attributes)
    sns.publish(TopicArn=topic, Message="poison on the topic", MessageAttributes=attributes)

    publish("passing", "1.0")

    aside, poison = dead_letters(stack, f"{stack.name}-pages"), {"poison in the queue", "poison on the topic"}
    stack.transcript.eventually(
        "both lie in the dead-letter queue", lambda: poison <= bodies(stack, aside), PUT_ASIDE_SECONDS
    )
    publish("passing-after", "1.0")
    told = stack.command("doctor", "--stack", stack.name, status=1)
    assert aside.rpartition("/")[2] in told.text
    sqs.purge_queue(QueueUrl=aside)
    stack.command("doctor", "--stack", stack.name)
