"""What the contracts do not tell of messages through SNS: batches, and what is not taken."""

import json
from threading import Barrier

import pytest

from adapters.aws.bus import NotPublished, SnsBus
from adapters.codec import decode_message, encode_message
from domain.messages import Build, CountDownloads, FetchFacts, Page, PageStale
from infrastructure.resources import Resources
from tests.adapters.aws.wire import Answer, Wire, failure
from tests.aws import QUEUES, client

MESSAGES = [PageStale(Page.SIMPLE, f"p{each}") for each in range(25)]


def refused(*entries: str, sender_fault: bool = False) -> Answer:
    told = [
        {"Id": entry, "Code": "InternalError", "Message": "as planned", "SenderFault": sender_fault}
        for entry in entries
    ]
    return 200, {"Successful": [], "Failed": told}


@pytest.fixture
def bus(resources: Resources, pauses: list[float]) -> SnsBus:
    return SnsBus(client("sns"), resources.topic, pauses.append)


def sent(sns: Wire) -> list[list[str]]:
    return [[entry["Message"] for entry in call["PublishBatchRequestEntries"]] for call in sns.of("PublishBatch")]


def test_messages_go_in_batches_of_ten_and_equal_ones_once(bus: SnsBus, sns: Wire) -> None:
    bus.publish([*MESSAGES, *MESSAGES])

    assert sorted(len(batch) for batch in sent(sns)) == [5, 10, 10]
    texts = [text for batch in sent(sns) for text in batch]
    assert sorted(texts) == sorted(encode_message(message)[1] for message in MESSAGES)
    for call in sns.of("PublishBatch"):
        ids = [entry["Id"] for entry in call["PublishBatchRequestEntries"]]
        assert len(set(ids)) == len(ids)


def test_batches_do_not_wait_for_each_other(bus: SnsBus, sns: Wire) -> None:
    eight = Barrier(8)

    def answered() -> Answer:
        eight.wait(timeout=60)  # Whoever is alone is never answered.
        return 200, {"Successful": [], "Failed": []}

    sns.answers["PublishBatch"] = [answered] * 8

    bus.publish([PageStale(Page.SIMPLE, f"p{each}") for each in range(80)])

    assert len(sns.of("PublishBatch")) == 8


def test_the_last_of_very_many_messages_is_sent(bus: SnsBus, sns: Wire) -> None:
    messages = [PageStale(Page.SIMPLE, f"p{each}") for each in range(2_003)]
    sns.answers["PublishBatch"] = [(200, {"Successful": [], "Failed": []})] * 201

    bus.publish(messages)

    texts = [text for batch in sent(sns) for text in batch]
    assert sorted(texts) == sorted(encode_message(message)[1] for message in messages)


def test_a_batch_that_is_not_taken_is_told_whatever_becomes_of_the_others(bus: SnsBus, sns: Wire) -> None:
    sns.answers["PublishBatch"] = [None, refused("0", sender_fault=True), None]

    with pytest.raises(NotPublished):
        bus.publish(MESSAGES)


def test_nothing_is_sent_for_nothing(bus: SnsBus, sns: Wire) -> None:
    bus.publish([])

    assert sns.calls == []


def test_batches_are_no_bigger_than_a_quarter_of_a_megabyte(bus: SnsBus, sns: Wire) -> None:
    bus.publish([PageStale(Page.SIMPLE, letter * 100_000) for letter in "abcde"])

    assert [len(batch) for batch in sent(sns)] == [2, 2, 1]


def test_each_queue_gets_the_pages_that_it_takes_as_plain_json(bus: SnsBus, resources: Resources) -> None:
    bus.publish(
        [
            *(PageStale(page, "spam") for page in Page),
            CountDownloads("2026-11-24", ("spam",)),
            FetchFacts("spam"),
            Build("s1"),
        ]
    )

    *queues, counts, facts, submissions = resources.queues
    (message,) = client("sqs").receive_message(QueueUrl=submissions, MaxNumberOfMessages=10)["Messages"]
    assert decode_message("Build", message["Body"]) == Build("s1")
    (message,) = client("sqs").receive_message(QueueUrl=facts, MaxNumberOfMessages=10)["Messages"]
    assert decode_message("FetchFacts", message["Body"]) == FetchFacts("spam")
    (message,) = client("sqs").receive_message(QueueUrl=counts, MaxNumberOfMessages=10)["Messages"]
    assert decode_message("CountDownloads", message["Body"]) == CountDownloads("2026-11-24", ("spam",))
    for url, pages in zip(queues, QUEUES.values(), strict=True):
        received = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        messages = received["Messages"]
        assert sorted(json.loads(message["Body"])["page"] for message in messages) == sorted(pages)
        for message in messages:
            told = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
            assert told == {"type": "PageStale", "page": json.loads(message["Body"])["page"]}


def test_only_what_was_not_taken_is_sent_again(bus: SnsBus, sns: Wire, pauses: list[float]) -> None:
    sns.answers["PublishBatch"] = [refused("0", "2"), refused("2")]

    bus.publish(MESSAGES[:3])

    texts = [encode_message(message)[1] for message in MESSAGES[:3]]
    assert sent(sns) == [texts, [texts[0], texts[2]], [texts[2]]]
    assert len(pauses) == 2


def test_what_is_never_taken_is_told_after_some_attempts(bus: SnsBus, sns: Wire, pauses: list[float]) -> None:
    sns.answers["PublishBatch"] = [refused("0")] * 100

    with pytest.raises(NotPublished, match="did not take 1 messages: InternalError: as planned"):
        bus.publish(MESSAGES[:1])

    assert len(sns.of("PublishBatch")) == len(pauses) + 1 < 20
    assert sum(pauses) < 3


def test_what_the_topic_calls_our_fault_is_told_at_once(bus: SnsBus, sns: Wire) -> None:
    sns.answers["PublishBatch"] = [refused("0", sender_fault=True)]

    with pytest.raises(NotPublished):
        bus.publish(MESSAGES[:1])

    assert len(sns.of("PublishBatch")) == 1


def test_a_topic_that_cannot_be_reached_raises(bus: SnsBus, sns: Wire) -> None:
    sns.answers["PublishBatch"] = [failure("AuthorizationError", 403)]

    with pytest.raises(Exception, match="AuthorizationError"):
        bus.publish(MESSAGES)
