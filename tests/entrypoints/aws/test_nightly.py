"""Once a night."""

from domain.messages import Page, PageStale
from entrypoints.aws import nightly
from tests.aws_events import Context
from tests.entrypoints.aws.conftest import Stack


def test_what_changed_lately_becomes_due_again(stack: Stack) -> None:
    stack.upload("frob", "1.0")
    stack.ports.publisher().take()

    nightly.handler({"days_ago": [1, 2]}, Context())  # type: ignore[arg-type]

    assert PageStale(Page.PROJECT, "frob") in stack.ports.publisher().waiting()
