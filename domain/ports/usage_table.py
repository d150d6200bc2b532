"""One row a package that was ever downloaded, for pages over all packages. A disposable projection."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from attrs import field, frozen


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


class UsageTable(Protocol):
    """Rows and summaries by canonical name."""

    def put(self, row: UsageRow, summary: UsageSummary) -> None:
        """Keep the row and the summary, each unless one with a greater stamp is there.

        They may be seen one without the other for a moment, and after a crash until the row is put again.
        """

    def forget(self, name: str) -> None:
        """Remove row and summary, whatever they say; for those that are damaged. Harmless if there are none."""

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""

    def totals(self, most: int) -> UsageTotals:
        """The rows added up, and this number of those with most downloads."""

    def summaries(self) -> Iterator[tuple[str, UsageSummary]]:
        """The summaries that say anything by name, in the order of names; much more to read than `rows`."""

    def summed(self) -> UsageSummary:
        """All summaries added up."""
