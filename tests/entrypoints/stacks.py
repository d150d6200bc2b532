"""An account with a deployed index, in this process, behind the commands of this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import field, frozen

from entrypoints.local import maintenance, stack_world
from infrastructure import cloud, formation
from infrastructure.formation import Stack
from infrastructure.resources import Resources
from tests.aws import account, client
from tests.infrastructure.stack_template import source

Run = Callable[..., tuple[str, str]]
"""Runs a command that shall end with `status`; gives what it printed and what it said on stderr."""

ACCOUNT = "123456789012"
URL = "https://pypi.example.org"
PARAMETERS = sorted(source()["Parameters"])
CODE = {"CodeBucket": "sls-pypi-code", "CodeKey": "functions.zip", "Architecture": "arm64"}
STACK = Stack("index", "arn:index", "CREATE_COMPLETE", {"ApiFunction": "index-api", "SiteUrl": URL}, CODE)


@frozen
class Account:
    """What stands in for the account: real clients of an emulation, and answers where that knows nothing.

    Attributes:
        stacks: by name.
        listed: resources of the stack, type and physical name.
        ringing: alarms by name, with what they say.
    """

    resources: Resources
    environment: dict[str, str]
    stacks: dict[str, Stack] = field(factory=lambda: {"index": STACK})
    listed: list[tuple[str, str]] = field(factory=list)
    ringing: dict[str, str] = field(factory=dict)

    def client(self, service: str) -> Any:
        """As a session makes it."""
        known: dict[str, Any] = {
            "lambda": SimpleNamespace(
                get_function_configuration=lambda FunctionName: {  # noqa: N803 - boto3's spelling
                    "FunctionName": FunctionName,
                    "Environment": {"Variables": dict(self.environment)},
                },
                exceptions=SimpleNamespace(ResourceNotFoundException=LookupError),
            ),
            "cloudformation": SimpleNamespace(
                get_paginator=lambda _: SimpleNamespace(paginate=self._pages), get_template_summary=self._summary
            ),
            "cloudwatch": SimpleNamespace(describe_alarms=self._alarms),
        }
        return known.get(service) or client(service)

    def _pages(self, **_: str) -> list[dict[str, Any]]:
        found = [{"ResourceType": kind, "PhysicalResourceId": name} for kind, name in self.listed]
        return [{"StackResourceSummaries": found}]

    def _summary(self, TemplateURL: str) -> dict[str, Any]:  # noqa: N803
        assert f"-code-{ACCOUNT}/templates/" in TemplateURL
        return {"Parameters": [{"ParameterKey": name} for name in PARAMETERS]}

    def _alarms(self, AlarmNames: list[str]) -> dict[str, Any]:  # noqa: N803
        return {
            "MetricAlarms": [
                {"AlarmName": name, "AlarmDescription": self.ringing.get(name, ""), "StateValue": state}
                for name in AlarmNames
                for state in ["ALARM" if name in self.ringing else "OK"]
            ]
        }


@contextmanager
def account_with_a_stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    with account() as resources:
        environment = {
            "SLS_PYPI_TABLE": resources.table,
            "SLS_PYPI_SITE_BUCKET": resources.site_bucket,
            "SLS_PYPI_DATA_BUCKET": resources.data_bucket,
            "SLS_PYPI_TOPIC": resources.topic,
            "SLS_PYPI_QUEUES": ",".join(resources.queues),
            "SLS_PYPI_RESULTS_BUCKET": resources.results_bucket,
            "SLS_PYPI_WORKGROUP": resources.workgroup,
            "SLS_PYPI_USAGE_DATABASE": resources.usage_database,
            "SLS_PYPI_PACKAGES_A_QUERY": "1",
            "SLS_PYPI_BASE_URL": URL,
            "SLS_PYPI_ALLOW": "linux-tags",
        }
        made = Account(resources, environment)
        monkeypatch.setattr(cloud, "session", lambda _: made)
        monkeypatch.setattr(formation, "find", lambda _, name: made.stacks.get(name))
        monkeypatch.setattr(stack_world, "_UNDERWAY_SECONDS", 0.0)
        monkeypatch.setattr(maintenance, "_PATIENCE_SECONDS", 0.0)
        yield made
