"""What owners learn about the use of their packages."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from domain.caller import Caller
from domain.decider import NoSuchPackage, possible_name
from domain.package import fold
from domain.ports.details import Details
from domain.ports.event_store import EventStore
from domain.ports.usage_table import UsageTable
from domain.refusals import NotAllowed
from domain.streams import package_stream, usage_years_stream
from domain.usage_sums import OwnFigures, UsageBrief
from domain.usecases.usage_history import UsageHistory, brief_of
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
_MOST_READ = 200  # while somebody waits for an answer


class Statistics:
    """Reads figures and what is behind them."""

    def __init__(self, store: EventStore, history: UsageHistory, usage_table: UsageTable, details: Details) -> None:
        self._store = store
        self._history = history
        self._usage_table = usage_table
        self._details = details

    def figures(self, names: Sequence[str]) -> Sequence[OwnFigures]:
        """The figures of each of the packages of these canonical names, all of them up to the same day.

        Where many were counted this minute, some are as they were before, as all days of each would have to be read.
        """
        kept = self._usage_table.briefs_of(names)
        briefs = [kept.get(name) or UsageBrief(name, "", {usage_years_stream(name): 0}) for name in names]
        # After the briefs, none of which is of a later day then.
        end = self._history.complete_through()
        longer = self._store.longer({stream: version for brief in briefs for stream, version in brief.versions.items()})
        behind = [brief.name for brief in briefs if any(stream in longer for stream in brief.versions)]
        anew = {*behind[:_MOST_READ], *(name for name in behind if name not in kept)}
        read = {name: brief_of(name, self._history.until(name, end)) for name in anew}
        return [read.get(brief.name, brief).figures(end) for brief in briefs]

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
