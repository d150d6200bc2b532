"""Frozen attrs classes as JSON objects and back, by their fields and annotations.

Annotations may be str, int, float, bool, datetime, enums of strings, other attrs classes, ``tuple[X, ...]``,
``Mapping[str, X]`` and each of these with ``| None``.
"""

import types
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from functools import cache, partial
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

Json = dict[str, Any]
T = TypeVar("T")
_UTC_OFFSET = timedelta(0)
_Convert = Callable[[Any], Any]


class Damaged(ValueError):
    """A value is not what its annotation says; the text says where."""


class _Field(NamedTuple):
    name: str
    required: bool
    store: _Convert
    load: _Convert


class _Layout(NamedTuple):
    """Where values are that are loaded together, as a call for each field takes long."""

    values: Callable[[Mapping[str, Any]], Sequence[Any]]
    texts: tuple[int, ...]
    others: tuple[tuple[int, _Convert], ...]


def to_json(record: object) -> Json:
    """The record's fields in their order.

    Raises:
        Damaged: a field holds something that its annotation does not allow, such as a time without a zone.
    """
    data: Json = {}
    for name, _, store, _ in _fields(type(record)):
        try:
            data[name] = store(getattr(record, name))
        except Damaged as damage:
            raise Damaged(f"{name}: {damage}") from None
    return data


def from_json(kind: type[T], data: Mapping[str, Any]) -> T:
    """The record; absent fields take their defaults, and keys that are no fields are ignored.

    Raises:
        Damaged: a field is missing or of another type.
    """
    try:
        return _whole(kind, data)
    except (KeyError, TypeError, ValueError):
        return _field_by_field(kind, data)


def _whole(kind: type[T], data: Mapping[str, Any]) -> T:
    """The record if all fields are there, and all texts are of the most common kind; errors do not say where."""
    layout = _layout(kind)
    values = list(layout.values(data))
    if not "".join([values[place] for place in layout.texts]).isascii():
        raise ValueError
    for place, load in layout.others:
        values[place] = load(values[place])
    return kind(*values)


def _field_by_field(kind: type[T], data: Mapping[str, Any]) -> T:
    if not isinstance(data, Mapping):
        raise Damaged(f"{kind.__name__} is no object")
    values: dict[str, Any] = {}
    for name, required, _, load in _fields(kind):
        if name in data:
            try:
                values[name] = load(data[name])
            except Damaged as damage:
                raise Damaged(f"{name}: {damage}") from None
        elif required:
            raise Damaged(f"{name} is missing")
    return kind(**values)


def _described(kind: type) -> tuple[_Field, ...]:
    hints = get_type_hints(kind)
    return tuple(
        _Field(field.name, field.default is attrs.NOTHING, *_converters(hints[field.name]))
        for field in attrs.fields(kind)
    )


_fields: Callable[[type], tuple[_Field, ...]] = cache(_described)


def _laid_out(kind: type) -> _Layout:
    fields = _fields(kind)
    texts = tuple(place for place, field in enumerate(fields) if field.load is _text)
    others = tuple((place, field.load) for place, field in enumerate(fields) if field.load is not _text)
    names = [field.name for field in fields]
    # Of one name, itemgetter makes no sequence.
    values = itemgetter(*names) if len(names) > 1 else lambda data: [data[name] for name in names]
    return _Layout(values, texts, others)


_layout: Callable[[type], _Layout] = cache(_laid_out)


def _converters(hint: Any) -> tuple[_Convert, _Convert]:  # noqa: ANN401 - an annotation is a type, a union or an alias
    """How values of this annotation are stored and loaded."""
    return _compound(hint) if get_args(hint) else _single(hint)


def _compound(hint: Any) -> tuple[_Convert, _Convert]:  # noqa: ANN401
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (wanted,) = (argument for argument in arguments if argument is not type(None))
        return _both(_converters(wanted), lambda convert: lambda value: None if value is None else convert(value))
    if origin is tuple:
        store, load = _converters(arguments[0])
        return (
            lambda values: [store(value) for value in _checked(tuple, values)],
            lambda values: tuple(load(value) for value in _checked(list, values)),
        )
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _both(_converters(arguments[1]), _over_values)
    raise TypeError(f"fields of type {hint} cannot be stored")


def _single(hint: type) -> tuple[_Convert, _Convert]:
    # Not by identity: libraries that freeze time put a subclass in the place of datetime.
    if issubclass(hint, datetime):
        return _store_time, _load_time
    if issubclass(hint, Enum):
        return lambda value: _checked(hint, value).value, lambda value: _member(hint, value)
    if attrs.has(hint):
        return lambda value: to_json(_checked(hint, value)), lambda value: from_json(hint, value)
    if hint in (str, bool, int, float):
        check = _text if hint is str else partial(_number, hint)
        return check, check
    raise TypeError(f"fields of type {hint} cannot be stored")


def _both(converters: tuple[_Convert, _Convert], wrap: Callable[[_Convert], _Convert]) -> tuple[_Convert, _Convert]:
    store, load = converters
    return wrap(store), wrap(load)


def _over_values(convert: _Convert) -> _Convert:
    return lambda values: {
        _checked(str, key): convert(value)
        for key, value in _checked(Mapping, values).items()  # type: ignore[type-abstract]
    }


def _checked(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise Damaged(f"{value!r} is no {kind.__name__}")
    return value


def _number(kind: type, value: object) -> object:
    # True is an int for isinstance, and 1 a float for arithmetic: neither is what the field says.
    if type(value) is not kind:
        raise Damaged(f"{value!r} is no {kind.__name__}")
    return value


def _text(value: object) -> str:
    # Most of what is stored is text, and most of that ASCII, which is known of it without looking.
    if not isinstance(value, str):
        raise Damaged(f"{value!r} is no str")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            # Halves of characters fit into JSON, but into no database and no page.
            raise Damaged(f"{value!r} is not Unicode") from None
    return value


def _member(kind: type[Enum], value: object) -> Enum:
    try:
        return kind(value)
    except ValueError as error:
        raise Damaged(str(error)) from None


def _store_time(value: object) -> str:
    at = _checked(datetime, value)
    if at.utcoffset() != _UTC_OFFSET:
        raise Damaged(f"{at} is not in UTC")
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _load_time(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(_checked(str, value))
    except ValueError:
        raise Damaged(f"{value!r} is no time") from None
    if at.utcoffset() != _UTC_OFFSET:
        raise Damaged(f"{value!r} is not in UTC")
    return at
