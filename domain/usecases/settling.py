"""Writing objects that others write too.

Each write notes the objects' etags, then reads what they are derived from, and replaces only the objects that it saw.
At the end it looks at its sources once more. So of two writers the later state wins whatever their order, messages may
repeat and arrive late, and a page never falls back behind an answer that was given.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import frozen

from domain.events import Event
from domain.package import Package, fold
from domain.ports.event_store import EventStore
from domain.ports.objects import ABSENT, ObjectChanged, Objects
from domain.streams import package_stream
from domain.usage import Usage
from domain.usecases.unsettled import Unsettled
from domain.usecases.usage_history import UsageHistory

_ROUNDS = 100
_NONE = Usage()


@frozen
class Seen:
    """What was there before anything was read: etags of the pages, and the keys of files."""

    pages: Mapping[str, str]
    files: frozenset[str] = frozenset()


More = Callable[[], Iterable[str]]
"""Lists objects as they are now: others may make some meanwhile."""

Write = Callable[[Package, Sequence[Event], Usage, Seen], None]


@frozen
class Part:
    """Something to be kept equal to what the events of a package say.

    Attributes:
        keys: the objects.
        write: writes them, or raises `ObjectChanged` or LookupError.
        more: further objects, some of which may have to be removed.
        files_under: where the package's files are, if `write` has to know which are there.
        with_usage: whether `write` wants the package's usage; otherwise it may get none.
        then: what follows once it is written.
    """

    keys: Sequence[str]
    write: Write
    more: More = tuple
    files_under: str | None = None
    with_usage: bool = False
    then: Callable[[], None] = lambda: None

    def seen(self, objects: Objects) -> Seen:
        """What is there now."""
        files = objects.keys(self.files_under) if self.files_under else ()
        return Seen(_etags(objects, self.keys, self.more), frozenset(files))


class Settling:
    """Writes until what is written is what was read."""

    def __init__(self, store: EventStore, objects: Objects, history: UsageHistory) -> None:
        self._store = store
        self._objects = objects
        self._history = history

    def package(self, name: str, *parts: Part) -> None:
        """Have all parts written that are due of the package of this canonical name, out of one reading.

        Raises:
            Unsettled: others kept writing.
        """
        self._settle(name, parts)
        for part in parts:
            part.then()

    def _settle(self, name: str, parts: Sequence[Part]) -> None:
        stream = package_stream(name)
        with_usage = any(part.with_usage for part in parts)
        for _ in range(_ROUNDS):
            # First the objects, then the stream: what is there and not in the state is then stale for certain.
            seen = [part.seen(self._objects) for part in parts]
            usage = self._history.of(name) if with_usage else _NONE
            events = self._store.read(stream)
            package = fold(events)
            if package is None:
                return
            try:
                for part, there in zip(parts, seen, strict=True):
                    part.write(package, events, usage, there)
            except (ObjectChanged, LookupError):
                # Another writer was faster, or removed the blob of a file that is deleted meanwhile.
                if self._store.version(stream) == len(events) and seen == [part.seen(self._objects) for part in parts]:
                    raise
                continue
            if self._store.version(stream) == len(events) and (
                not with_usage or self._history.stamp(name) == usage.stamp
            ):
                return
        raise Unsettled(f"{stream} keeps changing")

    def pages(self, keys: Sequence[str], render: Callable[[], Mapping[str, bytes]], more: More = tuple) -> None:
        """Have objects written that are about many packages; `render` reads what they show.

        Args:
            keys: of the objects.
            render: makes them.
            more: further objects, some of which may have to be removed.

        Raises:
            Unsettled: others kept writing.
        """
        for _ in range(_ROUNDS):
            seen = _etags(self._objects, keys, more)
            try:
                self.replace(render(), seen)
            except ObjectChanged:
                continue
            return
        raise Unsettled(f"{keys[0]} keeps changing")

    def replace(self, bodies: Mapping[str, bytes], seen: Mapping[str, str]) -> None:
        """Write these objects over those that were seen, others where nothing is, and remove what was seen and is gone.

        Raises:
            ObjectChanged: another writer was faster.
        """
        for key, body in bodies.items():
            self._objects.put(key, body, if_match=seen.get(key, ABSENT))
        for key in seen.keys() - bodies.keys():
            self._objects.delete(key)


def _etags(objects: Objects, keys: Iterable[str], more: More) -> Mapping[str, str]:
    return {key: objects.etag(key) for key in (*keys, *more())}
