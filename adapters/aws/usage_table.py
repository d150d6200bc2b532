"""Usage rows in DynamoDB."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from adapters.aws.batches import items_at
from adapters.aws.items import Item, checked, items_under, key, number, text
from adapters.aws.retrying import Sleep, sleep
from adapters.records import from_json, to_json
from adapters.usage_briefs import brief_from, brief_text
from adapters.usage_totals import totals_of
from domain.usage_sums import UsageBrief, UsageRow, UsageSummary, UsageTotals, added

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_USAGE = "usage"
_SUMMARIES = "usage-summaries"
_BRIEFS = "usage-briefs"
_EMPTY = UsageSummary()


class DynamoUsageTable:
    """A UsageTable in the same table as the events; `rebuild` derives it again.

    Summaries and briefs are items of their own, so that nobody pays for reading them with the rows.
    """

    def __init__(self, client: "DynamoDBClient", table: str, pause: Sleep = sleep) -> None:
        self._client = client
        self._table = table
        self._pause = pause

    def put(self, row: UsageRow, summary: UsageSummary) -> None:
        """Keep both, each unless a newer one is there."""
        stamp = {"stamp": text(row.stamp)}
        data = "" if summary == _EMPTY else json.dumps(to_json(summary), ensure_ascii=False, separators=(",", ":"))
        self._put(
            key(_USAGE, row.name)
            | stamp
            | {
                "total": number(row.total),
                "last_30_days": number(row.last_30_days),
                "latest": text(row.latest),
            }
        )
        self._put(checked(key(_SUMMARIES, row.name) | stamp | {"data": text(data)}, f"The usage of {row.name}"))

    def forget(self, name: str) -> None:
        """Remove row, summary and brief, whatever they say."""
        for kind in (_USAGE, _SUMMARIES, _BRIEFS):
            self._client.delete_item(TableName=self._table, Key=key(kind, name))

    def put_brief(self, brief: UsageBrief) -> None:
        """Keep it unless a newer one is there."""
        item = key(_BRIEFS, brief.name) | {"stamp": text(brief.stamp), "data": text(brief_text(brief))}
        self._put(checked(item, f"The usage of {brief.name} in brief"))

    def briefs_of(self, names: Collection[str]) -> Mapping[str, UsageBrief]:
        """The briefs of those of these packages that have one, a hundred with each question.

        Raises:
            Busy: the table kept leaving some questions open.
        """
        keys = (key(_BRIEFS, name) for name in dict.fromkeys(names))
        found = map(_brief, items_at(self._client, self._table, keys, self._pause))
        return {brief.name: brief for brief in found}

    def briefs(self) -> Iterator[UsageBrief]:
        """All briefs in the order of names."""
        return map(_brief, self._items(_BRIEFS))

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
        return (_row(item) for item in self._items(_USAGE))

    def totals(self, most: int) -> UsageTotals:
        """The rows added up, and this number of those with most downloads."""
        return totals_of(self.rows(), most)

    def summaries(self) -> Iterator[tuple[str, UsageSummary]]:
        """The summaries that say anything, in the order of names."""
        kept = ((item["sk"]["S"], item["data"]["S"]) for item in self._items(_SUMMARIES))
        return ((name, from_json(UsageSummary, json.loads(data))) for name, data in kept if data)

    def summed(self) -> UsageSummary:
        """All summaries added up."""
        return added(summary for _, summary in self.summaries())

    def _put(self, item: Item) -> None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR stamp <= :stamp",
                ExpressionAttributeValues={":stamp": item["stamp"]},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _items(self, kind: str) -> Iterator[Item]:
        return items_under(self._client, self._table, kind)


def _row(item: Item) -> UsageRow:
    return UsageRow(
        name=item["sk"]["S"],
        stamp=item["stamp"]["S"],
        total=int(item["total"]["N"]),
        last_30_days=int(item["last_30_days"]["N"]),
        latest=item["latest"]["S"],
    )


def _brief(item: Item) -> UsageBrief:
    return brief_from(item["sk"]["S"], item["stamp"]["S"], item["data"]["S"])
