"""A random schedule: two writers who are interrupted, stopped, delayed and misled about the time, beside a model."""

import errno
import json
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.account import UnknownToken
from domain.caller import Caller
from domain.package import Status
from domain.refusals import Refused
from domain.repository import Source
from domain.streams import package_stream
from domain.submission import TooManySubmissions
from domain.usecases.appending import Contended
from tests.logs import line
from tests.schedules import public
from tests.schedules.model import Came, Did, State, explained, nothing, release_of, shown
from tests.schedules.stepping import Crash, Trouble, Writer, interleave
from tests.schedules.worlds import Clock, Side, World, sha256
from tests.wheels import make_sdist, make_wheel

NAMES = ("pool", "p001", "spam")
VERSIONS = ("1.0", "1.0.0", "2.0", "2.1", "2.2")
DAYS = ("2026-11-23", "2026-11-24")
_SPAM = Source(
    id=7, full_name="octocat/spam", owner_id=583231, is_private=False, is_fork=False, is_archived=False,
    default_branch="main", language="Python",
)  # fmt: skip
_TOKEN = "gho_octocat"  # noqa: S105
_OCTOCAT = Caller("583231", "octocat")
_PEOPLE = ("alice", "bob")
_CERTAIN = frozenset({"upload", "yank", "unyank", "delete", "withdraw", "mark"})
_ROUNDS = 300

Files = dict[tuple[str, str, str], tuple[str, bytes]]
_FILES: Files = {
    (name, version, kind): make(name, version)
    for name in NAMES
    for version in VERSIONS
    for kind, make in (("wheel", make_wheel), ("sdist", make_sdist))
}
_OTHER: Files = {
    (name, version, kind): make(name, version, metadata_extra="Summary: Other bytes.")
    for name, version, kind in _FILES
    for make in ((make_wheel,) if kind == "wheel" else (make_sdist,))
}

names = st.sampled_from(NAMES)
people = st.sampled_from(_PEOPLE)
sides = st.integers(0, 1)
turns = st.lists(st.integers(1, 25), min_size=1, max_size=4)
troubles = (
    st.none()
    | st.none()
    | st.builds(
        Trouble,
        st.integers(1, 60),
        st.sampled_from((
            Crash,
            lambda: OSError(errno.ENOSPC, "No space left on device"),
            lambda: sqlite3.OperationalError("database is locked"),
        )),
        st.booleans(),
    )
)  # fmt: skip


def content_of(file: tuple[str, str, str, bool]) -> tuple[str, bytes]:
    """A filename and one of the two contents that somebody may send under it."""
    *which, other = file
    return (_OTHER if other else _FILES)[tuple(which)]  # type: ignore[index]  # three of them


_CHANGES = ("upload", "yank", "unyank", "delete", "withdraw", "mark")
_FOLLOWING = ("deliver", "rebuild", "reconcile", "send", "arrived", "complete")
_STATUSES = ("active", "active", "quarantined", "deprecated", "archived")


def _files(some: Sequence[str], versions: Sequence[str]) -> st.SearchStrategy[tuple[str, str, str, bool]]:
    return st.tuples(
        st.sampled_from(some), st.sampled_from(versions), st.sampled_from(("wheel", "wheel", "sdist")), st.booleans()
    )


def _action(
    word: str, who: Sequence[str], some: Sequence[str], versions: Sequence[str]
) -> st.SearchStrategy[tuple[Any, ...]]:
    match word:
        case "upload" | "yank" | "unyank" | "delete":
            return st.tuples(st.just(word), st.sampled_from(who), _files(some, versions))
        case "withdraw":
            return st.tuples(st.just(word), st.sampled_from(who), st.sampled_from(some))
        case "mark":
            return st.tuples(st.just(word), st.sampled_from(some), st.sampled_from(_STATUSES))
        case "deliver":
            return st.tuples(st.just(word), st.integers(1, 12), st.integers(0, 99), st.booleans())
        case "rebuild" | "reconcile":
            return st.tuples(st.just(word))
        case _:
            return st.tuples(st.just(word), st.integers(0, 3), st.booleans())


