"""One row a package that was ever downloaded, for pages over all packages. A disposable projection."""

from collections.abc import Iterator
from typing import Protocol

from domain.usage_sums import UsageRow, UsageSummary, UsageTotals


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
