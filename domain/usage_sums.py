"""What is kept of the use of a package: row and summary for pages about all of them, a brief for its owner."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, field, frozen

from domain.usage import before_recent, is_recent


@frozen
class UsageRow:
    """The figures of one package.

    Attributes:
        name: canonical name, the key.
        stamp: grows with what the row is derived from (`domain.usage.Usage.stamp`).
        total: downloads of all days.
        last_30_days: downloads of the 30 days that end with the last finished one.
        latest: the last day with a download, like ``2026-11-24``; empty if there was none.
    """

    name: str
    stamp: str
    total: int
    last_30_days: int
    latest: str


@frozen
class UsageSummary:
    """What is behind a row, as far as it counts among the figures of all packages together.

    Attributes:
        days: downloads of the last 90 days by day; days without any are left out.
        installers, pythons, systems, countries: downloads of the 30 days of the row by what was said.
        ci, mirrors: of those 30 days, as in `domain.events.DownloadsAggregated`.
    """

    days: Mapping[str, int] = field(factory=dict)
    installers: Mapping[str, int] = field(factory=dict)
    pythons: Mapping[str, int] = field(factory=dict)
    systems: Mapping[str, int] = field(factory=dict)
    countries: Mapping[str, int] = field(factory=dict)
    ci: int = 0
    mirrors: int = 0


@frozen
class OwnFigures:
    """What an owner is told of a package's use (`domain.usage.Usage`)."""

    total: int
    last_day: int
    last_30_days: int
    locations: int
    requesters: int


@frozen
class UsageBrief:
    """The figures that an owner is told, kept lest all days are read for each answer.

    Attributes:
        name: canonical name, the key.
        stamp: as of the row.
        versions: of the streams that it is derived from, by name: where one is longer by now, it is behind.
        total, locations, requesters: as of `OwnFigures`.
        days: downloads by day, beginning with the last 30 days of the stamp; days without any are left out.
    """

    name: str
    stamp: str
    versions: Mapping[str, int]
    total: int = 0
    locations: int = 0
    requesters: int = 0
    days: Mapping[str, int] = field(factory=dict)

    def at(self, stamp: str) -> "UsageBrief":
        """What it is at this stamp, which is no lesser one, if nothing was counted since."""
        end = stamp.partition("#")[0]
        since = before_recent(end) if end else ""
        return evolve(self, stamp=stamp, days={day: many for day, many in self.days.items() if day > since})

    def figures(self, end: str | None) -> OwnFigures:
        """The figures when this is the latest finished day, which is none before that of the stamp."""
        return OwnFigures(
            total=self.total,
            last_day=self.days.get(end or "", 0),
            last_30_days=sum(many for day, many in self.days.items() if end is not None and is_recent(day, end)),
            locations=self.locations,
            requesters=self.requesters,
        )


@frozen
class UsageTotals:
    """The rows of all packages together.

    Attributes:
        used: packages with a download in the last 30 days.
        total, last_30_days: sums of the rows.
        most: the rows with most downloads in the last 30 days, most first, then by their totals and names; none that
            had no download in them.
    """

    used: int
    total: int
    last_30_days: int
    most: Sequence[UsageRow]


def added(summaries: Iterable[UsageSummary]) -> UsageSummary:
    """What all of them say together."""
    days, installers, pythons, systems, countries = (Counter[str]() for _ in range(5))
    ci = mirrors = 0
    for one in summaries:
        days.update(one.days)
        installers.update(one.installers)
        pythons.update(one.pythons)
        systems.update(one.systems)
        countries.update(one.countries)
        ci, mirrors = ci + one.ci, mirrors + one.mirrors
    return UsageSummary(days, installers, pythons, systems, countries, ci, mirrors)
