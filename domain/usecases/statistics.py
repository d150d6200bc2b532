"""What owners learn about the use of their packages."""

from collections.abc import Iterable, Iterator

from attrs import frozen

from domain.caller import Caller
from domain.decider import NoSuchPackage, possible_name
from domain.package import fold
from domain.ports.details import Details
from domain.ports.event_store import EventStore
from domain.refusals import NotAllowed
from domain.streams import package_stream
from domain.usage import Usage
from domain.usecases.usage_history import UsageHistory
from domain.views import downloads_csv


class NotTheirs(NotAllowed):
    """Only the owner sees downloads one by one, with a token that covers the package."""


@frozen
class Days:
    """Days to tell of, like ``2026-11-24``, both included; None: no bound."""

    since: str | None = None
    until: str | None = None

    def has(self, day: str) -> bool:
        """Whether the day is among them."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


_ALL = Days()


class Statistics:
    """Reads figures and what is behind them."""

    def __init__(self, store: EventStore, history: UsageHistory, details: Details) -> None:
        self._store = store
        self._history = history
        self._details = details

    def summaries(self, names: Iterable[str]) -> Iterator[Usage]:
        """The figures of each of the packages of these canonical names."""
        return self._history.of_each(names)

    def downloads(self, caller: Caller, name: str, days: Days) -> Iterator[str]:
        """The downloads of the caller's package as CSV: the header, then day by day pieces of whole lines.

        Who may not have it is refused at once, before anything is read from the iterator.

        Raises:
            NotFound: there is no such package.
            NotAllowed: it is somebody else's, or the token does not cover it.
        """
        name = possible_name(name)
        self._check(caller, name)
        return self.csv(name, days)

    def csv(self, name: str, days: Days = _ALL) -> Iterator[str]:
        """The downloads of the package of this canonical name, for the operator: pieces of whole lines."""
        yield downloads_csv.header()
        for figures in self._history.of(name).days:
            # Detail may be put in an earlier place than its figures; without figures it is nobody's last word.
            detail = self._details.get(name, figures.day) if days.has(figures.day) and figures.downloads else None
            if detail is not None:
                yield from downloads_csv.lines(name, figures.day, detail)

    def _check(self, caller: Caller, name: str) -> None:
        package = fold(self._store.read(package_stream(name)))
        if package is None or not package.has_pages:
            raise NoSuchPackage("There is no such package.")
        if package.owner != caller.account:
            raise NotTheirs(f"Only the owner of '{name}' sees its downloads one by one.")
        if not caller.acts_on(name):
            raise NotTheirs(f"The given token does not cover '{name}'.")
