"""GraphQL's language, as far as queries are written in it (https://spec.graphql.org/October2021/#sec-Language)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

_TOKEN = re.compile(
    r'[\s,]*(?:#[^\n]*[\s,]*)*(\.\.\.|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*|[!$():=@\[\]{|}&])'
)
_WORDS = {"true": True, "false": False, "null": None}


class NotUnderstood(Exception):
    """No query, or something that queries of this index do without."""


@frozen
class Variable:
    """A value that is sent beside the query."""

    name: str


@frozen
class Field:
    """What is asked for, as what, and what of it."""

    name: str
    alias: str
    arguments: Mapping[str, Any]
    selection: Sequence["Selected"]


@frozen
class Spread:
    """Fields for things of one kind; of any kind if there is no name."""

    kind: str | None
    selection: Sequence["Selected"]


Selected = Field | Spread


@frozen
class Named:
    """A fragment, by its name."""

    name: str


@define
class _Reader:
    tokens: list[str]
    at: int = 0
    fragments: dict[str, Spread] = field(factory=dict)

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or expected not in (None, token):
            raise NotUnderstood(f"Expected {expected or 'more'}, found {token or 'the end'}")
        self.at += 1
        return token

    def takes(self, token: str) -> bool:
        found = self.peek() == token
        self.at += found
        return found

    def selection(self) -> list[Any]:
        selected: list[Any] = []
        self.take("{")
        while not self.takes("}"):
            selected.append(self.spread() if self.takes("...") else self.field())
        return selected

    def spread(self) -> Spread | Named:
        if self.peek() == "{":
            return Spread(None, self.selection())
        return Spread(self.take(), self.selection()) if self.takes("on") else Named(self.take())

    def field(self) -> Field:
        alias = name = self.take()
        if self.takes(":"):
            name = self.take()
        arguments = self.arguments() if self.peek() == "(" else {}
        return Field(name, alias, arguments, self.selection() if self.peek() == "{" else [])

    def arguments(self, end: str = ")") -> dict[str, Any]:
        self.take("(" if end == ")" else "{")
        found: dict[str, Any] = {}
        while not self.takes(end):
            name = self.take()
            self.take(":")
            found[name] = self.value()
        return found

    def value(self) -> Any:  # noqa: ANN401 - anything that JSON has
        token = self.peek()
        if token == "{":  # noqa: S105 - of the language
            return self.arguments("}")
        self.take()
        if token == "[":  # noqa: S105 - of the language
            values = []
            while not self.takes("]"):
                values.append(self.value())
            return values
        if token == "$":  # noqa: S105 - of the language
            return Variable(self.take())
        if token[0] in '"-0123456789':
            return json.loads(token)
        return _WORDS.get(token, token)

    def skip_variables(self) -> None:
        """Their types are for the schema to check."""
        if self.takes("("):
            while not self.takes(")"):
                self.take()


def parse(text: str) -> Sequence[Selected]:
    """What a query asks for.

    Raises:
        NotUnderstood: it is none.
    """
    reader = _Reader(list(_tokens(text)))
    selection: list[Any] | None = None
    while reader.peek():
        if reader.takes("fragment"):
            name = reader.take()
            reader.take("on")
            reader.fragments[name] = Spread(reader.take(), reader.selection())
            continue
        if reader.takes("query") and reader.peek() not in {"(", "{"}:
            reader.take()
        reader.skip_variables()
        selection = reader.selection()
    if selection is None:
        raise NotUnderstood("Expected a query, found none")
    return _spread_out(selection, reader.fragments)


def _tokens(text: str) -> Iterator[str]:
    at, text = 0, text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if not text[at:].strip(" ,\n\t"):
                return
            raise NotUnderstood(f"Unexpected {text[at : at + 10]!r}")
        yield found[1]
        at = found.end()


def _spread_out(selection: Sequence[Any], fragments: Mapping[str, Spread]) -> list[Selected]:
    """With every fragment in the place of its name."""
    done: list[Selected] = []
    for each in selection:
        match each:
            case Named(name):
                if name not in fragments:
                    raise NotUnderstood(f"Fragment {name} was used, but not defined")
                fragment = fragments[name]
                done.append(Spread(fragment.kind, _spread_out(fragment.selection, fragments)))
            case Field(name, alias, arguments, below):
                done.append(Field(name, alias, arguments, _spread_out(below, fragments)))
            case Spread(kind, below):
                done.append(Spread(kind, _spread_out(below, fragments)))
    return done
