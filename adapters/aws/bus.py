"""Messages to a topic, from which queues take by `type` and `page`."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from adapters.aws.retrying import Sleep, attempts, sleep
from adapters.codec import encode_message
from domain.messages import Message, PageStale

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient
    from types_boto3_sns.type_defs import (
        BatchResultErrorEntryTypeDef,
        MessageAttributeValueTypeDef,
        PublishBatchRequestEntryTypeDef,
    )

_MOST_ENTRIES = 10
_MOST_BYTES = 256 * 1024
# A batch is some 20 ms of waiting. A night makes 200,000 messages due of 100,000 packages, and a function has three
# minutes for that.
_AT_ONCE = 8
_HELD = 1_000  # messages that are made ready at a time


class NotPublished(Exception):
    """The topic did not take some of the messages; those that it took will be delivered."""


class SnsBus:
    """A MessageBus whose messages survive everything once `publish` returns. Equal ones of one call are sent once."""

    def __init__(self, client: "SNSClient", topic_arn: str, pause: Sleep = sleep) -> None:
        self._client = client
        self._topic = topic_arn
        self._pause = pause

    def publish(self, messages: Sequence[Message]) -> None:
        """Hand the messages over, several batches at once.

        Raises:
            NotPublished: the topic refused some of them again and again. Of the others some may be delivered.
        """
        once = list(dict.fromkeys(messages))
        if len(once) <= _MOST_ENTRIES:
            for batch in _batches(map(_entry, once)):
                self._send(batch)
            return
        with ThreadPoolExecutor(_AT_ONCE, "bus") as threads:
            for start in range(0, len(once), _HELD):
                list(threads.map(self._send, _batches(map(_entry, once[start : start + _HELD]))))

    def _send(self, batch: "Sequence[PublishBatchRequestEntryTypeDef]") -> None:
        refused: dict[str, BatchResultErrorEntryTypeDef] = {}
        for _ in attempts(self._pause):
            wanted = [entry for entry in batch if not refused or entry["Id"] in refused]
            answer = self._client.publish_batch(TopicArn=self._topic, PublishBatchRequestEntries=wanted)
            refused = {failure["Id"]: failure for failure in answer.get("Failed", ())}
            if not refused:
                return
            # Our own fault will not pass.
            if any(failure["SenderFault"] for failure in refused.values()):
                break
        told = "; ".join(sorted({f"{failure['Code']}: {failure.get('Message', '')}" for failure in refused.values()}))
        raise NotPublished(f"{self._topic} did not take {len(refused)} messages: {told}")


def _entry(message: Message) -> "PublishBatchRequestEntryTypeDef":
    type_name, data = encode_message(message)
    told = {"type": type_name}
    if isinstance(message, PageStale):
        told["page"] = message.page.value
    attributes: dict[str, MessageAttributeValueTypeDef] = {
        name: {"DataType": "String", "StringValue": value} for name, value in told.items()
    }
    return {"Id": "", "Message": data, "MessageAttributes": attributes}


def _batches(
    entries: "Iterable[PublishBatchRequestEntryTypeDef]",
) -> "Iterator[list[PublishBatchRequestEntryTypeDef]]":
    """As many at once as the topic takes, numbered within each batch."""
    batch: list[PublishBatchRequestEntryTypeDef] = []
    size = 0
    for entry in entries:
        own = _size(entry)
        if batch and (len(batch) == _MOST_ENTRIES or size + own > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append({**entry, "Id": str(len(batch))})
        size += own
    if batch:
        yield batch


def _size(entry: "PublishBatchRequestEntryTypeDef") -> int:
    """Bytes of the message, and of the names, types and values of its attributes."""
    told = [entry["Message"]]
    for name, attribute in entry.get("MessageAttributes", {}).items():
        told += [name, attribute["DataType"], str(attribute.get("StringValue", ""))]
    return sum(len(each.encode()) for each in told)
