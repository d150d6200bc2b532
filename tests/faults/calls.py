"""The calls of ports, and stopping at them. What there is to be called is read from `domain/ports`, never listed."""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import FrameType
from typing import Any, Protocol

from attrs import define, field, frozen
from dependency_injector import providers

import domain.ports
from infrastructure.memory import Memory

READING: Mapping[str, frozenset[str]] = {
    "access_logs": frozenset({"keeps", "state", "findings"}),
    "archives": frozenset({"inspect"}),
    "blobs": frozenset({"read", "sha256", "keys"}),
    "build_logs": frozenset({"get"}),
    "builder": frozenset({"outcome", "fetch"}),
    "catalogue": frozenset({"get", "entries", "names", "listed", "owned_by"}),
    "clock": frozenset({"now"}),
    "dependents": frozenset({"of"}),
    "details": frozenset({"get", "packages", "whole"}),
    "directory": frozenset({"owed", "between", "tokens", "owned_by"}),
    "event_log": frozenset({"streams"}),
    "event_store": frozenset({"read", "read_each", "version", "longer", "owner_of"}),
    "facts_table": frozenset({"get", "oldest", "followers"}),
    "identities": frozenset({"address"}),
    "identity_tokens": frozenset({"claims"}),
    "objects": frozenset({"get", "etag", "sha256", "keys"}),
    "replicas": frozenset({"opened"}),
    "repositories": frozenset({"facts"}),
    "sealing": frozenset({"sealed", "opened"}),
    "secrets": frozenset({"secret", "identifier"}),
    "sessions": frozenset({"get"}),
    "sources": frozenset(
        {"together", "owned", "repository", "latest_release", "tags", "commit", "is_tag", "assets"},
    ),
    "staging": frozenset({"target"}),
    "submission_table": frozenset({"get", "of"}),
    "trust_table": frozenset({"accounts"}),
    "usage_table": frozenset({"rows", "totals", "summaries", "summed", "briefs_of", "briefs"}),
}
"""Methods that change nothing anywhere, by port; of `pages`, all. Every other method is one that changes something."""
_PURE = "pages"


@cache
def methods() -> Mapping[str, frozenset[str]]:
    """All methods of all ports, by the name that the port has in the containers.

    A protocol that no container has is no port, but something that a port answers with.
    """
    found: dict[str, frozenset[str]] = {}
    for module in pkgutil.iter_modules(domain.ports.__path__):
        for _, port in inspect.getmembers(importlib.import_module(f"domain.ports.{module.name}"), _is_protocol):
            provided = _provided(module.name, port)
            if port.__module__ == f"domain.ports.{module.name}" and provided is not None:
                found[provided] = frozenset(name for name in vars(port) if not name.startswith("_"))
    return found


def changing() -> Mapping[str, frozenset[str]]:
    """The methods that change something: all that nobody says to be reading only."""
    return {port: own - READING.get(port, frozenset()) for port, own in methods().items() if port != _PURE}


def _is_protocol(member: object) -> bool:
    return inspect.isclass(member) and getattr(member, "_is_protocol", False) and member is not Protocol


def _provided(module: str, port: type) -> str | None:
    called = re.sub(r"(?<!^)(?=[A-Z])", "_", port.__name__).lower()
    return next((name for name in (module, called) if name in Memory.providers), None)


@frozen
class Call:
    """A call of a port.

    Attributes:
        step: which step of the use case it is made in.
        settling: whether the step is over, and what follows is done.
        what: port and method.
        where: the lines of use cases that lead to it, innermost first.
    """

    step: int
    settling: bool
    what: str
    where: tuple[tuple[str, int], ...]


@define
class Watch:
    """Notes calls while it is `on`, and does something to one of them.

    Attributes:
        calls: so far.
        at: number of the call, from 1.
        after: once it is done, instead of before.
        fault: what happens then.
    """

    on: bool = False
    calls: list[Call] = field(factory=list)
    at: int = 0
    after: bool = False
    fault: Callable[[], object] = lambda: None
    step: int = 0
    settling: bool = False

    def begin(self, at: int, fault: Callable[[], object], *, after: bool) -> None:
        """Count anew, up to this one."""
        self.calls.clear()
        self.at, self.after, self.fault, self.on = at, after, fault, True

    def around(self, what: str, call: Callable[[], Any]) -> Any:
        """Call it, with the fault if it is its turn."""
        if not self.on:
            return call()
        self.calls.append(Call(self.step, self.settling, what, _lines()))
        number = len(self.calls)
        if number == self.at and not self.after:
            self.fault()
        try:
            return call()
        finally:
            # Whether it could be done or not: that somebody else was faster is an answer, too.
            if number == self.at and self.after:
                self.fault()


class Watched:
    """An adapter whose calls are noticed."""

    def __init__(self, port: str, adapter: Any, names: frozenset[str], watch: Watch) -> None:
        self._port, self._adapter, self._names, self._watch = port, adapter, names, watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._adapter, name)
        if name not in self._names:
            return found
        return lambda *args, **kwargs: self._watch.around(f"{self._port}.{name}", lambda: found(*args, **kwargs))


CRANK: Mapping[str, frozenset[str]] = {
    "bus": frozenset({"relay", "done"}),
    "objects": frozenset({"flush"}),
}
"""What else changes something in the world on disk, where the worker calls it."""


def watch_all(ports: Any, watch: Watch, wanted: Mapping[str, frozenset[str]]) -> None:
    """Have the ports' calls noticed; before any use case is made of them."""
    adapters = {port: getattr(ports, port)() for port in wanted}
    for port, adapter in adapters.items():
        names = wanted[port] | CRANK.get(port, frozenset())
        getattr(ports, port).override(providers.Object(Watched(port, adapter, names, watch)))


def chosen(calls: Sequence[Call], *, each: bool, rest: int = 0) -> list[int]:
    """Numbers of the calls to stop at: each, or the first and last of those that the same lines lead to.

    Args:
        calls: of an undisturbed run.
        each: whether all of them.
        rest: if not all, at most about so many, spread evenly.
    """
    if each:
        return list(range(1, len(calls) + 1))
    first: dict[Call, int] = {}
    last: dict[Call, int] = {}
    for number, call in enumerate(calls, 1):
        first.setdefault(call, number)
        last[call] = number
    numbers = sorted({*first.values(), *last.values()})
    apart = max(1, -(-len(numbers) // rest)) if rest else 1
    return numbers[apart // 2 :: apart]


def _lines() -> tuple[tuple[str, int], ...]:
    lines = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if "/domain/usecases/" in frame.f_code.co_filename:
            lines.append((frame.f_code.co_qualname, frame.f_lineno))
        frame = frame.f_back
    return tuple(lines)
