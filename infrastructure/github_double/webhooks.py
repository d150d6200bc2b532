"""What GitHub tells others of its own accord."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen

from infrastructure.github_double import file_shapes, shapes
from infrastructure.github_double.repository import Release, Repository

_SECONDS = 10.0


@frozen
class Delivery:
    """One event as it is sent, so that it can be sent again."""

    event: str
    body: bytes
    id: str = field(factory=lambda: str(uuid.uuid4()))


@frozen
class Hook:
    """Where to, and the secret that both sides know."""

    url: str
    secret: str = field(repr=False)

    def headers(self, delivery: Delivery) -> Mapping[str, str]:
        """Of the request."""
        signature = hmac.new(self.secret.encode(), delivery.body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/double",
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Delivery": delivery.id,
            "X-GitHub-Hook-ID": "1",
            "X-Hub-Signature-256": f"sha256={signature}",
        }

    def send(self, delivery: Delivery) -> int:
        """Deliver it; the status that was answered."""
        parts = urlsplit(self.url)
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = connect(parts.netloc, timeout=_SECONDS)
        try:
            connection.request("POST", parts.path, delivery.body, dict(self.headers(delivery)))
            return connection.getresponse().status
        finally:
            connection.close()


def release_event(repository: Repository, release: Release, url: str, action: str = "published") -> Delivery:
    """Somebody did something with a release."""
    return _event("release", action, repository, url, {"release": file_shapes.release(repository, release, url)})


def repository_event(repository: Repository, action: str, url: str, before: Repository | None = None) -> Delivery:
    """Somebody did something with a repository.

    Args:
        repository: as it is now.
        action: ``renamed``, ``transferred``, ``privatized``, ``deleted``, ...
        url: of the site.
        before: as it was, where that says what was done.
    """
    changes: dict[str, Any] = {}
    if before is not None and action == "renamed":
        changes = {"changes": {"repository": {"name": {"from": before.name}}}}
    elif before is not None:
        changes = {"changes": {"owner": {"from": {"user": shapes.person(before.owner, before.owner_number, url)}}}}
    return _event("repository", action, repository, url, changes)


def _event(event: str, action: str, repository: Repository, url: str, more: Mapping[str, object]) -> Delivery:
    sender = shapes.person(repository.owner, repository.owner_number, url)
    told = {"action": action, **more, "repository": repository.told(url), "sender": sender}
    return Delivery(event, json.dumps(told).encode())
