"""What the operator's guide says is what the software does and what the arithmetic gives."""

import re

import pytest

from tests.documentation.costs import AS_OF, ROOT, athena_table, table
from tests.infrastructure.stack_template import source

GUIDE = (ROOT / "docs" / "operator.md").read_text()


def test_the_costs_are_those_of_the_arithmetic() -> None:
    assert "\n".join(table()) in GUIDE
    assert "\n".join(athena_table()) in GUIDE
    assert AS_OF in GUIDE


def names_of(kind: str, key: str) -> set[str]:
    """What the template calls its things of a kind, without the stack's name before it."""
    found = [resource["Properties"][key] for resource in source()["Resources"].values() if resource["Type"] == kind]
    return {name["Fn::Sub"].removeprefix("${AWS::StackName}-") for name in found}


def test_every_dead_letter_queue_is_explained() -> None:
    dead = {name for name in names_of("AWS::SQS::Queue", "QueueName") if name.endswith("-dead")}
    assert dead == set(re.findall(r"^\| `NAME-([a-z]+-dead)` \|", GUIDE, re.MULTILINE))


def test_every_alarm_is_explained() -> None:
    told = set(re.findall(r"`NAME-([a-z-]+)`", GUIDE))
    assert names_of("AWS::CloudWatch::Alarm", "AlarmName") <= told


@pytest.mark.parametrize("kind", ["site", "data", "logs", "results", "code"])
def test_every_bucket_is_named(kind: str) -> None:
    assert f"`NAME-{kind}-ACCOUNT`" in GUIDE
