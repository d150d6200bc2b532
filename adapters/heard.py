"""The codec of facts about repositories: as they are stored in tables that keep text."""

import json

from adapters.records import from_json, to_json
from domain.ports.facts import NEVER, Heard


def encode_heard(heard: Heard) -> str:
    """As JSON.

    Raises:
        Damaged: a field holds what cannot be stored.
    """
    return json.dumps(to_json(heard), ensure_ascii=False, separators=(",", ":"))


def decode_heard(text: str | bytes) -> Heard:
    """What was heard; nothing, if another version left it or it is damaged: it can be asked for again."""
    try:
        return from_json(Heard, json.loads(text))
    except ValueError:
        return Heard(None, NEVER)


def moment(heard: Heard) -> str:
    """When it was asked for; texts are in the order of time."""
    return str(to_json(heard)["asked_at"])
