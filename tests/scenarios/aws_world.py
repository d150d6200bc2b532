"""The world on AWS, emulated: what its triggers tell the functions is handed to them here."""

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from attrs import define, field
from dependency_injector import providers

from entrypoints.aws import messages, nightly, objects, relay
from infrastructure.aws import Aws
from infrastructure.index import Index
from infrastructure.resources import Resources
from tests.athena import Athena
from tests.aws import Clients, logs_bucket
from tests.aws_events import Context, batch, s3_event, sqs_record

_CLIENTS = ("cloudfront", "dynamodb", "s3", "sns", "sqs")
_AT_ONCE = 10


def ports_of(resources: Resources, clients: Clients, athena: Athena) -> Aws:
    """The ports of a stack, with clients that tests share."""
    ports = Aws(resources=resources)
    ports._athena.override(providers.Object(athena))
    for service in _CLIENTS:
        getattr(ports, f"_{service}").override(providers.Object(clients(service)))
    return ports


@contextmanager
def functions_of(ports: Aws, index: Index) -> Iterator[None]:
    """Within this, the functions are those of this stack."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "sls-pypi")
        patch.setenv("POWERTOOLS_SERVICE_NAME", "scenarios")
        for module in (relay, messages, nightly):
            patch.setattr(module, "ports", lambda: ports)
        for module in (messages, objects, nightly):
            patch.setattr(module, "index", lambda: index)
        yield


@define
class Triggers:
    """The schedule, the table's stream, the queues behind the topic, and the buckets' notifications.

    Args:
        resources: of the stack.
        clients: of its account.
        athena: which reads its logs.
    """

    _resources: Resources
    _clients: Clients
    _athena: Athena
    _iterator: str | None = field(default=None, init=False)

    def arrived(self, upload: str) -> None:
        """Notify that a file is in the staging area."""
        objects.handler(s3_event(f"staging/{upload}"), Context())  # type: ignore[arg-type]

    def log(self, day: str, text: str) -> None:
        """Deliver a log into the day's folder."""
        year, month, of_month = day.split("-")
        self._clients("s3").put_object(
            Bucket=logs_bucket(self._resources),
            Key=f"cloudfront/year={year}/month={month}/day={of_month}/E2EXAMPLE.{uuid4().hex[:8]}.gz",
            Body=gzip.compress(text.encode()),
        )

    def night(self, day: str) -> None:
        """Let a night come that is about this day."""
        context = Context()
        context.aws_request_id = str(uuid4())
        nightly.handler({"days": [day]}, context)  # type: ignore[arg-type]
        self.settle()

    def settle(self) -> None:
        """Run the functions until there is nothing for them to do."""
        while self._relay() or sum(map(self._work_off, self._resources.queues)) or self._notify():
            pass

    def _notify(self) -> int:
        """Tell of a query's result; if that crashes, it is told again."""
        if not self._athena.finished:
            return 0
        objects.handler(s3_event(self._athena.finished[0], bucket="results"), Context())  # type: ignore[arg-type]
        self._athena.finished.pop(0)
        return 1

    def _relay(self) -> int:
        """Hand over what is new in the table's stream; what could not be relayed comes again."""
        streams = self._clients("dynamodbstreams")
        found = streams.get_records(ShardIterator=self._iterator or self._start(streams))
        records = [{**record, "eventSource": "aws:dynamodb"} for record in found["Records"] if _is_new_event(record)]
        if records:
            answer = relay.handler(batch(records), Context())  # type: ignore[arg-type]
            assert answer == {"batchItemFailures": []}
        self._iterator = found["NextShardIterator"]
        return len(found["Records"])

    def _start(self, streams: Any) -> str:
        stream = self._clients("dynamodb").describe_table(TableName=self._resources.table)["Table"]["LatestStreamArn"]
        (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
        iterator: str = streams.get_shard_iterator(
            StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return iterator

    def _work_off(self, url: str) -> int:
        """Hand over a batch of messages; whatever failed or crashed comes again, as the queue hides nothing."""
        sqs = self._clients("sqs")
        found = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=_AT_ONCE,
            MessageAttributeNames=["All"],
            WaitTimeSeconds=0,
            VisibilityTimeout=0,
        ).get("Messages", [])
        if found:
            answer = messages.handler(batch(_delivered(found, url.rpartition("/")[2])), Context())  # type: ignore[arg-type]
            assert answer == {"batchItemFailures": []}
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(found)


def _is_new_event(record: dict[str, Any]) -> bool:
    """What the mapping's filter lets through."""
    key: str = record["dynamodb"]["Keys"]["sk"]["S"]
    return record["eventName"] == "INSERT" and key.startswith("event#")


def _delivered(found: Sequence[dict[str, Any]], queue: str) -> list[dict[str, Any]]:
    return [
        sqs_record(
            message["Body"],
            {name: value["StringValue"] for name, value in message["MessageAttributes"].items()},
            message["MessageId"],
            queue,
        )
        for message in found
    ]
