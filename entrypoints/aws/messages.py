"""A queue behind the topic -> the use cases: pages become what events say.

Messages may come twice and in any order; equal ones of a batch are one piece of work.
"""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from adapters.aws.queues import FailedDelivery
from adapters.codec import decode_message
from adapters.unreadable import Unreadable
from domain.messages import Message
from entrypoints.aws.observing import counted, logger
from infrastructure.functions import index, ports
from infrastructure.handling import handle as handle_message


def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401 - the shape is Lambda's
    """Work off a batch of messages; answers which ones have to come again."""
    done: set[Message] = set()

    def handle(record: SQSRecord) -> None:
        try:
            message = _message_in(record)
            if message not in done:
                handle_message(index(), message)
                done.add(message)
        except Exception:
            logger.exception("a message failed and comes again", extra={"message_id": record.message_id})
            raise

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event, handle, processor, context)
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    counted(MessagesHandled=len(event["Records"]) - len(failed), MessagesFailed=len(failed))
    _retry_soon([record for record in event["Records"] if record["messageId"] in failed])
    return answer


def _message_in(record: SQSRecord) -> Message:
    kind = record.message_attributes["type"]
    if kind is None or kind.string_value is None:
        raise Unreadable("A message without a type waits.")
    return decode_message(kind.string_value, record.body)


def _retry_soon(records: list[dict[str, Any]]) -> None:
    try:
        ports().queues().retry_soon(
            FailedDelivery(
                queue=record["eventSourceARN"].rpartition(":")[2],
                receipt=record["receiptHandle"],
                deliveries=int(record["attributes"]["ApproximateReceiveCount"]),
            )
            for record in records
        )
    except Exception:  # noqa: BLE001 - what was done in this batch stays done
        # They come again in any case, only later.
        logger.exception("messages that failed come again later than they could")
