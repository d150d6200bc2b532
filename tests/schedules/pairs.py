"""Two of whom each does something, in memory: every order of their calls with at most two changes of turn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

from attrs import define, field

from domain.refusals import Refused
from tests.schedules import public
from tests.schedules.acts import Act
from tests.schedules.model import Came, Did, State, explained, nothing, shown
from tests.schedules.stepping import PORTS, Call, Writer
from tests.schedules.worlds import Clock, InMemory, Side

_SHARED = {"event_store", "objects", "blobs"}
_CHANGES = {"put", "delete", "offer"}


class Preemption(NamedTuple):
    """`first` goes over `before` places and stands, the other over `between` (None: to its end), and `first` ends."""

    first: int
    before: int
    between: int | None


def preemptions(places: Sequence[int], firsts: Sequence[int]) -> Iterator[Preemption]:
    """All orders of two who have so many places to stop, if each is interrupted once at most and one of these begins.

    The second is interrupted by the end of the first only, so there are at most two changes of turn before both end.
    """
    for first in firsts:
        for before in range(1, places[first] + 1):
            for between in (None, *range(1, places[1 - first] + 1)):
                yield Preemption(first, before, between)


@define
class Pair:
    """A storage to which two do something, again and again from the same state.

    Args:
        storage: theirs, to be used for nothing else.
        begun: what was done before.
        both: what each does, one after another.
        names: canonical names of the packages that this is about.
        meanwhile: whether what installers see is looked at after each change, too.
    """

    storage: InMemory
    begun: Sequence[Act]
    both: Sequence[Sequence[Act]]
    names: Sequence[str]
    meanwhile: bool = True
    _sides: Sequence[Side] = field(init=False)
    _state: State = field(init=False)
    _kept: Sequence[tuple[Any, Mapping[str, Any]]] = field(init=False)
    _todo: Sequence[Sequence[tuple[Did | None, Callable[[], object]]]] = field(init=False)
    _came: list[list[Came]] = field(init=False)
    _known: dict[tuple[tuple[Came, ...], ...], list[State]] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        self._sides = [self.storage.side(Clock()) for _ in range(2)]
        self._state = nothing()
        for act in self.begun:
            act.do(self._sides[0])()
            self._state = act.made_of(self._state)
        self._todo = [
            [(act.did, act.do(side)) for act in acts] for side, acts in zip(self._sides, self.both, strict=True)
        ]
        ports = [getattr(self._sides[0].ports, port)() for port in PORTS]
        self._kept = [(port, _copied(_containers(port))) for port in ports]

    def places(self) -> tuple[int, int]:
        """At how many places each may stand, if it is alone."""
        counts = []
        for number in (0, 1):
            self._restore()
            writer, count = self._writer(number), 0
            while not writer.is_done:
                writer.step()
                count += 1
            writer.join()
            counts.append(count - 1)
        return counts[0], counts[1]

    def run(self, order: Preemption) -> None:
        """Do it in this order.

        Raises:
            AssertionError: at some moment something is seen that no order explains of what was answered by then.
        """
        self._restore()
        writers = [self._writer(number) for number in (0, 1)]
        first, second = writers[order.first], writers[1 - order.first]
        first.step(order.before)
        if order.between is None:
            second.finish()
        else:
            second.step(order.between)
        first.finish()
        second.finish()
        for writer in writers:
            if writer.error:
                raise writer.error
        states = self._explained(self._came)
        for name in self.names:
            files = public.seen(self._objects, name)
            assert any(shown(state, name) == files for state in states), f"{name} shows {files} in the end"

    @property
    def _objects(self) -> Any:
        return self._sides[0].ports.objects()

    def _writer(self, number: int) -> Writer:
        return Writer(lambda: self._do(number), place=_Places(self.names), look=self._look)

    def _do(self, number: int) -> None:
        came = self._came[number]
        for did, do in self._todo[number]:
            if did is None:
                do()
                continue
            came.append(Came(did, None))
            try:
                do()
                came[-1] = Came(did, done=True)
            except Refused:
                came[-1] = Came(did, done=False)

    def _look(self, call: Call) -> None:
        """What installers see after something was changed: each answer that was given is in it."""
        if self.meanwhile and call.method in _CHANGES:
            # A refusal need not show yet what it is for.
            states = self._explained([[one for one in came if one.done is not False] for came in self._came])
            for name in self.names:
                files = public.listed(self._objects, name)
                assert any(shown(state, name) == files for state in states), f"{name} shows {files} meanwhile"

    def _explained(self, sequences: Sequence[Sequence[Came]]) -> list[State]:
        came = tuple(map(tuple, sequences))
        if came not in self._known:
            self._known[came] = explained([self._state], came)
        assert self._known[came], f"no order of these explains what was answered: {came}"
        return self._known[came]

    def _restore(self) -> None:
        for port, kept in self._kept:
            for name, container in _copied(kept).items():
                setattr(port, name, container)
        for side in self._sides:
            side.clock.reset()
        self._came = [[], []]


@define
class _Places:
    """Where one may stand: at calls that concern the other too. Of several looks in a row the first is enough."""

    names: Sequence[str]
    _last: str = field(init=False, default="")

    def __call__(self, call: Call) -> bool:
        is_place = call.port in _SHARED and any(name in call.what for name in self.names)
        again = is_place and call.method == self._last == "etag"
        self._last = call.method
        return is_place and not again


def _containers(port: Any) -> Mapping[str, Any]:
    return {name: value for name, value in vars(port).items() if isinstance(value, dict | list | set)}


def _copied(value: Any) -> Any:
    """Containers are copied; what is in them never changes."""
    match value:
        case dict():
            new = copy(value)
            for key, inner in value.items():
                new[key] = _copied(inner)
            return new
        case list():
            return [_copied(inner) for inner in value]
        case set():
            return set(value)
        case _:
            return value


def storage_in(folder: Path) -> InMemory:
    """An index with its first pages."""
    storage = InMemory(folder)
    storage.side(Clock()).index.lists().ensure_start()
    return storage
