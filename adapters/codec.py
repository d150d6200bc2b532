"""Events and messages as text; events can be read back for ever.

A stored event is its bare class name, a schema number and a JSON object. Names of modules are never stored, so
code may move. A new field needs a default and nothing else; any other change of a class needs an upcaster here, which
gives its type a new schema number, and a golden file beside the old ones.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from adapters.records import Json, from_json, to_json
from adapters.unreadable import Unreadable
from domain.events import Event
from domain.messages import Message

UPCASTERS: dict[tuple[str, int], Callable[[Json], Json]] = {}
"""From each older schema of a type to the next: `(type, 1)` leads to schema 2. Chained on read."""

EVENTS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
"""Every class of event by the name under which it is stored."""

_MESSAGES: Mapping[str, type[Message]] = {kind.__name__: kind for kind in get_args(Message)}

T = TypeVar("T")
# Made once: json.dumps makes one for each call that wishes anything.
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_decoder = json.JSONDecoder()


def newest_schema(type_name: str) -> int:
    """The schema in which events of the type are written."""
    schema = 1
    while (type_name, schema) in UPCASTERS:
        schema += 1
    return schema


def encode(event: Event) -> tuple[str, int, str]:
    """The event's type, schema and JSON text. Equal events give equal text.

    Raises:
        Damaged: a field holds what cannot be stored, such as a time without a zone.
    """
    name = type(event).__name__
    return name, newest_schema(name), as_text(to_json(event))


def decode(type_name: str, schema: int, json_text: str) -> Event:
    """The event that was stored, whatever its age.

    Raises:
        Unreadable: a newer version of this software stored it, or the text is damaged.
    """
    kind, newest = EVENTS.get(type_name), newest_schema(type_name)
    if kind is None or schema > newest:
        raise Unreadable(
            f"The store holds an event {type_name} of schema {schema}, which this version does not know. "
            "Upgrade sls-pypi."
        )
    try:
        data = _parsed(json_text)
        for step in range(schema, newest):
            data = UPCASTERS[type_name, step](data)
        return from_json(kind, data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(
            f"A stored event {type_name} of schema {schema} is damaged: {error}. Restore it from a backup."
        ) from error


def encode_message(message: Message) -> tuple[str, str]:
    """The message's type and JSON text. Equal messages give equal text.

    Raises:
        Damaged: a field holds what cannot be stored.
    """
    return type(message).__name__, as_text(to_json(message))


def decode_message(type_name: str, json_text: str) -> Message:
    """The message that waited.

    Raises:
        Unreadable: another version of this software left it.
    """
    return decode_passing("message", _MESSAGES, type_name, json_text)


def decode_passing(what: str, kinds: Mapping[str, type[T]], type_name: str, json_text: str) -> T:
    """What is not kept for ever has no schema: it is of this version, or of another.

    Raises:
        Unreadable: it is of another version, or damaged.
    """
    kind = kinds.get(type_name)
    if kind is None:
        raise Unreadable(f"A {what} {type_name} waits, which this version does not know. Upgrade sls-pypi.")
    try:
        return from_json(kind, json.loads(json_text))
    except ValueError as error:
        raise Unreadable(f"A {what} {type_name} that waits is damaged: {error}") from error


def _parsed(json_text: str) -> Json:
    """As `as_text` made it; json.loads would look for white space around it, which takes a fifth as long again."""
    data, end = _decoder.raw_decode(json_text)
    if end != len(json_text):
        raise ValueError(f"something follows at {end}")
    return data  # type: ignore[no-any-return]


def as_text(data: Mapping[str, Any]) -> str:
    """The JSON object without white space. Equal objects give equal text."""
    return _encoder.encode(data)