class Schedules(RuleBasedStateMachine):
    """Runs in a world; what is observed has to be what an order of what was done explains."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        self._storage = self._stack.enter_context(type(self).world(Path(folder)))
        self._clocks = [Clock(), Clock()]
        self._sides: list[Side] = [self._storage.side(clock) for clock in self._clocks]
        self._states: list[State] = [nothing()]
        self._tokens: dict[str, tuple[str, str, bool]] = {}  # by secret: account, id, whether it works
        self._uploads: list[dict[str, Any]] = []
        self._submissions: dict[str, str] = {}  # the version by the number of those that may not be over
        self._logged: dict[tuple[str, str], int] = {}  # requests by filename and version
        self._callers: dict[str, Caller] = {}
        self._events: dict[str, Sequence[Any]] = {}
        self._requests = 0
        self._is_sound = False  # otherwise what is wrong already would be told by its consequences

    @initialize(
        who=st.sampled_from((_PEOPLE[:1], _PEOPLE)),
        some=st.lists(names, min_size=1, max_size=2, unique=True),
        versions=st.lists(st.sampled_from(VERSIONS), min_size=2, max_size=4, unique=True),
        changes=st.sets(st.sampled_from(_CHANGES), min_size=1),
        following=st.sets(st.sampled_from(_FOLLOWING), max_size=2),
    )
    def begin(
        self,
        who: Sequence[str],
        some: Sequence[str],
        versions: Sequence[str],
        changes: set[str],
        following: set[str],
    ) -> None:
        """Two people and a repository on GitHub; the lists of an empty index.

        Each schedule is about few packages and few ways to change them, so that writers meet.
        """
        words = ["upload", *sorted({"upload", *changes}), *sorted(following)]
        self._actions = st.one_of([_action(word, who, some, versions) for word in words])
        self._files = _files(some, versions)
        side = self._sides[0]
        side.index.lists().ensure_start()
        for login in _PEOPLE:
            secret = side.index.tokens().create_local(login)
            self._callers[login] = side.index.tokens().authenticate(secret)
        side.index.tokens().register(_OCTOCAT.account, _OCTOCAT.login)
        sources, builder = self._storage.elsewhere.sources, self._storage.elsewhere.builder
        sources.login(_TOKEN, _SPAM.owner_id)
        sources.show(_SPAM)
        for version in ("3.0", "4.0"):
            sources.tag(_SPAM.full_name, f"v{version}", version[0] * 40, version.encode())
        self._is_sound = True
        builder.will(lambda source, _: dict([make_wheel("spam", source.decode()), make_sdist("spam", source.decode())]))

    @rule(data=st.data(), side=sides, trouble=troubles)
    def somebody_does(self, data: st.DataObject, side: int, trouble: Trouble | None) -> None:
        """One thing, maybe interrupted."""
        self._run([(side, data.draw(self._actions), trouble)], ())

    @rule(data=st.data(), times=st.integers(1, 4))
    def both_do(self, data: st.DataObject, times: int) -> None:
        """Two things at once, of which one may be interrupted; then two others."""
        for _ in range(times):
            one, other, trouble = data.draw(self._actions), data.draw(self._actions), data.draw(troubles)
            self._run([(0, one, trouble), (1, other, None)], data.draw(turns))

    @rule(name=people, side=sides)
    def a_token_is_made(self, name: str, side: int) -> None:
        made = self._sides[side].index.tokens().issue(self._callers[name], "a token", None)
        self._tokens[made.secret] = (self._callers[name].account, made.issued.id, True)

    @precondition(lambda self: any(works for _, _, works in self._tokens.values()))
    @rule(side=sides)
    def a_token_is_revoked(self, side: int) -> None:
        secret, (account, number, _) = next(item for item in self._tokens.items() if item[1][2])
        caller = next(each for each in self._callers.values() if each.account == account)
        self._sides[side].index.tokens().revoke(caller, number)
        self._tokens[secret] = (account, number, False)

    @rule(data=st.data(), who=people, side=sides)
    def a_large_upload_is_announced(self, data: st.DataObject, who: str, side: int) -> None:
        file = data.draw(self._files)
        filename, content = content_of(file)
        try:
            reserved = self._sides[side].index.uploads().reserve(
                self._callers[who], filename, len(content), sha256(content)
            )  # fmt: skip
        except Refused:
            return
        if reserved is not None:
            self._uploads.append({"id": reserved.id, "file": file, "who": who})

    @rule(side=sides, version=st.sampled_from(("3.0", "4.0")))
    def a_repository_is_submitted(self, side: int, version: str) -> None:
        with suppress(TooManySubmissions):
            asked = self._sides[side].index.submissions().request(_OCTOCAT, _SPAM.full_name, f"v{version}", _TOKEN)
            self._submissions[asked.id] = version

    @rule(side=sides, hours=st.sampled_from((-6, -1, 1, 30)))
    def a_clock_jumps(self, side: int, hours: int) -> None:
        self._clocks[side].jump(timedelta(hours=hours))

    @rule(side=sides)
    def a_process_starts_again(self, side: int) -> None:
        self._restart(side)

    @rule(name=names, version=st.sampled_from(VERSIONS), day=st.sampled_from(DAYS), times=st.integers(1, 3))
    def downloads_are_logged(self, name: str, version: str, day: str, times: int) -> None:
        filename, _ = _FILES[name, version, "wheel"]
        for _ in range(times):
            self._requests += 1
            stem = f"/packages/{name}/{version}/{filename}"
            self._storage.log(day, line(str(self._requests), date=day, cs_uri_stem=stem))
        self._logged[filename, version] = self._logged.get((filename, version), 0) + times

    @rule(side=sides, day=st.sampled_from(DAYS))
    def a_night_comes(self, side: int, day: str) -> None:
        counting = self._sides[side].index.counting()
        for request in counting.plan(day):
            counting.count(request)

    @rule(side=sides)
    def everything_settles(self, side: int) -> None:
        self._settle(side)

    @invariant()
    def events_are_only_appended(self) -> None:
        store = self._sides[0].ports.event_store()
        for stream in map(package_stream, NAMES):
            events, before = store.read(stream), self._events.get(stream, ())
            assert events[: len(before)] == before
            self._events[stream] = events

    @invariant()
    def tokens_work_until_they_are_revoked(self) -> None:
        for side in self._sides:
            for secret, (account, _, works) in self._tokens.items():
                try:
                    assert side.index.tokens().authenticate(secret).account == account
                    assert works
                except UnknownToken:
                    assert not works

    def teardown(self) -> None:
        try:
            if self._is_sound:
                self._finish_uploads()
                for clock in self._clocks:
                    clock.jump(timedelta(days=1))
                self._settle(0)
                self._count_everything()
                self._settle(1)
        finally:
            self._stack.close()

    def _run(self, works: Sequence[tuple[int, tuple[Any, ...], Trouble | None]], turns: Sequence[int]) -> None:
        self._is_sound = False
        todo = [self._prepared(self._sides[side], what) for side, what, _ in works]
        writers = [Writer(act, trouble) for (_, act), (_, _, trouble) in zip(todo, works, strict=True)]
        interleave(writers, turns)
        came: list[Came] = []
        for (did, _), writer, (side, what, trouble) in zip(todo, writers, works, strict=True):
            done = _outcome(writer, trouble)
            if isinstance(writer.error, Crash):
                self._restart(side)
            came += [
                Came(each, done if what[0] in _CERTAIN else _perhaps(what[0], writer.result, done=done)) for each in did
            ]
        self._explain([(one,) for one in came])
        # Who was not disturbed has written what installers see before it was answered.
        disturbed = any(trouble for *_, trouble in works)
        self._look([one.did.name for one in came if one.done], narrow=not disturbed)
        self._is_sound = True

    def _prepared(self, side: Side, what: tuple[Any, ...]) -> tuple[Sequence[Did], Callable[[], object]]:
        """What it may do to the model, and the action itself."""
        index = side.index
        match what:
            case "upload", who, file:
                filename, content = content_of(file)
                form = {"name": file[0], "filetype": "bdist_wheel" if file[2] == "wheel" else "sdist"}
                received = side.received(filename, content)
                caller = self._callers[who]
                return [self._uploading(who, file)], lambda: index.publishing().upload(caller, form, received)
            case "yank", who, file:
                caller, (filename, _), reason = self._callers[who], content_of(file), "other" if file[3] else ""
                did = Did("yank", caller.account, file[0], filename, more=reason)
                return [did], lambda: index.publishing().yank(caller, file[0], filename, reason)
            case ("unyank" | "delete") as word, who, file:
                caller, (filename, _) = self._callers[who], content_of(file)
                act = getattr(index.publishing(), word)
                return [Did(word, caller.account, file[0], filename)], lambda: act(caller, file[0], filename)
            case "withdraw", who, name:
                caller = self._callers[who]
                return [Did("withdraw", caller.account, name)], lambda: index.publishing().withdraw(caller, name)
            case "mark", name, status:
                return [Did("mark", "", name, more=status)], lambda: index.publishing().mark(name, Status(status), None)
            case "deliver", most, seed, forget:
                return self._building(), lambda: _deliver(side, most, Random(seed), forget=forget)  # noqa: S311
            case ("rebuild",):
                return [], lambda: list(index.rebuilding().rebuild())
            case ("reconcile",):
                return [], index.upkeep().reconcile
            case (("send" | "arrived" | "complete") as word, number, right):
                return self._prepared_upload(side, word, number, right=right)
            case _:
                raise ValueError(what)

    def _prepared_upload(
        self, side: Side, word: str, number: int, *, right: bool
    ) -> tuple[Sequence[Did], Callable[[], object]]:
        if not self._uploads:
            return [], lambda: None
        upload = self._uploads[number % len(self._uploads)]
        did = [self._uploading(upload["who"], upload["file"])]
        match word:
            case "send":
                content = content_of(upload["file"])[1] if right else b"something else"
                received = side.received("sent", content)
                return [], lambda: side.ports.staging().keep(upload["id"], received.path)
            case "arrived":
                return did, lambda: side.index.uploads().arrived(upload["id"])
            case _:
                return did, lambda: side.index.uploads().complete(self._callers[upload["who"]], upload["id"])

    def _uploading(self, who: str, file: tuple[str, str, str, bool]) -> Did:
        filename, content = content_of(file)
        return Did("upload", self._callers[who].account, file[0], filename, sha256(content))

    def _building(self) -> Sequence[Did]:
        """What submissions that are not over may publish."""
        return [_released(version) for version in sorted(set(self._submissions.values()))]

    def _restart(self, side: int) -> None:
        self._sides[side] = self._storage.side(self._clocks[side])

    def _explain(self, came: Sequence[Sequence[Came]]) -> None:
        before, self._states = self._states, explained(self._states, came)
        assert self._states, f"no order of these explains what was answered: {came} after {before}"

    def _look(self, names: Sequence[str], *, narrow: bool) -> None:
        for name in dict.fromkeys(names):
            files = public.seen(self._sides[0].ports.objects(), name)
            matching = [state for state in self._states if shown(state, name) == files]
            assert matching, f"{name} shows {files}, which none of these explains: {self._states}"
            if narrow:
                self._states = matching

    def _settle(self, number: int) -> None:
        """Let everything happen that is due; then all that is served has to agree."""
        self._is_sound = False
        side = self._sides[number]
        for _ in range(_ROUNDS):
            side.post.relay()
            due = side.post.take(100)
            for taken in due:
                side.post.handle(taken)
                side.post.done(taken)
            if due:
                continue
            if side.post.is_empty():
                break
            for clock in self._clocks:
                clock.jump(timedelta(minutes=10))  # what failed before is tried again after some time
        else:
            raise AssertionError("it does not settle")
        self._explain([(Came(did, None),) for did in self._building()])
        self._look(NAMES, narrow=True)
        state = self._states[0]
        self._submissions_are_over(side, state)
        objects, packages = side.ports.objects(), state["packages"]
        listed = {name for name in packages if shown(state, name) is not None}
        assert public.projects(objects) == {name for name in listed if packages[name]["status"] != "quarantined"}
        for name in NAMES:
            public.check_settled(objects, name, shown(state, name))
        for caller in (*self._callers.values(), _OCTOCAT):
            owned = {package.name for package in side.index.portfolio().submitted(caller)}
            assert owned == {name for name in listed if packages[name]["owner"] == caller.account}
        for each in self._sides:
            assert list(each.index.verification().differences()) == []
        self._is_sound = True

    def _submissions_are_over(self, side: Side, state: State) -> None:
        for number, version in self._submissions.items():
            submission = side.index.submissions().of(_OCTOCAT, number)
            assert submission.is_over
            if submission.status == "published":
                package = state["packages"]["spam"]
                for filename in dict(_released_files(version)):
                    assert filename in package["files"] or filename in package["spent"]
        self._submissions.clear()

    def _finish_uploads(self) -> None:
        """Who sends a file again and asks again gets an answer."""
        side = self._sides[0]
        for upload in self._uploads:
            side.ports.staging().keep(upload["id"], side.received("sent", content_of(upload["file"])[1]).path)
            did = self._uploading(upload["who"], upload["file"])
            side.index.uploads().arrived(upload["id"])
            self._explain([(Came(did, None),)])
            try:
                assert side.index.uploads().complete(self._callers[upload["who"]], upload["id"])
            except Refused:
                continue
            self._explain([(Came(did, done=True),)])
            self._look([did.name], narrow=True)

    def _count_everything(self) -> None:
        for day in DAYS:
            self.a_night_comes(1, day)
        self._settle(0)
        state = self._states[0]
        objects = self._sides[0].ports.objects()
        for name, package in state["packages"].items():
            ever = {*package["files"], *package["spent"]}
            expected = sum(
                times
                for (filename, version), times in self._logged.items()
                if filename in ever and version == package["labels"][release_of(filename)]
            )
            body = objects.get(f"stats/{name}.json")
            assert (json.loads(body)["total"] if body else 0) == (expected if shown(state, name) is not None else 0)


def _outcome(writer: Writer, trouble: Trouble | None) -> bool | None:
    """Whether it was done, or refused; None if nobody was told."""
    match writer.error:
        case None:
            return True
        case Contended():
            return None
        case Refused():
            return False
        case Crash() | OSError() | sqlite3.OperationalError() if trouble:
            return None
        case error:
            raise error


def _perhaps(word: str, result: object, *, done: bool | None) -> bool | None:
    """Of what need not have come to something although it went well."""
    if word == "complete" and done is not None:
        return result is True
    return None


def _deliver(side: Side, most: int, random: Random, *, forget: bool) -> None:
    """Handle messages in any order; with `forget` nobody is told, so they come again."""
    side.post.relay()
    taken = list(side.post.take(most))
    random.shuffle(taken)
    for each in taken:
        try:
            side.post.handle(each)
        except (OSError, sqlite3.OperationalError):
            side.post.failed(each)
        else:
            if not forget:
                side.post.done(each)


def _released_files(version: str) -> Sequence[tuple[str, bytes]]:
    return [make_wheel("spam", version), make_sdist("spam", version)]


def _released(version: str) -> Did:
    told = " ".join(f"{filename}={sha256(content)}" for filename, content in _released_files(version))
    return Did("release", _OCTOCAT.account, "spam", more=told)
