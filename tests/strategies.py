"""Random values of the model for property tests."""

from datetime import UTC, datetime
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st

from adapters.codec import EVENTS
from domain.events import Event

T = TypeVar("T")

times = st.datetimes(timezones=st.just(UTC))


def instances(kind: type[T]) -> st.SearchStrategy[T]:
    """Any instance of an attrs class that can be stored: times in UTC, in whole microseconds, and finite numbers."""
    return st.builds(kind, **{name: _values(hint) for name, hint in get_type_hints(kind).items()})


def events() -> st.SearchStrategy[Event]:
    """Any event."""
    return st.one_of([instances(kind) for kind in EVENTS.values()])


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if hint is datetime:
        return times
    if hint is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0]), max_size=3).map(tuple)
    if attrs.has(hint):
        return instances(hint)
    return st.none() | times if datetime in get_args(hint) else st.from_type(hint)
