"""What a boto3 client sends, and what it gets where AWS would not answer as the emulator does."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import define, field
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

Answer = tuple[int, Mapping[str, Any]]
"""Status, and what botocore makes of the body."""


@define
class Wire:
    """The calls of one client.

    Attributes:
        calls: operation and parameters of each call, in order.
        answers: what the next calls of an operation get instead of reaching the service; None lets one pass.
        afterwards: what the next calls of an operation get instead of the answer of the service that they did reach.
        added: parameters that are added to each call of an operation.
    """

    calls: list[tuple[str, dict[str, Any]]] = field(factory=list)
    answers: dict[str, list[Answer | Callable[[], Answer] | None]] = field(factory=dict)
    afterwards: dict[str, list[Answer]] = field(factory=dict)
    added: dict[str, dict[str, Any]] = field(factory=dict)

    def of(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of all calls of an operation."""
        return [parameters for name, parameters in self.calls if name == operation]

    def record(self, params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        params |= self.added.get(model.name, {})
        self.calls.append((model.name, dict(params)))
        return params

    def replace(self, model: Any, **_: Any) -> tuple[AWSResponse, Mapping[str, Any]] | None:
        planned = self.answers.get(model.name)
        answer = planned.pop(0) if planned else None
        if answer is None:
            return None
        status, parsed = answer() if callable(answer) else answer
        return AWSResponse("", status, HTTPHeaders(), None), {"ResponseMetadata": {"HTTPStatusCode": status}, **parsed}

    def pretend(self, http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        planned = self.afterwards.get(model.name)
        if planned:
            http_response.status_code, told = planned.pop(0)
            parsed |= told


def failure(code: str, status: int = 400, **more: Any) -> Answer:
    """An error as AWS answers it."""
    return status, {"Error": {"Code": code, "Message": "as planned"}, **more}


@contextmanager
def tapped(client: Any) -> Iterator[Wire]:
    """The calls that the client makes meanwhile."""
    wire = Wire()
    hooks = {"provide-client-params": wire.record, "before-call": wire.replace, "after-call": wire.pretend}
    for event, hook in hooks.items():
        client.meta.events.register(event, hook)
    try:
        yield wire
    finally:
        for event, hook in hooks.items():
            client.meta.events.unregister(event, hook)


@contextmanager
def sent_twice(client: Any, operation: str) -> Iterator[list[bytes]]:
    """The next request is sent again although it was answered, as when the answer is lost; yields what was sent."""
    bodies: list[bytes] = []

    def again(attempts: int, request_dict: Mapping[str, Any], **_: Any) -> int | None:
        bodies.append(request_dict["body"])
        return 0 if attempts == 1 else None

    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register_first(event, again)
    try:
        yield bodies
    finally:
        client.meta.events.unregister(event, again)
