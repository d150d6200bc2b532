"""One use case, stopped at one point: the index starts again, clients ask again, and the end is as if it was not."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from attrs import define, evolve, field, frozen

from tests.faults import listing
from tests.faults.calls import Call, chosen
from tests.faults.cases import Case, Notes
from tests.faults.fine import patched
from tests.faults.forking import forked
from tests.faults.state import Site, State, difference, published, seen, site_of
from tests.faults.systems import KILLED, OnDisk, Stopped, Unavailable, fail, kill, stop
from tests.scenarios.conftest import World

Files = frozenset[tuple[str, str]]


@frozen
class Fault:
    """What happens at which call.

    Attributes:
        at: number of the call, from 1.
        after: once it is done.
        does: ``stop`` (the machine, as an exception that nobody catches), ``fail`` (the call, the process goes on),
            or ``kill`` (the process).
    """

    at: int
    after: bool
    does: str

    def __str__(self) -> str:
        return f"{self.does} {'after' if self.after else 'before'} call {self.at}"


@frozen
class Answered:
    """A step got its answer.

    Attributes:
        steps: how many have, by now.
        notes: what the client remembers.
        time: what the clock shows.
        has_settled: whether all that follows from it is done.
    """

    steps: int
    notes: Notes
    time: int
    has_settled: bool = False


@frozen
class Reference:
    """The undisturbed run.

    Attributes:
        calls: all of them.
        states: what is seen before the first step, and after each, when all has settled.
        promised: files for installers at each of these moments, and when its answer came.
    """

    calls: tuple[Call, ...]
    states: tuple[State, ...]
    promised: tuple[Files, ...]


@define
class Trials:
    """All that is tried of one case.

    Args:
        system: where it was prepared.
        case: which.
        fine: stop at calls of the operating system instead of those of ports.
    """

    _system: Any
    _case: Case
    fine: bool = False
    _notes: Notes = field(factory=dict)
    _start: int = 0
    _reference: Reference | None = None

    def prepare(self) -> Reference:
        """Bring the index into the state before the first step, and run the case undisturbed."""
        self._notes = {}
        with self._system.opened() as world:
            self._case.prepare(world, self._notes)
            world.settle()
        self._start = self._system.clock.step + 1
        (found,) = self._in_child("reference", lambda system, say: say(self._undisturbed(system)))
        self._reference = reference = cast("Reference", found)
        return reference

    def faults(self, does: str, *, each: bool = False, rest: int = 0) -> list[Fault]:
        """Before and after each call, or those that differ, or some of them."""
        assert self._reference is not None
        numbers = chosen(self._reference.calls, each=each, rest=rest)
        return [Fault(at, after, does) for at in numbers for after in (False, True)]

    def tried(self, fault: Fault) -> str:
        """What is wrong after this fault; empty if nothing is."""
        if fault.does == "kill":
            return self._killed(fault)
        act = self._failing if fault.does == "fail" else self._stopping
        (wrong,) = self._in_child("trial", lambda system, say: say(act(system, fault)))
        return str(wrong)

    def _in_child(self, name: str, act: Callable[[Any, Callable[[object], None]], None]) -> list[Any]:
        system = self._system
        if not isinstance(system, OnDisk):
            return forked(lambda say: act(system, say)).said
        folder = system.folder / name
        copy = system.copied(folder)
        copy.clock.step = system.clock.step
        try:
            return forked(lambda say: act(copy, say)).said
        finally:
            shutil.rmtree(folder)

    def _undisturbed(self, system: Any) -> Reference:
        notes = dict(self._notes)
        with patched(system.watch, on=self.fine), system.opened() as world:
            site = site_of(world)
            states, promised = [seen(world, notes, site)], [published(site)]
            answer: Files = frozenset()
            system.watch.begin(0, lambda: None, after=False)
            for answered in self._run(system, world, notes):
                with _unwatched(system):
                    site = site_of(world)
                    if answered.has_settled:
                        states.append(seen(world, notes, site))
                        promised.append(answer & published(site))
                        assert not self._case.is_prompt or answer == published(site), "installers were told too late"
                    else:
                        answer = published(site)
            system.watch.on = False
            wrong = _unsound(world, site)
            assert not wrong, wrong
        return Reference(tuple(system.watch.calls), tuple(states), tuple(promised))

    def _run(self, system: Any, world: World, notes: Notes) -> Iterator[Answered]:
        """Each step and what follows from it; yields when it is answered, and when all has settled."""
        for number, step in enumerate(self._case.steps):
            system.watch.step, system.watch.settling = number, False
            system.clock.step = self._start + number
            step.act(world, notes, 0)
            answered = Answered(number + 1, dict(notes), system.clock.step)
            yield answered
            system.watch.settling = True
            world.settle()
            yield evolve(answered, has_settled=True)

    def _begun(self, system: Any) -> Answered:
        return Answered(0, dict(self._notes), system.clock.step, has_settled=True)

    def _stopping(self, system: Any, fault: Fault) -> str:
        last = self._begun(system)
        try:
            with patched(system.watch, on=self.fine), system.opened() as world:
                system.watch.begin(fault.at, stop, after=fault.after)
                for last in self._run(system, world, dict(self._notes)):  # noqa: B007 - the last one before it stops
                    pass
        except Stopped:
            system.watch.on = False
        else:
            return f"{fault} was not reached"
        with system.opened() as world:
            return self._recovered(system, world, last, settle_first=not fault.after)

    def _killed(self, fault: Fault) -> str:
        folder = self._system.folder / "trial"
        copy = self._system.copied(folder)
        copy.clock.step = self._system.clock.step

        def until_killed(say: Callable[[object], None]) -> None:
            with patched(copy.watch, on=self.fine), copy.opened() as world:
                copy.watch.begin(fault.at, kill, after=fault.after)
                for answered in self._run(copy, world, dict(self._notes)):
                    say(answered)

        def afterwards(say: Callable[[object], None]) -> None:
            with copy.opened() as world:
                say(self._recovered(copy, world, last, settle_first=not fault.after))

        try:
            child = forked(until_killed)
            if child.status != KILLED:
                return f"{fault} was not reached"
            last = child.said[-1] if child.said else self._begun(copy)
            (wrong,) = forked(afterwards).said
            return str(wrong)
        finally:
            shutil.rmtree(folder)

    def _failing(self, system: Any, fault: Fault) -> str:
        """Whoever gets an error asks again, and so does whoever handles messages."""
        assert self._reference is not None
        notes = dict(self._notes)
        with system.opened() as world:
            system.watch.begin(fault.at, fail, after=fault.after)
            for number in range(len(self._case.steps)):
                self._again(system, world, notes, number, 0)
            system.watch.on = False
            return self._ended(world, notes)

    def _again(self, system: Any, world: World, notes: Notes, number: int, attempt: int) -> None:
        system.watch.step, system.watch.settling = number, False
        for tries in (attempt, attempt + 1):
            system.clock.step = self._start + number
            try:
                self._case.steps[number].act(world, notes, tries)
                break
            except Unavailable:
                continue
        system.watch.settling = True
        try:
            world.settle()
        except Unavailable:
            world.settle()

    def _recovered(self, system: Any, world: World, last: Answered, *, settle_first: bool) -> str:
        """What is wrong when the index has started again, when all has settled, and at the end."""
        assert self._reference is not None
        done, notes, states = last.steps, dict(last.notes), self._reference.states
        site = site_of(world)
        wrong = "\n".join(listing.faults(site, people=False))
        promised = self._reference.promised[done] & self._reference.promised[min(done + 1, len(states) - 1)]
        wrong = wrong or "\n".join(f"lost: {key}" for key, _ in sorted(promised - published(site)))
        system.clock.step = last.time
        if not wrong and not last.has_settled:
            world.settle()
            found = _without_secrets(seen(world, notes, site_of(world)))
            wrong = _report(found, _without_secrets(states[done]), f"after step {done}")
        elif not wrong and settle_first and self._case.is_atomic:
            system.clock.step = self._start + done
            world.settle()
            site = site_of(world)
            found = _without_secrets(seen(world, notes, site))
            if found not in (_without_secrets(states[done]), _without_secrets(states[done + 1])):
                wrong = _report(found, _without_secrets(states[done + 1]), "half done")
            wrong = wrong or "\n".join(listing.faults(site))
        if not wrong:
            for number in range(done, len(self._case.steps)):
                self._again(system, world, notes, number, int(number == done and last.has_settled))
            wrong = self._ended(world, notes)
        return wrong

    def _ended(self, world: World, notes: Notes) -> str:
        assert self._reference is not None
        site = site_of(world)
        return _report(seen(world, notes, site), self._reference.states[-1], "in the end") or _unsound(world, site)


@contextmanager
def _unwatched(system: Any) -> Iterator[None]:
    system.watch.on = False
    yield
    system.watch.on = True


def _unsound(world: World, site: Site) -> str:
    """What the events do not say, and pages that list what is not there."""
    different = [f"{each.fault} {each.key}" for each in world.differences()]
    return "\n".join([*different, *listing.faults(site)])


def _report(found: Mapping[str, str], expected: Mapping[str, str], when: str) -> str:
    text = difference(found, expected)
    return f"{when}:\n{text}" if text else ""


def _without_secrets(state: State) -> State:
    return {key: value for key, value in state.items() if not key.startswith(("token", "session"))}
