"""What is remembered for a while in DynamoDB."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.aws.items import Item, checked, key, number, text
from adapters.session_codec import decode_session, encode_session
from domain.sessions import Session

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)


class DynamoSessions:
    """A Sessions in the same table as the events.

    DynamoDB removes what is over some time after the whole seconds of `expires`; until then it is passed over here,
    by the exact moment.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def put(self, key: str, session: Session, expires: datetime) -> None:
        """Remember the value until then, in the place of any other under this key.

        Raises:
            TooMuch: it is too big.
        """
        self._client.put_item(TableName=self._table, Item=_item(key, session, expires))

    def add(self, key: str, session: Session, expires: datetime, now: datetime) -> bool:
        """Remember the value until then if there is none: of all who add, one is told True.

        Raises:
            TooMuch: it is too big.
        """
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_item(key, session, expires),
                ConditionExpression="attribute_not_exists(pk) OR #until <= :now",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":now": number(_moment(now))},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def get(self, key: str, now: datetime) -> Session | None:
        """The value; None if there is none, or if its time is over."""
        return _alive(self._client.get_item(TableName=self._table, Key=_key(key), ConsistentRead=True).get("Item"), now)

    def take(self, key: str, now: datetime) -> Session | None:
        """The value, which is forgotten with this: of all who ask, one gets it."""
        taken = self._client.delete_item(TableName=self._table, Key=_key(key), ReturnValues="ALL_OLD")
        return _alive(taken.get("Attributes"), now)

    def delete(self, key: str) -> None:
        """Forget the value; harmless if there is none."""
        self._client.delete_item(TableName=self._table, Key=_key(key))


def _item(session_key: str, session: Session, expires: datetime) -> Item:
    type_name, data = encode_session(session)
    item = _key(session_key) | {
        "type": text(type_name),
        "data": text(data),
        "expires": number(-((_EPOCH - expires) // _SECOND)),  # rounded up
        "until": number(_moment(expires)),
    }
    return checked(item, f"A session {type_name}")


def _key(session: str) -> Item:
    return key(f"session#{session}", "session")


def _alive(item: Item | None, now: datetime) -> Session | None:
    if not item or int(item["until"]["N"]) <= _moment(now):
        return None
    return decode_session(item["type"]["S"], item["data"]["S"])


def _moment(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND
