"""Interim answers: what keeps clients waiting that hang up after some seconds without a byte (hatch 10, poetry 15).

They are told ``100 Continue`` now and then, which every HTTP/1.1 client has to skip (RFC 9110 section 15.2), and does.
Proxies do not all: nginx takes the first one for the answer. So nobody is told so through a proxy that says it is one.
ASGI knows nothing of it: our own server takes a message of the type `WAITING` before the answer starts, and says so in
the scope's extensions.
"""

from collections.abc import MutableMapping
from typing import Any

from entrypoints.http.loopback import OF_PROXIES

WAITING = "http.response.waiting"
"""Type of the message, and name of the extension."""
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"

_OF_PROXIES = frozenset(name.encode() for name in OF_PROXIES)


def takes_interim_answers(scope: MutableMapping[str, Any]) -> bool:
    """Whether the server of this request takes `WAITING`."""
    return WAITING in (scope.get("extensions") or {})


def taking_interim_answers(scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The scope of a request whose server does, unless it is one of HTTP/1.0, which knows none, or came by a proxy."""
    if scope["http_version"] == "1.0" or any(name in _OF_PROXIES for name, _ in scope["headers"]):
        return scope
    return {**scope, "extensions": {**(scope.get("extensions") or {}), WAITING: {}}}
