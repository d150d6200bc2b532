"""The table, topic and queues that tests make are those of the template."""

from pathlib import Path
from typing import Any

import yaml

from tests.aws import FILTERS, TABLE

TEMPLATE = Path(__file__).parents[3] / "infrastructure" / "template.yaml"


class Loader(yaml.SafeLoader):
    """Reads functions of CloudFormation as the text that they are applied to."""


Loader.add_multi_constructor("!", lambda _loader, _suffix, node: node.value)


def resources(kind: str) -> list[dict[str, Any]]:
    found = yaml.load(TEMPLATE.read_text(), Loader)["Resources"].values()  # noqa: S506 - a SafeLoader
    return [resource["Properties"] for resource in found if resource["Type"] == kind]


def test_the_table_has_the_keys_the_index_and_the_stream_of_the_template() -> None:
    (table,) = resources("AWS::DynamoDB::Table")

    for name in ("KeySchema", "GlobalSecondaryIndexes", "BillingMode"):
        assert table[name] == TABLE[name]
    names = [definition["AttributeName"] for definition in TABLE["AttributeDefinitions"]]
    assert sorted(definition["AttributeName"] for definition in table["AttributeDefinitions"]) == sorted(names)
    assert table["StreamSpecification"]["StreamViewType"] == TABLE["StreamSpecification"]["StreamViewType"]
    assert table["TimeToLiveSpecification"]["AttributeName"] == "expires"


def test_the_queues_take_what_those_of_the_template_take() -> None:
    subscriptions = [each for each in resources("AWS::SNS::Subscription") if each["Protocol"] == "sqs"]

    filters = [subscription["FilterPolicy"] for subscription in subscriptions]
    assert sorted(filters, key=str) == sorted(FILTERS.values(), key=str)
    assert all(subscription["RawMessageDelivery"] for subscription in subscriptions)
