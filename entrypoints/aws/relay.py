"""The table's stream -> the topic: what follows from each event becomes due.

No event is lost: whatever could not be read or published comes again, until the mapping's bound puts it aside.
"""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from adapters.aws.stream import recorded_in
from domain.messages import Message
from domain.reactions import react
from entrypoints.aws.observing import counted, logger
from infrastructure.functions import ports


def handler(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401 - the shape is Lambda's
    """Publish what follows from a batch of events; answers which ones have to come again."""
    due: dict[Message, None] = {}

    def relay(record: DynamoDBRecord) -> None:
        try:
            due.update(dict.fromkeys(react(recorded_in(record["dynamodb"]["NewImage"]))))
        except Exception:
            logger.exception("an event cannot be read", extra={"keys": record["dynamodb"].get("Keys")})
            raise

    processor = BatchProcessor(EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event, relay, processor, context)
    # After all are read, so that one that cannot be holds up nobody. If this fails, the whole batch comes again.
    ports().bus().publish(list(due))
    counted(EventsRelayed=len(event["Records"]) - len(answer["batchItemFailures"]), MessagesPublished=len(due))
    return answer
