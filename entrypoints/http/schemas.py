"""JSON Schema (2020-12) of types: what `entrypoints.http.shapes` is made of, and no more."""

from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from attrs import asdict, frozen

Schema = dict[str, Any]

_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    NoneType: {"type": "null"},
    Any: {},
}


@frozen
class Is:
    """What an annotated type is beyond that: keywords of JSON Schema."""

    format: str | None = None
    pattern: str | None = None
    minimum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None

    def keywords(self) -> Schema:
        """As they are spelt there."""
        spelt = {"min_length": "minLength", "max_length": "maxLength", "min_items": "minItems"}
        return {spelt.get(name, name): value for name, value in asdict(self).items() if value is not None}


class Schemas:
    """Collects those of TypedDicts, which refer to each other by name."""

    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}

    def of(self, kind: Any, *, closed: bool = False) -> Schema:  # noqa: ANN401 - any annotation
        """The schema of a type; that of a TypedDict is a reference.

        Args:
            kind: a type, or an annotation.
            closed: whether a TypedDict has no other keys than those that it names.

        Raises:
            TypeError: it is nothing that JSON could be.
        """
        if is_typeddict(kind):
            if kind.__name__ not in self.named:
                self.named[kind.__name__] = {}  # it may refer to itself
                self.named[kind.__name__] = self._object(kind, closed=closed)
            return {"$ref": f"#/components/schemas/{kind.__name__}"}
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return {"enum": [each.value for each in kind]}
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        if get_origin(kind) is Annotated:
            base, told = get_args(kind)
            return {**self.of(base), **told.keywords()}
        return self._composed(get_origin(kind), get_args(kind))

    def _composed(self, origin: Any, arguments: tuple[Any, ...]) -> Schema:  # noqa: ANN401
        match origin, arguments:
            case _, (value,) if origin is Literal:
                return {"const": value}
            case _, _ if origin in {Union, UnionType}:
                return {"anyOf": [self.of(each) for each in arguments]}
            case _, (item,) if origin is list:
                return {"type": "array", "items": self.of(item)}
            case _, (_, value) if origin is dict:
                return {"type": "object", "additionalProperties": self.of(value)}
        raise TypeError(f"there is no schema of {origin} of {arguments}")

    def _object(self, kind: Any, *, closed: bool) -> Schema:  # noqa: ANN401
        hints = get_type_hints(kind, include_extras=True)
        properties = {
            name: self.of(get_args(hint)[0] if get_origin(hint) is NotRequired else hint)
            for name, hint in hints.items()
        }
        schema: Schema = {"type": "object", "properties": properties, "required": sorted(kind.__required_keys__)}
        if kind.__doc__ and not kind.__doc__.startswith("dict("):
            schema["description"] = kind.__doc__
        if closed:
            schema["additionalProperties"] = False
        return schema
