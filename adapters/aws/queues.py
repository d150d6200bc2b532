"""The queues behind the topic: how much waits, and when what failed is tried again."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.literals import QueueAttributeNameType

_LONGEST_PAUSE = 60
_WAITING: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


@frozen
class FailedDelivery:
    """A message that could not be worked off.

    Attributes:
        queue: the queue's name.
        receipt: what this delivery is called.
        deliveries: how often the message was delivered, this time included.
    """

    queue: str
    receipt: str
    deliveries: int


class SqsQueues:
    """Queues by their URLs."""

    def __init__(self, client: "SQSClient", urls: Sequence[str]) -> None:
        self._client = client
        self._urls = {url.rpartition("/")[2]: url for url in urls}

    def waiting(self) -> int:
        """How many messages wait or are worked on; approximate, as the queues themselves do not know better."""
        return sum(self._waiting(url) for url in self._urls.values())

    def retry_soon(self, failed: Iterable[FailedDelivery]) -> None:
        """Try again in 1, 2, 4 ... seconds instead of after the whole time for which a message is hidden.

        That time has to be long, as it covers the longest run of a function, but people wait for their pages.
        """
        for delivery in failed:
            pause = min(2 ** (delivery.deliveries - 1), _LONGEST_PAUSE)
            self._client.change_message_visibility(
                QueueUrl=self._urls[delivery.queue], ReceiptHandle=delivery.receipt, VisibilityTimeout=pause
            )

    def _waiting(self, url: str) -> int:
        told = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=list(_WAITING))["Attributes"]
        return sum(int(told[name]) for name in _WAITING)
