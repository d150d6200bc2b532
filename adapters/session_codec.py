"""Sessions as text, apart from events and messages: whoever only reads needs none of them."""

from collections.abc import Mapping
from typing import get_args

from adapters.codec import as_text, decode_passing
from adapters.records import to_json
from domain.sessions import Session

_SESSIONS: Mapping[str, type[Session]] = {kind.__name__: kind for kind in get_args(Session)}


def encode_session(session: Session) -> tuple[str, str]:
    """The session's type and JSON text.

    Raises:
        Damaged: a field holds what cannot be stored.
    """
    return type(session).__name__, as_text(to_json(session))


def decode_session(type_name: str, json_text: str) -> Session:
    """The session that was remembered.

    Raises:
        Unreadable: another version of this software left it.
    """
    return decode_passing("session", _SESSIONS, type_name, json_text)
